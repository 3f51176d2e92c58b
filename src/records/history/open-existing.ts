// The records database for a command that reads what was learned, if there is one: a command of that kind makes none.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { silentLogger } from '../../kernel/index.js';
import { databasePlace } from '../database-failure.js';
import { RecordsDatabase } from '../database/records-database.js';
import { EmbeddedServer } from '../embedded/embedded-server.js';

export interface ExistingRecords {
  readonly database: RecordsDatabase;
  /** Lets go of it; an embedded database that nobody else uses ends. */
  close(): Promise<void>;
}

export interface ExistingRecordsOptions {
  /** PROFFER_DATA_DIR */
  readonly dataDir: string;
  /** DATABASE_URL; undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** How long one page may take, on a disk that is busy. */
const STATEMENT_TIMEOUT_MS = 120_000;

/**
 * Undefined: there is no DATABASE_URL, and no embedded database in the data directory yet.
 * @throws RecordsUnavailableError when the embedded one cannot be started
 */
export async function openExistingRecords(
  options: ExistingRecordsOptions,
): Promise<ExistingRecords | undefined> {
  const { dataDir, databaseUrl } = options;
  const common = {
    maxConnections: 2,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    log: silentLogger,
  };
  if (databaseUrl !== undefined) {
    const place = databasePlace(databaseUrl);
    const database = new RecordsDatabase({ url: databaseUrl, kind: 'postgresql', place, ...common });
    return { database, close: () => database.close() };
  }
  const directory = path.join(dataDir, 'records');
  if (!existsSync(path.join(directory, 'data')) || existsSync(path.join(directory, 'unfinished')))
    return undefined;
  const server = await EmbeddedServer.open(dataDir);
  const { url, place } = server;
  const database = new RecordsDatabase({ url, kind: 'embedded', place, ...common });
  return {
    database,
    close: async () => {
      await database.close();
      await server.close();
    },
  };
}
