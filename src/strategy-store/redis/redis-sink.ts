// Writing to Redis. Buckets are written whole, one HSET each, a few at a time; the swap is one script, so it happens at once
// and only for the one who holds the lock.
import type { Redis } from 'ioredis';
import { errorMessage, withDeadline } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { IncompleteGenerationError, StoreFullError, StoreUnavailableError } from '../errors.js';
import { parseGeneration } from '../generation.js';
import type { Generation, GenerationInfo, GenerationState } from '../generation.js';
import type { LockAnswer, StoredRecord, StrategySink } from '../port.js';
import { bucketOf, phoneField, phoneNumberOfField } from '../phone-key.js';
import type { StagedGeneration } from '../staging.js';
import { RedisConnection } from './redis-connection.js';
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

const BUCKETS_AT_ONCE = 64;
const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_WITHIN_MS = 2000;

const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

const unlockScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/** KEYS: lock, current, retired. ARGV: owner, partner, generation, channel. */
const swapScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
local old = redis.call('HGET', KEYS[2], ARGV[2])
if old then redis.call('HSET', KEYS[3], old, time[1] .. string.format('%03d', math.floor(time[2] / 1000))) end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[2])
return 1`;

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

  async write(staged: StagedGeneration, onProgress: (written: number) => void): Promise<void> {
    const { generation } = staged;
    const buckets = new Buckets(staged.phones, generation.buckets);
    await this.#run(async (client) => {
      await client.hset(generationsKey, String(generation.generation), JSON.stringify(generation));
      let stored = 0;
      for (let first = 0; first < generation.buckets; first += BUCKETS_AT_ONCE) {
        const writes: Promise<number>[] = [];
        for (let bucket = first; bucket < Math.min(first + BUCKETS_AT_ONCE, generation.buckets); bucket++) {
          const fields: Buffer[] = [];
          for (const number of buckets.numbers(bucket)) {
            fields.push(phoneField(number), Buffer.from(staged.recordOf(number)));
          }
          if (fields.length > 0)
            writes.push(client.hset(bucketKey(generation.generation, bucket), ...fields));
        }
        for (const added of await allSettledOrThrow(writes)) stored += added;
        onProgress(stored);
      }
      // Fields added count what Redis took; the sizes now tell whether it kept them.
      const kept = await this.#count(client, generation);
      if (kept !== generation.phones) {
        throw new IncompleteGenerationError(generation.partner, generation.phones, kept);
      }
    });
  }

  async swap(generation: Generation, owner: string): Promise<boolean> {
    const { partner } = generation;
    const isSwapped = await this.#run(
      async (client) =>
        (await client.eval(
          swapScript,
          3,
          lockKey(partner),
          currentKey,
          retiredKey,
          owner,
          partner,
          generation.generation,
          swapChannel,
        )) === 1,
    );
    if (isSwapped) await this.#options.onSwap();
    return isSwapped;
  }

  async remove(generation: Generation): Promise<void> {
    await this.#run(async (client) => {
      await inBatches(generation.buckets, (bucket) =>
        client.unlink(bucketKey(generation.generation, bucket)),
      );
      await client.hdel(generationsKey, String(generation.generation));
      await client.hdel(retiredKey, String(generation.generation));
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
        const generation = parseGeneration(JSON.parse(text));
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

  async #count(client: Redis, generation: Generation): Promise<number> {
    let kept = 0;
    await inBatches(generation.buckets, async (bucket) => {
      const fields = await client.hlen(bucketKey(generation.generation, bucket));
      kept += fields;
    });
    return kept;
  }

  /** What a command throws becomes one of errors.ts. */
  async #run<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const connection = await this.#connected();
    try {
      return await work(connection.client);
    } catch (error) {
      if (error instanceof IncompleteGenerationError) throw error;
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

/** The numbers of a generation by bucket: a counting sort. */
class Buckets {
  readonly #starts: Uint32Array;
  readonly #numbers: Float64Array;

  constructor(phones: Float64Array, buckets: number) {
    this.#starts = new Uint32Array(buckets + 1);
    this.#numbers = new Float64Array(phones.length);
    for (const number of phones) {
      const after = bucketOf(number, buckets) + 1;
      this.#starts[after] = (this.#starts[after] ?? 0) + 1;
    }
    for (let bucket = 1; bucket <= buckets; bucket++) {
      this.#starts[bucket] = (this.#starts[bucket] ?? 0) + (this.#starts[bucket - 1] ?? 0);
    }
    const next = this.#starts.slice();
    for (const number of phones) {
      const bucket = bucketOf(number, buckets);
      const at = next[bucket] ?? 0;
      this.#numbers[at] = number;
      next[bucket] = at + 1;
    }
  }

  numbers(bucket: number): Float64Array {
    return this.#numbers.subarray(this.#starts[bucket], this.#starts[bucket + 1]);
  }
}

/** Waits for every one, so that none fails unheard; then throws the first failure. */
async function allSettledOrThrow<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function inBatches(count: number, command: (index: number) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < count; first += BUCKETS_AT_ONCE) {
    const size = Math.min(BUCKETS_AT_ONCE, count - first);
    await allSettledOrThrow(Array.from({ length: size }, (_, at) => command(first + at)));
  }
}
