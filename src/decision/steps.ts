// The destinations of a call in the order they are tried: the offer's, then plain service, then the overflow URI.
import { At, candidateGate, candidateValue } from './arbitration.js';
import { Blocked } from './resources.js';
import { weightedOrder } from './weighted-order.js';
import type { Destination } from '../callcenter/index.js';
import type { Best } from './arbitration.js';
import type { RouteStep } from './decision.js';
import type { PartnerPlan } from './plan.js';
import type { Resources } from './resources.js';

/** Destinations that are tried for the offer before plain service; each may cost a caller a ringing time. */
export const maxOfferSteps = 4;
/** Service queues that are tried; a list of all of them need not fit into one 302. */
export const maxServiceSteps = 8;

/** The value of plain service at a slot: `serviceValue x patience(wait) - cost`. */
export function serviceValueAt(plan: PartnerPlan, resources: Resources, slot: number): number {
  const cost = plan.destinations[slot]?.costPerCall ?? 0;
  return plan.serviceValue * (resources.patience[slot] as number) - cost;
}

/** What a service queue can do for a caller; a lesser number is tried earlier. */
const Group = { free: 0, waiting: 1, standby: 2, noAgents: 3, centreDown: 4 } as const;

function groupOf(plan: PartnerPlan, resources: Resources, slot: number): number {
  const blocked = resources.blocked[slot];
  if (blocked === Blocked.centreDown) return Group.centreDown;
  if (blocked !== Blocked.no) return Group.noAgents;
  if (plan.destinations[slot]?.weight === 0) return Group.standby;
  return (resources.wait[slot] as number) > 0 ? Group.waiting : Group.free;
}

/** The value of plain service where it would be given now; -Infinity when no service queue can take the call. */
export function bestServiceValue(plan: PartnerPlan, resources: Resources): number {
  let best = -Infinity;
  let bestGroup: number = Group.standby;
  for (const slot of plan.serviceSlots) {
    const group = groupOf(plan, resources, slot);
    if (group > bestGroup) continue;
    const value = serviceValueAt(plan, resources, slot);
    if (group < bestGroup || value > best) best = value;
    bestGroup = group;
  }
  return best;
}

/** One service queue, with the keys it is sorted by. */
interface Place {
  readonly slot: number;
  readonly step: RouteStep;
  readonly group: number;
  value: number;
  readonly wait: number;
  rank: number;
}

/**
 * While capacity is unknown, value cannot tell the queues apart: those of unknown wait count as equal to the best of them and are
 * ordered among themselves by a weighted draw.
 */
function spreadUnknown(plan: PartnerPlan, places: readonly Place[], seed: number): void {
  for (const group of [Group.free, Group.standby]) {
    const unknown = places.filter((one) => one.group === group && Number.isNaN(one.wait));
    if (unknown.length < 2) continue;
    const ranks = unknown.map((one) => one.rank);
    const value = Math.max(...unknown.map((one) => one.value));
    for (const one of unknown) one.value = value;
    const drawn = weightedOrder(
      unknown.map((one) => plan.destinations[one.slot]?.weight ?? 0),
      seed,
    );
    drawn.forEach((position, place) => {
      const one = unknown[position];
      if (one !== undefined) one.rank = ranks[place] ?? one.rank;
    });
  }
}

function isAhead(a: Place, b: Place, triesA: number, triesB: number): boolean {
  if (a.group !== b.group) return a.group < b.group;
  if (triesA !== triesB && a.group !== Group.waiting) return triesA < triesB;
  if (a.value !== b.value) return a.value > b.value;
  const waitA = Number.isNaN(a.wait) ? 0 : a.wait;
  const waitB = Number.isNaN(b.wait) ? 0 : b.wait;
  if (waitA !== waitB) return waitA < waitB;
  return triesA === triesB ? a.rank < b.rank : triesA < triesB;
}

function isStep(steps: readonly RouteStep[], destination: Destination | undefined): boolean {
  return steps.some(({ target }) => target.kind === 'destination' && target.destination === destination);
}

