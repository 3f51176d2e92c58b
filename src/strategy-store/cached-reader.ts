// The reader that calls use: a bounded cache and a circuit breaker in front of a store.
import { LRUCache } from 'lru-cache';
import { CircuitBreaker } from '../kernel/index.js';
import type { CircuitBreakerOptions, CircuitState, Clock } from '../kernel/index.js';
import { applyLearned, nextChangeOf } from '../offers/index.js';
import type {
  Learned,
  StaleLookup,
  Strategy,
  StrategyAge,
  StrategyLookup,
  StrategyReader,
} from '../offers/index.js';
import { phoneNumberOf } from './phone-key.js';
import { ageOf } from './generation-age.js';
import type { GenerationAge } from './generation-age.js';
import type { LearnedFigures } from './learned/port.js';
import type { Lifetime, StoreAnswer, StrategySource } from './port.js';

export interface CachedReaderOptions {
  /** Records kept, misses included; 0: none. */
  readonly cacheEntries: number;
  /** Age up to which a record serves without asking the store, in milliseconds. */
  readonly cacheMaxAgeMs: number;
  /** Age up to which it serves when the store fails, in milliseconds. */
  readonly staleMaxAgeMs: number;
  readonly clock: Clock;
  readonly breaker?: CircuitBreakerOptions;
  /** Called with the duration of each look-up that reached the store, in milliseconds. */
  readonly onStoreLookup?: (ms: number) => void;
}

/** Look-ups since the start, by what the caller was told; `cacheHits` of them took no store. */
export interface StrategyCounters {
  hits: number;
  misses: number;
  ambiguous: number;
  stale: number;
  failures: number;
  cacheHits: number;
  /** Look-ups that reached the store, and how long they took together, in milliseconds. */
  storeLookups: number;
  storeLookupMs: number;
}

/** What a cache entry holds, frozen at `at`. */
type Entry =
  | {
      readonly kind: 'hit';
      readonly at: number;
      readonly generation: number;
      readonly strategy: Strategy;
      readonly lifetime: Lifetime | undefined;
      /** What was learned, as it was laid over `strategy` last. */
      laid: Laid | undefined;
    }
  | {
      readonly kind: 'ambiguous';
      readonly at: number;
      readonly generation: number;
      readonly customers: readonly string[];
    }
  | { readonly kind: 'miss'; readonly at: number; readonly generation: number | undefined };

interface Laid {
  readonly learned: Learned;
  readonly strategy: Strategy;
  /** Wall clock, in milliseconds, from which on `learned` says something else. */
  readonly until: number;
}

const miss: StaleLookup = Object.freeze({ kind: 'miss' });

/**
 * Never rejects and never takes longer than the source's deadline. A swap of the generation makes cached records of the old one
 * count as too old at once; they still serve if the store fails. What was learned of a customer is laid over the strategy at each
 * look-up, also over one that the cache has.
 */
export class CachedStrategyReader implements StrategyReader {
  readonly counters: StrategyCounters = {
    hits: 0,
    misses: 0,
    ambiguous: 0,
    stale: 0,
    failures: 0,
    cacheHits: 0,
    storeLookups: 0,
    storeLookupMs: 0,
  };
  readonly #source: StrategySource;
  readonly #options: CachedReaderOptions;
  readonly #clock: Clock;
  readonly #cache: LRUCache<string, Entry> | undefined;
  readonly #breaker: CircuitBreaker;
  readonly #inFlight = new Map<string, Promise<StrategyLookup>>();

  constructor(source: StrategySource, options: CachedReaderOptions) {
    this.#source = source;
    this.#options = options;
    this.#clock = options.clock;
    this.#cache = options.cacheEntries > 0 ? new LRUCache({ max: options.cacheEntries }) : undefined;
    this.#breaker = new CircuitBreaker(options.clock, options.breaker);
  }

  get cacheSize(): number {
    return this.#cache?.size ?? 0;
  }

  get circuitState(): CircuitState {
    return this.#breaker.state;
  }

