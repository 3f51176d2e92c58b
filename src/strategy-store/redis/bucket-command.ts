// HSET of a whole bucket, written as the bytes that Redis reads (RESP2). A buffer and a string for each of its fields, which the
// client would make, took longer than all the rest of a load.
import { Command } from 'ioredis';
import { phoneFieldBytes, writePhoneField } from '../phone-key.js';
import type { StagedGeneration } from '../staged-generation.js';

/** A command whose bytes are made already. */
export class BucketCommand extends Command {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    super('hset', []);
    this.#bytes = bytes;
  }

  override toWritable(): Buffer {
    return this.#bytes;
  }
}

const CR = 13;
const LF = 10;
const DOLLAR = 36;
const ZERO = 48;
/** `$`, a length of up to 5 digits and the ends of two lines, for a field and for a record. */
const FRAMING_BYTES = 2 * (1 + 5 + 4);
const FIELD_BYTES = 7;

/** The command that stores the numbers at `positions` in the hash `key`. */
export function bucketCommand(key: string, staged: StagedGeneration, positions: Uint32Array): BucketCommand {
  const head = `*${2 + positions.length * 2}\r\n$4\r\nHSET\r\n$${key.length}\r\n${key}\r\n`;
  let room = head.length;
  for (const position of positions) room += FRAMING_BYTES + FIELD_BYTES + staged.lengthAt(position);
  const bytes = Buffer.allocUnsafe(room);
  let at = bytes.write(head, 'latin1');
  for (const position of positions) {
    const phoneNumber = staged.phoneAt(position);
    at = writeLength(bytes, at, phoneFieldBytes(phoneNumber));
    at = writeLineEnd(bytes, writePhoneField(bytes, at, phoneNumber));
    at = writeLength(bytes, at, staged.lengthAt(position));
    at = writeLineEnd(bytes, staged.copyRecord(position, bytes, at));
  }
  return new BucketCommand(bytes.subarray(0, at));
}

/** `$<length>` and the end of its line; returns the offset after it. */
function writeLength(target: Buffer, offset: number, length: number): number {
  target[offset] = DOLLAR;
  let digits = 1;
  for (let bound = 10; length >= bound; bound *= 10) digits += 1;
  let rest = length;
  for (let at = offset + digits; at > offset; at--) {
    target[at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return writeLineEnd(target, offset + 1 + digits);
}

function writeLineEnd(target: Buffer, offset: number): number {
  target[offset] = CR;
  target[offset + 1] = LF;
  return offset + 2;
}
