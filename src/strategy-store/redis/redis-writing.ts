// One generation on its way into Redis: buckets are written whole, one HSET each, then Redis tells a digest of what it holds.
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { DamagedGenerationError, IncompleteGenerationError } from '../errors.js';
import { phoneNumberOfField, PHONE_KEY_BYTES, writePhoneField } from '../phone-key.js';
import type { GenerationWriting } from '../port.js';
import type { StagedGeneration } from '../staged-generation.js';
import { bucketCommand } from './bucket-command.js';
import { BucketOrder } from './bucket-order.js';
import { allSettledOrThrow, inBatches } from './in-batches.js';
import { bucketKey, generationsKey } from './redis-keys.js';
import { digestScript } from './redis-scripts.js';

/** Buckets on their way at once, about 200 kB. */
const BUCKETS_AT_ONCE = 64;
/** Buckets that one script reads: about a millisecond in which Redis answers nobody else. */
const BUCKETS_A_DIGEST = 16;
const DIGESTS_AT_ONCE = 4;

/** Has work done with a client that is connected; what that throws becomes one of errors.ts. */
export type RunOnRedis = <T>(work: (client: Redis) => Promise<T>) => Promise<T>;

export class RedisWriting implements GenerationWriting {
  readonly #run: RunOnRedis;
  readonly #staged: StagedGeneration;
  readonly #order: BucketOrder;

  constructor(run: RunOnRedis, staged: StagedGeneration) {
    this.#run = run;
    this.#staged = staged;
    this.#order = new BucketOrder(staged.phones, staged.generation.buckets);
  }

  async write(onProgress: (written: number) => void): Promise<void> {
    const { generation } = this.#staged;
    await this.#run(async (client) => {
      await client.hset(generationsKey, String(generation.generation), JSON.stringify(generation));
      let written = 0;
      // The next buckets are made while Redis takes the last ones.
      let underWay: Promise<unknown> = Promise.resolve();
      for (let first = 0; first < generation.buckets; first += BUCKETS_AT_ONCE) {
        const last = Math.min(first + BUCKETS_AT_ONCE, generation.buckets);
        const sent: Promise<unknown>[] = [];
        let numbers = 0;
        for (let bucket = first; bucket < last; bucket++) {
          const positions = this.#order.positions(bucket);
          if (positions.length === 0) continue;
          numbers += positions.length;
          const command = bucketCommand(bucketKey(generation.generation, bucket), this.#staged, positions);
          sent.push(client.sendCommand(command) as Promise<unknown>);
        }
        const settled = allSettledOrThrow(sent);
        // What fails while the ones before it are awaited is thrown one turn later.
        settled.catch(() => undefined);
        await underWay;
        underWay = settled;
        written += numbers;
        onProgress(written);
      }
      await underWay;
    });
  }

  async verify(): Promise<number> {
    const { generation } = this.#staged;
    let stored = 0;
    const groups = Math.ceil(generation.buckets / BUCKETS_A_DIGEST);
    const suspects: number[] = [];
    await this.#run((client) =>
      inBatches(groups, DIGESTS_AT_ONCE, async (group) => {
        const keys = this.#bucketsOf(group).map((bucket) => bucketKey(generation.generation, bucket));
        const answer = (await client.eval(digestScript, keys.length, ...keys)) as [number, string];
        stored += answer[0];
        if (answer[1] !== this.#digest(group)) suspects.push(group);
      }),
    );
    if (stored !== generation.phones)
      throw new IncompleteGenerationError(generation.partner, generation.phones, stored);
    // A bucket that is no listpack, for a record that is long, is in no order: it is compared here.
    const buckets = suspects.flatMap((group) => this.#bucketsOf(group));
    await this.#run((client) =>
      inBatches(buckets.length, BUCKETS_AT_ONCE, (at) => this.#compare(client, buckets[at] ?? 0)),
    );
    return stored;
  }

  #bucketsOf(group: number): readonly number[] {
    const first = group * BUCKETS_A_DIGEST;
    const count = Math.min(BUCKETS_A_DIGEST, this.#staged.generation.buckets - first);
    return Array.from({ length: count }, (_, at) => first + at);
  }

  /** What `digestScript` should say of a group of buckets. */
  #digest(group: number): string {
    const staged = this.#staged;
    const buckets = this.#bucketsOf(group).map((bucket) => this.#order.positions(bucket));
    let room = 0;
    for (const positions of buckets)
      for (const position of positions) room += PHONE_KEY_BYTES + staged.lengthAt(position);
    const bytes = Buffer.allocUnsafe(room);
    let at = 0;
    for (const positions of buckets) {
      for (const position of positions) {
        at = writePhoneField(bytes, at, staged.phoneAt(position));
        at = staged.copyRecord(position, bytes, at);
      }
    }
    return createHash('sha1').update(bytes.subarray(0, at)).digest('hex');
  }

  async #compare(client: Redis, bucket: number): Promise<void> {
    const { generation } = this.#staged;
    const reply = await client.callBuffer('HGETALL', bucketKey(generation.generation, bucket));
    const fields = reply as Buffer[];
    const stored = new Map<number, Buffer>();
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const [field, record] = [fields[at], fields[at + 1]];
      if (field !== undefined && record !== undefined) stored.set(phoneNumberOfField(field), record);
    }
    for (const position of this.#order.positions(bucket)) {
      if (stored.get(this.#staged.phoneAt(position))?.equals(this.#staged.recordAt(position)) === true)
        continue;
      throw new DamagedGenerationError(
        generation.partner,
        generation.generation,
        `bucket ${bucket} holds something else`,
      );
    }
  }
}
