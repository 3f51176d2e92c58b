// The LMDB environment of the strategy store: one file, three databases. `records` is keyed by generation (4 bytes) and phone
// number (7 bytes), so that a generation is one run of keys; `meta` holds generations, current ones and locks as JSON; `learned` holds
// what was learned of customers.
import { open, TransactionFlags } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { errorMessage, makeDirectory } from '../../kernel/index.js';
import { answerOf } from '../answers.js';
import { StoreFullError, StoreOpenError, StoreUnavailableError } from '../errors.js';
import type { Generation } from '../generation.js';
import { PHONE_KEY_BYTES, readPhoneKey, writePhoneKey } from '../phone-key.js';
import type { StoreAnswer } from '../port.js';

/** Address space, not disk or memory; the file grows as it is filled. */
const MAP_BYTES = 2 ** 34;
const GENERATION_KEY_BYTES = 4;
export const RECORD_KEY_BYTES = GENERATION_KEY_BYTES + PHONE_KEY_BYTES;

export interface LmdbEnvironment {
  readonly path: string;
  readonly root: RootDatabase<unknown>;
  readonly records: Database<Buffer, Buffer>;
  readonly meta: Database<unknown, string>;
  readonly learned: Database<Buffer, string>;
}

/** @throws StoreOpenError */
export function openLmdb(path: string): LmdbEnvironment {
  try {
    makeDirectory(path);
    const root = open<unknown>({ path, noSubdir: false, maxDbs: 4, mapSize: MAP_BYTES, noMemInit: false });
    return {
      path,
      root,
      records: root.openDB<Buffer, Buffer>({ name: 'records', encoding: 'binary', keyEncoding: 'binary' }),
      meta: root.openDB<unknown, string>({ name: 'meta', encoding: 'json' }),
      learned: root.openDB<Buffer, string>({ name: 'learned', encoding: 'binary' }),
    };
  } catch (error) {
    throw new StoreOpenError(`cannot open the strategy store in ${path}: ${errorMessage(error)}`, error);
  }
}

export const metaKeys = {
  generation: (generation: number) => `generation:${String(generation).padStart(10, '0')}`,
  firstGeneration: 'generation:',
  afterGenerations: 'generation;',
  current: (partner: string) => `current:${partner}`,
  firstCurrent: 'current:',
  afterCurrent: 'current;',
  lock: (partner: string) => `lock:${partner}`,
  counter: 'counter',
  learnedCursor: 'learned-cursor',
} as const;

/** Writes the key of a record into `target`. */
export function writeRecordKey(target: Buffer, generation: number, phoneNumber: number): Buffer {
  target.writeUInt32BE(generation, 0);
  writePhoneKey(target, GENERATION_KEY_BYTES, phoneNumber);
  return target;
}

/** The number in the key of a record. */
export function phoneNumberOfKey(key: Buffer): number {
  return readPhoneKey(key, GENERATION_KEY_BYTES);
}

/** The keys of a generation, first to last. */
export function rangeOf(generation: number): { readonly start: Buffer; readonly end: Buffer } {
  return {
    start: writeRecordKey(Buffer.alloc(RECORD_KEY_BYTES), generation, 0),
    end: writeRecordKey(Buffer.alloc(RECORD_KEY_BYTES), generation + 1, 0),
  };
}

/** What `meta` holds of a generation. */
export interface StoredGeneration {
  readonly generation: unknown;
  readonly isPublished: boolean;
  readonly retiredAt: number | undefined;
}

export interface StoredLock {
  readonly owner: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** Within `changeLmdb`. */
export function storeGeneration(
  { meta }: LmdbEnvironment,
  stored: StoredGeneration & { readonly generation: Generation },
): void {
  meta.putSync(metaKeys.generation(stored.generation.generation), stored);
}

/** Abortable, committed when the call returns, and on the disk with the next change that waits for the disk. */
const LATER_FLUSH: TransactionFlags =
  TransactionFlags.ABORTABLE | TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH;

/**
 * Runs `action` as one transaction, which other processes' transactions wait for, and waits for the disk, unless `isFlushedLater`:
 * then the next change that waits takes it along.
 *
 * Synchronous, though lmdb could commit in a thread: when such a commit fails, for a full disk say, lmdb leaves a rejected promise
 * behind that nobody can catch, and Node ends the process.
 * @throws StoreFullError, StoreUnavailableError for whatever it throws
 */
export function changeLmdb<T>(
  environment: LmdbEnvironment,
  action: () => T,
  { isFlushedLater = false }: { readonly isFlushedLater?: boolean } = {},
): T {
  try {
    return environment.root.transactionSync(action, isFlushedLater ? LATER_FLUSH : undefined);
  } catch (error) {
    throw lmdbError(environment.path, error);
  }
}

function lmdbError(path: string, error: unknown): StoreFullError | StoreUnavailableError {
  const message = errorMessage(error);
  const text = `strategy store in ${path}: ${message}`;
  // LMDB says EIO when the system took less than it was given, which is what a disk that fills up does.
  if (/Input\/output error/i.test(message)) {
    const why =
      'the disk did not take all that was written: it is full, a quota or size limit is reached, or it is broken';
    return new StoreFullError(`${text}; ${why}`, error);
  }
  return /MAP_FULL|No space left|ENOSPC|File too large|Disk quota/i.test(message)
    ? new StoreFullError(text, error)
    : new StoreUnavailableError(text, error);
}

/** The answer to a look-up by the key of a record; undefined when the generation has no such record. */
export function findRecord(
  { records }: LmdbEnvironment,
  generation: Generation,
  key: Buffer,
): StoreAnswer | undefined {
  const record = records.getBinaryFast(key);
  return record === undefined ? undefined : answerOf(record, generation);
}
