import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { TestChild } from '../support/child-process.js';
import { repositoryRoot } from '../support/repository-root.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-demo-data-cli-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));

async function demoData(...args: readonly string[]) {
  const child = new TestChild({
    command: process.execPath,
    args: [join(repositoryRoot, 'dist/src/cli/main.js'), 'demo-data', ...args],
    cwd: directory,
  });
  const { code } = await child.exited;
  return { code, stdout: child.stdout, stderr: child.stderr };
}

t.test('a line for each file, and what comes next', async (t) => {
  const { code, stdout } = await demoData('--customers', '200', '--until', '2026-11-26');
  t.equal(code, 0);
  t.match(stdout, /^acme {6}customers +1\d\d rows {2}data\/demo\/acme\/customers\.parquet$/m);
  t.match(stdout, /^borealis {2}purchases +\d+ rows {2}data\/demo\/borealis\/purchases\.parquet$/m);
  t.match(stdout, /rows until 2026-11-26 written in \d\.\d s\. Next: proffer train, then proffer rank\n$/);
  t.ok(existsSync(join(directory, 'data/demo/acme/serviceAlerts.parquet')));
});

t.test('as JSON', async (t) => {
  const { code, stdout } = await demoData(
    '--customers',
    '200',
    '--until',
    '2026-11-26',
    '--out',
    'other',
    '--json',
  );
  t.equal(code, 0);
  const result = JSON.parse(stdout) as { tables: readonly { rows: number }[] };
  t.match(result, { directory: 'other', customers: 200, seed: 1, until: '2026-11-26', isDirty: false });
  t.equal(result.tables.length, 10);
  t.ok(result.tables.every(({ rows }) => rows > 0));
});

t.test('a day that is none, a count that is none, a directory that cannot be', async (t) => {
  t.match(await demoData('--until', '2026-02-30'), {
    code: 1,
    stderr: /It must be a day such as 2026-11-26/,
  });
  t.match(await demoData('--customers', '0'), { code: 1, stderr: /whole number from 1 to 9,999,999/ });
  t.match(await demoData('--out', '/proc/none'), { code: 1, stderr: /^proffer: \/proc\/none: / });
});
