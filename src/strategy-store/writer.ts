// Publishing: a new generation is written beside the old one, then swapped in as a whole. A load that dies half way leaves the
// old one serving; the next load of the partner removes what was left. The one that was replaced is kept for a way back.
import type { Clock, Logger } from '../kernel/index.js';
import {
  DamagedGenerationError,
  GenerationStateError,
  IncompleteGenerationError,
  LoadLockLostError,
} from './errors.js';
import { CONTENT_HASH_CODEC_VERSION } from './generation.js';
import type { Generation, GenerationInfo, PublishedGeneration } from './generation.js';
import { PartnerLock } from './partner-lock.js';
import type { StrategySink } from './port.js';
import { checkPublicationOptions, Load } from './publication.js';
import type { Publication, PublicationOptions } from './publication.js';
import { sweepable } from './retention.js';
import { storedContentHash } from './stored-hash.js';
import type { RefusedRow, StrategyRow } from './strategy-row.js';

/** How long a replaced generation is kept at least, for readers that have not noticed the swap, in milliseconds. */
export const GRACE_MS = 60_000;
/** How long a lock outlives a loader that died, in milliseconds. It is renewed three times as often. */
export const LOCK_TTL_MS = 15_000;

export interface WriterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly graceMs?: number;
  readonly lockTtlMs?: number;
}

export interface PublishResult {
  readonly generation: PublishedGeneration;
  readonly refused: readonly RefusedRow[];
}

/** Publishes generations, swaps old ones back in, and removes those that nobody needs. */
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
   * @throws what `begin` and `Publication.commit` throw
   */
  async publish(
    partner: string,
    rows: AsyncIterable<StrategyRow> | Iterable<StrategyRow>,
    onProgress?: (written: number, of: number) => void,
    options: PublicationOptions = {},
  ): Promise<PublishResult> {
    const publication = await this.begin(partner, options);
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

  /**
   * Takes the partner's lock and removes what a load that died has left.
   * @throws LoadInProgressError when another load holds it; StoreUnavailableError; PublicationOptionsError
   */
  async begin(partner: string, options: PublicationOptions = {}): Promise<Publication> {
    checkPublicationOptions(options);
    const lock = await this.#lock(partner);
    try {
      await this.#removeLeftovers(partner);
    } catch (error) {
      await lock.release();
      throw error;
    }
    return new Load(lock, options, { sink: this.#sink, clock: this.#clock, log: this.#log });
  }

  /**
   * Swaps a retired generation of the partner back in, if it is whole: all of it is read, about a second a million numbers. The one
   * that was current is retired.
   * @throws GenerationStateError when it is not a retired one of the partner; IncompleteGenerationError; DamagedGenerationError;
   *   LoadInProgressError; LoadLockLostError; StoreUnavailableError
   */
  async makeCurrent(partner: string, generation: number): Promise<Generation> {
    return this.#locked(partner, async (lock) => {
      const { generation: wanted, state } = await this.#named(partner, generation);
      if (state !== 'retired') {
        const why = state === 'current' ? 'is current already' : 'was never loaded to its end';
        throw new GenerationStateError(partner, generation, `of ${partner} ${why}`);
      }
      await this.#checkWhole(wanted);
      const answer = await this.#sink.swap(wanted, lock.owner, 'retired');
      if (answer === 'lost-lock') throw new LoadLockLostError(partner);
      if (answer === 'not-there')
        throw new GenerationStateError(partner, generation, `of ${partner} is being removed`);
      this.#log.info({ partner, generation }, 'generation swapped back');
      return wanted;
    });
  }

  /**
   * Removes a generation of the partner that is not current.
   * @throws GenerationStateError when it is current, not there, not the partner's, or was replaced so lately that routers may still
   *   read it; LoadInProgressError; StoreUnavailableError
   */
  async drop(partner: string, generation: number): Promise<Generation> {
    return this.#locked(partner, async () => {
      const { generation: wanted, retiredAt } = await this.#named(partner, generation);
      const leftMs = (retiredAt ?? -Infinity) + this.#graceMs - (await this.#sink.now());
      if (leftMs > 0) {
        const wait = `routers may still read it for ${Math.ceil(leftMs / 1000)} s`;
        throw new GenerationStateError(partner, generation, `of ${partner} was replaced just now; ${wait}`);
      }
      if (!(await this.#sink.remove(wanted)))
        throw new GenerationStateError(
          partner,
          generation,
          `of ${partner} is current; swap another one in first`,
        );
      this.#log.info({ partner, generation }, 'generation dropped');
      return wanted;
    });
  }

  /**
   * Removes generations that were replaced longer ago than the grace period, but for those that the partner's current one keeps.
   * Safe at any time, in any process.
   */
  async sweep(): Promise<number> {
    const now = await this.#sink.now();
    return this.#remove(sweepable(await this.#sink.generations(), { now, graceMs: this.#graceMs }));
  }

  async generations(): Promise<readonly GenerationInfo[]> {
    return this.#sink.generations();
  }

  /** Under the partner's lock nothing else loads it, so whatever is `loading` was left by a load that died. */
  async #removeLeftovers(partner: string): Promise<void> {
    const all = await this.#sink.generations();
    await this.#remove(all.filter((one) => one.state === 'loading' && one.generation.partner === partner));
    await this.sweep();
  }

  async #remove(generations: readonly GenerationInfo[]): Promise<number> {
    let removed = 0;
    for (const one of generations) {
      if (!(await this.#sink.remove(one.generation))) continue;
      removed += 1;
      const { partner, generation } = one.generation;
      this.#log.info({ partner, generation, state: one.state }, 'generation removed');
    }
    return removed;
  }

  async #checkWhole(wanted: Generation): Promise<void> {
    const { partner, generation, codecVersion, phones, contentHash } = wanted;
    const stored = await this.#sink.count(wanted);
    if (stored !== phones) throw new IncompleteGenerationError(partner, phones, stored);
    if (codecVersion < CONTENT_HASH_CODEC_VERSION) return;
    if ((await storedContentHash(this.#sink, wanted)) !== contentHash)
      throw new DamagedGenerationError(partner, generation, 'its checksum is another');
  }

  async #named(partner: string, generation: number): Promise<GenerationInfo> {
    const all = await this.#sink.generations();
    const found = all.find((one) => one.generation.generation === generation);
    if (found === undefined) {
      const own = all.filter((one) => one.generation.partner === partner);
      const known = own.map((one) => `${one.generation.generation} (${one.state})`).join(', ');
      const there =
        own.length === 0 ? `partner ${partner} has no generation` : `of ${partner} there are ${known}`;
      throw new GenerationStateError(partner, generation, `is not there; ${there}`);
    }
    if (found.generation.partner !== partner)
      throw new GenerationStateError(
        partner,
        generation,
        `is of ${found.generation.partner}, not of ${partner}`,
      );
    return found;
  }

  #lock(partner: string): Promise<PartnerLock> {
    const deps = { sink: this.#sink, clock: this.#clock, log: this.#log, ttlMs: this.#lockTtlMs };
    return PartnerLock.take(partner, deps);
  }

  async #locked<T>(partner: string, work: (lock: PartnerLock) => Promise<T>): Promise<T> {
    const lock = await this.#lock(partner);
    try {
      return await work(lock);
    } finally {
      await lock.release();
    }
  }
}
