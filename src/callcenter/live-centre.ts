// One centre with a live feed: what its readings and this router's reservations say of its queues and IVR pools.
import { AgentOverlaps } from './agent-overlaps.js';
import type { Destination, DestinationState, StateProblem } from './board.js';
import type { CentreReading, QueueReading } from './centre-reading.js';
import type { DestinationLoad } from './destination-load.js';
import type { Claim } from './ledger.js';

/** The program of calls that the switch knows to be of drachtio's, and not in which program. */
const anyProgram = 'drachtio';
const ageStepMs = 1000;

interface Place {
  readonly destination: Destination;
  /** Id of the queue or program at the centre. */
  readonly name: string;
  readonly load: DestinationLoad;
}

/** What is known of a destination but for the health of its centre. */
type LiveFacts = Omit<DestinationState, 'isUp'>;

type Touch = (index: number) => void;

/**
 * A free agent is spoken for by a call on its way to any of their queues: calls on their way to queue p count against queue q as
 * `min(reserved(p), |free(p) and free(q)|)`. That may count one call against several agents of q, and never shows an agent free
 * twice.
 */
export class LiveCentre {
  readonly #staleAfterMs: number;
  readonly #queues: readonly Place[];
  readonly #queueByIndex: ReadonlyMap<number, number>;
  readonly #poolByIndex: ReadonlyMap<number, Place>;
  readonly #overlaps: AgentOverlaps;
  /** By number of the queue, as `refresh` last found it: calls on their way. */
  readonly #reserved: Int32Array;
  /** By number of the queue, as `refresh` last found it: members, and calls on their way beyond the free agents. */
  readonly #waiting: Int32Array;
  #reading: CentreReading | undefined;
  /** By number of the queue. */
  readonly #readings: (QueueReading | undefined)[];
  /** What `#lookAround` found last. */
  #spokenElsewhere = 0;
  #competingMembers = 0;
  #isLive = false;
  #ageMs: number | undefined;

  /** @param loads by `Destination.index` */
  constructor(destinations: readonly Destination[], loads: readonly DestinationLoad[], staleAfterMs: number) {
    this.#staleAfterMs = staleAfterMs;
    const places = destinations.map((destination) => ({
      destination,
      name: destination.id.slice(destination.centre.length + 1),
      load: loads[destination.index] as DestinationLoad,
    }));
    this.#queues = places.filter(({ destination }) => destination.kind === 'queue');
    const pools = places.filter(({ destination }) => destination.kind === 'ivr');
    this.#queueByIndex = new Map(this.#queues.map(({ destination }, queue) => [destination.index, queue]));
    this.#poolByIndex = new Map(pools.map((pool) => [pool.destination.index, pool]));
    this.#overlaps = new AgentOverlaps(this.#queues.map(({ name }) => name));
    this.#readings = this.#queues.map(() => undefined);
    this.#reserved = new Int32Array(this.#queues.length);
    this.#waiting = new Int32Array(this.#queues.length);
  }

  get reading(): CentreReading | undefined {
    return this.#reading;
  }

