// Arbitration: every (offer, presentation, destination) through its own gates, then by value. The loop of the call path: it
// reads typed arrays, allocates nothing and makes no words; `trace.ts` says the same of one call at length.
import { isServiceFirst } from './gates.js';
import { offersOf } from './ranked.js';
import { Blocked } from './resources.js';
import type { CallFacts } from './gates.js';
import type { GateName, IdentityConfidence } from './decision.js';
import type { OfferPlan, PresentationPlan } from './plan.js';
import type { RankedPlan } from './ranked.js';
import type { Resources } from './resources.js';

/** The gates of a candidate in the order they are passed; a position in this list is what the loop counts with. */
export const candidateGates = [
  'entitlement',
  'suppression',
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
  suppression: 1,
  confidence: 2,
  killSwitch: 3,
  resources: 4,
  waitCap: 5,
  skill: 6,
  passed: 7,
} as const;

const confidenceRank: Readonly<Record<IdentityConfidence, number>> = {
  none: 0,
  claimed: 1,
  trusted: 2,
  verified: 3,
};

/** The first gate that an offer as a whole does not pass; `passed` when its destinations are to be looked at. */
export function offerGate(
  facts: CallFacts,
  offer: OfferPlan | undefined,
  kind: 'sales' | 'service',
  isSuppressed = false,
): number {
  if (offer?.offer.kind !== kind) return At.entitlement;
  if (offer.isAffiliate && facts.strategy?.flags.affiliateOptOut === true) return At.entitlement;
  if (isSuppressed) return At.suppression;
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

/** Which destinations of a presentation to look at. */
type Standing = 'all' | 'active' | 'standby';

/** One comparison of offers. Mandatory ones come before all others, among themselves in configured order. */
export class Arbitration {
  /** The best offer so far; undefined while no candidate is left. */
  offer: OfferPlan | undefined;
  presentation: PresentationPlan | undefined;
  /** Position of the destination in the presentation. */
  position = -1;
  value = -Infinity;
  /** Propensity x value of the best offer. */
  expected = 0;
  readonly #resources: Resources;

  constructor(resources: Resources) {
    this.#resources = resources;
  }

  /**
   * Weighs every destination of an offer. Of one presentation, a destination of weight 0 stands by: it is weighed only when no other
   * destination of the presentation is left.
   */
  weigh(offer: OfferPlan, expected: number): void {
    const cap = offer.offer.waitCapSeconds;
    for (const presentation of offer.presentations) {
      let position = this.#best(presentation, cap, expected, presentation.hasStandby ? 'active' : 'all');
      if (position === -1 && presentation.hasStandby) {
        position = this.#best(presentation, cap, expected, 'standby');
      }
      if (position === -1) continue;
      const value = candidateValue(this.#resources, presentation, position, expected);
      if (!this.#isBeatenBy(offer, value)) continue;
      this.offer = offer;
      this.presentation = presentation;
      this.position = position;
      this.value = value;
      this.expected = expected;
    }
  }

  /**
   * The position of the destination of greatest value, -1 when none can take the call; equal ones stay in configured order.
   * NaN says no by itself: as a wait (unknown) it is not above the cap, as a factor (unskilled) it makes a value that wins nothing.
   */
  #best(presentation: PresentationPlan, cap: number, expected: number, standing: Standing): number {
    const { slots, factor, cost, weight } = presentation;
    const { barrier, patience } = this.#resources;
    let position = -1;
    let value = -Infinity;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      if ((barrier[slot] as number) > cap) continue;
      if (standing !== 'all' && (weight[i] === 0) !== (standing === 'standby')) continue;
      const worth = expected * (factor[i] as number) * (patience[slot] as number) - (cost[i] as number);
      if (worth > value) {
        value = worth;
        position = i;
      }
    }
    return position;
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

/** Weighs every offer of a call that its own gates let pass. */
export function weighAll(facts: CallFacts, best: Arbitration): void {
  const kind = isServiceFirst(facts) ? 'service' : 'sales';
  for (const { offer, propensity, value, suppressed } of offersOf(facts)) {
    if (offer === undefined || offerGate(facts, offer, kind, suppressed !== undefined) !== At.passed)
      continue;
    best.weigh(offer, expectedValue(propensity, value));
  }
}

/** The gate that removed the last candidate, when none is left: the furthest that any of them came to. */
export function lastGate(facts: CallFacts, resources: Resources, offers: readonly RankedPlan[]): GateName {
  const kind = isServiceFirst(facts) ? 'service' : 'sales';
  let furthest = 0;
  for (const { offer, suppressed } of offers) {
    const gate = offerGate(facts, offer, kind, suppressed !== undefined);
    if (gate !== At.passed || offer === undefined) {
      furthest = Math.max(furthest, gate);
      continue;
    }
    // No presentation reaches contacts of this medium.
    if (offer.presentations.length === 0) furthest = Math.max(furthest, At.resources);
    for (const presentation of offer.presentations) {
      for (let i = 0; i < presentation.slots.length; i++) {
        furthest = Math.max(furthest, candidateGate(resources, offer, presentation, i));
      }
    }
  }
  return candidateGates[furthest] ?? 'entitlement';
}
