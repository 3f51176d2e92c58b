// A records database of the test's own, migrated, once on each kind that Proffer runs on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../src/kernel/index.js';
import { migrate } from '../../src/records/database/migrations.js';
import { RecordsDatabase } from '../../src/records/database/records-database.js';
import { EmbeddedServer } from '../../src/records/embedded/embedded-server.js';
import { putEmbeddedCluster } from './embedded-cluster.js';
import { PostgresServer } from './postgres-server.js';

export interface RecordsStage {
  readonly database: RecordsDatabase;
  /** For a client or process of its own. */
  readonly url: string;
}

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

/** The one embedded server of a test file, emptied and migrated: what was opened before is not to be used any more. */
export async function openEmbedded(): Promise<RecordsStage> {
  embedded ??= startEmbedded();
  const { url } = await embedded;
  const database = databaseAt(url, 'embedded');
  await database.query('DROP SCHEMA IF EXISTS proffer CASCADE');
  await migrate(database);
  return { database, url };
}

/** A new database on one PostgreSQL server a test file. */
export async function openPostgres(): Promise<RecordsStage> {
  server ??= startServer();
  const postgres = await server;
  const name = `records_${databases++}`;
  await postgres.sql(`CREATE DATABASE ${name}`);
  const url = postgres.url.replace(/\/postgres$/, `/${name}`);
  const database = databaseAt(url, 'postgresql');
  await migrate(database);
  return { database, url };
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
  return started;
}

async function startEmbedded(): Promise<EmbeddedServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'proffer-records-'));
  await putEmbeddedCluster(dataDir);
  const started = await EmbeddedServer.open(dataDir, { deadlineMs: 60_000 });
  t.teardown(async () => {
    await started.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return started;
}
