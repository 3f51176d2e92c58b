// What one partner's plan sees of the board: wait, patience and usability of each slot, worked out anew only for the
// destinations whose state changed since the board before.
import { estimateWaitSeconds, patience } from '../callcenter/index.js';
import type { Board, Destination, DestinationState } from '../callcenter/index.js';
import type { PartnerPlan } from './plan.js';

/** Why a destination cannot take a call; 0 when it can. */
export const Blocked = {
  no: 0,
  noAgents: 1,
  portsBusy: 2,
  quotaUsed: 3,
  centreDown: 4,
  /** Maintenance: configured, so known whatever the board says. */
  draining: 5,
} as const;

const notSeenYet = {} as DestinationState;

function blockedBy(
  destination: Destination,
  state: DestinationState | undefined,
  partner: string,
  isStale: boolean,
): number {
  if (destination.isDraining) return Blocked.draining;
  if (state === undefined) return Blocked.no;
  if (state.isUp === false) return Blocked.centreDown;
  if (destination.kind === 'ivr') {
    const quota = destination.quotas[partner];
    const inUse = isStale ? 0 : (state.portsInUse?.[partner] ?? 0);
    if (quota !== undefined && inUse >= quota) return Blocked.quotaUsed;
  }
  if (isStale) return Blocked.no;
  if (state.servers === 0) return Blocked.noAgents;
  // A program answers or is busy: callers never queue for a port.
  return destination.kind === 'ivr' && state.freeServers === 0 ? Blocked.portsBusy : Blocked.no;
}

export class Resources {
  /** By slot: a member of `Blocked`. */
  readonly blocked: Uint8Array;
  /** By slot, in seconds; NaN when unknown. */
  readonly wait: Float64Array;
  /** By slot: the wait, and Infinity where blocked. */
  readonly barrier: Float64Array;
  /** By slot; 1 when the wait is unknown, so that nothing is held against a destination that nobody can see. */
  readonly patience: Float64Array;
  readonly #plan: PartnerPlan;
  readonly #seen: (DestinationState | undefined)[];
  #states: Board['states'] = [];
  #isStale: boolean | undefined;

  constructor(plan: PartnerPlan) {
    const count = plan.destinations.length;
    this.#plan = plan;
    this.blocked = new Uint8Array(count);
    this.wait = new Float64Array(count);
    this.barrier = new Float64Array(count);
    this.patience = new Float64Array(count);
    this.#seen = new Array<DestinationState | undefined>(count).fill(notSeenYet);
  }

  /**
   * Reads a board. Of a stale one only the health of the centres is believed: capacity is unknown.
   * A board without a state for a destination (made from other settings) says nothing of it.
   */
  read(board: Board, isStale: boolean): void {
    if (isStale !== this.#isStale) this.#seen.fill(notSeenYet);
    else if (board.states === this.#states) return;
    this.#isStale = isStale;
    this.#states = board.states;
    const destinations = this.#plan.destinations;
    for (let slot = 0; slot < destinations.length; slot++) {
      const destination = destinations[slot] as Destination;
      const state = board.states[destination.index];
      if (state === this.#seen[slot]) continue;
      this.#seen[slot] = state;
      this.#update(slot, destination, state);
    }
  }

  #update(slot: number, destination: Destination, state: DestinationState | undefined): void {
    const { partner } = this.#plan;
    const wait =
      state === undefined || this.#isStale === true ? undefined : estimateWaitSeconds(destination, state);
    const blocked = blockedBy(destination, state, partner.partner, this.#isStale === true);
    this.blocked[slot] = blocked;
    this.wait[slot] = wait ?? NaN;
    this.barrier[slot] = blocked === Blocked.no ? (wait ?? NaN) : Infinity;
    this.patience[slot] = wait === undefined ? 1 : patience(wait, partner.meanPatienceSeconds);
  }
}