/**
 * Appends plain service: the service queues that the offer did not try already. Those with an agent free now come first, each next
 * one at the centre that was tried least so far (a failure is more often the centre's than the queue's), then those where the
 * caller waits, then those that stand by (weight 0). Equals are ordered by value, by wait, and as configured. The overflow URI
 * follows; queues without agents and queues of centres that are down come after it, as the last chance of a call that would be
 * lost.
 */
export function appendService(
  plan: PartnerPlan,
  resources: Resources,
  seed: number,
  steps: RouteStep[],
): void {
  const tries = new Int32Array(plan.centreCount);
  for (const step of steps) {
    if (step.target.kind !== 'destination') continue;
    const centre = plan.centres[plan.slotByIndex[step.target.destination.index] as number] as number;
    tries[centre] = (tries[centre] as number) + 1;
  }
  const places: Place[] = Array.from(plan.serviceSlots, (slot, rank) => ({
    slot,
    step: plan.serviceSteps[rank] as RouteStep,
    group: groupOf(plan, resources, slot),
    value: serviceValueAt(plan, resources, slot),
    wait: resources.wait[slot] as number,
    rank,
  })).filter((place) => !isStep(steps, plan.destinations[place.slot]));
  spreadUnknown(plan, places, seed);
  const triesOf = (place: Place): number => tries[plan.centres[place.slot] as number] as number;
  let hasOverflow = false;
  for (let count = 0; count < maxServiceSteps && places.length > 0; count++) {
    let next = 0;
    for (let i = 1; i < places.length; i++) {
      const a = places[i] as Place;
      const b = places[next] as Place;
      if (isAhead(a, b, triesOf(a), triesOf(b))) next = i;
    }
    const [place] = places.splice(next, 1);
    if (place === undefined) break;
    if (place.group > Group.standby && !hasOverflow) {
      steps.push(plan.overflowStep);
      hasOverflow = true;
    }
    steps.push(place.step);
    const centre = plan.centres[place.slot] as number;
    tries[centre] = (tries[centre] as number) + 1;
  }
  if (!hasOverflow) steps.push(plan.overflowStep);
}

/** An offer that won, and what its destinations must be worth more than. */
export interface Win {
  readonly resources: Resources;
  readonly best: Best;
  readonly floor: number;
  readonly seed: number;
}

/**
 * Appends the destinations of the winning presentation that are better than plain service (`floor`), best first, those that stand by
 * last. When the winner's wait is unknown, values rank offers but not destinations: the destinations of unknown wait are drawn by weight.
 */
export function appendOffer(win: Win, steps: RouteStep[]): void {
  const { resources, best, floor, seed } = win;
  const { offer, presentation } = best;
  if (offer === undefined || presentation === undefined) return;
  const count = presentation.slots.length;
  const isUnknown = (i: number): boolean => Number.isNaN(resources.wait[presentation.slots[i] as number]);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const isLeft = candidateGate(resources, offer, presentation, i) === At.passed;
    values[i] = isLeft ? candidateValue(resources, presentation, i, best.expected) : -Infinity;
  }
  const isLeft = (i: number): boolean => (values[i] as number) > floor;
  const push = (i: number): void => {
    values[i] = -Infinity;
    steps.push(presentation.steps[i] as RouteStep);
  };
  if (isUnknown(best.position)) {
    const weights = Array.from(values, (_, i) =>
      isLeft(i) && isUnknown(i) ? (presentation.weight[i] as number) : 0,
    );
    for (const i of weightedOrder(weights, seed, maxOfferSteps)) push(i);
  }
  while (steps.length < maxOfferSteps) {
    let next = -1;
    for (let i = 0; i < count; i++) {
      if (!isLeft(i)) continue;
      if (next === -1 || isPreferred(i, next)) next = i;
    }
    if (next === -1) return;
    push(next);
  }

  function isPreferred(i: number, j: number): boolean {
    const standsByI = presentation?.weight[i] === 0;
    const standsByJ = presentation?.weight[j] === 0;
    return standsByI === standsByJ ? (values[i] as number) > (values[j] as number) : standsByJ;
  }
}
