// Which agent gets a call: the strategies of mod_callcenter, over the agents that are free now.
import type { Tier } from './agent.js';
import type { Random } from './random.js';
import type { QueueStrategy } from './settings.js';
import type { Staffing } from './staffing.js';

/** Agents of one level that are tried together. */
export interface Group {
  readonly level: number;
  /** Logged in, free or not. */
  readonly agents: number;
  /** Only those that come after this position. */
  readonly afterPosition?: number;
}

/** Where a member of a `top-down` queue was offered last. */
export interface LastOffer {
  readonly level: number;
  readonly position: number;
}

function after(staffing: Staffing, last: LastOffer): readonly Group[] {
  return staffing.levels
    .filter((one) => one.level === last.level && one.maxPosition > last.position)
    .map((one) => ({ ...one, afterPosition: last.position }));
}

/**
 * The groups to try, in order. `top-down` goes on after the last offer of this member, `round-robin` after the agent of this
 * queue that was offered a call last and then from the top; all others begin at the lowest level.
 */
export function groupsFor(
  strategy: QueueStrategy,
  staffing: Staffing,
  lastOffer: LastOffer,
): readonly Group[] {
  if (strategy === 'top-down') {
    return [...after(staffing, lastOffer), ...staffing.levels.filter((one) => one.level > lastOffer.level)];
  }
  if (strategy === 'round-robin' && staffing.lastOffered !== undefined) {
    return [...after(staffing, staffing.lastOffered), ...staffing.levels];
  }
  return staffing.levels;
}

type Order = (a: Tier, b: Tier) => number;

const byPosition: Order = (a, b) => a.position - b.position;
const byPositionThenLastOffer: Order = (a, b) =>
  a.position - b.position || a.agent.lastOfferedCall - b.agent.lastOfferedCall;

const orders: Readonly<Record<QueueStrategy, Order>> = {
  'ring-all': byPosition,
  'ring-progressively': byPosition,
  'longest-idle-agent': (a, b) => a.agent.lastBridgeEnd - b.agent.lastBridgeEnd || byPosition(a, b),
  'agent-with-least-talk-time': (a, b) => a.agent.talkTime - b.agent.talkTime || byPosition(a, b),
  'agent-with-fewest-calls': (a, b) => a.agent.callsAnswered - b.agent.callsAnswered || byPosition(a, b),
  'round-robin': byPositionThenLastOffer,
  'top-down': byPositionThenLastOffer,
  'sequentially-by-agent-order': byPositionThenLastOffer,
  random: () => 0,
};

/** The tiers of one queue whose agents are free, level by level, best first. Ties go to who was added first. */
export class FreeTiers {
  readonly #isRandom: boolean;
  readonly #random: Random;
  readonly #levels = new Map<number, Tier[]>();

  constructor(strategy: QueueStrategy, tiers: readonly Tier[], random: Random) {
    this.#isRandom = strategy === 'random';
    this.#random = random;
    const order = orders[strategy];
    const sorted = [...tiers].sort((a, b) => order(a, b) || a.agent.order - b.agent.order);
    for (const tier of sorted) {
      const level = this.#levels.get(tier.level);
      if (level === undefined) this.#levels.set(tier.level, [tier]);
      else level.push(tier);
    }
  }

  /**
   * Takes out the best tier of a group.
   * @param isFree false for one whose agent was taken for another queue meanwhile
   */
  take(group: Group, isFree: (tier: Tier) => boolean): Tier | undefined {
    const tiers = this.#levels.get(group.level) ?? [];
    for (let i = this.#start(tiers, group); i < tiers.length; i = this.#start(tiers, group)) {
      const [tier] = tiers.splice(i, 1);
      if (tier !== undefined && isFree(tier)) return tier;
    }
    return undefined;
  }

  #start(tiers: readonly Tier[], { afterPosition }: Group): number {
    if (this.#isRandom) return this.#random.below(tiers.length);
    if (afterPosition === undefined) return 0;
    const found = tiers.findIndex((tier) => tier.position > afterPosition);
    return found < 0 ? tiers.length : found;
  }
}
