// One publication: rows are staged, then the generation is written beside the old one, read back, and swapped in as a whole.
import type { Clock, Logger } from '../kernel/index.js';
import { idPattern, isWellFormedText } from './strategy-row.js';
import {
  DamagedGenerationError,
  LoadLockLostError,
  NothingToPublishError,
  PublicationOptionsError,
  StoreUnavailableError,
} from './errors.js';
import { MAX_OFFER_CODES } from './codec/dictionary.js';
import { MAX_KEEP_RETIRED } from './generation.js';
import type { Generation, PublicationTimes, PublishedGeneration, Verification } from './generation.js';
import type { PartnerLock } from './partner-lock.js';
import type { StrategySink } from './port.js';
import { checkSample } from './sample-check.js';
import { Staging } from './staging.js';
import type { StagedGeneration } from './staged-generation.js';
import type { StrategyBatch } from './strategy-batch.js';
import type { RefusedRow, RowRefusal, StrategyRow } from './strategy-row.js';

export interface PublicationOptions {
  /** Codes of the offers that batches name by index; the same list in the same order gives the same bytes. */
  readonly offers?: readonly string[] | undefined;
  /** Age from which no offer is made from the generation, in milliseconds, from 1; default: no bound. */
  readonly maxAgeMs?: number | undefined;
  /** Replaced generations that are kept for a way back, 0..`MAX_KEEP_RETIRED`; default 1. */
  readonly keepRetired?: number | undefined;
  /** The ranking run, shown with the generation: at most 100 characters. */
  readonly runId?: string | undefined;
}

/** One load of one partner, under its lock. Ends with `commit` or `abort`. */
export interface Publication {
  readonly partner: string;
  /** Takes a row, or says why not. Nothing reaches the store before `commit`. */
  add(row: StrategyRow): RowRefusal | undefined;
  /**
   * Takes rows as columns; gives back those it refused, by the rules of `parseRow` and `add`. Rows given in the same order make the
   * same generation however they are cut into batches. Takes about 0.6 s a million rows: the event loop stands still meanwhile.
   * @throws BatchShapeError
   */
  addBatch(batch: StrategyBatch): readonly RefusedRow[];
  readonly strategies: number;
  /**
   * Writes the generation, reads it back and swaps it in.
   * @throws NothingToPublishError without an accepted row; LoadLockLostError; StoreFullError; StoreUnavailableError;
   *   IncompleteGenerationError; DamagedGenerationError. After any of them the old generation serves as before.
   */
  commit(onProgress?: (written: number, of: number) => void): Promise<PublishedGeneration>;
  abort(): Promise<void>;
}

const MAX_RUN_ID_CHARS = 100;

/** @throws PublicationOptionsError */
export function checkPublicationOptions(options: PublicationOptions): void {
  const { offers = [], maxAgeMs, keepRetired, runId } = options;
  if (offers.length > MAX_OFFER_CODES)
    throw new PublicationOptionsError('offers', `are more than ${MAX_OFFER_CODES}`);
  const bad = offers.find((code) => !idPattern.test(code));
  if (bad !== undefined)
    throw new PublicationOptionsError('offers', `hold ${JSON.stringify(bad)}, which is no code of an offer`);
  if (new Set(offers).size < offers.length) throw new PublicationOptionsError('offers', 'name one twice');
  if (maxAgeMs !== undefined && !(Number.isSafeInteger(maxAgeMs) && maxAgeMs >= 1))
    throw new PublicationOptionsError('maxAgeMs', 'must be a whole number of milliseconds from 1');
  if (keepRetired !== undefined && !isWithin(keepRetired, MAX_KEEP_RETIRED))
    throw new PublicationOptionsError('keepRetired', `must be a whole number from 0 to ${MAX_KEEP_RETIRED}`);
  if (runId !== undefined && !(runId.length <= MAX_RUN_ID_CHARS && isWellFormedText(runId)))
    throw new PublicationOptionsError('runId', `must be 1 to ${MAX_RUN_ID_CHARS} printable characters`);
}

function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

