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

/** A random UUID (RFC 9562, version 4). */
export function randomUuid(): string {
  const start = take(16);
  pool[start + 6] = ((pool[start + 6] ?? 0) & 0x0f) | 0x40;
  pool[start + 8] = ((pool[start + 8] ?? 0) & 0x3f) | 0x80;
  const hex = pool.toString('hex', start, start + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
