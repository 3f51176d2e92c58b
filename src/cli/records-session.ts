// What every command that asks the records database begins with.
import { readSettings } from './read-settings.js';
import type { SettingsInUse } from './read-settings.js';
import { AppError, silentLogger } from '../kernel/index.js';
import { databasePlace, RecordsDatabase, StatementRefusedError } from '../records/index.js';

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
export async function withRecords<Result>(
  configDir: string | undefined,
  work: (records: RecordsInUse) => Promise<Result>,
): Promise<Result> {
  const { settings, environment } = readSettings(configDir);
  const { databaseUrl } = environment;
  if (databaseUrl === undefined) {
    throw new RecordsCommandError('DATABASE_URL is not set: it says where the records database is');
  }
  const place = databasePlace(databaseUrl);
  const database = new RecordsDatabase({
    url: databaseUrl,
    kind: 'postgresql',
    place,
    maxConnections: 2,
    connectTimeoutMs: 5000,
    statementTimeoutMs: patientTimeoutMs,
    log: silentLogger,
  });
  try {
    return await work({ settings, environment, database });
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
  }
}
