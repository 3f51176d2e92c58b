// Tells which customer each row is of, and puts rows of the records database beside those of the source.
import type { Source, SourceName } from '../../config/index.js';
import type { RankingDatabase } from '../database.js';
import type { SourceReport } from '../report/run-report.js';
import { name } from '../sql.js';
import { recordedTable } from './recorded-rows.js';

/** The reports of one kind of rows: undefined where there is no source, or nothing recorded. */
export interface LoadedParts {
  readonly source: SourceReport | undefined;
  readonly recorded: SourceReport | undefined;
  /** The table of recorded rows is there, if an empty one. */
  readonly hasRecordedTable: boolean;
}

/**
 * Adds `cid`, the customer's row, to a table. Rows of customers who are not among the customers are dropped and counted as ignored,
 * exposures that are in both parts are counted once.
 */
export async function ofCustomers(
  table: Source['source'],
  parts: LoadedParts,
  database: RankingDatabase,
): Promise<readonly SourceReport[]> {
  const { source, recorded, hasRecordedTable } = parts;
  const label = source?.source ?? recorded?.source ?? table;
  const numbers = (sql: string): Promise<readonly number[]> => database.numbers(label, sql);
  const [last = 0] =
    source === undefined || !hasRecordedTable ? [] : await numbers(`SELECT max(row) FROM ${name(table)}`);
  const doubled =
    table === 'exposures' && source !== undefined && recorded !== undefined
      ? await removeDoubled(label, database)
      : { inSource: 0, inRecorded: 0 };
  const selects = [
    ...(source === undefined ? [] : [sourceRows(table)]),
    ...(hasRecordedTable ? [recordedRows(table, last)] : []),
  ];
  await database.run(
    label,
    `CREATE OR REPLACE TABLE ${name(table)} AS ${selects.join(' UNION ALL BY NAME ')}`,
  );
  if (hasRecordedTable) await database.run(label, `DROP TABLE ${recordedTable(table)}`);
  const [kept = 0, keptRecorded = 0] = await numbers(
    hasRecordedTable
      ? `SELECT count(*) FILTER (row <= ${last}), count(*) FILTER (row > ${last}) FROM ${name(table)}`
      : `SELECT count(*), 0 FROM ${name(table)}`,
  );
  const reports: SourceReport[] = [];
  if (source !== undefined) {
    const duplicates = doubled.inSource;
    reports.push({ ...source, duplicates, ignored: source.accepted - duplicates - kept });
  }
  if (recorded !== undefined) {
    const duplicates = recorded.duplicates + doubled.inRecorded;
    reports.push({ ...recorded, duplicates, ignored: recorded.accepted - duplicates - keptRecorded });
  }
  return reports;
}

/**
 * An exposure of the same customer, offer and moment in both is one: the recorded row counts, which knows of corrections, unless it
 * has no disposition. Gives how many rows were removed from each.
 */
async function removeDoubled(
  label: string,
  database: RankingDatabase,
): Promise<{ readonly inSource: number; readonly inRecorded: number }> {
  const [mine, recorded] = [name('exposures'), recordedTable('exposures')];
  const isSame = (one: string, other: string): string =>
    `${one}.customer = ${other}.customer AND ${one}.offer = ${other}.offer
     AND TRY_CAST(${one}."at" AS TIMESTAMP) = TRY_CAST(${other}."at" AS TIMESTAMP)`;
  const count = async (): Promise<readonly number[]> =>
    database.numbers(label, `SELECT (SELECT count(*) FROM ${mine}), (SELECT count(*) FROM ${recorded})`);
  const [sourceRows = 0, recordedRows = 0] = await count();
  if (sourceRows === 0 || recordedRows === 0) return { inSource: 0, inRecorded: 0 };
  await database.run(
    label,
    `DELETE FROM ${mine} AS mine WHERE EXISTS (
       SELECT 1 FROM ${recorded} AS known WHERE ${isSame('known', 'mine')} AND known.disposition IS NOT NULL)`,
  );
  await database.run(
    label,
    `DELETE FROM ${recorded} AS known WHERE disposition IS NULL AND EXISTS (
       SELECT 1 FROM ${mine} AS mine WHERE ${isSame('mine', 'known')})`,
  );
  const [sourceLeft = 0, recordedLeft = 0] = await count();
  return { inSource: sourceRows - sourceLeft, inRecorded: recordedRows - recordedLeft };
}

/** Alerts of a source find their customer through the account. */
function sourceRows(table: SourceName): string {
  const [key, owners, owner] =
    table === 'serviceAlerts'
      ? ['account', 'accounts', 'owners.cid']
      : ['customer', 'customers', 'owners.row'];
  return `SELECT ${owner} AS cid, mine.* EXCLUDE (${key})
    FROM ${name(table)} AS mine JOIN ${owners} AS owners ON owners.${key} = mine.${key}`;
}

/** Numbered on from the last row of the source. */
function recordedRows(table: SourceName, last: number): string {
  return `SELECT owners.row AS cid, mine.* EXCLUDE (customer) REPLACE (mine.row + ${last} AS row)
    FROM ${recordedTable(table)} AS mine JOIN customers AS owners ON owners.customer = mine.customer`;
}
