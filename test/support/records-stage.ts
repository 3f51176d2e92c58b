// A records database of the test's own, migrated, once on each kind that Proffer runs on.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../src/kernel/index.js';
import { migrate, readMigrations } from '../../src/records/database/migrations.js';
import { RecordsDatabase } from '../../src/records/database/records-database.js';
import { EmbeddedServer } from '../../src/records/embedded/embedded-server.js';
import { putFilledCluster } from './embedded-cluster.js';
import { PostgresServer } from './postgres-server.js';

export interface RecordsStage {
  readonly database: RecordsDatabase;
  /** For a client or process of its own. */
  readonly url: string;
}

// Two databases start first, beside what else the machine does.
t.setTimeout(300_000);

let server: Promise<PostgresServer> | undefined;
let embedded: Promise<EmbeddedServer> | undefined;
let databases = 0;

/** Runs a test on each kind of database, each time on a new, migrated one. */
export function onEachDatabase(name: string, test: (t: Test, stage: RecordsStage) => Promise<void>): void {
  const kinds = { PostgreSQL: openPostgres, embedded: openEmbedded };
  for (const [kind, open] of Object.entries(kinds)) {
    void t.test(`${name} (${kind})`, async (t) => {
      const stage = await open();
      t.teardown(() => stage.database.close());
      await test(t, stage);
    });
  }
}

/** The one embedded server of a test file, emptied: what was opened before is not to be used any more. */
export async function openEmbedded(): Promise<RecordsStage> {
  embedded ??= startEmbedded();
  const { url } = await embedded;
  const database = databaseAt(url, 'embedded');
  if (!(await isAsMigrated(database))) {
    await database.query('DROP SCHEMA IF EXISTS proffer CASCADE');
    await migrate(database);
    shape = await shapeOf(database);
  }
  await database.query(emptyAll);
  return { database, url };
}

/** Much quicker than to migrate anew. */
const emptyAll = `DO $$ BEGIN
  EXECUTE (SELECT 'TRUNCATE ' || string_agg('proffer.' || quote_ident(tablename), ', ') || ' RESTART IDENTITY CASCADE'
    FROM pg_tables WHERE schemaname = 'proffer' AND tablename <> 'migrations');
END $$`;

const hashOf = (migrations: readonly { readonly hash: string }[]): string =>
  createHash('sha256')
    .update(migrations.map(({ hash }) => hash).join())
    .digest('hex')
    .slice(0, 16);
const hashOfMigrations = (): string => hashOf(readMigrations());

/** What the last test left is what the migrations made, but for rows. */
async function isAsMigrated(database: RecordsDatabase): Promise<boolean> {
  const ran = await database
    .query<{ hash: string }>('SELECT hash FROM proffer.migrations ORDER BY number')
    .catch(() => []);
  if (hashOf(ran) !== hashOfMigrations()) return false;
  return (await shapeOf(database)) === shape;
}

/** As the last migration left it. */
let shape: string | undefined;

/** Tables, columns and functions there are, as one text. */
async function shapeOf(database: RecordsDatabase): Promise<string | undefined> {
  const [row] = await database.query<{
    shape: string;
  }>(`SELECT md5(string_agg(what, ' ' ORDER BY what)) AS shape FROM (
    SELECT table_name || '.' || column_name AS what FROM information_schema.columns WHERE table_schema = 'proffer'
    UNION ALL SELECT proname || md5(prosrc) FROM pg_proc WHERE pronamespace = 'proffer'::regnamespace
    UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = 'proffer') AS parts`);
  return row?.shape;
}

/** A new database on one PostgreSQL server a test file. */
export async function openPostgres(): Promise<RecordsStage> {
  server ??= startServer();
  const postgres = await server;
  const name = `records_${databases++}`;
  await postgres.sql(`CREATE DATABASE ${name} TEMPLATE records`);
  const url = postgres.url.replace(/\/postgres$/, `/${name}`);
  return { database: databaseAt(url, 'postgresql'), url };
}

export function databaseAt(url: string, kind: 'postgresql' | 'embedded'): RecordsDatabase {
  return new RecordsDatabase({
    url,
    kind,
    place: 'the database of the test',
    maxConnections: 4,
    connectTimeoutMs: 5000,
    statementTimeoutMs: 20_000,
    log: silentLogger,
  });
}

async function startServer(): Promise<PostgresServer> {
  const started = await PostgresServer.start();
  t.teardown(() => started.stop());
  await started.sql('CREATE DATABASE records');
  const template = databaseAt(started.url.replace(/\/postgres$/, '/records'), 'postgresql');
  await migrate(template);
  await template.close();
  return started;
}

async function startEmbedded(): Promise<EmbeddedServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'proffer-records-'));
  await putFilledCluster(dataDir, `records-${hashOfMigrations()}`, async (template) => {
    const filling = await EmbeddedServer.open(template, { deadlineMs: 60_000 });
    const database = databaseAt(filling.url, 'embedded');
    await migrate(database);
    await database.close();
    await filling.close();
  });
  const started = await EmbeddedServer.open(dataDir, { deadlineMs: 60_000 });
  const database = databaseAt(started.url, 'embedded');
  shape = await shapeOf(database);
  await database.close();
  t.teardown(async () => {
    await started.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return started;
}
