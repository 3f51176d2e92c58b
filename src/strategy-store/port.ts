// The port to a store: what the cached reader and the writer need of LMDB or Redis. One adapter each in lmdb/ and redis/.
import type { Strategy } from '../offers/index.js';
import type { GenerationInfo, Generation } from './generation.js';
import type { StagedGeneration } from './staging.js';

/** What a store says of one number, without a cache. */
export type StoreAnswer =
  | { readonly kind: 'hit'; readonly strategy: Strategy }
  | { readonly kind: 'ambiguous'; readonly customers: readonly string[]; readonly generation: number }
  | { readonly kind: 'miss'; readonly generation: number | undefined }
  | StoreFailure;

export interface StoreFailure {
  readonly kind: 'failure';
  readonly reason: string;
  /** `store`: it is down or slow, and the next look-up will fail too; `record`: this one cannot be read. */
  readonly scope: 'store' | 'record';
}

/** Reads strategies. Never throws, never rejects, never takes longer than its deadline. */
export interface StrategySource {
  /** The generation that look-ups read now, as far as this process knows; undefined when the partner has none. No I/O. */
  generationOf(partner: string): number | undefined;
  /** Answers at once when the store is a memory map, else by a promise. */
  get(partner: string, phoneNumber: number): StoreAnswer | Promise<StoreAnswer>;
  /** Looks now for generations that were swapped in. Never rejects. */
  refresh(): Promise<void>;
  /** Resolves when the current generations are known; waits for ever while the store is down. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export type LockAnswer =
  | { readonly kind: 'locked' }
  | { readonly kind: 'held'; readonly owner: string; readonly expiresInMs: number };

/** Writes generations. Rejects with one of errors.ts. */
export interface StrategySink {
  lock(partner: string, owner: string, ttlMs: number): Promise<LockAnswer>;
  /** False when the lock is no longer `owner`'s. */
  renew(partner: string, owner: string, ttlMs: number): Promise<boolean>;
  unlock(partner: string, owner: string): Promise<void>;
  /** The next generation number, unique in the store. */
  nextGeneration(): Promise<number>;
  /** How many buckets suit so many numbers. */
  bucketsFor(phones: number): number;
  /** Announces the generation as loading, so that what a crash leaves is found, then writes every record. */
  write(staged: StagedGeneration, onProgress: (written: number) => void): Promise<void>;
  /** Makes the generation current, as a whole, if `owner` still holds the lock; false if not. Tells every reader. */
  swap(generation: Generation, owner: string): Promise<boolean>;
  /** Removes one generation with its records. */
  remove(generation: Generation): Promise<void>;
  generations(): Promise<readonly GenerationInfo[]>;
  /** Now, by the clock that `retiredAt` was taken from. */
  now(): Promise<number>;
  /** Every record of a generation, in no order. */
  scan(generation: Generation): AsyncIterable<StoredRecord>;
  close(): Promise<void>;
}

export interface StoredRecord {
  readonly phoneNumber: number;
  readonly record: Buffer;
}
