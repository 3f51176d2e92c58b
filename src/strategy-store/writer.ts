// Publishing: a new generation is written beside the old one, then swapped in as a whole. A load that dies half way leaves the
// old one serving; the next load of the partner removes what was left.
import { hostname } from 'node:os';
import { pid } from 'node:process';
import { randomHex, TimerSet } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { LoadInProgressError, LoadLockLostError, NothingToPublishError } from './errors.js';
import type { Generation, GenerationInfo } from './generation.js';
import type { StrategySink } from './port.js';
import { Staging } from './staging.js';
import type { RowRefusal, StrategyRow } from './strategy-row.js';

/** How long a replaced generation is kept for readers that have not noticed the swap, in milliseconds. */
export const GRACE_MS = 60_000;
/** How long a lock outlives a loader that died, in milliseconds. It is renewed three times as often. */
export const LOCK_TTL_MS = 15_000;

export interface WriterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly graceMs?: number;
  readonly lockTtlMs?: number;
}

export interface RefusedRow extends RowRefusal {
  /** Position among the rows, from 1. */
  readonly row: number;
}

export interface PublishResult {
  readonly generation: Generation;
  readonly refused: readonly RefusedRow[];
}

/** One load of one partner, under its lock. Ends with `commit` or `abort`. */
export interface Publication {
  readonly partner: string;
  /** Takes a row, or says why not. Nothing reaches the store before `commit`. */
  add(row: StrategyRow): RowRefusal | undefined;
  readonly strategies: number;
  /**
   * Writes the generation and swaps it in.
   * @throws NothingToPublishError without an accepted row; LoadLockLostError; StoreFullError; StoreUnavailableError;
   *   IncompleteGenerationError. After any of them the old generation serves as before.
   */
  commit(onProgress?: (written: number, of: number) => void): Promise<Generation>;
  abort(): Promise<void>;
}

/** Publishes generations and removes old ones. */
export class StrategyWriter {
  readonly #sink: StrategySink;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #graceMs: number;
  readonly #lockTtlMs: number;

  constructor(sink: StrategySink, options: WriterOptions) {
    this.#sink = sink;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#graceMs = options.graceMs ?? GRACE_MS;
    this.#lockTtlMs = options.lockTtlMs ?? LOCK_TTL_MS;
  }

  /**
   * Publishes `rows` as the partner's new generation. Rows that contradict earlier ones, or belong to another partner, are
   * refused and listed; the rest is published.
   * @throws LoadInProgressError and what `Publication.commit` throws
   */
  async publish(
    partner: string,
    rows: AsyncIterable<StrategyRow> | Iterable<StrategyRow>,
    onProgress?: (written: number, of: number) => void,
  ): Promise<PublishResult> {
    const publication = await this.begin(partner);
    try {
      const refused: RefusedRow[] = [];
      let row = 0;
      for await (const one of rows) {
        row += 1;
        const refusal =
          one.partner === partner
            ? publication.add(one)
            : { field: 'partner', reason: `is ${one.partner}; this load is of ${partner}` };
        if (refusal !== undefined) refused.push({ row, ...refusal });
      }
      return { generation: await publication.commit(onProgress), refused };
    } finally {
      await publication.abort();
    }
  }

