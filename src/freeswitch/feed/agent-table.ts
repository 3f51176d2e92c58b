// The agents of a centre as its events and its tables say. When mod_callcenter offers a call to an agent follows its
// agents_callback (mod_callcenter.c): a status that is staffed, state Waiting, wrap-up over, not resting after a call not taken.
import type { AgentReading, AgentState, AgentStatus, AgentTier } from '../../callcenter/index.js';
import { isAfter } from './moment.js';
import type { EventMoment, Moment } from './moment.js';

const statuses: ReadonlySet<string> = new Set([
  'Available',
  'Available (On Demand)',
  'On Break',
  'Logged Out',
]);
const states: ReadonlySet<string> = new Set(['Waiting', 'Receiving', 'In a queue call', 'Idle', 'Reserved']);

export const statusOf = (text: string | undefined): AgentStatus =>
  text !== undefined && statuses.has(text) ? (text as AgentStatus) : 'unknown';
export const stateOf = (text: string | undefined): AgentState =>
  text !== undefined && states.has(text) ? (text as AgentState) : 'unknown';

export const isStaffed = (status: AgentStatus): boolean =>
  status === 'Available' || status === 'Available (On Demand)';

/** Rest of an agent after a call that was not taken, by why, in milliseconds. */
export interface AgentDelays {
  readonly wrapUpMs: number;
  readonly rejectMs: number;
  readonly busyMs: number;
  readonly noAnswerMs: number;
}

const noDelays: AgentDelays = { wrapUpMs: 0, rejectMs: 0, busyMs: 0, noAnswerMs: 0 };

/** One row of `agent list` with its rows of `tier list`. */
export interface AgentRow {
  readonly agent: string;
  readonly status: AgentStatus;
  readonly state: AgentState;
  readonly delays: AgentDelays;
  /** The centre's second in which its last call with a member ended; 0 for never. */
  readonly bridgeEndEpoch: number;
  readonly hasExternalCalls: boolean;
  readonly tiers: readonly AgentTier[];
  /** Queues whose tier is in a state in which mod_callcenter offers it nothing. */
  readonly closedTiers: ReadonlySet<string>;
  /** Clock.now() of its last change, as far as its times tell. */
  readonly since: number;
  /** Clock.now() when wrap-up and rest are over. */
  readonly wrapUpUntil: number;
  readonly restUntil: number;
}

export interface AgentRecord extends AgentRow {
  status: AgentStatus;
  state: AgentState;
  since: number;
  delays: AgentDelays;
  bridgeEndEpoch: number;
  wrapUpUntil: number;
  restUntil: number;
  hasExternalCalls: boolean;
  tiers: readonly AgentTier[];
  closedTiers: ReadonlySet<string>;
  /** Moment.heard of the last event about it. */
  heard: number;
  statusSequence: number;
  stateSequence: number;
  bridgeSequence: number;
  reading: AgentReading | undefined;
}

const none: ReadonlySet<string> = new Set();

export class AgentTable {
  readonly #agents = new Map<string, AgentRecord>();
  /** Agents whose reading may have changed. */
  readonly dirty = new Set<string>();
  /** Agents whose wrap-up or rest is not over. */
  readonly #resting = new Set<AgentRecord>();
  readonly #maxAgents: number;
  /** Agents that were not taken in. */
  overflow = 0;

  constructor(maxAgents: number) {
    this.#maxAgents = maxAgents;
  }

  get size(): number {
    return this.#agents.size;
  }

  get(agent: string): AgentRecord | undefined {
    return this.#agents.get(agent);
  }

  values(): Iterable<AgentRecord> {
    return this.#agents.values();
  }

  setStatus(agent: string, status: AgentStatus, moment: EventMoment): void {
    const record = this.#touch(agent, moment);
    if (record === undefined || !isAfter(moment.sequence, record.statusSequence)) return;
    record.statusSequence = moment.sequence ?? record.statusSequence;
    if (record.status !== status) record.since = moment.now;
    record.status = status;
  }

  setState(agent: string, state: AgentState, moment: EventMoment): void {
    const record = this.#touch(agent, moment);
    if (record === undefined || !isAfter(moment.sequence, record.stateSequence)) return;
    record.stateSequence = moment.sequence ?? record.stateSequence;
    if (record.state !== state) record.since = moment.now;
    record.state = state;
    // mod_callcenter opens the tiers of an agent before it says Waiting.
    if (state === 'Waiting') record.closedTiers = none;
  }

  /** The call with a member ended: wrap-up. Its seconds are whole ones there, so it may last up to one longer than set. */
  endBridge(agent: string, epoch: number, moment: EventMoment): void {
    const record = this.#touch(agent, moment);
    if (record === undefined || !isAfter(moment.sequence, record.bridgeSequence)) return;
    record.bridgeSequence = moment.sequence ?? record.bridgeSequence;
    record.bridgeEndEpoch = epoch;
    record.wrapUpUntil = moment.now + record.delays.wrapUpMs + 1000;
    this.#resting.add(record);
  }

