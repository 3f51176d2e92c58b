// The columns that rules, formulas and models of one partner may name, and where the plan has them.
import type { Column, PartnerRanking, Source, SourceName } from '../../config/index.js';

export type ColumnType = Column['type'];

/** A column of the plan's base table. */
export interface PlanColumn {
  /** As people write it: `age`, `accounts.balance`. */
  readonly name: string;
  readonly type: ColumnType;
  /** Of the customer: one value a row. Of the offer: `history.` columns are there once an offer. */
  readonly scope: 'customer' | 'offer';
}

/** What is known about a customer and one offer from the past. The text is for people. */
export const historyColumns: Readonly<
  Record<string, { readonly type: ColumnType; readonly meaning: string }>
> = {
  'history.exposures': { type: 'integer', meaning: 'times the offer was presented' },
  'history.daysSinceExposure': { type: 'integer', meaning: 'days since the offer was presented last' },
  'history.accepted': { type: 'integer', meaning: 'times the offer was accepted' },
  'history.declined': { type: 'integer', meaning: 'times the offer was declined' },
  'history.familyExposures': {
    type: 'integer',
    meaning: 'times offers of the product family were presented',
  },
  'history.contacts': { type: 'integer', meaning: 'times any offer was presented' },
  'history.daysSinceContact': { type: 'integer', meaning: 'days since any offer was presented last' },
};

export const productColumns = ['product.product', 'product.name', 'product.family'] as const;

/** The day of the run. */
export const TODAY = 'today';

/** Sources whose rows the records database may add to, or be alone in giving. */
export const recordedSources = ['exposures', 'purchases', 'serviceAlerts'] as const;
export type RecordedSource = (typeof recordedSources)[number];

/** Columns of the rows that come from the records database, `customer` not among them. */
export const recordedColumns: Readonly<Record<RecordedSource, readonly Pick<Column, 'column' | 'type'>[]>> = {
  exposures: [
    { column: 'offer', type: 'text' },
    { column: 'at', type: 'timestamp' },
    { column: 'disposition', type: 'text' },
  ],
  purchases: [
    { column: 'product', type: 'text' },
    { column: 'at', type: 'timestamp' },
    { column: 'endedAt', type: 'timestamp' },
  ],
  serviceAlerts: [
    { column: 'offer', type: 'text' },
    { column: 'openedAt', type: 'timestamp' },
    { column: 'closedAt', type: 'timestamp' },
  ],
};

/** Settings say so; whether there is a database, and what is in it, is found out when the run reads it. */
export function isRecorded(ranking: PartnerRanking, source: SourceName): source is RecordedSource {
  return recordedSources.some((one) => one === source && ranking.records[one]);
}

/** Whether there are rows of the kind: of a source, or of the records database. */
export function hasSource(ranking: PartnerRanking, source: SourceName): boolean {
  return sourceOf(ranking, source) !== undefined || isRecorded(ranking, source);
}

export function sourceOf(ranking: PartnerRanking, source: SourceName): Source | undefined {
  return ranking.sources.find((one) => one.source === source);
}

/** By name. Those of `product.` are constants of an offer and not among them. */
export function planColumns(ranking: PartnerRanking): ReadonlyMap<string, PlanColumn> {
  const columns: PlanColumn[] = [];
  for (const { column, type } of sourceOf(ranking, 'customers')?.columns ?? []) {
    columns.push({ name: column, type, scope: 'customer' });
  }
  const accounts = sourceOf(ranking, 'accounts');
  if (accounts !== undefined) {
    columns.push({ name: 'accounts.count', type: 'integer', scope: 'customer' });
    for (const { column, type, aggregate } of accounts.columns) {
      if (aggregate === undefined) continue;
      const aggregated =
        aggregate === 'mean' || (aggregate === 'sum' && type === 'integer') ? 'decimal' : type;
      columns.push({ name: `accounts.${column}`, type: aggregated, scope: 'customer' });
    }
  }
  if (hasSource(ranking, 'exposures')) {
    for (const [name, { type }] of Object.entries(historyColumns))
      columns.push({ name, type, scope: 'offer' });
  }
  return new Map(columns.map((one) => [one.name, one]));
}

/** The name in the base table; a column of an offer has the offer's index in it. */
export function baseName(column: PlanColumn, offerIndex: number): string {
  return column.scope === 'customer' ? column.name : `${column.name}#${offerIndex}`;
}
