// What else a caller might be offered, as the decision weighed it: few numbers an offer, kept with the call for the agent who gets it.
import type { CandidateTrace, Decision } from '../../decision/index.js';

type Removal = Pick<CandidateTrace, 'removedBy' | 'removedWhy'>;

export interface PresentationChance extends Removal {
  readonly presentation: string;
  /** Of its best destination, in seconds; undefined when unknown. */
  readonly waitSeconds: number | undefined;
}

export interface OfferChance extends Removal {
  readonly offer: string;
  /** 0..1 */
  readonly propensity: number | undefined;
  /** Of a sale to this customer. */
  readonly offerValue: number | undefined;
  /** What the arbitration made of its best destination; undefined when a gate removed it before. */
  readonly value: number | undefined;
  readonly isBoosted: boolean;
  readonly presentations: readonly PresentationChance[];
}

const maxOffers = 8;
const maxPresentations = 4;

/** Offers in the order of the decision's trace, which is that of the ranking. */
export function offerChances({ candidates }: Pick<Decision, 'candidates'>): readonly OfferChance[] {
  const byOffer = new Map<string, CandidateTrace[]>();
  for (const row of candidates) {
    if (row.offerCode === undefined) continue;
    const rows = byOffer.get(row.offerCode);
    if (rows !== undefined) rows.push(row);
    else if (byOffer.size < maxOffers) byOffer.set(row.offerCode, [row]);
  }
  return [...byOffer].map(([offer, rows]) => chanceOf(offer, rows));
}

function chanceOf(offer: string, rows: readonly CandidateTrace[]): OfferChance {
  const best = bestOf(rows);
  const names = [...new Set(rows.flatMap(({ presentation }) => presentation ?? []))].slice(
    0,
    maxPresentations,
  );
  return {
    offer,
    propensity: best?.propensity,
    offerValue: best?.offerValue,
    value: best?.removedBy === undefined ? best?.value : undefined,
    isBoosted: best?.isBoosted === true,
    removedBy: best?.removedBy,
    removedWhy: best?.removedWhy,
    presentations: names.map((presentation) => {
      const row = bestOf(rows.filter((one) => one.presentation === presentation));
      return {
        presentation,
        waitSeconds: row?.waitSeconds,
        removedBy: row?.removedBy,
        removedWhy: row?.removedWhy,
      };
    }),
  };
}

/** One that no gate removed comes before those that were. */
function bestOf(rows: readonly CandidateTrace[]): CandidateTrace | undefined {
  let best: CandidateTrace | undefined;
  for (const row of rows) {
    if (best === undefined || worthOf(row) > worthOf(best)) best = row;
  }
  return best;
}

function worthOf({ removedBy, value }: CandidateTrace): number {
  return removedBy === undefined ? (value ?? -Number.MAX_VALUE) : -Infinity;
}
