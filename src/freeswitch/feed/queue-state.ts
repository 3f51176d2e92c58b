// One queue that is looked at: who serves it, who waits in it, and the reading that follows.
import type { AgentTier, QueueReading } from '../../callcenter/index.js';
import { isFreeAgent, isStaffed } from './agent-table.js';
import type { AgentRecord, AgentTable } from './agent-table.js';
import { QueueFigures } from './queue-figures.js';

/** Members wait, an agent is free, and nothing was offered for so long: the dispatcher of mod_callcenter has stopped. */
const STUCK_AFTER_MS = 10_000;

/** One row of `queue list`. */
export interface QueueRow {
  readonly queue: string;
  readonly hasTierRules: boolean;
  readonly skipsExternalCalls: boolean;
}

/** An agent of the queue. */
export interface Seat {
  readonly agent: string;
  readonly tier: AgentTier;
}

export class QueueState {
  readonly queue: string;
  serviceLevelMs: number;
  /** Of `queue list`; undefined when the queue does not exist there. */
  row: QueueRow | undefined;
  readonly figures = new QueueFigures();
  isDirty = true;
  /** Clock.now() of the last call that was offered to an agent. */
  offeredAt = -Infinity;
  #seats: readonly Seat[] = [];
  readonly #joined = new Map<string, number>();
  #longestAt: number | undefined;
  #waitsSince: number | undefined;
  #reading: QueueReading | undefined;

  constructor(queue: string, serviceLevelMs: number) {
    this.queue = queue;
    this.serviceLevelMs = serviceLevelMs;
  }

  /** The tiers of the queue, in the order in which mod_callcenter goes through them; those of equal rank by id. */
  seat(seats: readonly Seat[]): void {
    this.#seats = seats.toSorted(
      (a, b) =>
        a.tier.level - b.tier.level || a.tier.position - b.tier.position || (a.agent < b.agent ? -1 : 1),
    );
    this.isDirty = true;
  }

  /** Who waits: `joinedAt` of each by member uuid. */
  setWaiting(uuid: string, joinedAt: number | undefined): void {
    this.isDirty = true;
    if (joinedAt === undefined) {
      if (this.#joined.get(uuid) === this.#longestAt) this.#longestAt = undefined;
      this.#joined.delete(uuid);
    } else {
      this.#joined.set(uuid, joinedAt);
      if (this.#longestAt !== undefined) this.#longestAt = Math.min(this.#longestAt, joinedAt);
    }
  }

  /** The same object as before when nothing has changed. */
  reading(agents: AgentTable, now: number): QueueReading {
    const before = this.#reading;
    if (before !== undefined && !this.isDirty && this.#joined.size === 0) return before;
    this.isDirty = false;
    const served = this.#served(agents, now);
    const freeAgents =
      before !== undefined && sameIds(before.freeAgents, served.free) ? before.freeAgents : served.free;
    this.#watch(served.isOpenFree, now);
    const reading: QueueReading = {
      queue: this.queue,
      staffedAgents: served.staffed,
      freeAgents,
      membersWaiting: this.#joined.size,
      longestWaitMs: this.#joined.size === 0 ? 0 : Math.max(0, now - this.#longest()),
      handlingTimeSeconds: this.figures.handlingTimeSeconds,
      handledCalls: this.figures.handledCalls,
      serviceLevel: this.figures.serviceLevel,
    };
    this.#reading = before !== undefined && sameReading(before, reading) ? before : reading;
    return this.#reading;
  }

  /** Somebody waits, somebody is free, and nothing is offered. */
  isStuck(now: number): boolean {
    return (
      this.#waitsSince !== undefined && now - Math.max(this.#waitsSince, this.offeredAt) >= STUCK_AFTER_MS
    );
  }

  #served(
    agents: AgentTable,
    now: number,
  ): { staffed: number; free: readonly string[]; isOpenFree: boolean } {
    const free: string[] = [];
    let staffed = 0;
    let isOpenFree = false;
    let firstLevel: number | undefined;
    for (const { agent, tier } of this.#seats) {
      const record = agents.get(agent);
      if (record === undefined || !isStaffed(record.status)) continue;
      staffed++;
      firstLevel ??= tier.level;
      if (!this.#takes(record, now)) continue;
      free.push(agent);
      // With tier rules a free agent of a later level has to wait for the level to open.
      if (this.row?.hasTierRules !== true || tier.level === firstLevel) isOpenFree = true;
    }
    return { staffed, free, isOpenFree };
  }

  #takes(record: AgentRecord, now: number): boolean {
    if (!isFreeAgent(record, now) || record.closedTiers.has(this.queue)) return false;
    return this.row?.skipsExternalCalls !== true || !record.hasExternalCalls;
  }

  #watch(isOpenFree: boolean, now: number): void {
    if (this.#joined.size === 0 || !isOpenFree) this.#waitsSince = undefined;
    else this.#waitsSince ??= now;
  }

  #longest(): number {
    if (this.#longestAt === undefined) {
      this.#longestAt = Infinity;
      for (const joinedAt of this.#joined.values()) this.#longestAt = Math.min(this.#longestAt, joinedAt);
    }
    return this.#longestAt;
  }
}

function sameIds(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((id, index) => id === others[index]);
}

function sameReading(some: QueueReading, other: QueueReading): boolean {
  return (
    some.staffedAgents === other.staffedAgents &&
    some.freeAgents === other.freeAgents &&
    some.membersWaiting === other.membersWaiting &&
    some.longestWaitMs === other.longestWaitMs &&
    some.handlingTimeSeconds === other.handlingTimeSeconds &&
    some.handledCalls === other.handledCalls &&
    some.serviceLevel === other.serviceLevel
  );
}
