// The board as it grows: configured staffing or the live readings of the centres, minus what this router and others know to be on
// its way or in progress.
import { DestinationLoad } from './destination-load.js';
import { LiveCentre } from './live-centre.js';
import { Reservations } from './reservations.js';
import type { Board, Destination, DestinationState } from './board.js';
import type { CentreReading } from './centre-reading.js';
import type { Claim } from './ledger.js';
import type { ReservationHandle, ReservationOptions } from './reservations.js';

/** Health of a centre; undefined before the first result. */
export type CentreHealth = boolean | undefined;

export interface BoardOptions extends ReservationOptions {
  /** The centres that have a live feed; a reading older than `staleAfterMs` is not believed. Default none. */
  readonly feeds?: ReadonlyMap<string, { readonly staleAfterMs: number }>;
}

/**
 * Keeps the board of one set of destinations.
 *
 * Of a centre without a feed, `servers` is the configured number of agents or ports and `freeServers` is that minus the calls in
 * progress that were reported with `callStarted` and minus the reservations, never below 0; what exceeds the servers is
 * `membersWaiting`. Calls that this router does not follow (a redirect, another router's) count only while their reservation
 * lasts.
 *
 * Of a centre with a feed, the readings say who is there and free, and how many wait; only reservations are taken off. Without a
 * reading, or with one that is too old, all is unknown. IVR ports in use are what the centre counts or the calls of this router,
 * whichever is more.
 */
export class BoardBuilder {
  readonly destinations: readonly Destination[];
  readonly #byId: ReadonlyMap<string, Destination>;
  readonly #health = new Map<string, CentreHealth>();
  readonly #loads: readonly DestinationLoad[];
  readonly #centres = new Map<string, LiveCentre>();
  #reservations: Reservations;
  #others: ReadonlyMap<string, number> = new Map();
  /** Until when the ledger's last word on a destination counts, by index. */
  readonly #denials = new Map<number, number>();
  /** The latest time that was passed in. */
  #now = -Infinity;
  readonly #isDirty: Uint8Array;
  #dirty: number[] = [];
  #states: readonly DestinationState[] = [];

  constructor(destinations: readonly Destination[], options: BoardOptions = {}) {
    this.destinations = destinations;
    this.#byId = new Map(destinations.map((one) => [one.id, one]));
    this.#loads = destinations.map(() => new DestinationLoad());
    this.#isDirty = new Uint8Array(destinations.length);
    for (const [centre, { staleAfterMs }] of options.feeds ?? []) {
      const own = destinations.filter((one) => one.centre === centre);
      this.#centres.set(centre, new LiveCentre(own, this.#loads, staleAfterMs));
    }
    this.#reservations = new Reservations(this.#onReservation, options);
    this.#states = destinations.map((one) => this.#stateOf(one));
  }

  /** The reservations of this router. */
  get reservations(): Reservations {
    return this.#reservations;
  }

