// The records database as an import uses it.
import { silentLogger, systemClock } from '../kernel/index.js';
import { openRecords } from '../records/index.js';
import type { RecordsDatabase } from '../records/index.js';
import type { SettingsInUse } from './read-settings.js';

/** @throws RecordsUnavailableError, MigrationError, what `work` throws */
export async function withRecordsDatabase<T>(
  { settings, environment }: SettingsInUse,
  work: (database: RecordsDatabase) => Promise<T>,
): Promise<T> {
  const records = await openRecords(environment, settings, { clock: systemClock, log: silentLogger });
  try {
    return await work(records.database);
  } finally {
    await records.close();
  }
}
