// The port to a store: what the cached reader and the writer need of LMDB or Redis. One adapter each in lmdb/ and redis/.
import type { Strategy } from '../offers/index.js';
import type { GenerationInfo, Generation } from './generation.js';
import type { LearnedView } from './learned/port.js';
import type { StagedGeneration } from './staged-generation.js';

/** What a store says of one number, without a cache. */
export type StoreAnswer =
  | { readonly kind: 'hit'; readonly strategy: Strategy; readonly lifetime?: Lifetime }
  | { readonly kind: 'ambiguous'; readonly customers: readonly string[]; readonly generation: number }
  | { readonly kind: 'miss'; readonly generation: number | undefined }
  | StoreFailure;

/** How long the strategies of a generation may be acted on. */
export interface Lifetime {
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly maxAgeMs: number;
}

export interface StoreFailure {
  readonly kind: 'failure';
  readonly reason: string;
  /** `store`: it is down or slow, and the next look-up will fail too; `record`: this one cannot be read. */
  readonly scope: 'store' | 'record';
}

/** Reads strategies. Never throws, never rejects, never takes longer than its deadline. */
export interface StrategySource {
  readonly learned: LearnedView;
  /** The generation that look-ups read now, as far as this process knows; undefined when the partner has none. No I/O. */
  generationOf(partner: string): number | undefined;
  /** The generations that look-ups read now, as far as this process knows. No I/O. */
  current(): Iterable<Generation>;
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
  /** The way of a staged generation into the store. */
  prepare(staged: StagedGeneration): GenerationWriting;
  /**
   * Makes a generation in state `from` current, as a whole, if `owner` still holds the lock. Tells every reader.
   */
  swap(generation: Generation, owner: string, from: 'loading' | 'retired'): Promise<SwapAnswer>;
  /** Removes one generation with its records, unless it is current; then false. */
  remove(generation: Generation): Promise<boolean>;
  /** How many records of a generation there are. */
  count(generation: Generation): Promise<number>;
  /** What look-ups of these numbers would give if the generation were current: its own meta record and decoding included. */
  answers(generation: number, phoneNumbers: readonly number[]): Promise<readonly StoreAnswer[]>;
  generations(): Promise<readonly GenerationInfo[]>;
  /** Now, by the clock that `retiredAt` was taken from. */
  now(): Promise<number>;
  /** Every record of a generation, in no order. */
  scan(generation: Generation): AsyncIterable<StoredRecord>;
  close(): Promise<void>;
}

/** `lost-lock`: the lock is not `owner`'s any more; `not-there`: the generation is not in the state it should be in. */
export type SwapAnswer = 'swapped' | 'lost-lock' | 'not-there';

/** One staged generation being written. */
export interface GenerationWriting {
  /** Announces the generation as loading, so that what a crash leaves is found, then writes every record. */
  write(onProgress: (written: number) => void): Promise<void>;
  /**
   * Reads all of it back. Returns how many records there are.
   * @throws IncompleteGenerationError, DamagedGenerationError when the store holds something else than what was staged
   */
  verify(): Promise<number>;
}

export interface StoredRecord {
  readonly phoneNumber: number;
  readonly record: Buffer;
}
