// What is known of one centre: its events and its tables put together, and the reading that follows. No I/O; the same events in
// another order, or twice, come to the same picture once the tables have been read again.
import type { AgentReading, CentreCallEvent, CentreReading, QueueReading } from '../../callcenter/index.js';
import type { Clock } from '../../kernel/index.js';
import type { EventHeaders } from '../event-socket/event-headers.js';
import { AgentTable, isFreeAgent, stateOf, statusOf } from './agent-table.js';
import type { AgentRecord, AgentRow } from './agent-table.js';
import { CentreNames } from './centre-names.js';
import { wholeNumber } from './centre-table.js';
import type { CentreTime } from './centre-time.js';
import { MemberCalls } from './member-calls.js';
import { MemberTable } from './member-table.js';
import type { MemberRow } from './member-table.js';
import type { EventMoment, Moment } from './moment.js';
import { QueueState } from './queue-state.js';
import type { QueueRow, Seat } from './queue-state.js';
import { SequenceWindow } from './sequence-window.js';

export interface WatchedQueue {
  readonly queue: string;
  readonly serviceLevelSeconds: number;
}

export interface CentreModelOptions {
  readonly centre: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly time: CentreTime;
  /** Default 20,000 each. */
  readonly maxAgents?: number;
  readonly maxMembers?: number;
}

/** The tables of a centre, each with the moment it was asked for. */
export interface CentreSnapshot {
  readonly agents: readonly AgentRow[];
  readonly agentsAsked: Moment;
  readonly queues: readonly QueueRow[];
  readonly members: readonly {
    readonly queue: string;
    readonly rows: readonly MemberRow[];
    readonly asked: Moment;
  }[];
  /** By program id; undefined when it was not read. */
  readonly portsInUse: ReadonlyMap<string, number> | undefined;
}

/** What became of an event. */
export type Hearing = 'used' | 'repeated' | 'of-no-interest' | 'malformed';

export class CentreModel {
  readonly #options: CentreModelOptions;
  readonly #names: CentreNames;
  readonly #agents: AgentTable;
  readonly #members: MemberTable;
  readonly #calls: MemberCalls;
  readonly #queues = new Map<string, QueueState>();
  readonly #sequences = new SequenceWindow();
  #queueRows: ReadonlyMap<string, QueueRow> | undefined;
  #coreUuid: string | undefined;
  #heard = 0;
  #reading: CentreReading;
  #portsInUse: ReadonlyMap<string, number> | undefined;
  #missingQueues: readonly string[] = [];
  #nextWakeAt: number | undefined;

