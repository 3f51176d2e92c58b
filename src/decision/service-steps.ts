// The steps of plain service: the service queues in the order they are tried, and the overflow URI.
import { Blocked } from './resources.js';
import { weightedOrder } from './weighted-order.js';
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
  readonly wait: number;
  rank: number;
}

const spreadGroups = [Group.free, Group.standby] as const;

/**
 * While capacity is unknown, value cannot tell the queues apart: those of unknown wait count as equal to the best of them and are
 * ordered among themselves by a weighted draw.
 */
function spreadUnknown(plan: PartnerPlan, places: readonly Place[], seed: number): void {
  if (!places.some((one) => Number.isNaN(one.wait))) return;
  for (const group of spreadGroups) {
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
  spreadUnknown(plan, places, seed);
  let hasOverflow = false;
  const count = Math.min(maxServiceSteps, places.length);
  for (let done = 0; done < count; done++) {
    moveNextTo(plan, places, tries, done);
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
    if (steps.length > 0 && isStep(steps, plan.destinations[slot])) continue;
    const step = plan.serviceSteps[rank] as RouteStep;
    const group = groupOf(plan, resources, slot);
    const value = serviceValueAt(plan, resources, slot);
    places.push({ slot, step, group, value, wait: resources.wait[slot] as number, rank });
  }
  return places;
}

/** Brings the one that is tried next to position `done`, ahead of those that are left. */
function moveNextTo(plan: PartnerPlan, places: Place[], tries: readonly number[], done: number): void {
  let next = done;
  for (let i = done + 1; i < places.length; i++) {
    const a = places[i] as Place;
    const b = places[next] as Place;
    const triesA = tries[plan.centres[a.slot] as number] as number;
    const triesB = tries[plan.centres[b.slot] as number] as number;
    if (isAhead(a, b, triesA, triesB)) next = i;
  }
  const place = places[next] as Place;
  places[next] = places[done] as Place;
  places[done] = place;
}
