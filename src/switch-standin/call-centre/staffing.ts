// Which tiers of a queue have agents that are logged in, on break or not: what tier rules and some strategies go by.
import type { Tier } from './agent.js';

export interface StaffedLevel {
  readonly level: number;
  readonly agents: number;
  readonly maxPosition: number;
}

export class Staffing {
  readonly #tiers: () => Iterable<Tier>;
  #levels: readonly StaffedLevel[] | undefined;
  /** The tier whose agent was offered a call last, in whatever queue. */
  lastOffered: Tier | undefined;

  constructor(tiers: () => Iterable<Tier>) {
    this.#tiers = tiers;
  }

  /** Lowest level first. */
  get levels(): readonly StaffedLevel[] {
    this.#levels ??= this.#count();
    return this.#levels;
  }

  /** A tier or the log-in of an agent has changed. */
  invalidate(): void {
    this.#levels = undefined;
  }

  forget(tier: Tier): void {
    this.invalidate();
    if (this.lastOffered === tier) this.lastOffered = undefined;
  }

  #count(): readonly StaffedLevel[] {
    const levels = new Map<number, { level: number; agents: number; maxPosition: number }>();
    for (const { agent, level, position } of this.#tiers()) {
      if (agent.status === 'Logged Out') continue;
      const counted = levels.get(level) ?? { level, agents: 0, maxPosition: position };
      counted.agents += 1;
      counted.maxPosition = Math.max(counted.maxPosition, position);
      levels.set(level, counted);
    }
    return [...levels.values()].sort((a, b) => a.level - b.level);
  }
}
