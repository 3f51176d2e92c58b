// Writing to LMDB. Records are appended in key order in transactions of a few thousand; readers see none of them before the
// one transaction that moves the pointer.
import { errorMessage } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import { IncompleteGenerationError, StoreFullError, StoreUnavailableError } from '../errors.js';
import { parseGeneration } from '../generation.js';
import type { Generation, GenerationInfo, GenerationState } from '../generation.js';
import type { LockAnswer, StoredRecord, StrategySink } from '../port.js';
import { readPhoneKey } from '../phone-key.js';
import type { StagedGeneration } from '../staging.js';
import { firstKeyOf, metaKeys, RECORD_KEY_BYTES, writeRecordKey } from './lmdb-environment.js';
import type { LmdbEnvironment, StoredGeneration, StoredLock } from './lmdb-environment.js';

const RECORDS_A_TRANSACTION = 5000;

export class LmdbSink implements StrategySink {
  readonly #environment: LmdbEnvironment;
  readonly #clock: Clock;
  readonly #onSwap: () => void;

  /** @param onSwap called after a swap, for the source of the same process */
  constructor(environment: LmdbEnvironment, clock: Clock, onSwap: () => void) {
    this.#environment = environment;
    this.#clock = clock;
    this.#onSwap = onSwap;
  }

  lock(partner: string, owner: string, ttlMs: number): Promise<LockAnswer> {
    return this.#change(() => {
      const now = this.#clock.wallNow();
      const held = this.#lockOf(partner);
      if (held !== undefined && held.expiresAt > now) {
        return { kind: 'held', owner: held.owner, expiresInMs: held.expiresAt - now };
      }
      this.#put(metaKeys.lock(partner), { owner, expiresAt: now + ttlMs } satisfies StoredLock);
      return { kind: 'locked' };
    });
  }

  renew(partner: string, owner: string, ttlMs: number): Promise<boolean> {
    return this.#change(() => {
      if (this.#lockOf(partner)?.owner !== owner) return false;
      this.#put(metaKeys.lock(partner), {
        owner,
        expiresAt: this.#clock.wallNow() + ttlMs,
      } satisfies StoredLock);
      return true;
    });
  }

  async unlock(partner: string, owner: string): Promise<void> {
    await this.#change(() => {
      if (this.#lockOf(partner)?.owner === owner) this.#environment.meta.removeSync(metaKeys.lock(partner));
    });
  }

  nextGeneration(): Promise<number> {
    return this.#change(() => {
      const last = this.#environment.meta.get(metaKeys.counter);
      const next = (typeof last === 'number' ? last : 0) + 1;
      this.#put(metaKeys.counter, next);
      return next;
    });
  }

  /** LMDB needs no buckets. */
  bucketsFor(): number {
    return 1;
  }

  async write(staged: StagedGeneration, onProgress: (written: number) => void): Promise<void> {
    const { generation, phones } = staged;
    await this.#change(() => this.#putGeneration({ generation, isPublished: false, retiredAt: undefined }));
    const key = Buffer.alloc(RECORD_KEY_BYTES);
    for (let start = 0; start < phones.length; start += RECORDS_A_TRANSACTION) {
      const batch = phones.subarray(start, start + RECORDS_A_TRANSACTION);
      await this.#change(() => {
        for (const number of batch) {
          this.#environment.records.putSync(
            writeRecordKey(key, generation.generation, number),
            staged.recordOf(number),
          );
        }
      });
      onProgress(start + batch.length);
    }
    const stored = this.#environment.records.getKeysCount(this.#range(generation.generation));
    if (stored !== phones.length)
      throw new IncompleteGenerationError(generation.partner, phones.length, stored);
  }

  async swap(generation: Generation, owner: string): Promise<boolean> {
    const isSwapped = await this.#change(() => {
      const { meta } = this.#environment;
      const { partner } = generation;
      if (this.#lockOf(partner)?.owner !== owner) return false;
      const old = meta.get(metaKeys.current(partner));
      const oldStored = typeof old === 'number' ? meta.get(metaKeys.generation(old)) : undefined;
      if (oldStored !== undefined) {
        this.#put(metaKeys.generation(old as number), {
          ...(oldStored as StoredGeneration),
          retiredAt: this.#clock.wallNow(),
        });
      }
      this.#putGeneration({ generation, isPublished: true, retiredAt: undefined });
      this.#put(metaKeys.current(partner), generation.generation);
      return true;
    });
    if (isSwapped) {
      await this.#environment.root.flushed;
      this.#onSwap();
    }
    return isSwapped;
  }

  async remove(generation: Generation): Promise<void> {
    const { records, meta } = this.#environment;
    const range = { ...this.#range(generation.generation), limit: RECORDS_A_TRANSACTION };
    for (;;) {
      const keys = [...records.getKeys(range)];
      if (keys.length === 0) break;
      await this.#change(() => {
        for (const key of keys) records.removeSync(key);
      });
    }
    await this.#change(() => meta.removeSync(metaKeys.generation(generation.generation)));
  }

  generations(): Promise<readonly GenerationInfo[]> {
    const { meta } = this.#environment;
    const infos: GenerationInfo[] = [];
    for (const { value } of meta.getRange({
      start: metaKeys.firstGeneration,
      end: metaKeys.afterGenerations,
    })) {
      const stored = value as StoredGeneration;
      const generation = parseGeneration(stored.generation);
      if (generation === undefined) continue;
      const isCurrent = meta.get(metaKeys.current(generation.partner)) === generation.generation;
      const state: GenerationState = isCurrent ? 'current' : stored.isPublished ? 'retired' : 'loading';
      infos.push({ generation, state, retiredAt: isCurrent ? undefined : stored.retiredAt });
    }
    return Promise.resolve(infos);
  }

  now(): Promise<number> {
    return Promise.resolve(this.#clock.wallNow());
  }

  async *scan(generation: Generation): AsyncIterable<StoredRecord> {
    let seen = 0;
    for (const { key, value } of this.#environment.records.getRange(this.#range(generation.generation))) {
      yield { phoneNumber: readPhoneKey(key, 4), record: value };
      seen += 1;
      if (seen % RECORDS_A_TRANSACTION === 0) await new Promise(setImmediate);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #range(generation: number): { start: Buffer; end: Buffer } {
    return { start: firstKeyOf(generation), end: firstKeyOf(generation + 1) };
  }

  #lockOf(partner: string): StoredLock | undefined {
    return this.#environment.meta.get(metaKeys.lock(partner)) as StoredLock | undefined;
  }

  #put(key: string, value: unknown): void {
    this.#environment.meta.putSync(key, value);
  }

  #putGeneration(stored: StoredGeneration & { generation: Generation }): void {
    this.#put(metaKeys.generation(stored.generation.generation), stored);
  }

  /** One transaction, which other processes' transactions wait for; what it throws becomes one of errors.ts. */
  async #change<T>(action: () => T): Promise<T> {
    try {
      return await this.#environment.root.transaction(action);
    } catch (error) {
      const message = errorMessage(error);
      const text = `strategy store in ${this.#environment.path}: ${message}`;
      throw /MAP_FULL|No space left|ENOSPC|Disk quota/i.test(message)
        ? new StoreFullError(text, error)
        : new StoreUnavailableError(text, error);
    }
  }
}
