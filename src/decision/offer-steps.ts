// The steps of an offer: the destinations of the winning presentation in the order they are tried.
import { weightedOrder } from './weighted-order.js';
import type { Arbitration } from './arbitration.js';
import type { RouteStep } from './decision.js';
import type { OfferPlan, PresentationPlan } from './plan.js';
import type { Resources } from './resources.js';

/** Destinations that are tried for the offer before plain service; each may cost a caller a ringing time. */
export const maxOfferSteps = 4;

/** The offer that won an arbitration, and what its destinations must be worth more than. */
export interface Win {
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
  readonly #resources: Resources;
  readonly #values: Float64Array;
  readonly #floor: number;

  constructor(offer: OfferPlan, presentation: PresentationPlan, win: Win) {
    const { resources, best, floor } = win;
    this.#presentation = presentation;
    this.#resources = resources;
    this.#floor = floor;
    this.#values = win.values;
    const { slots, factor, cost } = presentation;
    const { barrier, patience } = resources;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      // As in Arbitration: a barrier above the cap and a factor of NaN both leave a destination out.
      const worth = best.expected * (factor[i] as number) * (patience[slot] as number) - (cost[i] as number);
      const isLeft = !((barrier[slot] as number) > offer.offer.waitCapSeconds) && !Number.isNaN(worth);
      this.#values[i] = isLeft ? worth : -Infinity;
    }
  }

  take(position: number): void {
    this.#values[position] = -Infinity;
  }

  /** The best that is left, those that stand by last; -1 when none is. */
  next(): number {
    const values = this.#values;
    const { weight, hasStandby } = this.#presentation;
    let next = -1;
    let value = this.#floor;
    for (let i = 0; i < weight.length; i++) {
      const worth = values[i] as number;
      if (worth <= this.#floor) continue;
      if (hasStandby && next !== -1 && (weight[i] === 0) !== (weight[next] === 0)) {
        if (weight[i] === 0) continue;
      } else if (next !== -1 && worth <= value) continue;
      next = i;
      value = worth;
    }
    return next;
  }

  isUnknown(position: number): boolean {
    return Number.isNaN(this.#resources.wait[this.#presentation.slots[position] as number]);
  }

  /** Weights of those that are left and whose wait is unknown; 0 for the others. */
  unknownWeights(): number[] {
    return Array.from(this.#presentation.weight, (weight, i) =>
      (this.#values[i] as number) > this.#floor && this.isUnknown(i) ? weight : 0,
    );
  }
}

/**
 * Appends the destinations of the winning presentation that are better than plain service (`floor`), best first, those that stand by
 * last. When the winner's wait is unknown, values rank offers but not destinations: the destinations of unknown wait are drawn by weight.
 */
export function appendOffer(win: Win, steps: RouteStep[]): void {
  const { offer, presentation, position } = win.best;
  if (offer === undefined || presentation === undefined) return;
  const field = new Field(offer, presentation, win);
  const push = (taken: number): void => {
    field.take(taken);
    steps.push(presentation.steps[taken] as RouteStep);
  };
  if (field.isUnknown(position)) {
    for (const drawn of weightedOrder(field.unknownWeights(), win.seed, maxOfferSteps)) push(drawn);
  }
  for (let next = field.next(); next !== -1 && steps.length < maxOfferSteps; next = field.next()) push(next);
}
