// What an import costs: customers and their phones into PostgreSQL, customers into the embedded database, by the command line.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestChild } from '../support/child-process.js';
import { PostgresServer } from '../support/postgres-server.js';
import { repositoryRoot } from '../support/repository-root.js';

const postgresCustomers = Number(process.argv[2] ?? 1_000_000);
const embeddedCustomers = Number(process.argv[3] ?? 100_000);
/** Of the demonstration data six in ten are customers of acme. */
const ACME_SHARE = 0.6;

const directory = mkdtempSync(join(tmpdir(), 'proffer-import-bench-'));
cpSync(join(repositoryRoot, 'config'), join(directory, 'config'), { recursive: true });

async function proffer(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = new TestChild({
    command: process.execPath,
    args: [join(repositoryRoot, 'dist/src/cli/main.js'), ...args],
    cwd: directory,
    env: { ...process.env, DATABASE_URL: '', PROFFER_CONFIG_DIR: '', PROFFER_DATA_DIR: '', ...env },
  });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`proffer ${args.join(' ')}: ${child.stderr}${child.stdout}`);
  return child.stdout;
}

async function measure(
  where: string,
  kind: 'customers' | 'phones',
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const file = `data/demo/acme/${kind}.parquet`;
  for (const run of ['first', 'again']) {
    const answer = JSON.parse(
      await proffer(['import', kind, file, '--partner', 'acme', '--json'], env),
    ) as Readonly<Record<string, number>>;
    const { read, seconds, rowsPerSecond, peakMemoryMb, new: added, same } = answer;
    process.stdout.write(
      `${where.padEnd(10)} ${kind.padEnd(9)} ${run}: ${read} rows (${added} new, ${same} the same) in ${seconds} s, ` +
        `${rowsPerSecond} rows/s, ${peakMemoryMb} MB at most\n`,
    );
  }
}

async function demoData(customers: number): Promise<void> {
  await proffer(['demo-data', '--customers', String(Math.ceil(customers / ACME_SHARE))]);
}

const server = await PostgresServer.start({ settings: { shared_buffers: '256MB', fsync: 'on' } });
try {
  await demoData(postgresCustomers);
  const onPostgres = { DATABASE_URL: server.url };
  await measure('PostgreSQL', 'customers', onPostgres);
  await measure('PostgreSQL', 'phones', onPostgres);
  await demoData(embeddedCustomers);
  await measure('embedded', 'customers');
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
