// The states of all customers in the memory of a router: their JSON text, some 250 bytes each, parsed when a customer calls.
import type { Learned } from '../../offers/index.js';
import { headOf } from './learned-codec.js';
import type { Malformed } from './malformed.js';
import { learnedName, ParsedStates } from './parsed-states.js';

/** Of so many states the oldest gives way, so that no call waits for all of them to be compared. */
const CANDIDATES = 16;
/** States that are looked at without a turn of the event loop: about a millisecond. */
const STATES_AT_ONCE = 5000;

export interface LearnedMemoryOptions {
  /** States kept at most. */
  readonly limit: number;
  readonly malformed: Malformed;
  /** Called for each state that gave way. */
  readonly onDropped: () => void;
}

export class LearnedMemory {
  readonly #options: LearnedMemoryOptions;
  readonly #states = new Map<string, string>();
  readonly #parsed: ParsedStates<string>;
  /** Goes round and round, for the next candidates to give way. */
  #round: Iterator<[string, string]> = this.#states.entries();

  constructor(options: LearnedMemoryOptions) {
    this.#options = options;
    this.#parsed = new ParsedStates(options.malformed);
  }

  get size(): number {
    return this.#states.size;
  }

  of(partner: string, customer: string): Learned | undefined {
    if (this.#states.size === 0) return undefined;
    const key = learnedName(partner, customer);
    const text = this.#states.get(key);
    if (text === undefined) return undefined;
    const known = this.#parsed.of(key);
    return known?.stored === text ? known.learned : this.#parsed.parse(key, text, text);
  }

  /** An older revision does not replace a newer one, whatever order they are read in. */
  set(partner: string, customer: string, text: string): void {
    const next = headOf(text);
    if (next === undefined) {
      this.#options.malformed.add(partner);
      return;
    }
    const key = learnedName(partner, customer);
    const old = this.#states.get(key);
    if (old !== undefined && next.revision < (headOf(old)?.revision ?? 0)) return;
    this.#states.set(key, text);
    while (this.#states.size > this.#options.limit) this.#letGo(key);
  }

  /** Forgets what has expired. */
  async prune(wallNow: number): Promise<void> {
    let seen = 0;
    for (const [key, text] of this.#states) {
      if ((headOf(text)?.expiresAt ?? 0) <= wallNow) this.#states.delete(key);
      seen += 1;
      if (seen % STATES_AT_ONCE === 0) await new Promise(setImmediate);
    }
  }

  /** @param key of the state that came last; it may be older than those that are there */
  #letGo(key: string): void {
    let oldest = key;
    let age = ageOf(this.#states.get(key));
    for (let n = Math.min(CANDIDATES, this.#states.size); n > 0; n--) {
      const [other, text] = this.#nextInRound();
      const revision = ageOf(text);
      if (revision >= age) continue;
      oldest = other;
      age = revision;
    }
    // Nothing of what was looked at is confirmed: whichever the round is at.
    this.#states.delete(age === Infinity ? this.#nextInRound()[0] : oldest);
    this.#options.onDropped();
  }

  #nextInRound(): readonly [string, string] {
    let next = this.#round.next();
    if (next.done === true) {
      this.#round = this.#states.entries();
      next = this.#round.next();
    }
    return next.done === true ? ['', ''] : next.value;
  }
}

/** The revision, by which states give way; what no database has confirmed yet is new, not old. */
function ageOf(text: string | undefined): number {
  const revision = text === undefined ? 0 : (headOf(text)?.revision ?? 0);
  return revision === 0 ? Infinity : revision;
}
