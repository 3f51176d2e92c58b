// The port to what was learned of customers: who writes it, and how look-ups read it. Adapters in lmdb/ and redis/.
import type { Learned, LearnedOffer } from '../../offers/index.js';

/**
 * What was learned of each customer, one state a customer, beside the generations and untouched by them. A state that was put is used
 * by every router within a second.
 */
export interface LearnedStore {
  /**
   * Each state replaces what is there of the customer if its revision is greater; one of revision 0 replaces only one of revision 0.
   * So the order of calls does not matter, nor whether one is repeated.
   * @param cursor taken along: written with the last of the states, in one transaction with them on LMDB and with the last hundred or
   *   so on Redis. It is never ahead of what is stored, and it only rises: of two feeds, the one behind does not set it back.
   * @throws StoreUnavailableError, StoreFullError; then some of the states may be stored, and the cursor is not
   */
  put(states: readonly Learned[], cursor?: number): Promise<void>;
  /**
   * What a router learned by itself while no database confirms it: merges one entry into the state of the customer, in place of the
   * one of the same offer. The revision stays, so the next `put` of a greater one replaces all of it.
   * @param expiresAt wall clock, in milliseconds; what is there and expires later is not cut short
   * @throws StoreUnavailableError, StoreFullError
   */
  add(partner: string, customer: string, offer: LearnedOffer, expiresAt: number): Promise<void>;
  /** The last revision of the records database that this store was given; 0 in a new store. @throws StoreUnavailableError */
  cursor(): Promise<number>;
  /** Sets it as told, also back. @throws StoreUnavailableError, StoreFullError */
  setCursor(revision: number): Promise<void>;
  /** What the store holds now, expired or not; for people and tests. @throws StoreUnavailableError */
  get(partner: string, customer: string): Promise<Learned | undefined>;
  /** Removes states that have expired; says how many. @throws StoreUnavailableError */
  purge(wallNow: number): Promise<number>;
}

/** How look-ups read what was learned. Nothing of it waits or throws. */
export interface LearnedView {
  /** The same object as long as the state is the same. Undefined: nothing, or not known yet. */
  of(partner: string, customer: string): Learned | undefined;
  readonly figures: LearnedFigures;
}

export interface LearnedFigures {
  /** False until the states in Redis were all read: look-ups are served without them meanwhile. */
  readonly isLoaded: boolean;
  /** Customers of whom something is known. */
  readonly entries: number;
  /** States that found no room in memory since the start. */
  readonly dropped: number;
  /** Values of the store that are no states, since the start. */
  readonly malformed: number;
  /** The last revision of the records database that is in it. */
  readonly revision: number;
}

/** Nothing is learned. */
export const nothingLearned: LearnedView = {
  of: () => undefined,
  figures: { isLoaded: false, entries: 0, dropped: 0, malformed: 0, revision: 0 },
};
