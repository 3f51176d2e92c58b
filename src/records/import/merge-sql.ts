// Statements that take a chunk of rows from a temporary table over: rows that are new or differ are written, rows that refer to what
// is not there are told. $1 is the partner. Names are those of this file; no value of an import is ever in a statement's text.
import type { ImportKind, KindPlan } from './kinds.js';

/** What `mergeSql` gives: one row. */
export interface Merged {
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  /** `[row, 'field|reason']` */
  readonly refused: readonly (readonly [number, string])[];
  /** Customers of whom something else holds now. */
  readonly learners: readonly string[];
}

interface MergeRules {
  readonly table: string;
  readonly key: readonly string[];
  /** What rows refer to, as joins to `r`. */
  readonly joins: string;
  /** Conditions by what they mean, in order. */
  readonly refusals: readonly (readonly [string, string])[];
  /** What a column without a value holds. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Columns that say when the row was written. */
  readonly stamps: readonly string[];
  /** Customers to learn of, as SQL over `checked`, each with the condition under which. */
  readonly learners: readonly (readonly [string, string])[];
  /** Further columns of `checked`. */
  readonly also?: string;
}

const ofCustomer = 'LEFT JOIN proffer.customers c ON c.partner = $1 AND c.customer = r.customer';
const unknownCustomer = ['c.customer IS NULL', 'customer|is not among the customers of the partner'] as const;
/** Accounts that were opened since then may be missing in the last ranking. */
const RECENT = "interval '90 days'";

const rules: Readonly<Record<ImportKind, MergeRules>> = {
  customers: {
    table: 'proffer.customers',
    key: ['customer'],
    joins: 'LEFT JOIN proffer.offers o ON o.offer = r.sales_offer',
    refusals: [
      ['r.sales_offer IS NOT NULL AND o.offer IS NULL', 'salesOffer|is no offer of the settings'],
      ["o.kind <> 'sales'", 'salesOffer|is a service offer'],
    ],
    defaults: {
      is_opted_out: 'false',
      is_affiliate_opted_out: 'false',
      is_hardship: 'false',
      is_fraud: 'false',
      is_complaint: 'false',
    },
    stamps: ['imported_at'],
    learners: [],
  },
  accounts: {
    table: 'proffer.accounts',
    key: ['account'],
    joins: `${ofCustomer} LEFT JOIN proffer.products p ON p.product = r.product`,
    refusals: [
      unknownCustomer,
      ['r.product IS NOT NULL AND p.product IS NULL', 'product|is no product of the settings'],
    ],
    stamps: ['imported_at'],
    also: ', old.customer AS old_customer',
    learners: [
      [
        'customer',
        `is_new AND product IS NOT NULL AND opened_on >= now() - ${RECENT} OR NOT is_new AND is_different AND holds_else`,
      ],
      ['old_customer', 'NOT is_new AND is_different AND old_customer <> customer'],
    ],
  },
  phones: {
    table: 'proffer.phones',
    key: ['phone', 'customer'],
    joins: ofCustomer,
    refusals: [unknownCustomer],
    stamps: ['imported_at'],
    learners: [],
  },
  'offers-history': {
    table: 'proffer.offers_history',
    key: ['customer', 'offer', 'at'],
    joins: '',
    refusals: [],
    stamps: ['imported_at'],
    learners: [],
  },
  alerts: {
    table: 'proffer.service_alerts',
    key: ['alert'],
    joins: `LEFT JOIN proffer.accounts a ON a.partner = $1 AND a.account = r.account
      LEFT JOIN proffer.offers o ON o.offer = r.offer`,
    refusals: [
      ['a.account IS NULL', 'account|is not among the accounts of the partner'],
      ['r.offer IS NOT NULL AND o.offer IS NULL', 'offer|is no offer of the settings'],
      ["o.kind <> 'service'", 'offer|is no service offer'],
      ['o.partner <> $1', 'offer|is a service offer of another partner'],
    ],
    defaults: { severity: "'critical'" },
    stamps: ['changed_at'],
    also: `, a.customer AS customer, (SELECT b.customer FROM proffer.accounts b WHERE b.partner = $1 AND b.account = old.account) AS old_customer`,
    learners: [
      ['customer', 'is_new AND closed_at IS NULL OR NOT is_new AND is_different'],
      ['old_customer', 'NOT is_new AND is_different AND old_customer <> customer'],
    ],
  },
};

/** Makes the table that rows are staged in, once a connection. Its rows go with the transaction. */
export function stagingSql({ kind, fields, hasAttributes }: KindPlan): string {
  const columns = fields.flatMap(({ column, type, hashed }) => [
    `${column} ${type}`,
    ...(hashed === undefined ? [] : [`${hashed}_key text`]),
  ]);
  const attributes = hasAttributes ? ', attributes jsonb' : '';
  return `CREATE TEMPORARY TABLE IF NOT EXISTS ${stagingTable(kind)} (row bigint, ${columns.join(', ')}${attributes}) ON COMMIT DELETE ROWS`;
}

export function stagingTable(kind: ImportKind): string {
  return `pg_temp.import_${kind.replace('-', '_')}`;
}

