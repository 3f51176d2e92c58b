// Writing to Redis. The swap is one script, so it happens at once and only for the one who holds the lock.
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
import type { RedisCommands } from './redis-commands.js';
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

export class RedisSink implements StrategySink {
  readonly #commands: RedisCommands;
  readonly #onSwap: () => Promise<void>;

  /** @param onSwap called after a swap, for the source of the same process */
  constructor(commands: RedisCommands, onSwap: () => Promise<void>) {
    this.#commands = commands;
    this.#onSwap = onSwap;
  }

  lock(partner: string, owner: string, ttlMs: number): Promise<LockAnswer> {
    return this.#commands.run(async (client) => {
      if ((await client.set(lockKey(partner), owner, 'PX', ttlMs, 'NX')) === 'OK') return { kind: 'locked' };
      const [holder, leftMs] = await Promise.all([
        client.get(lockKey(partner)),
        client.pttl(lockKey(partner)),
      ]);
      return { kind: 'held', owner: holder ?? 'another process', expiresInMs: Math.max(0, leftMs) };
    });
  }

  renew(partner: string, owner: string, ttlMs: number): Promise<boolean> {
    return this.#commands.run(
      async (client) => (await client.eval(renewScript, 1, lockKey(partner), owner, ttlMs)) === 1,
    );
  }

  async unlock(partner: string, owner: string): Promise<void> {
    await this.#commands.run((client) => client.eval(unlockScript, 1, lockKey(partner), owner));
  }

  nextGeneration(): Promise<number> {
    return this.#commands.run((client) => client.incr(counterKey));
  }

  bucketsFor(phones: number): number {
    return bucketsFor(phones);
  }

  prepare(staged: StagedGeneration): GenerationWriting {
    return new RedisWriting((work) => this.#commands.run(work), staged);
  }

  async swap(generation: Generation, owner: string, from: 'loading' | 'retired'): Promise<SwapAnswer> {
    const { partner } = generation;
    const keys = [lockKey(partner), currentKey, retiredKey, generationsKey];
    const values = [owner, partner, generation.generation, swapChannel, from];
    const answer = await this.#commands.run(
      async (client) => (await client.eval(swapScript, keys.length, ...keys, ...values)) as SwapAnswer,
    );
    if (answer === 'swapped') await this.#onSwap();
    return answer;
  }

  remove(generation: Generation): Promise<boolean> {
    const { partner } = generation;
    const number = String(generation.generation);
    return this.#commands.run(async (client) => {
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
    return this.#commands.run(async (client) => {
      let kept = 0;
      await inBatches(generation.buckets, BUCKETS_AT_ONCE, async (bucket) => {
        const fields = await client.hlen(bucketKey(generation.generation, bucket));
        kept += fields;
      });
      return kept;
    });
  }

  answers(number: number, phoneNumbers: readonly number[]): Promise<readonly StoreAnswer[]> {
    return this.#commands.run(async (client) => {
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
    return this.#commands.run(async (client) => {
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
    return this.#commands.run(async (client) => {
      const [seconds, microseconds] = await client.time();
      return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
    });
  }

  async *scan(generation: Generation): AsyncIterable<StoredRecord> {
    for (let first = 0; first < generation.buckets; first += BUCKETS_AT_ONCE) {
      const count = Math.min(BUCKETS_AT_ONCE, generation.buckets - first);
      const replies = await this.#commands.run((client) =>
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

  /** Closes the commands too. */
  close(): Promise<void> {
    this.#commands.close();
    return Promise.resolve();
  }
}
