// How long reports take over a year of a million calls in PostgreSQL: the whole year, and one month of it.
// `npm run bench:reports`; `CONTACTS=100000` for fewer.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { silentLogger } from '../../src/kernel/index.js';
import { migrate } from '../../src/records/database/migrations.js';
import { RecordsDatabase } from '../../src/records/database/records-database.js';
import {
  agentsReport,
  armsReport,
  callList,
  callStory,
  offersReport,
  partnersReport,
} from '../../src/records/index.js';
import { PostgresServer } from '../support/postgres-server.js';
import { repositoryRoot } from '../support/repository-root.js';

const contacts = Number(process.env['CONTACTS'] ?? 1_000_000);
const server = await PostgresServer.start({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
const database = new RecordsDatabase({
  url: server.url,
  kind: 'postgresql',
  place: 'the database of the benchmark',
  maxConnections: 2,
  connectTimeoutMs: 5000,
  statementTimeoutMs: 600_000,
  log: silentLogger,
});

async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  const result = await work();
  process.stdout.write(
    `${what.padEnd(44)} ${((performance.now() - started) / 1000).toFixed(2).padStart(8)} s\n`,
  );
  return result;
}

try {
  await migrate(database);
  const script = readFileSync(path.join(repositoryRoot, 'test/bench/reports/million.sql'), 'utf8');
  const client = new Client({ connectionString: server.url });
  client.on('error', () => undefined);
  await client.connect();
  await timed(`${contacts.toLocaleString('en')} contacts made`, async () => {
    for (const statement of script.replaceAll('$contacts', String(contacts)).split(/;\n/))
      await client.query(statement);
  });
  await client.end();
  const month = { from: new Date('2026-05-01'), to: new Date('2026-06-01') };
  for (const [what, period] of [
    ['whole year', {}],
    ['one month', month],
    ['one month of acme', { ...month, partner: 'acme' }],
  ] as const) {
    await timed(`report offers, ${what}`, () => offersReport(database, period));
    await timed(`report agents, ${what}`, () => agentsReport(database, period));
    await timed(`report partners, ${what}`, () => partnersReport(database, period));
    await timed(`report arms, ${what}`, () => armsReport(database, period));
  }
  const [newest] = await timed('calls list', () => callList(database, { limit: 50 }));
  await timed('calls list --agent', () => callList(database, { limit: 50, agent: 'agent-7' }));
  await timed('calls list --customer', () => callList(database, { limit: 50, customer: 'C7919' }));
  await timed('calls list --disposition of an absent one', () =>
    callList(database, { limit: 50, disposition: 'complained' }),
  );
  await timed('calls show', () => callStory(database, newest?.decisionId ?? ''));
} finally {
  await database.close();
  await server.stop();
}
