// Writing to LMDB. Readers see nothing of a new generation before the one transaction that moves the pointer.
import type { Clock } from '../../kernel/index.js';
import { parseGeneration } from '../generation.js';
import type { Generation, GenerationInfo, GenerationState } from '../generation.js';
import type {
  GenerationWriting,
  LockAnswer,
  StoreAnswer,
  StoredRecord,
  StrategySink,
  SwapAnswer,
} from '../port.js';
import type { StagedGeneration } from '../staged-generation.js';
import {
  changeLmdb,
  findRecord,
  metaKeys,
  phoneNumberOfKey,
  rangeOf,
  RECORD_KEY_BYTES,
  storeGeneration,
  writeRecordKey,
} from './lmdb-environment.js';
import type { LmdbEnvironment, StoredGeneration, StoredLock } from './lmdb-environment.js';
import { LmdbWriting } from './lmdb-writing.js';

/** Records that are removed, or read by a scan, without a turn of the event loop. */
const RECORDS_AT_ONCE = 5000;

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

  prepare(staged: StagedGeneration): GenerationWriting {
    return new LmdbWriting(this.#environment, staged);
  }

  async swap(generation: Generation, owner: string, from: 'loading' | 'retired'): Promise<SwapAnswer> {
    const answer = await this.#change((): SwapAnswer => {
      const { meta } = this.#environment;
      const { partner } = generation;
      if (this.#lockOf(partner)?.owner !== owner) return 'lost-lock';
      const old = meta.get(metaKeys.current(partner));
      const next = this.#storedGeneration(generation.generation);
      if (next === undefined || next.isPublished !== (from === 'retired') || old === generation.generation)
        return 'not-there';
      const oldStored = typeof old === 'number' ? this.#storedGeneration(old) : undefined;
      if (oldStored !== undefined) {
        this.#put(metaKeys.generation(old as number), { ...oldStored, retiredAt: this.#clock.wallNow() });
      }
      storeGeneration(this.#environment, { generation, isPublished: true, retiredAt: undefined });
      this.#put(metaKeys.current(partner), generation.generation);
      return 'swapped';
    });
    if (answer === 'swapped') this.#onSwap();
    return answer;
  }

  async remove(generation: Generation): Promise<boolean> {
    const { records, meta } = this.#environment;
    const key = metaKeys.generation(generation.generation);
    const isRemovable = await this.#change(() => {
      if (meta.get(metaKeys.current(generation.partner)) === generation.generation) return false;
      const stored = this.#storedGeneration(generation.generation);
      // From here on nobody swaps it in, and should this process die, the next load finds it as unfinished.
      if (stored?.isPublished === true) this.#put(key, { ...stored, isPublished: false });
      return true;
    });
    if (!isRemovable) return false;
    const range = { ...rangeOf(generation.generation), limit: RECORDS_AT_ONCE };
    for (;;) {
      const keys = [...records.getKeys(range)];
      if (keys.length === 0) break;
      changeLmdb(
        this.#environment,
        () => {
          for (const one of keys) records.removeSync(one);
        },
        { isFlushedLater: true },
      );
      await new Promise(setImmediate);
    }
    await this.#change(() => meta.removeSync(key));
    return true;
  }

  count(generation: Generation): Promise<number> {
    return Promise.resolve(this.#environment.records.getKeysCount(rangeOf(generation.generation)));
  }

  answers(number: number, phoneNumbers: readonly number[]): Promise<readonly StoreAnswer[]> {
    const generation = parseGeneration(this.#storedGeneration(number)?.generation);
    const key = Buffer.alloc(RECORD_KEY_BYTES);
    return Promise.resolve(
      phoneNumbers.map((phoneNumber): StoreAnswer => {
        if (generation === undefined)
          return { kind: 'failure', reason: 'its meta record cannot be read', scope: 'record' };
        writeRecordKey(key, number, phoneNumber);
        return findRecord(this.#environment, generation, key) ?? { kind: 'miss', generation: number };
      }),
    );
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
    for (const { key, value } of this.#environment.records.getRange(rangeOf(generation.generation))) {
      yield { phoneNumber: phoneNumberOfKey(key), record: value };
      seen += 1;
      if (seen % RECORDS_AT_ONCE === 0) await new Promise(setImmediate);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #storedGeneration(generation: number): StoredGeneration | undefined {
    return this.#environment.meta.get(metaKeys.generation(generation)) as StoredGeneration | undefined;
  }

  #lockOf(partner: string): StoredLock | undefined {
    return this.#environment.meta.get(metaKeys.lock(partner)) as StoredLock | undefined;
  }

  #put(key: string, value: unknown): void {
    this.#environment.meta.putSync(key, value);
  }

  /** As a promise, so that what it throws is a rejection. */
  #change<T>(action: () => T): Promise<T> {
    return new Promise((resolve) => resolve(changeLmdb(this.#environment, action)));
  }
}
