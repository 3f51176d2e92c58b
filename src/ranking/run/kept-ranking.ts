// What an earlier run thought of one customer, from the full ranking table that it kept.
import type { RankingDatabase } from '../database.js';
import { GATES } from '../report/run-report.js';
import type { RankingGate } from '../report/run-report.js';
import { text } from '../sql.js';
import { tableGlob } from './run-directory.js';
import type { KeptRun } from './run-directory.js';

export interface KeptOffer {
  readonly offer: string;
  readonly rank: number | null;
  readonly stoppedBy: RankingGate | null;
  /** Null where a gate stopped the offer before it was scored. */
  readonly propensity: number | null;
  readonly value: number | null;
  readonly expectedValue: number | null;
}

export interface KeptRanking {
  readonly runId: string;
  readonly generation: number | null;
  readonly at: string;
  readonly customer: string;
  /** Ranked ones first, by rank, then the others in configured order. */
  readonly offers: readonly KeptOffer[];
}

/** Undefined when the customer was not among the customers of that run. */
export async function rankedBefore(
  database: RankingDatabase,
  run: KeptRun,
  customer: string,
): Promise<KeptRanking | undefined> {
  const result = await database.connection.runAndReadAll(
    `SELECT * FROM read_parquet(${text(tableGlob(run.directory))}) WHERE customer = ${text(customer)}`,
  );
  const [row] = result.getRowObjects();
  const { report } = run;
  if (row === undefined || report === undefined) return undefined;
  const number = (column: string): number | null => {
    const value = row[column];
    return value === null || value === undefined ? null : Number(value);
  };
  const ranks = new Map<string, number>();
  for (let rank = 1; typeof row[`offer_${rank}`] === 'string'; rank++)
    ranks.set(row[`offer_${rank}`] as string, rank);
  const offers = report.offers.map(({ offer }): KeptOffer => {
    const rank = ranks.get(offer) ?? null;
    const code = number(`gate.${offer}`) ?? 0;
    return {
      offer,
      rank,
      stoppedBy: code === 0 ? null : (GATES[code - 1] ?? null),
      propensity: rank === null ? number(`propensity.${offer}`) : number(`propensity_${rank}`),
      value: rank === null ? null : number(`value_${rank}`),
      expectedValue: rank === null ? null : number(`expected_value_${rank}`),
    };
  });
  return {
    runId: run.runId,
    generation: report.generation,
    at: report.at,
    customer,
    offers: offers.toSorted((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || 0),
  };
}
