// Keys in Redis. A generation is a set of small hashes ("buckets"), field: phone number, value: record. Small hashes stay
// listpacks under Redis's default settings (at most 128 fields in the strictest version, values up to 64 bytes), which is
// what makes a record cheap: a key a number would cost some 90 bytes more.
import { bucketOf } from '../phone-key.js';

/** Mean fields a bucket. The spread is Poisson: with 64, one bucket in 10^11 exceeds 128. */
const FIELDS_A_BUCKET = 64;

/** Hash: partner to the number of its current generation. */
export const currentKey = 'proffer:strategies:current';
/** Hash: generation number to its meta record, as JSON. */
export const generationsKey = 'proffer:strategies:generations';
/** Hash: generation number to when it was retired, in milliseconds since the Unix epoch by Redis's clock. */
export const retiredKey = 'proffer:strategies:retired';
/** Last generation number given out. */
export const counterKey = 'proffer:strategies:counter';
/** Channel that a swap is announced on; the message is the partner. */
export const swapChannel = 'proffer:strategies:swapped';

/** Hash of a partner: customer to what was learned, as JSON. */
export function learnedKey(partner: string): string {
  return `proffer:learned:${partner}`;
}
/** Set: partners of whose customers something was learned. */
export const learnedPartnersKey = 'proffer:learned-partners';
/** Hash: `epoch`, which tells one filling of Redis from the next; `sequence`, the last change; `cursor`, the last revision given. */
export const learnedProgressKey = 'proffer:learned-progress';
/** Stream of changes; the id of an entry is `<sequence>-0`, so that a reader sees whether one is missing. */
export const learnedChangesKey = 'proffer:learned-changes';
/** Channel on which it is said that there are changes; the message is the sequence. */
export const learnedChannel = 'proffer:learned-changed';

export function lockKey(partner: string): string {
  return `proffer:strategies:lock:${partner}`;
}

export function bucketKey(generation: number, bucket: number): string {
  return `proffer:strategies:${generation}:${bucket.toString(36)}`;
}

export function bucketKeyOf(generation: number, phoneNumber: number, buckets: number): string {
  return bucketKey(generation, bucketOf(phoneNumber, buckets));
}

export function bucketsFor(phones: number): number {
  return Math.max(1, Math.ceil(phones / FIELDS_A_BUCKET));
}