  /** Of the generation of each partner that look-ups read now. */
  ages(): readonly GenerationAge[] {
    return Array.from(this.#source.current(), (one) => ageOf(one, this.#clock.wallNow()));
  }

  /** Of what was learned, as this process knows it. */
  get learnedFigures(): LearnedFigures {
    return this.#source.learned.figures;
  }

  lookup(partner: string, phone: string): StrategyLookup | Promise<StrategyLookup> {
    return this.#lookup(partner, phone, undefined);
  }

  /** As `lookup`, by a key of `account-key.ts`. */
  lookupAccount(partner: string, key: number): StrategyLookup | Promise<StrategyLookup> {
    return this.#lookup(partner, String(key), key);
  }

  /**
   * What `lookup` would say at `wallNow`, for a person who asks and no call: what was learned and the age of the strategies count as
   * of then. Counts nothing, keeps nothing, and leaves a store alone whose circuit is open.
   */
  preview(partner: string, phone: string, wallNow: number): StrategyLookup | Promise<StrategyLookup> {
    const entry = this.#cache?.peek(`${partner} ${phone}`);
    const now = this.#clock.now();
    const told = (one: Entry): StaleLookup => this.#fromEntry(one, now, wallNow);
    const without = (reason: string): StrategyLookup => this.#withoutStore(entry, now, reason, wallNow);
    if (entry !== undefined && this.#isFresh(entry, partner, now)) return told(entry);
    const number = phoneNumberOf(phone);
    if (number === undefined) return miss;
    if (this.#breaker.state === 'open') return without(`store left alone after: ${this.#breaker.reason}`);
    const settled = (answer: StoreAnswer): StrategyLookup =>
      answer.kind === 'failure' ? without(answer.reason) : told(toEntry(answer, now));
    const answer = this.#source.get(partner, number);
    return answer instanceof Promise ? answer.then(settled) : settled(answer);
  }

  /** @param number that `name` stands for; undefined: `name` is E.164, and read only when the store has to be asked */
  #lookup(
    partner: string,
    name: string,
    number: number | undefined,
  ): StrategyLookup | Promise<StrategyLookup> {
    const key = `${partner} ${name}`;
    const entry = this.#cache?.get(key);
    const now = this.#clock.now();
    if (entry !== undefined && this.#isFresh(entry, partner, now)) {
      this.counters.cacheHits += 1;
      return this.#counted(this.#fromEntry(entry, now));
    }
    const shared = this.#inFlight.get(key);
    if (shared !== undefined) return shared.then((lookup) => this.#counted(lookup));
    const phoneNumber = number ?? phoneNumberOf(name);
    if (phoneNumber === undefined) return this.#counted(miss);
    if (!this.#breaker.allows()) {
      return this.#counted(this.#withoutStore(entry, now, `store left alone after: ${this.#breaker.reason}`));
    }
    const answer = this.#source.get(partner, phoneNumber);
    if (!(answer instanceof Promise)) return this.#counted(this.#settle(key, answer, now));
    const lookup = answer.then((settled) => {
      this.#inFlight.delete(key);
      return this.#settle(key, settled, now);
    });
    this.#inFlight.set(key, lookup);
    return lookup.then((one) => this.#counted(one));
  }

  #isFresh(entry: Entry, partner: string, now: number): boolean {
    return (
      now - entry.at < this.#options.cacheMaxAgeMs && entry.generation === this.#source.generationOf(partner)
    );
  }

  #settle(key: string, answer: StoreAnswer, askedAt: number): StrategyLookup {
    const now = this.#clock.now();
    this.counters.storeLookups += 1;
    this.counters.storeLookupMs += now - askedAt;
    this.#options.onStoreLookup?.(now - askedAt);
    if (answer.kind === 'failure') {
      if (answer.scope === 'store') this.#breaker.failed(answer.reason);
      else this.#breaker.succeeded();
      return this.#withoutStore(this.#cache?.get(key), now, answer.reason);
    }
    this.#breaker.succeeded();
    const entry = toEntry(answer, now);
    this.#cache?.set(key, entry);
    return this.#fromEntry(entry, now);
  }

  /** What the cache still has, if it is young enough; else a failure. */
  #withoutStore(entry: Entry | undefined, now: number, reason: string, wallNow?: number): StrategyLookup {
    if (entry === undefined || now - entry.at > this.#options.staleMaxAgeMs)
      return { kind: 'failure', reason };
    return { kind: 'stale', lookup: this.#fromEntry(entry, now, wallNow), ageMs: now - entry.at, reason };
  }

  /** @param wallNow of a preview; undefined: it is now */
  #fromEntry(entry: Entry, now: number, wallNow?: number): StaleLookup {
    switch (entry.kind) {
      case 'hit': {
        const { lifetime } = entry;
        const strategy =
          wallNow === undefined ? this.#withLearned(entry) : this.#learnedAt(entry.strategy, wallNow);
        const ageMs = now - entry.at;
        return lifetime === undefined
          ? { kind: 'hit', strategy, ageMs }
          : { kind: 'hit', strategy, ageMs, strategyAge: this.#strategyAge(lifetime, wallNow) };
      }
      case 'ambiguous': {
        const { customers, generation } = entry;
        return { kind: 'ambiguous', customers, generation, ageMs: now - entry.at };
      }
      case 'miss':
        return miss;
    }
  }

  #withLearned(entry: Extract<Entry, { kind: 'hit' }>): Strategy {
    const { strategy, laid } = entry;
    const learned = this.#source.learned.of(strategy.partner, strategy.customer);
    if (learned === undefined) return strategy;
    const wallNow = this.#clock.wallNow();
    if (laid?.learned === learned && wallNow < laid.until) return laid.strategy;
    const corrected = applyLearned(strategy, learned, wallNow);
    entry.laid = { learned, strategy: corrected, until: nextChangeOf(learned, wallNow) };
    return corrected;
  }

  #learnedAt(strategy: Strategy, wallNow: number): Strategy {
    const learned = this.#source.learned.of(strategy.partner, strategy.customer);
    return learned === undefined ? strategy : applyLearned(strategy, learned, wallNow);
  }

  #strategyAge({ createdAt, maxAgeMs }: Lifetime, wallNow = this.#clock.wallNow()): StrategyAge {
    return { ageMs: Math.max(0, wallNow - createdAt), maxAgeMs };
  }

  #counted(lookup: StrategyLookup): StrategyLookup {
    switch (lookup.kind) {
      case 'hit':
        this.counters.hits += 1;
        break;
      case 'miss':
        this.counters.misses += 1;
        break;
      case 'ambiguous':
        this.counters.ambiguous += 1;
        break;
      case 'stale':
        this.counters.stale += 1;
        break;
      case 'failure':
        this.counters.failures += 1;
        break;
    }
    return lookup;
  }
}

function toEntry(answer: Exclude<StoreAnswer, { kind: 'failure' }>, at: number): Entry {
  switch (answer.kind) {
    case 'hit':
      return {
        kind: 'hit',
        at,
        generation: answer.strategy.generation,
        strategy: answer.strategy,
        lifetime: answer.lifetime,
        laid: undefined,
      };
    case 'ambiguous':
      return { kind: 'ambiguous', at, generation: answer.generation, customers: answer.customers };
    case 'miss':
      return { kind: 'miss', at, generation: answer.generation };
  }
}
