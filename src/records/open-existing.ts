// The records database for a command that asks and leaves nothing behind: if there is one, it is opened, and none is made or migrated.
import { existsSync } from 'node:fs';
import { silentLogger } from '../kernel/index.js';
import { databasePlace } from './database-failure.js';
import { RecordsDatabase } from './database/records-database.js';
import { EmbeddedServer } from './embedded/embedded-server.js';
import { embeddedPlace } from './embedded/place.js';

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
  /** Default 120,000: one page, on a disk that is busy. */
  readonly statementTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 120_000;

/**
 * Undefined: there is no DATABASE_URL, and no embedded database in the data directory yet.
 * @throws RecordsUnavailableError when the embedded one cannot be started
 */
export async function openExistingRecords(
  options: ExistingRecordsOptions,
): Promise<ExistingRecords | undefined> {
  const { dataDir, databaseUrl, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const common = {
    maxConnections: 2,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs,
    log: silentLogger,
  };
  if (databaseUrl !== undefined) {
    const place = databasePlace(databaseUrl);
    const database = new RecordsDatabase({ url: databaseUrl, kind: 'postgresql', place, ...common });
    return { database, close: () => database.close() };
  }
  const { data, unfinished } = embeddedPlace(dataDir);
  if (!existsSync(data) || existsSync(unfinished)) return undefined;
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
