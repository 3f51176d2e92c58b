// The records database of a command: opened, used, closed, whatever happens.
import { systemClock, silentLogger } from '../kernel/index.js';
import { openRecords } from '../records/index.js';
import type { OpenRecords } from '../records/index.js';
import { readSettings } from './read-settings.js';
import type { SettingsInUse } from './read-settings.js';
import type { Settings } from '../config/index.js';

/** What a person asks for may take as long as to look through years of calls. */
const STATEMENT_TIMEOUT_MS = 600_000;

/** @throws SettingsError, RecordsUnavailableError, what `work` throws */
export async function withRecords(
  configDir: string | undefined,
  work: (records: OpenRecords, inUse: SettingsInUse) => Promise<void>,
): Promise<void> {
  const inUse = readSettings(configDir);
  const records = await openRecords(inUse.environment, patient(inUse.settings), {
    clock: systemClock,
    log: silentLogger,
  });
  try {
    await work(records, inUse);
  } finally {
    await records.close();
  }
}

function patient(settings: Settings): Settings {
  const { process } = settings;
  const records = { ...process.records, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
  return { ...settings, process: { ...process, records } };
}
