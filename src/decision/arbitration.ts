// Arbitration: every (offer, presentation, destination) through its own gates, then by value. The loop of the call path: it
// reads typed arrays, allocates nothing and makes no words; `trace.ts` says the same of one call at length.
import { Blocked } from './resources.js';
import type { CallFacts } from './gates.js';
import type { GateName, IdentityConfidence } from './decision.js';
import type { OfferPlan, PresentationPlan } from './plan.js';
import type { Resources } from './resources.js';

/** The gates of a candidate in the order they are passed; a position in this list is what the loop counts with. */
export const candidateGates = [
  'entitlement',
  'confidence',
  'offer-kill-switch',
  'resources',
  'wait-cap',
  'skill',
  'arbitration',
] as const satisfies readonly GateName[];

/** Positions in `candidateGates`. `passed` is past all but the last. */
export const At = {
  entitlement: 0,
  confidence: 1,
  killSwitch: 2,
  resources: 3,
  waitCap: 4,
  skill: 5,
  passed: 6,
} as const;

const confidenceRank: Readonly<Record<IdentityConfidence, number>> = {
  none: 0,
  claimed: 1,
  trusted: 2,
  verified: 3,
};

/** The first gate that an offer as a whole does not pass; `passed` when its destinations are to be looked at. */
export function offerGate(facts: CallFacts, offer: OfferPlan | undefined, kind: 'sales' | 'service'): number {
  if (offer?.offer.kind !== kind) return At.entitlement;
  const { identity } = facts.input;
  const confidence = identity.kind === 'number' ? identity.confidence : 'none';
  if (confidenceRank[confidence] < confidenceRank[offer.offer.minConfidence]) return At.confidence;
  return offer.offer.killSwitch ? At.killSwitch : At.passed;
}

/** The first gate that one destination of a presentation does not pass; `passed` when it is weighed. */
export function candidateGate(
  resources: Resources,
  offer: OfferPlan,
  presentation: PresentationPlan,
  position: number,
): number {
  const slot = presentation.slots[position] as number;
  if (resources.blocked[slot] !== Blocked.no) return At.resources;
  // An unknown wait (NaN) is not known to be too long.
  if ((resources.wait[slot] as number) > offer.offer.waitCapSeconds) return At.waitCap;
  return presentation.isSkilled[position] === 1 ? At.passed : At.skill;
}

/** `propensity x offerValue x conversion x patience - cost` (design, section 5 step 6). */
export function candidateValue(
  resources: Resources,
  presentation: PresentationPlan,
  position: number,
  expected: number,
): number {
  const slot = presentation.slots[position] as number;
  const gain =
    expected * (presentation.conversion[position] as number) * (resources.patience[slot] as number);
  return gain - (presentation.cost[position] as number);
}

/** Propensity x value of an offer to the customer; a number that makes no sense counts as 0. */
export function expectedValue(propensity: number, value: number): number {
  const expected = propensity * value;
  return Number.isFinite(expected) && expected > 0 ? expected : 0;
}

/** The best candidate so far. Mandatory ones come before all others, among themselves in configured order. */
export class Best {
  offer: OfferPlan | undefined;
  presentation: PresentationPlan | undefined;
  position = -1;
  value = -Infinity;
  expected = 0;
  /** Furthest gate that any candidate came to, a position in `candidateGates`. */
  furthest = -1;

  reset(): void {
    this.offer = undefined;
    this.presentation = undefined;
    this.position = -1;
    this.value = -Infinity;
    this.expected = 0;
    this.furthest = -1;
  }

  reached(gate: number): void {
    if (gate > this.furthest) this.furthest = gate;
  }

  /** Takes the place of the best if it is better; equal ones stay in configured order. */
  challenge(offer: OfferPlan, presentation: PresentationPlan, position: number, value: number): boolean {
    if (!this.#isBeatenBy(offer, value)) return false;
    this.offer = offer;
    this.presentation = presentation;
    this.position = position;
    this.value = value;
    return true;
  }

  #isBeatenBy(offer: OfferPlan, value: number): boolean {
    const best = this.offer;
    if (best === undefined) return true;
    const isMandatory = offer.offer.mandatory;
    if (isMandatory !== best.offer.mandatory) return isMandatory;
    if (isMandatory && offer.index !== best.index) return offer.index < best.index;
    return value > this.value || (value === this.value && offer.index < best.index);
  }
}

/**
 * Weighs every destination of an offer. Of one presentation, a destination of weight 0 stands by: it is weighed only when no
 * other destination of the presentation is left.
 */
export function weighOffer(resources: Resources, offer: OfferPlan, expected: number, best: Best): void {
  for (const presentation of offer.presentations) {
    let position = -1;
    let value = -Infinity;
    let isStandby = true;
    for (let i = 0; i < presentation.slots.length; i++) {
      const gate = candidateGate(resources, offer, presentation, i);
      best.reached(gate);
      if (gate !== At.passed) continue;
      const standsBy = presentation.weight[i] === 0;
      if (standsBy && !isStandby) continue;
      const worth = candidateValue(resources, presentation, i, expected);
      if (position !== -1 && standsBy === isStandby && worth <= value) continue;
      position = i;
      value = worth;
      isStandby = standsBy;
    }
    if (position === -1) continue;
    if (best.challenge(offer, presentation, position, value)) best.expected = expected;
  }
}
