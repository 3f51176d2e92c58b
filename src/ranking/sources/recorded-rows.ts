// Rows of the records database in DuckDB: exported to a file of the run, read, each of them once.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartnerRanking, SourceName } from '../../config/index.js';
import { errorMessage } from '../../kernel/index.js';
import type { RankingDatabase } from '../database.js';
import { RecordedHistoryError, RunInterruptedError } from '../errors.js';
import type { RecordsReport, SourceReport } from '../report/run-report.js';
import { isRecorded, recordedColumns, recordedSources } from '../rules/columns.js';
import type { RecordedSource } from '../rules/columns.js';
import { list, name } from '../sql.js';
import { sqlType } from './column-checks.js';
import { exportedRows } from './query-export.js';
import type { RecordedHistory, RecordedPast } from './recorded-history.js';

export interface RecordedOptions {
  readonly database: RankingDatabase;
  /** Undefined: records are left out of this run. */
  readonly records: RecordedHistory | undefined;
  /** Nothing later counts, in milliseconds; undefined: all that there is. */
  readonly at: number | undefined;
  readonly workDirectory: string;
  readonly signal: AbortSignal | undefined;
}

/** The past that a run reads, and what its report says of it. */
export interface OpenedRecords {
  readonly past: RecordedPast | undefined;
  readonly report: RecordsReport;
}

/** @throws RecordedHistoryError when there is a records database that does not serve; RunInterruptedError */
export async function openRecorded(
  ranking: PartnerRanking,
  { records, at, signal }: RecordedOptions,
): Promise<OpenedRecords> {
  if (!recordedSources.some((source) => isRecorded(ranking, source))) {
    return { past: undefined, report: { state: 'off' } };
  }
  if (records === undefined) return { past: undefined, report: { state: 'left-out' } };
  const past = await guarded(ranking.partner, signal, () => records.upTo(at));
  if (past === undefined) return { past, report: { state: 'none' } };
  const learnedThrough = new Date(past.learnedThrough).toISOString();
  return { past, report: { state: 'read', place: past.place, learnedThrough } };
}

/** The table with the rows of the records database: `row`, `customer`, and `recordedColumns`. */
export function recordedTable(source: SourceName): string {
  return `recorded_${source}`;
}

/** Makes `recordedTable`, empty when there is no past. Gives what the report says of its rows; undefined when there is none. */
export async function loadRecorded(
  source: RecordedSource,
  { partner }: PartnerRanking,
  options: RecordedOptions & { readonly past: RecordedPast | undefined },
): Promise<SourceReport | undefined> {
  const { database, past, signal } = options;
  const label = `${source} of ${partner}`;
  const table = recordedTable(source);
  const columns = [{ column: 'customer', type: 'text' as const }, ...recordedColumns[source]];
  if (past === undefined) {
    const empty = columns.map(({ column, type }) => `NULL::${sqlType(type)} AS ${name(column)}`);
    const sql = `CREATE OR REPLACE TABLE ${table} AS SELECT 0::BIGINT AS row, ${list(empty)} WHERE false`;
    await database.run(label, sql);
    return undefined;
  }
  const file = join(options.workDirectory, `records-${source}.csv`);
  try {
    const exported = await guarded(partner, signal, () => past.exportRows(source, { partner, file, signal }));
    const typed = columns.map(
      ({ column, type }) => `TRY_CAST(${name(column)} AS ${sqlType(type)}) AS ${name(column)}`,
    );
    await database.run(label, 'SET preserve_insertion_order = true');
    await database.run(
      label,
      `CREATE OR REPLACE TABLE ${table} AS SELECT row_number() OVER () AS row, ${list(typed)}
       FROM ${exportedRows(file, exported.columns)}`,
    );
  } finally {
    await rm(file, { force: true });
  }
  const [rows = 0] = await database.numbers(label, `SELECT count(*) FROM ${table}`);
  const duplicates = source === 'exposures' ? await removeRepeated(label, database, rows) : 0;
  return { ...reportOf(label, past, rows), duplicates };
}

/**
 * An exposure may be recorded and in the imported history: the one whose outcome is known counts. Gives how many were removed.
 */
async function removeRepeated(label: string, database: RankingDatabase, rows: number): Promise<number> {
  const table = recordedTable('exposures');
  const key = 'customer, offer, "at"';
  const [keys = 0] = await database.numbers(
    label,
    `SELECT count(*) FROM (SELECT DISTINCT ${key} FROM ${table})`,
  );
  if (keys === rows) return 0;
  await database.run(
    label,
    `DELETE FROM ${table} WHERE row IN (
       SELECT row FROM (
         SELECT row, row_number() OVER (PARTITION BY ${key} ORDER BY disposition IS NULL, row) AS place FROM ${table}
       ) WHERE place > 1)`,
  );
  return rows - keys;
}

function reportOf(source: string, { place }: RecordedPast, rows: number): SourceReport {
  return {
    source,
    from: place,
    rows,
    accepted: rows,
    rejected: 0,
    ignored: 0,
    duplicates: 0,
    maxRejected: 0,
    rejectedFile: null,
    problems: [],
    isRecorded: true,
  };
}

async function guarded<T>(
  partner: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true) throw new RunInterruptedError();
    throw new RecordedHistoryError(partner, errorMessage(error), error);
  }
}
