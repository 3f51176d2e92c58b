// Writing to Redis. The swap is one script, so it happens at once and only for the one who holds the lock.
import type { Redis } from 'ioredis';
import { AppError, errorMessage, withDeadline } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { RedisConnection } from '../../redis/index.js';
import { StoreFullError, StoreUnavailableError } from '../errors.js';
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
import { phoneNumberOfField } from '../phone-key.js';
import type { StagedGeneration } from '../staged-generation.js';
import { inBatches } from './in-batches.js';
import {
  bucketKey,
  bucketsFor,
  counterKey,
  currentKey,
  generationsKey,
  lockKey,
  retiredKey,
  swapChannel,
} from './redis-keys.js';
import { fetchRecord, parseJson } from './redis-records.js';
import { condemnScript, renewScript, swapScript, unlockScript } from './redis-scripts.js';
import { RedisWriting } from './redis-writing.js';

const BUCKETS_AT_ONCE = 64;
const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_WITHIN_MS = 2000;

export interface RedisSinkOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after a swap, for the source of the same process. */
  readonly onSwap: () => Promise<void>;
}

export class RedisSink implements StrategySink {
  readonly #options: RedisSinkOptions;
  /** Made at the first use: a router that never loads needs none. */
  #connection: RedisConnection | undefined;
  #ready: Promise<void> | undefined;

  constructor(options: RedisSinkOptions) {
    this.#options = options;
  }

