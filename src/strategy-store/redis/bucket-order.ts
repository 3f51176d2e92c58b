// The numbers of a generation by bucket: a counting sort of positions.
import { bucketOf } from '../phone-key.js';

export class BucketOrder {
  readonly buckets: number;
  readonly #starts: Uint32Array;
  readonly #positions: Uint32Array;

  constructor(phones: Float64Array, buckets: number) {
    this.buckets = buckets;
    const starts = new Uint32Array(buckets + 1);
    const bucketAt = Uint32Array.from(phones, (number) => bucketOf(number, buckets));
    for (const bucket of bucketAt) starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
    for (let bucket = 1; bucket <= buckets; bucket++)
      starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
    const next = starts.slice();
    const positions = new Uint32Array(phones.length);
    for (let position = 0; position < bucketAt.length; position++) {
      const bucket = bucketAt[position] ?? 0;
      const at = next[bucket] ?? 0;
      positions[at] = position;
      next[bucket] = at + 1;
    }
    this.#starts = starts;
    this.#positions = positions;
  }

  /** Positions among `phones` of the numbers in a bucket, in rising order. */
  positions(bucket: number): Uint32Array {
    return this.#positions.subarray(this.#starts[bucket], this.#starts[bucket + 1]);
  }
}
