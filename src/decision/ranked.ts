// The offers to weigh for one call: those of the strategy, or service offers while a service alert is open.
import { isServiceFirst } from './gates.js';
import type { CallFacts } from './gates.js';
import type { OfferPlan, PartnerPlan } from './plan.js';
import type { RankedOffer, SuppressedOffer } from '../offers/index.js';

export interface RankedPlan {
  readonly offerCode: string;
  /** Undefined when the settings hold no such offer of this partner. */
  readonly offer: OfferPlan | undefined;
  readonly propensity: number;
  readonly value: number;
  readonly isBoosted?: true | undefined;
  /** Why it is not made now. */
  readonly suppressed?: SuppressedOffer;
}

const none: readonly SuppressedOffer[] = [];

function planned({ offersByCode }: PartnerPlan, one: RankedOffer): RankedPlan {
  const { offerCode, propensity, value, isBoosted } = one;
  return { offerCode, offer: offersByCode.get(offerCode), propensity, value, isBoosted };
}

/**
 * In the order of the strategy, those that are suppressed last. While a service alert is open these are the service offers that it
 * lists, for the ranking knows what the alert is about, also those that were suppressed: what the customer said of one does not mend
 * the fault. When it lists none, all of the partner, with propensity 1 and their configured value: they answer a fault, and nobody
 * estimates whether the customer wants that.
 */
export function offersOf(facts: CallFacts): readonly RankedPlan[] {
  const { plan, strategy } = facts;
  if (strategy === undefined) return [];
  if (!isServiceFirst(facts)) {
    const offers = strategy.offers.map((one) => planned(plan, one));
    for (const one of strategy.suppressed ?? none) offers.push({ ...planned(plan, one), suppressed: one });
    return offers;
  }
  const isService = ({ offerCode }: RankedOffer): boolean =>
    plan.offersByCode.get(offerCode)?.offer.kind === 'service';
  const listed = strategy.offers.filter(isService).map((one) => planned(plan, one));
  for (const one of strategy.suppressed ?? none) if (isService(one)) listed.push(planned(plan, one));
  if (listed.length > 0) return listed;
  return plan.serviceOffers.map((offer) => {
    return { offerCode: offer.offer.offer, offer, propensity: 1, value: offer.offer.value };
  });
}
