// Reading from LMDB: a look-up is a search in a memory map, a few microseconds and no I/O but page faults.
import { errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { parseGeneration } from '../generation.js';
import type { LearnedView } from '../learned/port.js';
import type { Generation } from '../generation.js';
import type { StoreAnswer, StrategySource } from '../port.js';
import { findRecord, metaKeys, RECORD_KEY_BYTES, writeRecordKey } from './lmdb-environment.js';
import type { LmdbEnvironment, StoredGeneration } from './lmdb-environment.js';

export interface LmdbSourceOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly learned: LearnedView;
  /** How often to look for a generation that another process swapped in, in milliseconds. */
  readonly checkIntervalMs: number;
}

export class LmdbSource implements StrategySource {
  readonly learned: LearnedView;
  readonly #environment: LmdbEnvironment;
  readonly #log: Logger;
  readonly #timers: TimerSet;
  readonly #checkIntervalMs: number;
  readonly #key = Buffer.alloc(RECORD_KEY_BYTES);
  #generations = new Map<string, Generation>();
  /** Partners whose current generation this version cannot read, and why. */
  #unreadable = new Map<string, string>();

  constructor(environment: LmdbEnvironment, options: LmdbSourceOptions) {
    this.#environment = environment;
    this.learned = options.learned;
    this.#log = options.log;
    this.#timers = new TimerSet(options.clock);
    this.#checkIntervalMs = options.checkIntervalMs;
    this.#check();
    this.#checkLater();
  }

  generationOf(partner: string): number | undefined {
    return this.#generations.get(partner)?.generation;
  }

  current(): Iterable<Generation> {
    return this.#generations.values();
  }

  get(partner: string, phoneNumber: number): StoreAnswer {
    try {
      const found = this.#read(this.#generations.get(partner), phoneNumber);
      if (found !== undefined) return found;
      // A generation known from memory may be gone since: only the pointer, read now, makes a miss of it.
      if (this.#environment.meta.get(metaKeys.current(partner)) !== this.generationOf(partner)) {
        this.#check();
        const again = this.#read(this.#generations.get(partner), phoneNumber);
        if (again !== undefined) return again;
      }
      const reason = this.#unreadable.get(partner);
      return reason === undefined
        ? { kind: 'miss', generation: this.generationOf(partner) }
        : { kind: 'failure', reason, scope: 'record' };
    } catch (error) {
      return { kind: 'failure', reason: `lmdb: ${errorMessage(error)}`, scope: 'store' };
    }
  }

  refresh(): Promise<void> {
    this.#check();
    return Promise.resolve();
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#timers.cancelAll();
    return Promise.resolve();
  }

  #read(generation: Generation | undefined, phoneNumber: number): StoreAnswer | undefined {
    if (generation === undefined) return undefined;
    const key = writeRecordKey(this.#key, generation.generation, phoneNumber);
    return findRecord(this.#environment, generation, key);
  }

  #check(): void {
    try {
      const { meta } = this.#environment;
      const generations = new Map<string, Generation>();
      const unreadable = new Map<string, string>();
      for (const { key, value } of meta.getRange({
        start: metaKeys.firstCurrent,
        end: metaKeys.afterCurrent,
      })) {
        const partner = key.slice(metaKeys.firstCurrent.length);
        const known = this.#generations.get(partner);
        if (known !== undefined && known.generation === value) generations.set(partner, known);
        else this.#adopt(partner, value, generations, unreadable);
      }
      this.#generations = generations;
      this.#unreadable = unreadable;
    } catch (error) {
      this.#log.warn({ err: error }, 'strategy store check failed');
    }
  }

  #adopt(
    partner: string,
    number: unknown,
    generations: Map<string, Generation>,
    unreadable: Map<string, string>,
  ): void {
    const stored =
      typeof number === 'number'
        ? (this.#environment.meta.get(metaKeys.generation(number)) as StoredGeneration | undefined)
        : undefined;
    const generation = parseGeneration(stored?.generation);
    if (generation === undefined) {
      unreadable.set(partner, `generation ${String(number)} of ${partner} cannot be read by this version`);
      this.#log.error({ partner, generation: number }, 'generation unreadable');
    } else {
      generations.set(partner, generation);
      this.#log.info({ partner, generation: generation.generation }, 'generation in use');
    }
  }

  #checkLater(): void {
    this.#timers.start('strategy-check', this.#checkIntervalMs, () => {
      this.#check();
      this.#checkLater();
    });
  }
}
