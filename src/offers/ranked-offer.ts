// One offer of a ranking.

/** One ranked offer of a strategy, best first. */
export interface RankedOffer {
  readonly offerCode: string;
  /** 0..1 */
  readonly propensity: number;
  /** Net present value of a sale to this customer, in the partner's currency. */
  readonly value: number;
  /** The customer asked to be offered this now (learned.ts). */
  readonly isBoosted?: true;
}
