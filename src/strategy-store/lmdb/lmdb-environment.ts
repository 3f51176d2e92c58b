// The LMDB environment of the strategy store: one file, two databases. `records` is keyed by generation (4 bytes) and phone
// number (7 bytes), so that a generation is one run of keys; `meta` holds generations, current ones and locks as JSON.
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { errorMessage, makeDirectory } from '../../kernel/index.js';
import { StoreOpenError } from '../errors.js';
import { writePhoneKey } from '../phone-key.js';

/** Address space, not disk or memory; the file grows as it is filled. */
const MAP_BYTES = 2 ** 34;
export const RECORD_KEY_BYTES = 11;

export interface LmdbEnvironment {
  readonly path: string;
  readonly root: RootDatabase<unknown>;
  readonly records: Database<Buffer, Buffer>;
  readonly meta: Database<unknown, string>;
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
} as const;

/** Writes the key of a record into `target`. */
export function writeRecordKey(target: Buffer, generation: number, phoneNumber: number): Buffer {
  target.writeUInt32BE(generation, 0);
  writePhoneKey(target, 4, phoneNumber);
  return target;
}

/** First key of a generation; with `generation + 1`, the key after its last. */
export function firstKeyOf(generation: number): Buffer {
  return writeRecordKey(Buffer.alloc(RECORD_KEY_BYTES), generation, 0);
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
