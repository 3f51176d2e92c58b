// All sources of one partner: loaded, checked, and told which customer each row is of.
import { join } from 'node:path';
import type { PartnerRanking, Source } from '../../config/index.js';
import type { RankingDatabase } from '../database.js';
import type { SourceReport } from '../report/run-report.js';
import { sourceOf } from '../rules/columns.js';
import { name } from '../sql.js';
import { loadTable } from './load-table.js';
import type { Check } from './column-checks.js';
import { rejectPhones } from './phone-problems.js';
import { normalisePhones } from './phones.js';
import type { QueryExport } from './query-export.js';

export interface LoadSourcesOptions {
  readonly database: RankingDatabase;
  readonly queries: QueryExport | undefined;
  /** Where rejected rows are written. */
  readonly directory: string;
  readonly workDirectory: string;
  readonly signal: AbortSignal | undefined;
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

/**
 * Tables `customers`, `phones`, ... as configured, each with `row`, and but for customers with `cid`: the row of the customer.
 * Rows of customers who are not among the customers are dropped and counted as ignored.
 * @throws SourceError, TooManyRejectedError, RunInterruptedError
 */
export async function loadSources(
  ranking: PartnerRanking,
  options: LoadSourcesOptions,
): Promise<readonly SourceReport[]> {
  const reports: SourceReport[] = [];
  for (const source of ordered(ranking)) {
    options.onSource(source.source);
    let report = await loadOne(source, ranking, options);
    if (source.source === 'phones') report = await withNumbers(report, ranking, options);
    if (source.source !== 'customers') report = await ofCustomers(report, source, options.database);
    reports.push(report);
  }
  return reports;
}

/** Customers first, accounts before what is of accounts. */
function ordered(ranking: PartnerRanking): readonly Source[] {
  const order: readonly Source['source'][] = [
    'customers',
    'phones',
    'accounts',
    'exposures',
    'purchases',
    'serviceAlerts',
  ];
  return order.flatMap((one) => sourceOf(ranking, one) ?? []);
}

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

/** Adds `cid`, the customer's row; alerts find their customer through the account. */
async function ofCustomers(
  report: SourceReport,
  source: Source,
  database: RankingDatabase,
): Promise<SourceReport> {
  const table = source.source;
  const [key, owners] = table === 'serviceAlerts' ? ['account', 'accounts'] : ['customer', 'customers'];
  const owner = owners === 'accounts' ? 'owners.cid' : 'owners.row';
  await database.run(
    report.source,
    `CREATE OR REPLACE TABLE ${name(table)} AS
     SELECT ${owner} AS cid, mine.* EXCLUDE (${key})
     FROM ${name(table)} AS mine JOIN ${owners} AS owners ON owners.${key} = mine.${key}`,
  );
  const [kept = 0] = await database.numbers(report.source, `SELECT count(*) FROM ${name(table)}`);
  return { ...report, ignored: report.accepted - kept };
}
