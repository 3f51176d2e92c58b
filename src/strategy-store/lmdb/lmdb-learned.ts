// What was learned in LMDB: a database of its own beside the generations, keyed by partner and customer. Every look-up reads it in the
// memory map, so that what another process writes is used at once; a customer of whom nothing was learned costs a tenth of a microsecond.
import { AppError, errorMessage } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type { Learned, LearnedOffer } from '../../offers/index.js';
import { StoreUnavailableError } from '../errors.js';
import { decodeLearned, encodeLearned, headOf } from '../learned/learned-codec.js';
import { Malformed } from '../learned/malformed.js';
import { replaces, withOffer } from '../learned/merge.js';
import { learnedName, ParsedStates } from '../learned/parsed-states.js';
import type { LearnedFigures, LearnedStore, LearnedView } from '../learned/port.js';
import { changeLmdb, metaKeys } from './lmdb-environment.js';
import type { LmdbEnvironment } from './lmdb-environment.js';

/** States that are read or written without a turn of the event loop: a few milliseconds. */
const STATES_AT_ONCE = 1000;

export class LmdbLearnedView implements LearnedView {
  readonly #environment: LmdbEnvironment;
  readonly #log: Logger;
  readonly #malformed: Malformed;
  readonly #parsed: ParsedStates<Buffer>;
  #lastError: string | undefined;

  constructor(environment: LmdbEnvironment, log: Logger) {
    this.#environment = environment;
    this.#log = log;
    this.#malformed = new Malformed(log);
    this.#parsed = new ParsedStates(this.#malformed);
  }

  of(partner: string, customer: string): Learned | undefined {
    try {
      const key = learnedName(partner, customer);
      const stored = this.#environment.learned.getBinaryFast(key);
      if (stored === undefined) return undefined;
      // lmdb reads into a buffer of its own, which is longer than its `length` and changes with the next read.
      const known = this.#parsed.of(key);
      if (known?.stored.compare(stored, 0, stored.length) === 0) return known.learned;
      const kept = Buffer.from(stored.subarray(0, stored.length));
      return this.#parsed.parse(key, kept, kept.toString('utf8'));
    } catch (error) {
      this.#tellOnce(errorMessage(error));
      return undefined;
    }
  }

  get figures(): LearnedFigures {
    const { entryCount } = this.#environment.learned.getStats() as { readonly entryCount: number };
    const revision = cursorOf(this.#environment);
    return { isLoaded: true, entries: entryCount, dropped: 0, malformed: this.#malformed.count, revision };
  }

  #tellOnce(reason: string): void {
    if (reason !== this.#lastError) this.#log.warn({ reason }, 'what was learned cannot be read');
    this.#lastError = reason;
  }
}

export class LmdbLearnedStore implements LearnedStore {
  readonly #environment: LmdbEnvironment;
  readonly #clock: Clock;

  constructor(environment: LmdbEnvironment, clock: Clock) {
    this.#environment = environment;
    this.#clock = clock;
  }

  async put(states: readonly Learned[], cursor?: number): Promise<void> {
    if (states.length === 0 && cursor === undefined) return;
    for (let first = 0; first < states.length || first === 0; first += STATES_AT_ONCE) {
      if (first > 0) await new Promise(setImmediate);
      const isLast = first + STATES_AT_ONCE >= states.length;
      changeLmdb(
        this.#environment,
        () => {
          for (const one of states.slice(first, first + STATES_AT_ONCE)) this.#put(one);
          if (isLast && cursor !== undefined) this.#setCursor(Math.max(cursor, cursorOf(this.#environment)));
        },
        { isFlushedLater: !isLast },
      );
    }
  }

  add(partner: string, customer: string, offer: LearnedOffer, expiresAt: number): Promise<void> {
    return this.#do(() =>
      // A call is under way: its router does not wait for the disk. What is lost with the machine no database has confirmed yet.
      changeLmdb(
        this.#environment,
        () => {
          const text = this.#textOf(learnedName(partner, customer));
          this.#store(withOffer(text, { partner, customer, offer, expiresAt }, this.#clock.wallNow()));
        },
        { isFlushedLater: true },
      ),
    );
  }

  cursor(): Promise<number> {
    return this.#do(() => cursorOf(this.#environment));
  }

  setCursor(revision: number): Promise<void> {
    return this.#do(() => changeLmdb(this.#environment, () => this.#setCursor(revision)));
  }

  get(partner: string, customer: string): Promise<Learned | undefined> {
    return this.#do(() => {
      const text = this.#textOf(learnedName(partner, customer));
      return text === undefined ? undefined : decodeLearned(partner, customer, text);
    });
  }

  async purge(wallNow: number): Promise<number> {
    let removed = 0;
    let start: string | undefined = '';
    while (start !== undefined) {
      const from: string = start;
      const { expired, next } = await this.#do(() => this.#expired(from, wallNow));
      if (expired.length > 0) {
        removed += changeLmdb(this.#environment, () => this.#remove(expired, wallNow), {
          isFlushedLater: true,
        });
      }
      start = next;
      await new Promise(setImmediate);
    }
    return removed;
  }

  /** Keys of what has expired, of some from `start`, and where to go on. */
  #expired(
    start: string,
    wallNow: number,
  ): { readonly expired: string[]; readonly next: string | undefined } {
    const expired: string[] = [];
    let seen = 0;
    for (const { key, value } of this.#environment.learned.getRange({ start, limit: STATES_AT_ONCE + 1 })) {
      if (seen === STATES_AT_ONCE) return { expired, next: key };
      if (isExpired(value.toString('utf8'), wallNow)) expired.push(key);
      seen += 1;
    }
    return { expired, next: undefined };
  }

  /** Unless they were changed since they were read. */
  #remove(keys: readonly string[], wallNow: number): number {
    const still = keys.filter((key) => isExpired(this.#textOf(key) ?? '', wallNow));
    for (const key of still) this.#environment.learned.removeSync(key);
    return still.length;
  }

  #put(state: Learned): void {
    const text = this.#textOf(learnedName(state.partner, state.customer));
    if (replaces(state.revision, text === undefined ? undefined : headOf(text)?.revision)) this.#store(state);
  }

  #store(state: Learned): void {
    const key = learnedName(state.partner, state.customer);
    this.#environment.learned.putSync(key, Buffer.from(encodeLearned(state)));
  }

  #setCursor(revision: number): void {
    this.#environment.meta.putSync(metaKeys.learnedCursor, revision);
  }

  #textOf(key: string): string | undefined {
    return this.#environment.learned.getBinary(key)?.toString('utf8');
  }

  /** As a promise that rejects with one of errors.ts. */
  #do<T>(action: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      try {
        resolve(action());
      } catch (error) {
        const known = error instanceof AppError;
        reject(known ? error : new StoreUnavailableError(`lmdb: ${errorMessage(error)}`, error));
      }
    });
  }
}

function cursorOf({ meta }: LmdbEnvironment): number {
  const cursor = meta.get(metaKeys.learnedCursor);
  return typeof cursor === 'number' ? cursor : 0;
}

function isExpired(text: string, wallNow: number): boolean {
  return (headOf(text)?.expiresAt ?? Infinity) <= wallNow;
}
