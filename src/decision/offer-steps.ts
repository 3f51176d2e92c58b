// The steps of an offer: the destinations of the winning presentation in the order they are tried.
import { leastEqual, rendezvousScore } from './rendezvous.js';
import type { Arbitration } from './arbitration.js';
import type { RouteStep } from './decision.js';
import type { OfferPlan, PartnerPlan, PresentationPlan } from './plan.js';
import type { Resources } from './resources.js';

/** Destinations that are tried for the offer before plain service; each may cost a caller a ringing time. */
export const maxOfferSteps = 4;

/** The offer that won an arbitration, and what its destinations must be worth more than. */
export interface Win {
  readonly plan: PartnerPlan;
  readonly resources: Resources;
  readonly best: Arbitration;
  readonly floor: number;
  readonly seed: number;
  /** Room to work in, one number for each destination of the presentation; what is in it does not matter. */
  readonly values: Float64Array;
}

/** Positions of a presentation by value, of which the ones that were taken are left out. */
class Field {
  readonly #presentation: PresentationPlan;
  readonly #win: Win;

  constructor(offer: OfferPlan, presentation: PresentationPlan, win: Win) {
    const { resources, best, values } = win;
    this.#presentation = presentation;
    this.#win = win;
    const { slots, factor, cost } = presentation;
    const { barrier, patience } = resources;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      // As in Arbitration: a barrier above the cap and a factor of NaN both leave a destination out.
      const worth = best.expected * (factor[i] as number) * (patience[slot] as number) - (cost[i] as number);
      const isLeft = !((barrier[slot] as number) > offer.offer.waitCapSeconds) && !Number.isNaN(worth);
      values[i] = isLeft ? worth : -Infinity;
    }
  }

  take(position: number): void {
    this.#win.values[position] = -Infinity;
  }

  /** The next one to try, those that stand by last; -1 when none is left. */
  next(): number {
    let best = this.#best(false);
    if (best === -1 && this.#presentation.hasStandby) best = this.#best(true);
    return best === -1 ? -1 : this.#drawn(best);
  }

  /** Position of the greatest worth, among those that stand by or the others. */
  #best(isStandby: boolean): number {
    const { values, floor } = this.#win;
    const { weight } = this.#presentation;
    let best = -1;
    let value = floor;
    for (let i = 0; i < weight.length; i++) {
      if ((values[i] as number) <= value || (weight[i] === 0) !== isStandby) continue;
      best = i;
      value = values[i] as number;
    }
    return best;
  }

  /** The caller's among those that are no worse than the best. When its wait is unknown, no other unknown one is known to be worse. */
  #drawn(best: number): number {
    const { values, floor } = this.#win;
    const { weight } = this.#presentation;
    const isStandby = weight[best] === 0;
    const isUnknownBest = this.#isUnknown(best);
    // Nothing worth less is equal, but what is of unknown wait.
    const least = isUnknownBest ? floor : leastEqual(values[best] as number);
    let drawn = best;
    let score = NaN;
    for (let i = 0; i < weight.length; i++) {
      const worth = values[i] as number;
      if (i === best || worth < least || worth <= floor || (weight[i] === 0) !== isStandby) continue;
      if (isUnknownBest && !this.#isUnknown(i) && worth < leastEqual(values[best] as number)) continue;
      if (Number.isNaN(score)) score = this.#score(best);
      const own = this.#score(i);
      if (own < score || (own === score && i > drawn)) continue;
      drawn = i;
      score = own;
    }
    return drawn;
  }

  #score(position: number): number {
    const { plan, seed } = this.#win;
    const { weight, slots } = this.#presentation;
    const salt = plan.salts[slots[position] as number] as number;
    return rendezvousScore(seed, salt, weight[position] as number);
  }

  #isUnknown(position: number): boolean {
    return Number.isNaN(this.#win.resources.wait[this.#presentation.slots[position] as number]);
  }
}

/**
 * Appends the destinations of the winning presentation that are better than plain service (`floor`), best first, those that stand by
 * last. Among equals, and among those of unknown wait, which values cannot tell apart, each caller has an order of its own by weight.
 */
export function appendOffer(win: Win, steps: RouteStep[]): void {
  const { offer, presentation } = win.best;
  if (offer === undefined || presentation === undefined) return;
  const field = new Field(offer, presentation, win);
  for (let next = field.next(); next !== -1 && steps.length < maxOfferSteps; next = field.next()) {
    field.take(next);
    steps.push(presentation.steps[next] as RouteStep);
  }
}
