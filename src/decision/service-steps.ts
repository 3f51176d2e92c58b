// The steps of plain service: the service queues in the order they are tried, and the overflow URI.
import { Blocked } from './resources.js';
import { isEqualWorth, rendezvousScore } from './rendezvous.js';
import type { Destination } from '../callcenter/index.js';
import type { RouteStep } from './decision.js';
import type { PartnerPlan } from './plan.js';
import type { Resources } from './resources.js';

/** Service queues that are tried; a list of all of them need not fit into one 302. */
export const maxServiceSteps = 8;

/** The value of plain service at a slot: `serviceValue x patience(wait) - cost`. */
export function serviceValueAt(plan: PartnerPlan, resources: Resources, slot: number): number {
  const cost = plan.destinations[slot]?.costPerCall ?? 0;
  return plan.serviceValue * (resources.patience[slot] as number) - cost;
}

/** What a service queue can do for a caller; a lesser number is tried earlier. */
const Group = { free: 0, waiting: 1, standby: 2, noAgents: 3, centreDown: 4, draining: 5 } as const;

function groupOf(plan: PartnerPlan, resources: Resources, slot: number): number {
  const blocked = resources.blocked[slot];
  if (blocked === Blocked.draining) return Group.draining;
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
  /** 0 when unknown. */
  readonly wait: number;
  readonly rank: number;
}

/** While capacity is unknown, value cannot tell the queues apart: those of unknown wait count as equal to the best of them. */
function levelUnknown(resources: Resources, places: readonly Place[], group: number): void {
  let best = -Infinity;
  for (const { slot, group: own, value } of places) {
    if (own === group && Number.isNaN(resources.wait[slot]) && value > best) best = value;
  }
  if (best === -Infinity) return;
  for (const place of places) {
    if (place.group === group && Number.isNaN(resources.wait[place.slot])) place.value = best;
  }
}

/** Of this call: what a place is compared by beside its own keys. */
interface Turn {
  readonly plan: PartnerPlan;
  readonly seed: number;
  /** Steps so far, by centre. */
  readonly tries: number[];
}

function triesOf({ plan, tries }: Turn, { slot }: Place): number {
  return tries[plan.centres[slot] as number] as number;
}

function scoreOf({ plan, seed }: Turn, { slot }: Place): number {
  return rendezvousScore(seed, plan.salts[slot] as number, (plan.destinations[slot] as Destination).weight);
}

function isAhead(a: Place, b: Place, turn: Turn): boolean {
  if (a.group !== b.group) return a.group < b.group;
  const triesA = triesOf(turn, a);
  const triesB = triesOf(turn, b);
  if (triesA !== triesB && a.group !== Group.waiting) return triesA < triesB;
  if (!isEqualWorth(a.value, b.value)) return a.value > b.value;
  if (!isEqualWorth(a.wait, b.wait)) return a.wait < b.wait;
  if (triesA !== triesB) return triesA < triesB;
  const scoreA = scoreOf(turn, a);
  const scoreB = scoreOf(turn, b);
  return scoreA === scoreB ? a.rank < b.rank : scoreA > scoreB;
}

function isStep(steps: readonly RouteStep[], destination: Destination | undefined): boolean {
  return steps.some(({ target }) => target.kind === 'destination' && target.destination === destination);
}

/**
 * Appends plain service: the service queues that the offer did not try already. Those with an agent free now come first, each next
 * one at the centre that was tried least so far (a failure is more often the centre's than the queue's), then those where the
 * caller waits, then those that stand by (weight 0). Within each they are ordered by value and by wait; among equals each caller has
 * an order of its own by weight, the same on every call. The overflow URI
 * follows; queues without agents, queues of centres that are down and queues in maintenance come after it, in this order, as the
 * last chance of a call that would be lost.
 */
export function appendService(
  plan: PartnerPlan,
  resources: Resources,
  seed: number,
  steps: RouteStep[],
): void {
  const tries = new Array<number>(plan.centreCount).fill(0);
  for (const { target } of steps) {
    if (target.kind === 'destination')
      countTry(plan, plan.slotByIndex[target.destination.index] as number, tries);
  }
  const places = placesOf(plan, resources, steps);
  const turn: Turn = { plan, seed, tries };
  levelUnknown(resources, places, Group.free);
  levelUnknown(resources, places, Group.standby);
  let hasOverflow = false;
  const count = Math.min(maxServiceSteps, places.length);
  for (let done = 0; done < count; done++) {
    moveNextTo(places, turn, done);
    const place = places[done] as Place;
    if (place.group > Group.standby && !hasOverflow) {
      steps.push(plan.overflowStep);
      hasOverflow = true;
    }
    steps.push(place.step);
    countTry(plan, place.slot, tries);
  }
  if (!hasOverflow) steps.push(plan.overflowStep);
}

function countTry(plan: PartnerPlan, slot: number, tries: number[]): void {
  const centre = plan.centres[slot] as number;
  tries[centre] = (tries[centre] as number) + 1;
}

function placesOf(plan: PartnerPlan, resources: Resources, steps: readonly RouteStep[]): Place[] {
  const places: Place[] = [];
  for (let rank = 0; rank < plan.serviceSlots.length; rank++) {
    const slot = plan.serviceSlots[rank] as number;
    const destination = plan.destinations[slot] as Destination;
    if (steps.length > 0 && isStep(steps, destination)) continue;
    const wait = resources.wait[slot] as number;
    places.push({
      slot,
      step: plan.serviceSteps[rank] as RouteStep,
      group: groupOf(plan, resources, slot),
      value: serviceValueAt(plan, resources, slot),
      wait: Number.isNaN(wait) ? 0 : wait,
      rank,
    });
  }
  return places;
}

/** Brings the one that is tried next to position `done`, ahead of those that are left. */
function moveNextTo(places: Place[], turn: Turn, done: number): void {
  let next = done;
  for (let i = done + 1; i < places.length; i++) {
    if (isAhead(places[i] as Place, places[next] as Place, turn)) next = i;
  }
  const place = places[next] as Place;
  places[next] = places[done] as Place;
  places[done] = place;
}