  constructor(options: CentreModelOptions) {
    this.#options = options;
    this.#names = new CentreNames(options.domain);
    this.#agents = new AgentTable(options.maxAgents ?? 20_000);
    this.#members = new MemberTable(options.maxMembers ?? 20_000, {
      onStage: ({ queue, uuid, joinedAt }, isWaiting) =>
        this.#queues.get(queue)?.setWaiting(uuid, isWaiting ? joinedAt : undefined),
      onLost: (member, cause) => this.#calls.onLost(member, cause),
    });
    this.#calls = new MemberCalls({
      ...options,
      members: this.#members,
      agents: this.#agents,
      queueOf: (queue) => this.#queues.get(queue),
    });
    this.#reading = {
      centre: options.centre,
      readAt: options.clock.now(),
      agents: new Map(),
      queues: new Map(),
      missingQueues: [],
      portsInUse: undefined,
    };
  }

  get moment(): Moment {
    return { now: this.#options.clock.now(), heard: this.#heard };
  }

  /** Clock.now() when the reading changes by itself: the rest of an agent ends. */
  get nextWakeAt(): number | undefined {
    return this.#nextWakeAt;
  }

  /** Agents and members that were not taken in because there were too many. */
  get overflow(): number {
    return this.#agents.overflow + this.#members.overflow;
  }

  /** Agents and members that are held, those that left included. */
  get heldCount(): number {
    return this.#agents.size + this.#members.size + this.#members.leftSize;
  }

  get stuckQueues(): readonly string[] {
    const now = this.#options.clock.now();
    return [...this.#queues.values()].filter((one) => one.isStuck(now)).map((one) => one.queue);
  }

  /** The queues to look at from now on. */
  watch(queues: readonly WatchedQueue[]): void {
    const wanted = new Map(queues.map((one) => [one.queue, one]));
    for (const queue of this.#queues.keys()) {
      if (wanted.has(queue)) continue;
      this.#members.loseAll(this.#options.clock.now(), (member) => member.queue === queue);
      this.#queues.delete(queue);
    }
    for (const { queue, serviceLevelSeconds } of queues) {
      const known = this.#queues.get(queue);
      if (known === undefined) this.#queues.set(queue, new QueueState(queue, serviceLevelSeconds * 1000));
      else known.serviceLevelMs = serviceLevelSeconds * 1000;
    }
    this.#seatAgents();
  }

  /** Which run of FreeSWITCH speaks; true when it is another one than before: what was known is dropped. */
  meetCore(coreUuid: string): boolean {
    const isOther = this.#coreUuid !== undefined && this.#coreUuid !== coreUuid;
    this.#coreUuid = coreUuid;
    if (!isOther) return false;
    this.#sequences.clear();
    this.#agents.clear();
    this.#members.loseAll(this.#options.clock.now(), () => true);
    this.#portsInUse = undefined;
    return true;
  }

  /** One event of the centre. */
  hear(headers: EventHeaders): Hearing {
    this.#heard++;
    if (headers.get('Event-Subclass') !== 'callcenter::info') return 'of-no-interest';
    const sequence = wholeNumber(headers.get('Event-Sequence')) || undefined;
    if (sequence !== undefined && !this.#sequences.isNew(sequence)) return 'repeated';
    const action = headers.get('CC-Action');
    if (action === undefined) return 'malformed';
    const moment = { ...this.moment, sequence };
    const isUsed = this.#hearAgent(action, headers, moment);
    return this.#calls.hear(action, headers, moment) || isUsed ? 'used' : 'of-no-interest';
  }

  /** What the tables of the centre say. */
  apply(snapshot: CentreSnapshot): void {
    const { now } = this.moment;
    this.#agents.applyRows(snapshot.agents, snapshot.agentsAsked, now);
    this.#queueRows = new Map(snapshot.queues.map((row) => [row.queue, row]));
    this.#seatAgents();
    for (const { queue, rows, asked } of snapshot.members) {
      if (this.#queues.has(queue)) this.#members.applyRows(queue, rows, asked, now);
    }
    this.#portsInUse = snapshot.portsInUse;
  }

  /** What happened to calls since it was asked last. */
  takeCallEvents(): readonly CentreCallEvent[] {
    return this.#calls.take();
  }

  /** The picture of now; `readAt` is when the centre last proved that it lives. */
  reading(readAt: number): CentreReading {
    const { now } = this.moment;
    this.#nextWakeAt = this.#agents.wake(now);
    const agents = this.#agentReadings(now);
    this.#reading = {
      centre: this.#options.centre,
      readAt,
      agents,
      queues: this.#queueReadings(now),
      missingQueues: this.#missingQueues,
      portsInUse: this.#portsInUse,
    };
    return this.#reading;
  }

  /** Events that concern an agent whatever the queue; true for one. */
  #hearAgent(action: string, headers: EventHeaders, moment: EventMoment): boolean {
    const agent = this.#names.idOf(headers.get('CC-Agent'));
    if (agent === undefined) return false;
    switch (action) {
      case 'agent-status-change':
        this.#agents.setStatus(agent, statusOf(headers.get('CC-Agent-Status')), moment);
        return true;
      case 'agent-state-change':
        this.#agents.setState(agent, stateOf(headers.get('CC-Agent-State')), moment);
        return true;
      case 'agent-add':
        this.#agents.add(agent, moment);
        return true;
      case 'bridge-agent-end':
        if (headers.get('CC-Agent-Bridged') !== 'false') {
          this.#agents.endBridge(agent, wholeNumber(headers.get('CC-Bridge-Terminated-Time')), moment);
        }
        return true;
      case 'bridge-agent-fail':
        this.#agents.failBridge(agent, headers.get('CC-Hangup-Cause') ?? '', moment);
        return true;
      default:
        return false;
    }
  }

  #seatAgents(): void {
    const seats = new Map<string, Seat[]>();
    for (const queue of this.#queues.keys()) seats.set(queue, []);
    for (const { agent, tiers } of this.#agents.values()) {
      for (const tier of tiers) seats.get(tier.queue)?.push({ agent, tier });
    }
    for (const state of this.#queues.values()) {
      state.seat(seats.get(state.queue) ?? []);
      state.row = this.#queueRows?.get(state.queue);
    }
    const missing = [...this.#queues.values()].filter((one) => one.row === undefined).map((one) => one.queue);
    this.#missingQueues = this.#queueRows === undefined ? [] : missing;
  }

  #markQueue(queue: string): void {
    const state = this.#queues.get(queue);
    if (state !== undefined) state.isDirty = true;
  }

  #agentReadings(now: number): ReadonlyMap<string, AgentReading> {
    const before = this.#reading.agents;
    let changed: Map<string, AgentReading> | undefined;
    for (const agent of this.#agents.dirty) {
      const record = this.#agents.get(agent);
      const old = before.get(agent);
      const reading = record === undefined ? undefined : readingOf(record, now);
      for (const { queue } of [...(old?.tiers ?? []), ...(reading?.tiers ?? [])]) this.#markQueue(queue);
      if (reading === old) continue;
      changed ??= new Map(before);
      if (reading === undefined) changed.delete(agent);
      else changed.set(agent, reading);
    }
    this.#agents.dirty.clear();
    return changed ?? before;
  }

  #queueReadings(now: number): ReadonlyMap<string, QueueReading> {
    const before = this.#reading.queues;
    const readings = new Map<string, QueueReading>();
    let isSame = true;
    for (const state of this.#queues.values()) {
      if (state.row === undefined) continue;
      const reading = state.reading(this.#agents, now);
      readings.set(state.queue, reading);
      isSame &&= before.get(state.queue) === reading;
    }
    return isSame && before.size === readings.size ? before : readings;
  }
}

/** The same object as before when nothing has changed. */
function readingOf(record: AgentRecord, now: number): AgentReading {
  const { agent, status, state, since, tiers, reading } = record;
  const isFree = isFreeAgent(record, now);
  const isSame =
    reading?.status === status &&
    reading.state === state &&
    reading.since === since &&
    reading.tiers === tiers &&
    reading.isFree === isFree;
  if (reading !== undefined && isSame) return reading;
  record.reading = { agent, status, state, since, tiers, isFree };
  return record.reading;
}
