// All sources of one partner: loaded, checked, and told which customer each row is of.
import { join } from 'node:path';
import type { PartnerRanking, Source } from '../../config/index.js';
import type { RecordsReport, SourceReport } from '../report/run-report.js';
import { hasSource, isRecorded, sourceOf } from '../rules/columns.js';
import { loadTable } from './load-table.js';
import type { Check } from './column-checks.js';
import { ofCustomers } from './of-customers.js';
import { rejectPhones } from './phone-problems.js';
import { normalisePhones } from './phones.js';
import type { QueryExport } from './query-export.js';
import { loadRecorded, openRecorded } from './recorded-rows.js';
import type { RecordedOptions } from './recorded-rows.js';

export interface LoadSourcesOptions extends RecordedOptions {
  readonly queries: QueryExport | undefined;
  /** Where rejected rows are written. */
  readonly directory: string;
  readonly onSource: (source: string) => void;
}

const requiredColumns: Readonly<Record<Source['source'], readonly string[]>> = {
  customers: ['customer'],
  phones: ['customer', 'phone'],
  accounts: ['account', 'customer'],
  exposures: ['customer', 'offer', 'at'],
  purchases: ['customer', 'product'],
  serviceAlerts: ['account'],
};

/** What the strategy store can hold of a customer's reference. */
const referenceChecks: readonly Check[] = [
  { problem: 'customer is longer than 64 bytes', sql: 'strlen("customer") > 64' },
  {
    problem: 'customer holds a control character',
    sql: `regexp_matches("customer", '[\\x{00}-\\x{1f}\\x{7f}-\\x{9f}]')`,
  },
];

export interface LoadedSources {
  readonly sources: readonly SourceReport[];
  readonly records: RecordsReport;
}

/**
 * Tables `customers`, `phones`, ... as configured, each with `row`, and but for customers with `cid`: the row of the customer. Rows of
 * the records database are among those of exposures, purchases and service alerts, which are there if there is no such source, too.
 * Rows of customers who are not among the customers are dropped and counted as ignored.
 * @throws SourceError, TooManyRejectedError, RecordedHistoryError, RunInterruptedError
 */
export async function loadSources(
  ranking: PartnerRanking,
  options: LoadSourcesOptions,
): Promise<LoadedSources> {
  // Before minutes are spent on files: a database that is down ends the run.
  const { past, report: records } = await openRecorded(ranking, options);
  const sources: SourceReport[] = [];
  for (const table of order.filter((one) => hasSource(ranking, one))) {
    options.onSource(table);
    const settings = sourceOf(ranking, table);
    let source = settings === undefined ? undefined : await loadOne(settings, ranking, options);
    if (table === 'phones' && source !== undefined) source = await withNumbers(source, ranking, options);
    if (table === 'customers') {
      if (source !== undefined) sources.push(source);
      continue;
    }
    const hasRecordedTable = isRecorded(ranking, table);
    const recorded = hasRecordedTable ? await loadRecorded(table, ranking, { ...options, past }) : undefined;
    sources.push(...(await ofCustomers(table, { source, recorded, hasRecordedTable }, options.database)));
  }
  return { sources, records };
}

/** Customers first, accounts before what is of accounts. */
const order: readonly Source['source'][] = [
  'customers',
  'phones',
  'accounts',
  'exposures',
  'purchases',
  'serviceAlerts',
];

async function loadOne(
  source: Source,
  ranking: PartnerRanking,
  options: LoadSourcesOptions,
): Promise<SourceReport> {
  const table = source.source;
  return loadTable(source, {
    database: options.database,
    label: `${table} of ${ranking.partner}`,
    table,
    queries: options.queries,
    workDirectory: options.workDirectory,
    signal: options.signal,
    requiredColumns: requiredColumns[table],
    rejectedFile: rejectedFile(table, options),
    ...(table === 'customers' ? { key: 'customer', checks: referenceChecks } : {}),
    ...(table === 'accounts' ? { key: 'account' } : {}),
    ...(table === 'phones' ? { personalColumns: ['phone'] } : {}),
    ...(table === 'accounts' || table === 'serviceAlerts' ? { personalColumns: ['account'] } : {}),
  });
}

function rejectedFile(source: string, options: LoadSourcesOptions): string {
  return join(options.directory, `rejected-${source}.csv`);
}

/** Numbers that are none count as rejected rows like any other. */
async function withNumbers(
  report: SourceReport,
  { country }: PartnerRanking,
  { database, directory }: LoadSourcesOptions,
): Promise<SourceReport> {
  await normalisePhones(database, 'phones', country);
  return rejectPhones(report, { database, directory, country });
}
