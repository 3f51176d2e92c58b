// The offers to weigh for one call: those of the strategy, or service offers while a service alert is open.
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
 * In the order of the strategy. While a service alert is open these are the service offers that it lists, for the ranking knows what
 * the alert is about; when it lists none, all of the partner, with propensity 1 and their configured value: they answer a fault, and
 * nobody estimates whether the customer wants that.
 */
export function offersOf(facts: CallFacts): readonly RankedPlan[] {
  const { plan, strategy } = facts;
  if (strategy === undefined) return [];
  if (!isServiceFirst(facts)) {
    return strategy.offers.map(({ offerCode, propensity, value }) => {
      return { offerCode, offer: plan.offersByCode.get(offerCode), propensity, value };
    });
  }
  const listed: RankedPlan[] = [];
  for (const { offerCode, propensity, value } of strategy.offers) {
    const offer = plan.offersByCode.get(offerCode);
    if (offer?.offer.kind === 'service') listed.push({ offerCode, offer, propensity, value });
  }
  if (listed.length > 0) return listed;
  return plan.serviceOffers.map((offer) => {
    return { offerCode: offer.offer.offer, offer, propensity: 1, value: offer.offer.value };
  });
}
