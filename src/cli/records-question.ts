// What every command that asks the records database begins with.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from './read-settings.js';
import type { SettingsInUse } from './read-settings.js';
import { AppError, silentLogger } from '../kernel/index.js';
import { databasePlace, EmbeddedServer, RecordsDatabase, StatementRefusedError } from '../records/index.js';

export interface RecordsInUse extends SettingsInUse {
  readonly database: RecordsDatabase;
}

/** Thrown when the records cannot be asked, with what to do about it. */
export class RecordsCommandError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('CLI_RECORDS', message, { cause });
  }
}

/** A question of a person may take as long as a report over years takes. */
const patientTimeoutMs = 600_000;
/** SQLSTATE of a table or a schema that is not there. */
const missingStates: ReadonlySet<string> = new Set(['42P01', '3F000']);

/** @throws SettingsError, RecordsUnavailableError, RecordsCommandError, and what `work` throws */
export async function askRecords<Result>(
  configDir: string | undefined,
  work: (records: RecordsInUse) => Promise<Result>,
): Promise<Result> {
  const inUse = readSettings(configDir);
  const { url, kind, place, close } = await serverOf(inUse);
  const database = new RecordsDatabase({
    url,
    kind,
    place,
    maxConnections: 2,
    connectTimeoutMs: 5000,
    statementTimeoutMs: patientTimeoutMs,
    log: silentLogger,
  });
  try {
    return await work({ ...inUse, database });
  } catch (error) {
    if (error instanceof StatementRefusedError && missingStates.has(error.state)) {
      throw new RecordsCommandError(
        `the database at ${place} has no tables of Proffer yet; proffer start makes them`,
        error,
      );
    }
    throw error;
  } finally {
    await database.close();
    await close();
  }
}

interface Server {
  readonly url: string;
  readonly kind: 'postgresql' | 'embedded';
  readonly place: string;
  readonly close: () => Promise<void>;
}

/** The one at DATABASE_URL, or the embedded one of the data directory. */
async function serverOf({ environment }: SettingsInUse): Promise<Server> {
  const { databaseUrl, dataDir } = environment;
  if (databaseUrl !== undefined) {
    const place = databasePlace(databaseUrl);
    return { url: databaseUrl, kind: 'postgresql', place, close: () => Promise.resolve() };
  }
  // Opening would make one, and a question leaves nothing behind.
  if (!existsSync(join(dataDir, 'records'))) {
    throw new RecordsCommandError(
      `there are no records in ${dataDir}: proffer start makes them; PROFFER_DATA_DIR or DATABASE_URL says where they are`,
    );
  }
  const server = await EmbeddedServer.open(dataDir);
  return { url: server.url, kind: 'embedded', place: server.place, close: () => server.close() };
}
