// What was looked up a moment ago: asked again after a few seconds, and used for some minutes when it cannot be asked.
import { LRUCache } from 'lru-cache';
import { AppError, errorCode } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';

export interface RememberedOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly maxEntries: number;
  /** So long nothing is asked again, in milliseconds. */
  readonly freshMs: number;
  /** So long it serves while the database is down, in milliseconds. */
  readonly staleMs: () => number;
  /** Asked at the same time; more counts as a database that is down. Default 2,000: all live links of a router that starts anew. */
  readonly maxAsked?: number;
}

/** Thrown when more is asked at the same time than the database is to be asked: by somebody who tries tokens, say. */
export class TooMuchAskedError extends AppError {
  constructor() {
    super('RECORDS_UNAVAILABLE', 'too many people and systems are being looked up at the same time');
  }
}

/** Bounded. Of what is not there nothing is kept. */
export class Remembered<Value extends object> {
  readonly #options: RememberedOptions;
  readonly #entries: LRUCache<string, { readonly value: Value; readonly at: number }>;
  readonly #asked = new Map<string, Promise<Value | undefined>>();
  /** Grows when something is forgotten: an answer from before that is not kept. */
  #age = 0;

  constructor(options: RememberedOptions) {
    this.#options = options;
    this.#entries = new LRUCache({ max: options.maxEntries });
  }

  /** @param ask throws an error of code RECORDS_UNAVAILABLE when nobody can say @throws what `ask` throws */
  async find(key: string, ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const { clock, freshMs, staleMs } = this.#options;
    const known = this.#entries.get(key);
    if (known !== undefined && clock.now() - known.at < freshMs) return known.value;
    try {
      return await this.#ask(key, ask);
    } catch (error) {
      const isUsable = known !== undefined && clock.now() - known.at < staleMs();
      if (isUsable && this.#entries.get(key) === known && errorCode(error) === 'RECORDS_UNAVAILABLE')
        return known.value;
      throw error;
    }
  }

  forget(key: string): void {
    this.#age++;
    this.#entries.delete(key);
  }

  forgetAll(): void {
    this.#age++;
    this.#entries.clear();
  }

  /** Whoever asks at the same time asks once. */
  #ask(key: string, ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      const { maxAsked = 2000 } = this.#options;
      if (this.#asked.size >= maxAsked) return Promise.reject(new TooMuchAskedError());
      const age = this.#age;
      asked = ask()
        .then((value) => {
          if (age === this.#age) this.#keep(key, value);
          return value;
        })
        .finally(() => {
          if (this.#asked.get(key) === asked) this.#asked.delete(key);
        });
      this.#asked.set(key, asked);
    }
    return asked;
  }

  #keep(key: string, value: Value | undefined): void {
    if (value === undefined) this.#entries.delete(key);
    else this.#entries.set(key, { value, at: this.#options.clock.now() });
  }
}