/**
 * A chunk is small and the tables are large: each row is looked up by the index. What the statistics say while a table fills is out of date
 * all the time, and a plan made from them reads tables from end to end for every row.
 * Compiling a statement for what such a plan seems to cost takes four times as long as running it.
 */
const planner = ['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'enable_material', 'jit'];
export const plannerSql = planner.map((setting) => `SET LOCAL ${setting} = off`).join('; ');
/** For what follows the merge in the transaction: learning of many customers needs the joins that the merge must not use. */
export const plannerAgainSql = planner.map((setting) => `SET LOCAL ${setting} TO DEFAULT`).join('; ');

/** @param columns that were staged, but for `row`; others of a row that is there stay as they are */
export function mergeSql(kind: ImportKind, columns: readonly string[]): string {
  const { table, key, joins, stamps, learners, also = '', defaults = {} } = rules[kind];
  const others = columns.filter((column) => !key.includes(column));
  const valueOf = (column: string): string => {
    if (column === 'attributes') return "jsonb_strip_nulls(coalesce(old.attributes, '{}') || r.attributes)";
    const fallback = defaults[column];
    return fallback === undefined ? `r.${column}` : `coalesce(r.${column}, ${fallback})`;
  };
  const values = others.map((column) => `${valueOf(column)} AS ${column}`);
  const isDifferent =
    others.length === 0
      ? 'false'
      : `ROW(${others.map((one) => `old.${one}`).join(', ')}) IS DISTINCT FROM ROW(${others.map(valueOf).join(', ')})`;
  const keys = key.map((one) => `r.${one}`);
  const isOld = key.map((one) => `old.${one} = r.${one}`).join(' AND ');
  const updates = [
    ...others.map((one) => `${one} = excluded.${one}`),
    ...stamps.map((one) => `${one} = now()`),
  ];
  const conflict = others.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join(', ')}`;
  const written = [...key, ...others].join(', ');
  return `WITH staged AS (
      SELECT DISTINCT ON (${keys.join(', ')}) * FROM ${stagingTable(kind)} r ORDER BY ${keys.join(', ')}, r.row
    ), checked AS MATERIALIZED (
      SELECT r.row, ${[...keys, ...values].join(', ')}, ${refusalSql(kind, columns)} AS refusal,
        old.partner IS NULL AS is_new, ${isDifferent} AS is_different${also}${holdsSql(kind, columns)}
      FROM staged r ${joins} LEFT JOIN ${table} old ON old.partner = $1 AND ${isOld}
    ), written AS (
      INSERT INTO ${table} (partner, ${written})
      SELECT $1, ${written} FROM checked WHERE refusal IS NULL AND (is_new OR is_different)
      ON CONFLICT (partner, ${key.join(', ')}) DO ${conflict}
    ), learners AS (${learnersSql(learners, columns)})
    SELECT count(*) FILTER (WHERE refusal IS NULL AND is_new) AS added,
      count(*) FILTER (WHERE refusal IS NULL AND NOT is_new AND is_different) AS changed,
      count(*) FILTER (WHERE refusal IS NULL AND NOT is_new AND NOT is_different) AS same,
      coalesce(jsonb_agg(jsonb_build_array(row, refusal)) FILTER (WHERE refusal IS NOT NULL), '[]') AS refused,
      (SELECT coalesce(array_agg(DISTINCT customer), '{}') FROM learners) AS learners
    FROM checked`;
}

function refusalSql(kind: ImportKind, columns: readonly string[]): string {
  const isClosing = kind === 'alerts' && columns.includes('closed_at');
  const refusals = [
    ...rules[kind].refusals,
    ...(isClosing ? ([['r.closed_at < r.opened_at', 'closedAt|is before openedAt']] as const) : []),
  ];
  if (refusals.length === 0) return 'NULL::text';
  return `CASE ${refusals.map(([condition, meaning]) => `WHEN ${condition} THEN '${meaning}'`).join(' ')} END`;
}

/** Whether what the account says of the products that its customer holds is something else now. */
function holdsSql(kind: ImportKind, columns: readonly string[]): string {
  if (kind !== 'accounts') return '';
  const told = ['customer', 'product', 'opened_on', 'closed_on'].filter((one) => columns.includes(one));
  return `, ROW(${told.map((one) => `old.${one}`).join(', ')}) IS DISTINCT FROM ROW(${told.map((one) => `r.${one}`).join(', ')}) AS holds_else`;
}

function learnersSql(learners: MergeRules['learners'], columns: readonly string[]): string {
  const possible = learners.map(([customer, condition]) => {
    // Of columns that the file does not have nothing is known.
    const known = ['product', 'opened_on', 'closed_at'].reduce(
      (sql, one) =>
        columns.includes(one) ? sql : sql.replaceAll(new RegExp(`(?<![a-z_])${one}\\b`, 'g'), 'NULL'),
      condition,
    );
    return `SELECT ${customer} AS customer FROM checked WHERE refusal IS NULL AND (${known})`;
  });
  return possible.length === 0 ? 'SELECT NULL::text AS customer WHERE false' : possible.join(' UNION ALL ');
}