  /**
   * Takes the place of a board that was made from other settings: its reservations, what other routers told, and the readings of the
   * centres that have a feed still. Reservations are made and ended on either board from now on and count on this one alone, so no
   * more snapshots are to be taken of the board before. Health and calls in progress are told anew by those who know them.
   */
  takeOver(before: BoardBuilder): void {
    this.#reservations = before.#reservations;
    this.#reservations.handTo(this.#onReservation);
    this.#now = before.#now;
    for (const [name, { reading }] of before.#centres) if (reading !== undefined) this.#apply(name, reading);
    this.setOthers(before.#others);
    for (const [index, until] of before.#denials) {
      const own = this.#byId.get(before.destinations[index]?.id ?? '');
      if (own !== undefined) this.#deny(own.index, before.#loads[index]?.denied ?? 0, until);
    }
  }

  setCentreHealth(centre: string, isUp: CentreHealth): void {
    if (this.#health.get(centre) === isUp && this.#health.has(centre)) return;
    this.#health.set(centre, isUp);
    for (const destination of this.destinations) {
      if (destination.centre === centre) this.#touch(destination.index);
    }
  }

  isCentreUp(centre: string): CentreHealth {
    return this.#health.get(centre);
  }

  /**
   * Whether the feed will tell that a call is there (`memberSeen`): then its reservation is not to be released when the call is in
   * progress, since until the feed tells it no reading counts the call. False of IVR programs: calls in them count by `callStarted`.
   */
  isFed(destinationId: string): boolean {
    const destination = this.#byId.get(destinationId);
    return destination?.kind === 'queue' && this.#centres.has(destination.centre);
  }

  /** What a centre's feed says now; nothing when the centre is unknown here or was not said to have a feed. */
  applyReading(reading: CentreReading): void {
    this.#apply(reading.centre, reading);
  }

  /**
   * A call of `partner` is on its way to a destination; the handle goes to `release`. Undefined for an unknown destination. An
   * earlier reservation of the same decision ends: a call is on its way to one place.
   */
  reserve(
    destinationId: string,
    partner: string,
    now: number,
    decisionId?: string,
  ): ReservationHandle | undefined {
    if (!this.#byId.has(destinationId)) return undefined;
    this.#now = Math.max(this.#now, now);
    return this.#reservations.reserve({ destination: destinationId, partner, decisionId }, now);
  }

  /** Ends a reservation early: the call is in progress there now, or went elsewhere. */
  release(handle: ReservationHandle): void {
    this.#reservations.release(handle);
  }

  /** A feed has seen the call of a decision at its centre, and the reading before this counts it. */
  memberSeen(decisionId: string): void {
    this.#reservations.releaseDecision(decisionId);
  }

  /** A call is in progress at a destination; to be followed by one `callEnded`. Of a fed queue the feed counts the calls. */
  callStarted(destinationId: string, partner: string): void {
    this.#countCall(destinationId, partner, 1);
  }

  callEnded(destinationId: string, partner: string): void {
    this.#countCall(destinationId, partner, -1);
  }

  /**
   * Reservations of other routers by destination id; they count like own ones, in place of all that was told before. The same map
   * object as before says nothing new.
   */
  setOthers(counts: ReadonlyMap<string, number>): void {
    if (counts === this.#others) return;
    const before = this.#others;
    this.#others = counts;
    for (const id of before.keys()) if (!counts.has(id)) this.#setOther(id, 0);
    for (const [id, count] of counts) this.#setOther(id, count);
    for (const index of this.#denials.keys()) this.#deny(index, 0, -Infinity);
  }

  /**
   * What a claim of the ledger needs, before anybody's reservation; undefined where no live reading makes a claim meaningful. As live
   * as the last snapshot found it.
   */
  claimOf(destinationId: string): Pick<Claim, 'free' | 'overlaps'> | undefined {
    const destination = this.#byId.get(destinationId);
    return destination && this.#centres.get(destination.centre)?.claimOf(destination);
  }

  /**
   * The ledger said that all are spoken for: at least `reserved` calls count as on their way there until `setOthers` says otherwise or
   * the lifetime of a reservation has passed since the time that was passed in last.
   */
  denied(destinationId: string, reserved: number): void {
    const destination = this.#byId.get(destinationId);
    if (destination === undefined) return;
    this.#deny(destination.index, reserved, this.#now + this.#reservations.lifetimeMs);
  }

  /** The board now. States that did not change are the same objects as in the board before. */
  snapshot(now: number, wallNow: number): Board {
    this.#now = Math.max(this.#now, now);
    this.#reservations.expire(now);
    for (const [index, until] of this.#denials) if (until <= now) this.#deny(index, 0, -Infinity);
    for (const centre of this.#centres.values()) centre.look(now, this.#touch);
    if (this.#dirty.length > 0) this.#renewStates();
    return { takenAt: now, takenAtWall: wallNow, states: this.#states };
  }

  readonly #touch = (index: number): void => {
    if (this.#isDirty[index] === 1) return;
    this.#isDirty[index] = 1;
    this.#dirty.push(index);
  };

  readonly #onReservation = (destinationId: string, partner: string, change: 1 | -1): void => {
    const destination = this.#byId.get(destinationId);
    if (destination === undefined) return;
    if (this.#loads[destination.index]?.own.add(partner, change) === true) this.#touchReserved(destination);
  };

  #apply(centre: string, reading: CentreReading): void {
    this.#centres.get(centre)?.apply(reading, this.#touch);
  }

  #countCall(destinationId: string, partner: string, change: 1 | -1): void {
    const destination = this.#byId.get(destinationId);
    if (destination === undefined) return;
    if (this.#loads[destination.index]?.calls.add(partner, change) === true) this.#touch(destination.index);
  }

  #setOther(destinationId: string, count: number): void {
    const destination = this.#byId.get(destinationId);
    const load = destination && this.#loads[destination.index];
    if (load === undefined || load.others === count) return;
    load.others = Math.max(0, count);
    this.#touchReserved(destination as Destination);
  }

  #deny(index: number, reserved: number, until: number): void {
    const load = this.#loads[index];
    const destination = this.destinations[index];
    if (load === undefined || destination === undefined) return;
    load.denied = Math.max(0, reserved);
    if (load.denied > 0) this.#denials.set(index, until);
    else this.#denials.delete(index);
    this.#touchReserved(destination);
  }

  #touchReserved({ centre, index }: Destination): void {
    const live = this.#centres.get(centre);
    if (live === undefined) this.#touch(index);
    else live.touch(index, this.#touch);
  }

  #renewStates(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const index of dirty) {
      this.#isDirty[index] = 0;
      this.#centres.get(this.destinations[index]?.centre ?? '')?.refresh(index);
    }
    let states: DestinationState[] | undefined;
    for (const index of dirty) {
      const state = this.#stateOf(this.destinations[index] as Destination);
      if (isSameState(state, this.#states[index])) continue;
      states ??= this.#states.slice();
      states[index] = state;
    }
    if (states !== undefined) this.#states = states;
  }

  #stateOf(destination: Destination): DestinationState {
    const isUp = this.#health.get(destination.centre);
    const live = this.#centres.get(destination.centre);
    if (live !== undefined) return live.stateOf(destination, isUp, this.#states[destination.index]);
    const { index, kind, servers } = destination;
    const load = this.#loads[index] as DestinationLoad;
    const busy = load.calls.total + load.reserved;
    return {
      isUp,
      servers,
      freeServers: Math.max(0, servers - busy),
      membersWaiting: kind === 'queue' ? Math.max(0, busy - servers) : 0,
      portsInUse: kind === 'ivr' ? load.byPartner() : undefined,
    };
  }
}

function isSameState(one: DestinationState, other: DestinationState | undefined): boolean {
  if (one === other) return true;
  return (
    other !== undefined &&
    one.isUp === other.isUp &&
    one.servers === other.servers &&
    one.freeServers === other.freeServers &&
    one.membersWaiting === other.membersWaiting &&
    one.competingMembers === other.competingMembers &&
    one.handlingTimeSeconds === other.handlingTimeSeconds &&
    one.longestWaitMs === other.longestWaitMs &&
    one.readingAgeMs === other.readingAgeMs &&
    one.problem === other.problem &&
    isSameCount(one.portsInUse, other.portsInUse)
  );
}

function isSameCount(one: DestinationState['portsInUse'], other: DestinationState['portsInUse']): boolean {
  if (one === undefined || other === undefined) return one === other;
  const partners = Object.keys(one);
  if (partners.length !== Object.keys(other).length) return false;
  return partners.every((partner) => one[partner] === other[partner]);
}
