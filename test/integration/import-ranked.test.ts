// A ranking of what `proffer import` has taken into PostgreSQL, by the queries that the guide shows.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { demoImports, ImportShell } from '../support/import-shell.js';
import { PostgresServer } from '../support/postgres-server.js';
import { repositoryRoot } from '../support/repository-root.js';

t.setTimeout(300_000);

interface RankingFile {
  readonly rankings: readonly {
    readonly sources: readonly { source: string; file?: string; query?: string }[];
    readonly offers: readonly { propensity: { kind: string } }[];
  }[];
}

const server = await PostgresServer.start();
t.teardown(() => server.stop());
const shell = new ImportShell({
  DATABASE_URL: server.url,
  PROFFER_IDENTITY_KEY: 'a key of the tests alone',
});

t.test('ranked from PostgreSQL as from files', async (t) => {
  await shell.run(['demo-data', '--customers', '400']);
  for (const [kind, file] of demoImports) t.match(await shell.import(kind, file), { code: 0 }, kind);
  const file = join(shell.config, 'ranking.yaml');
  const ranking = parse(readFileSync(file, 'utf8')) as RankingFile;
  const [acme] = ranking.rankings;
  // Without a model that would have to be trained first.
  const platinum = acme?.offers.find(({ propensity }) => propensity.kind === 'logistic');
  if (platinum !== undefined) platinum.propensity = { kind: 'rate' };
  writeFileSync(file, stringify({ ...ranking, models: [] }));
  const fromFiles = await shell.run(['rank', 'acme', '--dry-run', '--json']);
  t.equal(fromFiles.code, 0, fromFiles.stderr);
  const guide = readFileSync(join(repositoryRoot, 'docs/ranking.md'), 'utf8');
  const queries = [...guide.matchAll(/- source: (\w+)\n\s+query: >-?\n((?:\s{8,}.*\n)+)/g)];
  t.equal(queries.length, 5, 'the queries that the guide shows');
  for (const [, source = '', query = ''] of queries) {
    const found = acme?.sources.find((one) => one.source === source);
    if (found === undefined) throw new Error(`no source ${source}`);
    delete found.file;
    found.query = query.replaceAll(/\s+/g, ' ').trim();
  }
  writeFileSync(file, stringify({ ...ranking, models: [] }));
  const fromRecords = await shell.run(['rank', 'acme', '--dry-run', '--json']);
  t.equal(fromRecords.code, 0, fromRecords.stderr);
  const funnel = (text: string): unknown => {
    const { reports } = JSON.parse(text) as { reports: readonly { offers: unknown }[] };
    return reports[0]?.offers;
  };
  t.ok(funnel(fromFiles.stdout) !== undefined);
  t.strictSame(funnel(fromRecords.stdout), funnel(fromFiles.stdout));
});
