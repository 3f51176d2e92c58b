// What a generation says, as one hash: SHA-256 over its dictionaries and all records in rising order of their numbers, each with
// its number (7 bytes) and its length (2 bytes) ahead of it. Equal hashes mean equal answers to every look-up.
import { createHash } from 'node:crypto';
import type { Dictionaries } from './codec/dictionary.js';
import { MAX_RECORD_BYTES } from './codec/record.js';
import { PHONE_KEY_BYTES, writePhoneKey } from './phone-key.js';

const HEAD_BYTES = PHONE_KEY_BYTES + 2;
const CHUNK_BYTES = 1 << 16;

export class ContentHash {
  readonly #hash = createHash('sha256');
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES + HEAD_BYTES + MAX_RECORD_BYTES);
  #used = 0;

  constructor({ offers, prefixes }: Dictionaries) {
    this.#hash.update(JSON.stringify({ offers, prefixes }));
  }

  /** The next record. @param copy writes the record to `target` from `offset` on and returns the offset after it */
  add(phoneNumber: number, copy: (target: Buffer, offset: number) => number): void {
    const start = this.#used;
    const end = copy(this.#chunk, start + HEAD_BYTES);
    const length = end - start - HEAD_BYTES;
    writePhoneKey(this.#chunk, start, phoneNumber);
    this.#chunk[start + PHONE_KEY_BYTES] = length >>> 8;
    this.#chunk[start + PHONE_KEY_BYTES + 1] = length & 0xff;
    this.#used = end;
    if (end >= CHUNK_BYTES) this.#flush();
  }

  /** In hexadecimal. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#chunk.subarray(0, this.#used));
    this.#used = 0;
  }
}
