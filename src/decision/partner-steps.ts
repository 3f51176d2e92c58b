// Steps that a person, or an IVR that has done its part, may choose for a call of a partner: without gates and arbitration, but
// never beyond what the plan of that partner holds.
import type { RouteStep } from './decision.js';
import type { PartnerPlan } from './plan.js';

/**
 * Every step that presents the offer, presentation by presentation in configured order; undefined when calls of this partner are
 * never made that offer.
 */
export function offerSteps(plan: PartnerPlan, offerCode: string): readonly RouteStep[] | undefined {
  return plan.offersByCode.get(offerCode)?.presentations.flatMap((one) => one.steps);
}

/** Plain service at a destination; undefined when calls of this partner do not go there. */
export function serviceStep(plan: PartnerPlan, destinationId: string): RouteStep | undefined {
  const destination = plan.destinations.find((one) => one.id === destinationId);
  return destination && { target: { kind: 'destination', destination }, offer: undefined };
}
