// Random identifiers from a pool of random bytes, so that no call pays for a system call of its own.
import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(8192);
let offset = pool.length;

function take(byteCount: number): number {
  if (offset + byteCount > pool.length) {
    randomFillSync(pool);
    offset = 0;
  }
  const start = offset;
  offset += byteCount;
  return start;
}

/** `byteCount` random bytes in hexadecimal, `2 * byteCount` characters. At most 1024 bytes. */
export function randomHex(byteCount: number): string {
  const start = take(byteCount);
  return pool.toString('hex', start, start + byteCount);
}

const hexDigits = Buffer.from('0123456789abcdef', 'latin1');
const uuid = Buffer.from('00000000-0000-0000-0000-000000000000', 'latin1');
/** Places in `uuid` of the first of the two digits of each byte. */
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

/** A random UUID (RFC 9562, version 4): one flat text, for put together from pieces it would take ten times the room. */
export function randomUuid(): string {
  const start = take(16);
  pool[start + 6] = ((pool[start + 6] ?? 0) & 0x0f) | 0x40;
  pool[start + 8] = ((pool[start + 8] ?? 0) & 0x3f) | 0x80;
  for (let i = 0; i < 16; i++) {
    const byte = pool[start + i] ?? 0;
    const place = places[i] ?? 0;
    uuid[place] = hexDigits[byte >> 4] ?? 0;
    uuid[place + 1] = hexDigits[byte & 15] ?? 0;
  }
  return uuid.toString('latin1');
}
