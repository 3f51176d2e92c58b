// The records database of a command that reads it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment, Settings } from '../config/index.js';
import { silentLogger } from '../kernel/index.js';
import { databasePlace, RecordsDatabase } from '../records/index.js';

export interface OpenRecords {
  readonly database: RecordsDatabase;
  close(): Promise<void>;
}

/** How long a page may take: on a disk that many use. */
const STATEMENT_TIMEOUT_MS = 600_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Undefined: no DATABASE_URL, and no embedded database yet. */
export async function openRankingRecords(
  { databaseUrl, dataDir }: Environment,
  _settings: Settings['process']['records'],
): Promise<OpenRecords | undefined> {
  if (databaseUrl === undefined) {
    if (!existsSync(join(dataDir, 'records'))) return undefined;
    throw new Error('not yet');
  }
  const database = new RecordsDatabase({
    url: databaseUrl,
    kind: 'postgresql',
    place: databasePlace(databaseUrl),
    maxConnections: 2,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    log: silentLogger,
  });
  return Promise.resolve({ database, close: () => database.close() });
}