  /** Takes a reading over; `touch` is told each destination that it may have changed. */
  apply(reading: CentreReading, touch: Touch): void {
    const portsBefore = this.#reading?.portsInUse;
    this.#reading = reading;
    const changed = new Set<number>();
    this.#overlaps.apply(reading.agents, (queue) => changed.add(queue));
    for (let queue = 0; queue < this.#queues.length; queue++) {
      const now = reading.queues.get(this.#queue(queue).name);
      if (now === undefined || now !== this.#readings[queue]) changed.add(queue);
      this.#readings[queue] = now;
    }
    for (const queue of changed) this.#touchAround(queue, touch);
    if (reading.portsInUse === portsBefore) return;
    for (const index of this.#poolByIndex.keys()) touch(index);
  }

  /** Calls on their way to a destination began or ended: so many fewer agents are free wherever they serve. */
  touch(index: number, touch: Touch): void {
    const queue = this.#queueByIndex.get(index);
    if (queue === undefined) touch(index);
    else this.#touchAround(queue, touch);
  }

  /** Looks at the clock: is the reading too old to be believed? */
  look(now: number, touch: Touch): void {
    if (this.#reading === undefined) return;
    const ageMs = Math.max(0, now - this.#reading.readAt);
    const coarseMs = Math.floor(ageMs / ageStepMs) * ageStepMs;
    const isLive = ageMs <= this.#staleAfterMs;
    if (coarseMs === this.#ageMs && isLive === this.#isLive) return;
    this.#ageMs = coarseMs;
    this.#isLive = isLive;
    for (const { destination } of this.#queues) touch(destination.index);
    for (const index of this.#poolByIndex.keys()) touch(index);
  }

  /** Counts a destination anew; to be done with all that were touched before `stateOf` is asked for any. */
  refresh(index: number): void {
    const queue = this.#queueByIndex.get(index);
    if (queue === undefined) return;
    const reading = this.#readings[queue];
    const { reserved } = this.#queue(queue).load;
    this.#reserved[queue] = reserved;
    this.#waiting[queue] = (reading?.membersWaiting ?? 0) + Math.max(0, reserved - freeOf(reading));
  }

  /** @param before what the board says so far: the same object comes back when it still holds */
  stateOf(
    destination: Destination,
    isUp: boolean | undefined,
    before: DestinationState | undefined,
  ): DestinationState {
    const queue = this.#queueByIndex.get(destination.index);
    if (queue === undefined) return { isUp, ...this.#poolFacts(destination) };
    const reading = this.#readings[queue];
    const problem = this.#problemOf(queue);
    if (reading === undefined || problem !== undefined) return { isUp, ...this.#absentFacts(problem) };
    const reserved = this.#reserved[queue] ?? 0;
    this.#lookAround(queue);
    const leftByOthers = Math.max(0, freeOf(reading) - this.#spokenElsewhere);
    const freeServers = Math.max(0, leftByOthers - reserved);
    const membersWaiting = reading.membersWaiting + Math.max(0, reserved - leftByOthers);
    const competingMembers = this.#competingMembers;
    const { staffedAgents, longestWaitMs } = reading;
    const handlingTimeSeconds = handlingTimeOf(destination, reading);
    // Most of the states that are looked at again say what they said: told before anything is made.
    const isSame =
      before?.freeServers === freeServers &&
      before.membersWaiting === membersWaiting &&
      before.competingMembers === competingMembers &&
      before.servers === staffedAgents &&
      before.longestWaitMs === longestWaitMs &&
      before.handlingTimeSeconds === handlingTimeSeconds &&
      before.readingAgeMs === this.#ageMs &&
      before.isUp === isUp;
    if (isSame) return before;
    return {
      isUp,
      servers: staffedAgents,
      freeServers,
      membersWaiting,
      portsInUse: undefined,
      competingMembers,
      ...(handlingTimeSeconds === undefined ? {} : { handlingTimeSeconds }),
      longestWaitMs,
      ...this.#age(),
    };
  }

  /** What a claim of the ledger needs; undefined while nothing live is known of the destination. */
  claimOf(destination: Destination): Pick<Claim, 'free' | 'overlaps'> | undefined {
    const queue = this.#queueByIndex.get(destination.index);
    if (queue === undefined) {
      const inUse = this.#portsInUse(destination.index);
      return inUse === undefined
        ? undefined
        : { free: Math.max(0, destination.servers - inUse), overlaps: [] };
    }
    const reading = this.#readings[queue];
    if (reading === undefined || !this.#isLive) return undefined;
    const overlaps: { destination: string; shared: number }[] = [];
    for (let other = 0; other < this.#queues.length; other++) {
      const shared = other === queue ? 0 : this.#overlaps.free(queue, other);
      if (shared > 0) overlaps.push({ destination: this.#queue(other).destination.id, shared });
    }
    // Members who wait get the free agents first.
    return { free: Math.max(0, freeOf(reading) - reading.membersWaiting), overlaps };
  }

  /** Of a queue that is not there, nobody; of one that is not known, nothing. */
  #absentFacts(problem: StateProblem = 'no-reading'): LiveFacts {
    const count = problem === 'missing-queue' ? 0 : undefined;
    const counts = { servers: count, freeServers: count, membersWaiting: count, portsInUse: undefined };
    return { ...counts, ...this.#age(), problem };
  }

  #poolFacts({ index, servers }: Destination): LiveFacts {
    const { load } = this.#poolByIndex.get(index) as Place;
    const portsInUse = load.byPartner();
    const inUse = this.#portsInUse(index);
    if (inUse !== undefined) {
      const freeServers = Math.max(0, servers - inUse - load.reserved);
      return { servers, freeServers, membersWaiting: 0, portsInUse, ...this.#age() };
    }
    // How many others use is not known; our own calls alone may fill it.
    const freeServers = load.calls.total + load.own.total >= servers ? 0 : undefined;
    const problem = this.#isLive || this.#reading === undefined ? 'no-reading' : 'stale-reading';
    return {
      servers: undefined,
      freeServers,
      membersWaiting: undefined,
      portsInUse,
      ...this.#age(),
      problem,
    };
  }

  /** Undefined while the reading tells; a queue that the reading does not name is one nothing was heard of yet. */
  #problemOf(queue: number): StateProblem | undefined {
    if (this.#reading === undefined) return 'no-reading';
    if (!this.#isLive) return 'stale-reading';
    return this.#reading.missingQueues.includes(this.#queue(queue).name) ? 'missing-queue' : undefined;
  }

  /** Calls in an IVR pool, of whichever router; undefined while nobody tells. */
  #portsInUse(index: number): number | undefined {
    const pool = this.#poolByIndex.get(index);
    const measured = this.#isLive ? this.#reading?.portsInUse : undefined;
    if (pool === undefined || measured === undefined) return undefined;
    const ofAny = this.#poolByIndex.size === 1 ? (measured.get(anyProgram) ?? 0) : 0;
    return Math.max(pool.load.calls.total, (measured.get(pool.name) ?? 0) + ofAny);
  }

  /**
   * What the centre's other queues take of one: free agents whom calls on their way there may get, and
   * `DestinationState.competingMembers`. In one pass that makes nothing, since every reservation has it run for many queues.
   */
  #lookAround(queue: number): void {
    const overlaps = this.#overlaps;
    const here = overlaps.staffed(queue, queue);
    let spoken = 0;
    let competing = 0;
    for (let other = 0; other < this.#queues.length; other++) {
      const reserved = this.#reserved[other] as number;
      const waiting = this.#waiting[other] as number;
      if ((reserved === 0 && waiting === 0) || other === queue) continue;
      if (reserved > 0) spoken += Math.min(reserved, overlaps.free(queue, other));
      const shared = overlaps.staffed(queue, other);
      if (shared > 0) competing += (waiting * shared * shared) / (here * overlaps.staffed(other, other));
    }
    this.#spokenElsewhere = spoken;
    this.#competingMembers = competing;
  }

  #touchAround(queue: number, touch: Touch): void {
    for (let other = 0; other < this.#queues.length; other++) {
      const isNear = other === queue || this.#overlaps.isShared(queue, other);
      if (isNear) touch(this.#queue(other).destination.index);
    }
  }

  #queue(queue: number): Place {
    return this.#queues[queue] as Place;
  }

  #age(): { readonly readingAgeMs?: number } {
    return this.#ageMs === undefined ? {} : { readingAgeMs: this.#ageMs };
  }
}

/** Free agents, of whom there cannot be more than are staffed. */
function freeOf(reading: QueueReading | undefined): number {
  return reading === undefined ? 0 : Math.min(reading.freeAgents.length, reading.staffedAgents);
}

/** Calls that the configured handling time counts for beside the measured ones: one short call is no mean. */
const priorCalls = 10;

/** Measured and configured handling time, weighted by the calls that each stands for; undefined when nothing was measured. */
function handlingTimeOf(
  destination: Destination,
  { handlingTimeSeconds, handledCalls }: QueueReading,
): number | undefined {
  if (handlingTimeSeconds === undefined || handlingTimeSeconds <= 0) return undefined;
  if (handledCalls === undefined) return handlingTimeSeconds;
  const sum = handlingTimeSeconds * handledCalls + destination.handlingTimeSeconds * priorCalls;
  return sum / (handledCalls + priorCalls);
}
