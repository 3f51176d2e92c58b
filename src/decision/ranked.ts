// The offers to weigh for one call: those of the strategy, or the partner's service offers while a service alert is open.
import { isServiceFirst } from './gates.js';
import type { CallFacts } from './gates.js';
import type { OfferPlan } from './plan.js';

export interface RankedPlan {
  readonly offerCode: string;
  /** Undefined when the settings hold no such offer of this partner. */
  readonly offer: OfferPlan | undefined;
  readonly propensity: number;
  readonly value: number;
}

/**
 * In the order of the strategy. A service offer that the strategy does not rank has propensity 1 and its configured value: it answers
 * a fault, and nobody estimates whether the customer wants that.
 */
export function offersOf(facts: CallFacts): readonly RankedPlan[] {
  const { plan, strategy } = facts;
  if (strategy === undefined) return [];
  if (!isServiceFirst(facts)) {
    return strategy.offers.map(({ offerCode, propensity, value }) => {
      return { offerCode, offer: plan.offersByCode.get(offerCode), propensity, value };
    });
  }
  return plan.serviceOffers.map((offer) => {
    const offerCode = offer.offer.offer;
    const ranked = strategy.offers.find((one) => one.offerCode === offerCode);
    return {
      offerCode,
      offer,
      propensity: ranked?.propensity ?? 1,
      value: ranked?.value ?? offer.offer.value,
    };
  });
}
