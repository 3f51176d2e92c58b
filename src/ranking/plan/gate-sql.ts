// The gates of an offer as SQL over the base table, in the order they are passed.
import { GATES } from '../report/run-report.js';
import type { RankingGate } from '../report/run-report.js';
import { list, text } from '../sql.js';
import { isMarked } from './masks.js';
import type { PlannedGate, PlannedOffer, RankingPlan } from './ranking-plan.js';

/** Number of a gate in the full ranking table; 0 is ranked. */
export function gateCode(gate: RankingGate): number {
  return GATES.indexOf(gate) + 1;
}

/** Gates that need no score. Those that can stop nobody are left out. */
export function gatesOf(plan: RankingPlan, offer: PlannedOffer): readonly PlannedGate[] {
  const { eligibility, index } = offer;
  const gates: PlannedGate[] = [];
  const add = (gate: RankingGate, stops: string): number => gates.push({ gate, stops });
  if (!offer.isProductOpen) add('product', 'true');
  if (offer.regions.length > 0) add('region', `(region IN (${list(offer.regions.map(text))})) IS NOT TRUE`);
  const consent = consentSql(plan, offer);
  if (consent !== undefined) add('consent', consent);
  if (eligibility.notHeld && plan.sources.has('purchases')) add('held', isMarked('held', index));
  if (offer.ruleSql !== undefined) add('rule', `(${offer.ruleSql}) IS NOT TRUE`);
  if (plan.sources.has('exposures')) {
    if (isLimited(eligibility.offerExposure)) add('exposure', isMarked('exposure', index));
    if (isLimited(eligibility.familyExposure)) add('family-exposure', isMarked('family', index));
    if (eligibility.coolOffDays > 0) add('cool-off', isMarked('cool', index));
    if (plan.contactPolicy.maxExposures !== undefined) add('contact-policy', '_contacted');
  }
  return gates;
}

export function isLimited(limit: { readonly maxTimes?: number; readonly notWithinDays?: number }): boolean {
  return limit.maxTimes !== undefined || limit.notWithinDays !== undefined;
}

/** Where consent is recorded it must have been given; an opt-out counts whatever else is there, that of affiliates for their offers. */
function consentSql(plan: RankingPlan, offer: PlannedOffer): string | undefined {
  const conditions = [
    ...(plan.declared.has('optOut') ? ['"optOut" IS TRUE'] : []),
    ...(offer.isAffiliate && plan.declared.has('affiliateOptOut') ? ['"affiliateOptOut" IS TRUE'] : []),
    ...(plan.declared.has('consent') ? ['consent IS NOT TRUE'] : []),
  ];
  return conditions.length === 0 ? undefined : conditions.join(' OR ');
}
