// What every command that asks the records database begins with.
import { readSettings } from './read-settings.js';
import type { SettingsInUse } from './read-settings.js';
import { AppError } from '../kernel/index.js';
import {
  openExistingRecords,
  RecordsUnavailableError,
  StatementRefusedError,
  unusableReason,
} from '../records/index.js';
import type { RecordsDatabase } from '../records/index.js';

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

/** @throws SettingsError, RecordsCommandError, and what `work` throws */
export async function askRecords<Result>(
  configDir: string | undefined,
  work: (records: RecordsInUse) => Promise<Result>,
): Promise<Result> {
  const inUse = readSettings(configDir);
  const { databaseUrl, dataDir } = inUse.environment;
  const statementTimeoutMs = patientTimeoutMs;
  const records = await openExistingRecords({ databaseUrl, dataDir, statementTimeoutMs });
  if (records === undefined) {
    throw new RecordsCommandError(
      `there are no records in ${dataDir}: proffer start makes them; PROFFER_DATA_DIR or DATABASE_URL says where they are`,
    );
  }
  const { database } = records;
  try {
    return await work({ ...inUse, database });
  } catch (error) {
    if (error instanceof StatementRefusedError && missingStates.has(error.state)) {
      throw new RecordsCommandError(
        `the database at ${database.place} has no tables of Proffer yet; proffer start makes them`,
        error,
      );
    }
    if (error instanceof RecordsUnavailableError) {
      throw new RecordsCommandError(unusableReason(error, database.place), error);
    }
    throw error;
  } finally {
    await records.close();
  }
}