  lock(partner: string, owner: string, ttlMs: number): Promise<LockAnswer> {
    return this.#run(async (client) => {
      if ((await client.set(lockKey(partner), owner, 'PX', ttlMs, 'NX')) === 'OK') return { kind: 'locked' };
      const [holder, leftMs] = await Promise.all([
        client.get(lockKey(partner)),
        client.pttl(lockKey(partner)),
      ]);
      return { kind: 'held', owner: holder ?? 'another process', expiresInMs: Math.max(0, leftMs) };
    });
  }

  renew(partner: string, owner: string, ttlMs: number): Promise<boolean> {
    return this.#run(
      async (client) => (await client.eval(renewScript, 1, lockKey(partner), owner, ttlMs)) === 1,
    );
  }

  async unlock(partner: string, owner: string): Promise<void> {
    await this.#run((client) => client.eval(unlockScript, 1, lockKey(partner), owner));
  }

  nextGeneration(): Promise<number> {
    return this.#run((client) => client.incr(counterKey));
  }

  bucketsFor(phones: number): number {
    return bucketsFor(phones);
  }

  prepare(staged: StagedGeneration): GenerationWriting {
    return new RedisWriting((work) => this.#run(work), staged);
  }

  async swap(generation: Generation, owner: string, from: 'loading' | 'retired'): Promise<SwapAnswer> {
    const { partner } = generation;
    const keys = [lockKey(partner), currentKey, retiredKey, generationsKey];
    const values = [owner, partner, generation.generation, swapChannel, from];
    const answer = await this.#run(
      async (client) => (await client.eval(swapScript, keys.length, ...keys, ...values)) as SwapAnswer,
    );
    if (answer === 'swapped') await this.#options.onSwap();
    return answer;
  }

  remove(generation: Generation): Promise<boolean> {
    const { partner } = generation;
    const number = String(generation.generation);
    return this.#run(async (client) => {
      const isRemovable = await client.eval(condemnScript, 2, currentKey, retiredKey, partner, number);
      if (isRemovable !== 1) return false;
      await inBatches(generation.buckets, BUCKETS_AT_ONCE, (bucket) =>
        client.unlink(bucketKey(generation.generation, bucket)),
      );
      await client.hdel(generationsKey, number);
      return true;
    });
  }

  count(generation: Generation): Promise<number> {
    return this.#run(async (client) => {
      let kept = 0;
      await inBatches(generation.buckets, BUCKETS_AT_ONCE, async (bucket) => {
        const fields = await client.hlen(bucketKey(generation.generation, bucket));
        kept += fields;
      });
      return kept;
    });
  }

  answers(number: number, phoneNumbers: readonly number[]): Promise<readonly StoreAnswer[]> {
    return this.#run(async (client) => {
      const generation = parseGeneration(parseJson(await client.hget(generationsKey, String(number))));
      const unreadable = {
        kind: 'failure',
        reason: 'its meta record cannot be read',
        scope: 'record',
      } as const;
      return Promise.all(
        phoneNumbers.map(async (phoneNumber) =>
          generation === undefined ? unreadable : fetchRecord(client, generation, phoneNumber),
        ),
      );
    });
  }

  generations(): Promise<readonly GenerationInfo[]> {
    return this.#run(async (client) => {
      const [all, current, retired] = await Promise.all([
        client.hgetall(generationsKey),
        client.hgetall(currentKey),
        client.hgetall(retiredKey),
      ]);
      const infos: GenerationInfo[] = [];
      for (const [number, text] of Object.entries(all)) {
        const generation = parseGeneration(parseJson(text));
        if (generation === undefined) continue;
        const isCurrent = current[generation.partner] === number;
        const retiredAt = isCurrent ? undefined : retired[number];
        const state: GenerationState = isCurrent
          ? 'current'
          : retiredAt === undefined
            ? 'loading'
            : 'retired';
        infos.push({ generation, state, retiredAt: retiredAt === undefined ? undefined : Number(retiredAt) });
      }
      return infos.sort((a, b) => a.generation.generation - b.generation.generation);
    });
  }

  now(): Promise<number> {
    return this.#run(async (client) => {
      const [seconds, microseconds] = await client.time();
      return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
    });
  }

  async *scan(generation: Generation): AsyncIterable<StoredRecord> {
    for (let first = 0; first < generation.buckets; first += BUCKETS_AT_ONCE) {
      const count = Math.min(BUCKETS_AT_ONCE, generation.buckets - first);
      const replies = await this.#run((client) =>
        Promise.all(
          Array.from({ length: count }, (_, at) =>
            client.callBuffer('HGETALL', bucketKey(generation.generation, first + at)),
          ),
        ),
      );
      for (const reply of replies) {
        const fields = reply as Buffer[];
        for (let at = 0; at + 1 < fields.length; at += 2) {
          const [field, record] = [fields[at], fields[at + 1]];
          if (field !== undefined && record !== undefined)
            yield { phoneNumber: phoneNumberOfField(field), record };
        }
      }
    }
  }

  close(): Promise<void> {
    this.#connection?.close();
    return Promise.resolve();
  }

  /** What a command throws becomes one of errors.ts. */
  async #run<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const connection = await this.#connected();
    try {
      return await work(connection.client);
    } catch (error) {
      if (error instanceof AppError) throw error;
      const message = errorMessage(error);
      if (/\bOOM\b/.test(message)) {
        throw new StoreFullError(
          'redis is full (maxmemory reached); the strategies that were current still serve',
          error,
        );
      }
      throw new StoreUnavailableError(connection.reasonOf(error), error);
    }
  }

  async #connected(): Promise<RedisConnection> {
    const { url, clock, log } = this.#options;
    let connection = this.#connection;
    if (connection === undefined) {
      let onFirstReady: () => void = () => undefined;
      this.#ready = new Promise((resolve) => {
        onFirstReady = resolve;
      });
      connection = new RedisConnection({
        url,
        name: 'proffer-strategies-writer',
        commandTimeoutMs: COMMAND_TIMEOUT_MS,
        clock,
        log,
        onReady: () => onFirstReady(),
      });
      this.#connection = connection;
    }
    const opened = connection;
    await withDeadline(
      clock,
      CONNECT_WITHIN_MS,
      this.#ready ?? Promise.resolve(),
      () =>
        new StoreUnavailableError(opened.reasonOf(new Error(`no connection within ${CONNECT_WITHIN_MS} ms`))),
    );
    return connection;
  }
}