export interface LoadDeps {
  readonly sink: StrategySink;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Load implements Publication {
  readonly partner: string;
  readonly #lock: PartnerLock;
  readonly #options: PublicationOptions;
  readonly #sink: StrategySink;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #staging: Staging;

  /** @param options which `checkPublicationOptions` found good */
  constructor(lock: PartnerLock, options: PublicationOptions, deps: LoadDeps) {
    this.partner = lock.partner;
    this.#lock = lock;
    this.#options = options;
    this.#sink = deps.sink;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#staging = new Staging(options.offers);
  }

  add(row: StrategyRow): RowRefusal | undefined {
    return this.#staging.add(row);
  }

  addBatch(batch: StrategyBatch): readonly RefusedRow[] {
    return this.#staging.addBatch(batch);
  }

  get strategies(): number {
    return this.#staging.strategies;
  }

  async commit(
    onProgress: (written: number, of: number) => void = () => undefined,
  ): Promise<PublishedGeneration> {
    if (this.#staging.strategies === 0) throw new NothingToPublishError(this.partner);
    const startedAt = this.#clock.now();
    const staged = await this.#finish();
    const { generation } = staged;
    const finishMs = this.#clock.now() - startedAt;
    const { verification, times } = await this.#store(staged, (written) =>
      onProgress(written, generation.phones),
    );
    this.#log.info(
      { partner: this.partner, generation: generation.generation, strategies: generation.strategies },
      'generation published',
    );
    await this.abort();
    return { ...generation, verification, times: { finishMs, ...times } };
  }

  abort(): Promise<void> {
    return this.#lock.release();
  }

  async #finish(): Promise<StagedGeneration> {
    const { maxAgeMs, keepRetired, runId } = this.#options;
    const identity = {
      generation: await this.#sink.nextGeneration(),
      partner: this.partner,
      createdAt: this.#clock.wallNow(),
      ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
      ...(keepRetired === undefined ? {} : { keepRetired }),
      ...(runId === undefined ? {} : { runId }),
    };
    return this.#staging.finish(identity, (phones) => this.#sink.bucketsFor(phones));
  }

  /** Write, verify, swap. After a failure what was written is removed. */
  async #store(
    staged: StagedGeneration,
    onProgress: (written: number) => void,
  ): Promise<{ verification: Verification; times: Omit<PublicationTimes, 'finishMs'> }> {
    const { generation } = staged;
    const lap = this.#stopwatch();
    try {
      const writing = this.#sink.prepare(staged);
      await writing.write(onProgress);
      const writeMs = lap();
      const verification = {
        records: await writing.verify(),
        checksum: generation.contentHash,
        sampled: await checkSample(this.#sink, staged),
      };
      const verifyMs = lap();
      await this.#swap(generation);
      return { verification, times: { writeMs, verifyMs, swapMs: lap() } };
    } catch (error) {
      // Of a store that does not answer nothing can be removed; whoever waits for this error should not wait for that too.
      if (!(error instanceof StoreUnavailableError)) await this.#removeLeftover(generation);
      throw error;
    }
  }

  async #swap(generation: Generation): Promise<void> {
    if (this.#lock.isLost) throw new LoadLockLostError(this.partner);
    try {
      const answer = await this.#sink.swap(generation, this.#lock.owner, 'loading');
      if (answer === 'lost-lock') throw new LoadLockLostError(this.partner);
      if (answer === 'not-there')
        throw new DamagedGenerationError(this.partner, generation.generation, 'its meta record is gone');
    } catch (error) {
      // The swap may have taken effect and only its answer been lost.
      if ((await this.#stateOf(generation)) !== 'current') throw error;
    }
  }

  /** What cannot be removed now is removed by the next load. */
  async #removeLeftover(generation: Generation): Promise<void> {
    try {
      if ((await this.#stateOf(generation)) === 'loading') await this.#sink.remove(generation);
    } catch (error) {
      this.#log.debug({ err: error, generation: generation.generation }, 'generation left for the next load');
    }
  }

  /** Undefined also while the store does not answer. */
  async #stateOf(generation: Generation): Promise<string | undefined> {
    try {
      const all = await this.#sink.generations();
      return all.find((one) => one.generation.generation === generation.generation)?.state;
    } catch (error) {
      this.#log.debug({ err: error, generation: generation.generation }, 'generation state unknown');
      return undefined;
    }
  }

  #stopwatch(): () => number {
    let last = this.#clock.now();
    return () => {
      const now = this.#clock.now();
      const ms = now - last;
      last = now;
      return ms;
    };
  }
}
