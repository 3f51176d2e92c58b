// What a run counts of the scored rows: funnels, sums over ranked offers and distributions. Sums are of whole numbers, so that
// they are the same for any number of threads and partitions.
import { DuckDBMapValue } from '@duckdb/node-api';
import type { RankingDatabase } from '../database.js';
import type { PlannedOffer, RankingPlan } from '../plan/ranking-plan.js';
import { expectedSql, ranksOf } from '../plan/score-sql.js';
import { GATES } from '../report/run-report.js';
import type { HistogramBin, OfferFunnel, RankingGate } from '../report/run-report.js';
import { list } from '../sql.js';

/** Bars a decade of a distribution. */
const BARS = 5;
const PROPENSITY_UNITS = 1e9;
const MONEY_UNITS = 1e4;

interface RankedSums {
  ranked: number;
  first: number;
  propensity: bigint;
  value: bigint;
  expected: bigint;
}

export class ScoreCounts {
  readonly #plan: RankingPlan;
  /** By offer, then by gate code. */
  readonly #gates: number[][];
  readonly #sums: RankedSums[];
  readonly #propensities = new Map<number, number>();
  readonly #expected = new Map<number, number>();
  #firstExpected = 0n;

  constructor(plan: RankingPlan) {
    this.#plan = plan;
    this.#gates = plan.offers.map(() => new Array<number>(GATES.length + 1).fill(0));
    this.#sums = plan.offers.map(() => ({ ranked: 0, first: 0, propensity: 0n, value: 0n, expected: 0n }));
  }

  /** Adds the rows that are in `scored` now. */
  async add(database: RankingDatabase): Promise<void> {
    const counts = this.#plan.offers.map(({ index }) => `histogram(_g_${index})`);
    const [row = []] = await database.rows('funnel', `SELECT ${list(counts)} FROM scored`);
    row.forEach((histogram, offer) => {
      const mine = this.#gates[offer];
      if (mine === undefined || !(histogram instanceof DuckDBMapValue)) return;
      for (const { key, value } of histogram.entries)
        mine[Number(key)] = (mine[Number(key)] ?? 0) + Number(value);
    });
    await this.#addRanked(database);
  }

  async #addRanked(database: RankingDatabase): Promise<void> {
    const ranks = Array.from({ length: ranksOf(this.#plan) }, (_, rank) => rank);
    const unnested = [
      ...['o', 'q', 'w'].map(
        (kind) => `unnest([${list(ranks.map((rank) => `_${kind}_${rank}`))}]) AS ${kind}`,
      ),
      `unnest([${list(ranks.map((rank) => expectedSql(this.#plan, rank)))}]) AS x`,
    ];
    const rows = await database.rows(
      'ranked offers',
      `SELECT o, rank = 0 AS is_first,
         floor(log10(greatest(q, 1e-6)) * ${BARS})::INTEGER AS q_bar, floor(log10(greatest(x, 1e-2)) * ${BARS})::INTEGER AS x_bar,
         count(*), sum(round(q * ${PROPENSITY_UNITS})::HUGEINT), sum(round(w * ${MONEY_UNITS})::HUGEINT), sum(round(x * ${MONEY_UNITS})::HUGEINT)
       FROM (SELECT unnest([${list(ranks.map(String))}]) AS rank, ${list(unnested)} FROM scored)
       WHERE o IS NOT NULL GROUP BY ALL`,
    );
    for (const [offer, isFirst, propensityBar, expectedBar, count, ...sums] of rows) {
      const mine = this.#sums[Number(offer)];
      if (mine === undefined) continue;
      const [propensity = 0n, value = 0n, expected = 0n] = sums.map((one) => BigInt(String(one)));
      mine.ranked += Number(count);
      mine.propensity += propensity;
      mine.value += value;
      mine.expected += expected;
      if (isFirst === true) {
        mine.first += Number(count);
        this.#firstExpected += expected;
      }
      addTo(this.#propensities, Number(propensityBar), Number(count));
      addTo(this.#expected, Number(expectedBar), Number(count));
    }
  }

  /** Sum of the expected values of the first offers. */
  get firstExpectedValue(): number {
    return Number(this.#firstExpected) / MONEY_UNITS;
  }

  get propensityHistogram(): readonly HistogramBin[] {
    return bars(this.#propensities);
  }

  get expectedValueHistogram(): readonly HistogramBin[] {
    return bars(this.#expected);
  }

  funnels(customers: number): readonly OfferFunnel[] {
    return this.#plan.offers.map((offer) => this.#funnel(offer, customers));
  }

  #funnel(offer: PlannedOffer, customers: number): OfferFunnel {
    const gates = this.#gates[offer.index] ?? [];
    const sums = this.#sums[offer.index];
    const mean = (sum: bigint | undefined, units: number): number | null =>
      sums === undefined || sums.ranked === 0 ? null : Number(sum) / units / sums.ranked;
    return {
      offer: offer.offer,
      customers,
      removed: Object.fromEntries(GATES.map((gate, index) => [gate, gates[index + 1] ?? 0])) as Record<
        RankingGate,
        number
      >,
      ranked: gates[0] ?? 0,
      first: sums?.first ?? 0,
      propensityKind: offer.propensity.kind,
      meanPropensity: mean(sums?.propensity, PROPENSITY_UNITS),
      meanValue: mean(sums?.value, MONEY_UNITS),
      meanExpectedValue: mean(sums?.expected, MONEY_UNITS),
      valueWords: offer.value.words,
      npv: offer.value.npv ?? null,
    };
  }
}

function addTo(counts: Map<number, number>, bar: number, count: number): void {
  counts.set(bar, (counts.get(bar) ?? 0) + count);
}

/** Every bar between the first and the last, so that a gap is seen. */
function bars(counts: ReadonlyMap<number, number>): readonly HistogramBin[] {
  if (counts.size === 0) return [];
  const least = Math.min(...counts.keys());
  const most = Math.max(...counts.keys());
  return Array.from({ length: most - least + 1 }, (_, index) => ({
    upTo: Number((10 ** ((least + index + 1) / BARS)).toPrecision(3)),
    count: counts.get(least + index) ?? 0,
  }));
}
