// The records of one kind by name: kept while they live, asked for once however many wait, and used when they have run out
// and DNS says nothing (RFC 8767). That a name has none is kept too (RFC 2308), and so is a failure, for a moment.
import type { Clock, Timer } from '../../../kernel/index.js';
import type { DnsCounters } from './dns-counters.js';
import type { DnsOptions } from './dns-options.js';
import type { Found } from './dns-source.js';

export interface Answer<T> {
  readonly records: readonly T[];
  /** By `Clock.now`: when to ask anew. */
  readonly until: number;
  /** Nobody could tell; there are no records then. */
  readonly isFailure: boolean;
}

export interface RecordCacheOptions<T> {
  readonly ask: (name: string) => Promise<Found<T>>;
  readonly clock: Clock;
  readonly limits: DnsOptions;
  readonly counters: DnsCounters;
}

interface Entry<T> extends Answer<T> {
  /** Until when the records serve in place of an answer. */
  readonly staleUntil: number;
}

interface Open<T> {
  readonly answer: Promise<Answer<T>>;
  /** Ends the wait with what there is. */
  readonly giveUp: () => void;
}

export class RecordCache<T> {
  readonly #options: RecordCacheOptions<T>;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #open = new Map<string, Open<T>>();

  constructor(options: RecordCacheOptions<T>) {
    this.#options = options;
  }

  /** Names that are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** Never rejects, and never takes longer than half of the time that a call may wait. */
  async query(name: string): Promise<Answer<T>> {
    const { clock, limits } = this.#options;
    const entry = this.#entries.get(name);
    if (entry !== undefined && entry.until > clock.now()) return entry;
    const open = this.#open.get(name);
    if (open !== undefined) return open.answer;
    if (this.#open.size >= limits.maxLookups) return this.#fallBack(name);
    return this.#ask(name);
  }

  /** Those who wait get what there is. */
  close(): void {
    for (const { giveUp } of [...this.#open.values()]) giveUp();
  }

  async #ask(name: string): Promise<Answer<T>> {
    const { ask, clock, counters } = this.#options;
    counters.queries++;
    let giveUp = (): void => undefined;
    const answer = new Promise<Answer<T>>((resolve) => {
      let isOpen = true;
      const settle = (found: Answer<T>): void => {
        isOpen = false;
        timer.cancel();
        this.#open.delete(name);
        resolve(found);
      };
      giveUp = () => {
        counters.timedOut++;
        settle(this.#fallBack(name));
      };
      const timer: Timer = clock.after(this.#patienceFor(name), 'dns-query', giveUp);
      ask(name).then(
        (found) => {
          if (found.records.length > 0) counters.answered++;
          else counters.negative++;
          // Too late for those who waited, in time for the next.
          const kept = this.#keep(name, found);
          if (isOpen) settle(kept);
        },
        () => {
          if (!isOpen) return;
          counters.failed++;
          settle(this.#fallBack(name));
        },
      );
    });
    this.#open.set(name, { answer, giveUp });
    return answer;
  }

  #patienceFor(name: string): number {
    const { clock, limits } = this.#options;
    const entry = this.#entries.get(name);
    const hasStale = entry !== undefined && entry.records.length > 0 && entry.staleUntil > clock.now();
    return hasStale ? limits.staleAfterMs : limits.timeoutMs / 2;
  }

  #keep(name: string, { records, ttlMs }: Found<T>): Answer<T> {
    const { limits, clock } = this.#options;
    const ttl = ttlMs ?? limits.defaultTtlMs;
    const livesMs =
      records.length === 0 ? limits.negativeTtlMs : Math.min(limits.maxTtlMs, Math.max(limits.minTtlMs, ttl));
    const until = clock.now() + livesMs;
    const staleUntil = until + (records.length === 0 ? 0 : limits.maxStaleMs);
    return this.#put(name, { records, until, staleUntil, isFailure: false });
  }

  /** What serves when DNS does not. */
  #fallBack(name: string): Answer<T> {
    const { limits, clock, counters } = this.#options;
    const now = clock.now();
    const until = now + limits.failureTtlMs;
    const entry = this.#entries.get(name);
    if (entry !== undefined && entry.records.length > 0 && entry.staleUntil > now) {
      counters.stale++;
      return this.#put(name, { ...entry, until });
    }
    return this.#put(name, { records: [], until, staleUntil: until, isFailure: true });
  }

  #put(name: string, entry: Entry<T>): Entry<T> {
    this.#entries.delete(name);
    if (this.#entries.size >= this.#options.limits.maxEntries) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    this.#entries.set(name, entry);
    return entry;
  }
}
