// What `proffer demo-data` writes, imported into the embedded database by the command line.
import t from 'tap';
import { EmbeddedServer } from '../../src/records/embedded/embedded-server.js';
import { putEmbeddedCluster } from '../support/embedded-cluster.js';
import { demoImports, ImportShell } from '../support/import-shell.js';

t.setTimeout(300_000);

const shell = new ImportShell();

t.test('the demonstration data, twice', async (t) => {
  await shell.run(['demo-data', '--customers', '400']);
  await putEmbeddedCluster(shell.dataDir);
  // It stays between the commands, as it does while a router runs.
  const server = await EmbeddedServer.open(shell.dataDir, { deadlineMs: 60_000 });
  t.teardown(() => server.close());
  for (const [kind, file] of demoImports) {
    const first = await shell.import(kind, file);
    t.match(first, { code: 0, changed: 0, rejected: 0, rejectsFile: null }, kind);
    t.ok(first.new > 5, kind);
  }
  const again = await shell.import(...demoImports[0]);
  t.match(again, { code: 0, new: 0, changed: 0, same: again.read });
});