  /** Takes the partner's lock. @throws LoadInProgressError when another load holds it; StoreUnavailableError */
  async begin(partner: string): Promise<Publication> {
    const owner = `${hostname()} process ${pid} ${randomHex(4)}`;
    const answer = await this.#sink.lock(partner, owner, this.#lockTtlMs);
    if (answer.kind === 'held') throw new LoadInProgressError(partner, answer.owner, answer.expiresInMs);
    const load = new Load(partner, owner, this.#lockTtlMs, {
      sink: this.#sink,
      clock: this.#clock,
      log: this.#log,
    });
    try {
      await this.#removeLeftovers(partner);
    } catch (error) {
      await load.abort();
      throw error;
    }
    return load;
  }

  /** Removes generations that were replaced longer ago than the grace period. Safe at any time, in any process. */
  async sweep(): Promise<number> {
    const now = await this.#sink.now();
    return this.#removeAll((one) => one.retiredAt !== undefined && one.retiredAt + this.#graceMs <= now);
  }

  async generations(): Promise<readonly GenerationInfo[]> {
    return this.#sink.generations();
  }

  /** Under the partner's lock nothing else loads it, so whatever is `loading` was left by a load that died. */
  async #removeLeftovers(partner: string): Promise<void> {
    await this.#removeAll((one) => one.state === 'loading' && one.generation.partner === partner);
    await this.sweep();
  }

  async #removeAll(isDue: (one: GenerationInfo) => boolean): Promise<number> {
    let removed = 0;
    for (const one of await this.#sink.generations()) {
      if (!isDue(one)) continue;
      await this.#sink.remove(one.generation);
      removed += 1;
      const { partner, generation } = one.generation;
      this.#log.info({ partner, generation, state: one.state }, 'generation removed');
    }
    return removed;
  }
}

class Load implements Publication {
  readonly partner: string;
  readonly #owner: string;
  readonly #lockTtlMs: number;
  readonly #sink: StrategySink;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #timers: TimerSet;
  readonly #staging = new Staging();
  #isLockLost = false;
  #isOver = false;

  constructor(
    partner: string,
    owner: string,
    lockTtlMs: number,
    deps: { readonly sink: StrategySink; readonly clock: Clock; readonly log: Logger },
  ) {
    this.partner = partner;
    this.#owner = owner;
    this.#lockTtlMs = lockTtlMs;
    this.#sink = deps.sink;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#timers = new TimerSet(deps.clock);
    this.#renewLater();
  }

  add(row: StrategyRow): RowRefusal | undefined {
    return this.#staging.add(row);
  }

  get strategies(): number {
    return this.#staging.strategies;
  }

  async commit(onProgress: (written: number, of: number) => void = () => undefined): Promise<Generation> {
    if (this.#staging.strategies === 0) throw new NothingToPublishError(this.partner);
    const identity = {
      generation: await this.#sink.nextGeneration(),
      partner: this.partner,
      createdAt: this.#clock.wallNow(),
    };
    const staged = this.#staging.finish(identity, (phones) => this.#sink.bucketsFor(phones));
    const { generation } = staged;
    try {
      await this.#sink.write(staged, (written) => onProgress(written, generation.phones));
      if (this.#isLockLost || !(await this.#sink.swap(generation, this.#owner))) {
        throw new LoadLockLostError(this.partner);
      }
    } catch (error) {
      if (!(await this.#isCurrentAfterAll(generation))) throw error;
    }
    this.#log.info(
      { partner: this.partner, generation: generation.generation, strategies: generation.strategies },
      'generation published',
    );
    await this.abort();
    return generation;
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timers.cancelAll();
    try {
      await this.#sink.unlock(this.partner, this.#owner);
    } catch (error) {
      this.#log.debug({ err: error, partner: this.partner }, 'strategy lock left to expire');
    }
  }

  /**
   * After a failure: removes what was written, unless the swap took effect and only its answer was lost.
   * What cannot be removed now is removed by the next load.
   */
  async #isCurrentAfterAll(generation: Generation): Promise<boolean> {
    try {
      const all = await this.#sink.generations();
      const state = all.find((one) => one.generation.generation === generation.generation)?.state;
      if (state === 'loading') await this.#sink.remove(generation);
      return state === 'current';
    } catch (error) {
      this.#log.debug({ err: error, generation: generation.generation }, 'generation left for the next load');
      return false;
    }
  }

  #renewLater(): void {
    this.#timers.start('strategy-lock-renewal', this.#lockTtlMs / 3, () => {
      this.#sink.renew(this.partner, this.#owner, this.#lockTtlMs).then(
        (isOurs) => {
          if (!isOurs) this.#isLockLost = true;
          else if (!this.#isOver) this.#renewLater();
        },
        () => {
          if (!this.#isOver) this.#renewLater();
        },
      );
    });
  }
}
