// The base table of a partition: one row a customer, with everything that gates, models and values read.
// Columns that no settings name begin with `_`, which no column of a source can.
import type { PartnerRanking } from '../../config/index.js';
import { planColumns, sourceOf } from '../rules/columns.js';
import { list, name, text, timestamp } from '../sql.js';
import { historyDefault } from './history-sql.js';
import type { Statement } from './history-sql.js';
import { MASK_KINDS, maskColumns } from './masks.js';
import type { RankingPlan } from './ranking-plan.js';

const aggregates: Readonly<Record<string, (column: string) => string>> = {
  sum: (column) => `sum(${column})`,
  mean: (column) => `avg(${column})`,
  minimum: (column) => `min(${column})`,
  maximum: (column) => `max(${column})`,
  any: (column) => `bool_or(${column})`,
  all: (column) => `bool_and(${column})`,
};

/** Bits of a record's flags, in the order of the strategy store's FLAG_NAMES. */
const flagColumns = ['optOut', undefined, 'hardship', 'fraud', 'complaint', 'affiliateOptOut'] as const;
export const SERVICE_ALERT_BIT = 2;

/** Makes what `base` is joined from, one row a customer in each: `first_numbers`, `extra_phones`, `account_sums`, `alerts`. */
export function factStatements(plan: RankingPlan, ranking: PartnerRanking): readonly Statement[] {
  return [
    { what: 'first numbers', sql: firstNumbersSql },
    { what: 'further numbers', sql: extraPhonesSql },
    ...(plan.sources.has('accounts') ? [{ what: 'accounts', sql: accountsSql(ranking) }] : []),
    { what: 'service alerts', sql: alertsSql(plan) },
  ];
}

/** `phones` counts rows of the source: the same number twice counts twice. */
const firstNumbersSql = `CREATE OR REPLACE TABLE first_numbers AS
  SELECT cid, min(number) AS number, count(*) AS phones FROM phones GROUP BY cid`;

/** Numbers of a customer beyond the lowest. */
const extraPhonesSql = `CREATE OR REPLACE TABLE extra_phones AS
  SELECT DISTINCT phones.cid, phones.number FROM phones JOIN first_numbers AS first USING (cid)
  WHERE first.phones > 1 AND phones.number <> first.number`;

/** One row a customer with its accounts as single values. */
export function accountsSql(ranking: PartnerRanking): string {
  const columns = sourceOf(ranking, 'accounts')?.columns ?? [];
  const types = planColumns(ranking);
  const aggregated = columns.flatMap(({ column, aggregate }) => {
    if (aggregate === undefined) return [];
    const one = `accounts.${column}`;
    // A sum of decimals depends on their order: summed as exact numbers it is the same for any number of threads.
    const exact =
      aggregate === 'sum' || aggregate === 'mean'
        ? `TRY_CAST(${name(column)} AS DECIMAL(38, 6))`
        : name(column);
    const sql = aggregates[aggregate]?.(exact) ?? 'NULL';
    return [
      types.get(one)?.type === 'decimal' ? `(${sql})::DOUBLE AS ${name(one)}` : `${sql} AS ${name(one)}`,
    ];
  });
  return `CREATE OR REPLACE TABLE account_sums AS
    SELECT cid, ${list([`count(*) AS "accounts.count"`, ...aggregated])} FROM accounts GROUP BY cid`;
}

/** A column of `account_sums` beside the customers, who may have no account. @param column such as `accounts.balance` */
export function accountColumn(column: string): string {
  const value = `account_sums.${name(column)}`;
  return `${column === 'accounts.count' ? `coalesce(${value}, 0)` : value} AS ${name(column)}`;
}

/** Alerts that are open at the time of the run, with the service offers they name as bits in configured order. */
function alertsSql(plan: RankingPlan): string {
  if (!plan.sources.has('serviceAlerts')) {
    return 'CREATE OR REPLACE TABLE alerts AS SELECT 0::BIGINT AS cid, 0::BIGINT AS service_offers WHERE false';
  }
  const now = timestamp(plan.at);
  const opened = plan.declared.has('serviceAlerts.openedAt')
    ? `("openedAt" IS NULL OR "openedAt" <= ${now})`
    : 'true';
  const open = plan.declared.has('serviceAlerts.closedAt')
    ? `("closedAt" IS NULL OR "closedAt" > ${now})`
    : 'true';
  const bits = plan.serviceOffers.map(({ offer }, index) => `WHEN ${text(offer)} THEN ${2 ** index}`);
  const bit =
    plan.declared.has('serviceAlerts.offer') && bits.length > 0
      ? `bit_or((CASE offer ${bits.join(' ')} ELSE 0 END)::BIGINT)`
      : '0::BIGINT';
  return `CREATE OR REPLACE TABLE alerts AS
    SELECT cid, ${bit} AS service_offers FROM "serviceAlerts" WHERE ${opened} AND ${open} GROUP BY cid`;
}

/** The statement that makes `base` of the customers of a range of rows, first and last included. */
export function baseSql(plan: RankingPlan, first: number | string, last: number | string): string {
  const masks = MASK_KINDS.flatMap((kind) => maskColumns(kind, plan.offers.length));
  const flags = flagColumns.flatMap((column, bit) =>
    column !== undefined && plan.declared.has(column)
      ? [`CASE WHEN customers.${name(column)} IS TRUE THEN ${2 ** bit} ELSE 0 END`]
      : [],
  );
  const needed = new Set(
    ['region', 'optOut', 'consent', 'affiliateOptOut'].filter((column) => plan.declared.has(column)),
  );
  for (const { name: column } of plan.customerColumns)
    if (!column.startsWith('accounts.')) needed.add(column);
  needed.delete('customer');
  const columns = [
    'customers.row AS _cid',
    'customers.customer',
    ...[...needed].map((column) => `customers.${name(column)}`),
    ...plan.customerColumns
      .filter((column) => column.name.startsWith('accounts.'))
      .map((column) => accountColumn(column.name)),
    ...plan.offerColumns.map(({ column, offer }) => {
      const base = name(`${column.name}#${offer}`);
      return `coalesce(history.${base}, ${historyDefault(column.name)}) AS ${base}`;
    }),
    ...masks.map((mask) => `coalesce(marks.${mask}, 0) AS ${mask}`),
    'coalesce(marks._contacted, false) AS _contacted',
    'coalesce(first_numbers.number, 0) AS _number',
    `(${[...flags, `CASE WHEN alerts.cid IS NULL THEN 0 ELSE ${SERVICE_ALERT_BIT} END`].join(' + ')})::UTINYINT AS _flags`,
    'coalesce(alerts.service_offers, 0) AS _service_offers',
  ];
  const facts = [
    'first_numbers',
    'marks',
    'alerts',
    ...(plan.sources.has('accounts') ? ['account_sums'] : []),
    ...(plan.offerColumns.length > 0 ? ['history'] : []),
  ];
  const joins = facts.map(
    (table) =>
      `LEFT JOIN (SELECT * FROM ${table} WHERE cid BETWEEN ${first} AND ${last}) AS ${table} ON ${table}.cid = customers.row`,
  );
  return `CREATE OR REPLACE TABLE base AS SELECT ${columns.join(',\n')}
    FROM (SELECT * FROM customers WHERE row BETWEEN ${first} AND ${last}) AS customers
    ${joins.join('\n')}`;
}