  /** The agent was called and did not take it: rest, by the cause of the hang-up. */
  failBridge(agent: string, cause: string, moment: EventMoment): void {
    const record = this.#touch(agent, moment);
    if (record === undefined) return;
    record.restUntil = Math.max(record.restUntil, moment.now + restAfter(cause, record.delays));
    this.#resting.add(record);
  }

  /** Makes sure that it is there. */
  add(agent: string, moment: EventMoment): void {
    this.#touch(agent, moment);
  }

  /** What `agent list` and `tier list` say, asked for at `asked`; what events said since then stays. */
  applyRows(rows: readonly AgentRow[], asked: Moment, now: number): void {
    const listed = new Set<string>();
    for (const row of rows) {
      listed.add(row.agent);
      const record = this.#recordOf(row.agent, now);
      if (record !== undefined) this.#applyRow(record, row, asked, now);
    }
    for (const record of this.#agents.values()) {
      if (listed.has(record.agent) || record.heard > asked.heard) continue;
      this.#agents.delete(record.agent);
      this.#resting.delete(record);
      this.dirty.add(record.agent);
    }
  }

  /** Marks the agents whose rest is over; the next time that one ends, or undefined. */
  wake(now: number): number | undefined {
    let next: number | undefined;
    for (const record of this.#resting) {
      const until = Math.max(record.wrapUpUntil, record.restUntil);
      if (until <= now) {
        this.#resting.delete(record);
        this.dirty.add(record.agent);
      } else if (next === undefined || until < next) next = until;
    }
    return next;
  }

  clear(): void {
    for (const agent of this.#agents.keys()) this.dirty.add(agent);
    this.#agents.clear();
    this.#resting.clear();
  }

  #touch(agent: string, moment: EventMoment): AgentRecord | undefined {
    const record = this.#recordOf(agent, moment.now);
    if (record === undefined) return undefined;
    record.heard = moment.heard;
    this.dirty.add(agent);
    return record;
  }

  #recordOf(agent: string, now: number): AgentRecord | undefined {
    const known = this.#agents.get(agent);
    if (known !== undefined) return known;
    if (this.#agents.size >= this.#maxAgents) {
      this.overflow++;
      return undefined;
    }
    const record = newRecord(agent, now);
    this.#agents.set(agent, record);
    this.dirty.add(agent);
    return record;
  }

  #applyRow(record: AgentRecord, row: AgentRow, asked: Moment, now: number): void {
    const isNew = record.reading === undefined;
    const { delays, hasExternalCalls, tiers } = row;
    Object.assign(record, {
      delays,
      hasExternalCalls,
      tiers: sameTiers(record.tiers, tiers) ? record.tiers : tiers,
    });
    this.dirty.add(record.agent);
    // An event that came since the question knows better.
    if (record.heard > asked.heard) return;
    if (isNew) record.since = row.since;
    else if (record.status !== row.status || record.state !== row.state) record.since = now;
    Object.assign(record, { status: row.status, state: row.state, closedTiers: row.closedTiers });
    if (row.bridgeEndEpoch !== record.bridgeEndEpoch) {
      Object.assign(record, { bridgeEndEpoch: row.bridgeEndEpoch, wrapUpUntil: row.wrapUpUntil });
    }
    record.restUntil = row.restUntil;
    if (Math.max(record.wrapUpUntil, record.restUntil) > now) this.#resting.add(record);
  }
}

function newRecord(agent: string, now: number): AgentRecord {
  return {
    agent,
    status: 'unknown',
    state: 'unknown',
    since: now,
    delays: noDelays,
    bridgeEndEpoch: 0,
    wrapUpUntil: 0,
    restUntil: 0,
    hasExternalCalls: false,
    tiers: [],
    closedTiers: none,
    heard: 0,
    statusSequence: -1,
    stateSequence: -1,
    bridgeSequence: -1,
    reading: undefined,
  };
}

/** outbound_agent_thread_run (mod_callcenter.c), the switch over the cause. */
function restAfter(cause: string, delays: AgentDelays): number {
  switch (cause) {
    case 'LOSE_RACE':
    case 'ORIGINATOR_CANCEL':
      return 0;
    case 'NORMAL_CIRCUIT_CONGESTION':
    case 'USER_BUSY':
      return delays.busyMs;
    case 'CALL_REJECTED':
      return delays.rejectMs;
    case 'USER_NOT_REGISTERED':
      return 5000;
    default:
      return delays.noAnswerMs;
  }
}

function sameTiers(some: readonly AgentTier[], others: readonly AgentTier[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ queue, level, position }, index) => {
      const other = others[index];
      return other?.queue === queue && other.level === level && other.position === position;
    })
  );
}

/** Takes a call at once, as far as the agent is concerned. */
export function isFreeAgent(record: AgentRecord, now: number): boolean {
  return (
    isStaffed(record.status) &&
    record.state === 'Waiting' &&
    record.wrapUpUntil <= now &&
    record.restUntil <= now
  );
}
