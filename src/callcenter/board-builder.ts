// The board while no live feed is there: configured staffing, minus what this router knows to be on its way or in progress.
import { Reservations } from './reservations.js';
import type { Board, Destination, DestinationState } from './board.js';
import type { ReservationHandle, ReservationOptions } from './reservations.js';

/** What one destination is doing, as far as this router knows. */
interface Load {
  /** Calls in progress and reservations. */
  busy: number;
  /** IVR only: the same by partner. */
  readonly byPartner: Map<string, number>;
  isDirty: boolean;
}

/** Health of a centre; undefined before the first result. */
export type CentreHealth = boolean | undefined;

/**
 * Keeps the board of one set of destinations.
 *
 * `servers` is the configured number of agents or ports. `freeServers` is that minus the calls in progress that were reported
 * with `callStarted` and minus the reservations, never below 0; what exceeds the servers is `membersWaiting`. Calls that this
 * router does not follow (a redirect, another router's) count only while their reservation lasts.
 */
export class BoardBuilder {
  readonly destinations: readonly Destination[];
  readonly reservations: Reservations;
  readonly #byId: ReadonlyMap<string, Destination>;
  readonly #health = new Map<string, CentreHealth>();
  readonly #loads: readonly Load[];
  #dirty: number[] = [];
  #states: readonly DestinationState[];

  constructor(destinations: readonly Destination[], options: ReservationOptions = {}) {
    this.destinations = destinations;
    this.#byId = new Map(destinations.map((one) => [one.id, one]));
    this.#loads = destinations.map(() => ({ busy: 0, byPartner: new Map<string, number>(), isDirty: false }));
    this.reservations = new Reservations((index, partner, change) => {
      this.#add(index, partner, change);
    }, options);
    this.#states = destinations.map((one) => this.#stateOf(one));
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

  /** A call of `partner` is on its way to a destination; the handle goes to `release`. Undefined for an unknown destination. */
  reserve(destinationId: string, partner: string, now: number): ReservationHandle | undefined {
    const destination = this.#byId.get(destinationId);
    return destination && this.reservations.reserve(destination.index, partner, now);
  }

  /** Ends a reservation early: the call is in progress there now, or went elsewhere. */
  release(handle: ReservationHandle): void {
    this.reservations.release(handle);
  }

  /** A call is in progress at a destination; to be followed by one `callEnded`. */
  callStarted(destinationId: string, partner: string): void {
    const destination = this.#byId.get(destinationId);
    if (destination !== undefined) this.#add(destination.index, partner, 1);
  }

  callEnded(destinationId: string, partner: string): void {
    const destination = this.#byId.get(destinationId);
    if (destination !== undefined) this.#add(destination.index, partner, -1);
  }

  /** The board now. States that did not change are the same objects as in the board before. */
  snapshot(now: number, wallNow: number): Board {
    this.reservations.expire(now);
    if (this.#dirty.length > 0) {
      const states = this.#states.slice();
      for (const index of this.#dirty) {
        const destination = this.destinations[index];
        const load = this.#loads[index];
        if (destination === undefined || load === undefined) continue;
        load.isDirty = false;
        states[index] = this.#stateOf(destination);
      }
      this.#dirty = [];
      this.#states = states;
    }
    return { takenAt: now, takenAtWall: wallNow, states: this.#states };
  }

  #add(index: number, partner: string, change: number): void {
    const load = this.#loads[index];
    if (load === undefined) return;
    const before = load.byPartner.get(partner) ?? 0;
    const after = Math.max(0, before + change);
    if (after === before) return;
    load.busy += after - before;
    if (after === 0) load.byPartner.delete(partner);
    else load.byPartner.set(partner, after);
    this.#touch(index);
  }

  #touch(index: number): void {
    const load = this.#loads[index];
    if (load === undefined || load.isDirty) return;
    load.isDirty = true;
    this.#dirty.push(index);
  }

  #stateOf(destination: Destination): DestinationState {
    const load = this.#loads[destination.index];
    const busy = load?.busy ?? 0;
    return {
      isUp: this.#health.get(destination.centre),
      servers: destination.servers,
      freeServers: Math.max(0, destination.servers - busy),
      membersWaiting: destination.kind === 'queue' ? Math.max(0, busy - destination.servers) : 0,
      portsInUse: destination.kind === 'ivr' ? Object.fromEntries(load?.byPartner ?? []) : undefined,
    };
  }
}
