// A records database of the test's own, migrated, once on each kind that Proffer runs on.
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../src/kernel/index.js';
import { migrate } from '../../src/records/database/migrations.js';
import { RecordsDatabase } from '../../src/records/database/records-database.js';
import { PostgresServer } from './postgres-server.js';

export interface RecordsStage {
  readonly database: RecordsDatabase;
  /** For a client or process of its own. */
  readonly url: string;
}

let server: Promise<PostgresServer> | undefined;
let databases = 0;

/** Runs a test on each kind of database, each time on a new, migrated one. */
export function onEachDatabase(name: string, test: (t: Test, stage: RecordsStage) => Promise<void>): void {
  void t.test(`${name} (PostgreSQL)`, async (t) => {
    const stage = await openPostgres();
    t.teardown(() => stage.database.close());
    await test(t, stage);
  });
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
