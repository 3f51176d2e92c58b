// Customer references in few bytes. A form byte comes first: the form in its upper half, a detail in its lower half.
//   decimal  prefix index, then the digits as a big-endian number; detail: count of digits, 1..14 (leading zeros kept)
//   uuid     16 bytes; detail 0 in lower case, 1 in upper case
//   hex      length, then bytes; detail: 1 when the first half byte is padding (an odd count of digits)
//   text     length, then UTF-8
import type { DictionaryBuilder } from './dictionary.js';

const TEXT = 0;
const DECIMAL = 1;
const UUID = 2;
const HEX = 3;

const MAX_DIGITS = 14;
const NO_HEX = 255;
const MAX_PREFIX_CHARS = 16;
const MIN_DIGITS_AFTER_PREFIX = 4;
/** Bytes that hold any number of so many digits, by count of digits. */
const DIGIT_BYTES = [0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6];

const UUID_CHARS = 36;
const UUID_DASHES: readonly number[] = [8, 13, 18, 23];
const DASH = 45;

/** Value of a lower-case hexadecimal digit by its character code; 255 for every other character below 128. */
const hexValues = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : NO_HEX;
});

/** Longest customer reference, in bytes of UTF-8. */
export const MAX_REFERENCE_BYTES = 64;
/** Room that a reference needs at most. */
export const MAX_REFERENCE_ROOM = MAX_REFERENCE_BYTES + 2;

/**
 * Writes `reference` at `offset`; returns the offset after it. Runs once a row of a bulk load: the forms that most references
 * have are written from their character codes, without a string or a buffer in between.
 */
export function writeReference(
  target: Buffer,
  offset: number,
  reference: string,
  prefixes: DictionaryBuilder,
): number {
  const afterDecimal = writeDecimal(target, offset, reference, prefixes);
  if (afterDecimal !== 0) return afterDecimal;
  if (reference.length === UUID_CHARS && writeUuid(target, offset, reference)) return offset + 17;
  const { length } = reference;
  if (isHex(reference)) {
    const isOdd = length % 2;
    const bytes = (length + isOdd) / 2;
    target[offset] = (HEX << 4) | isOdd;
    target[offset + 1] = bytes;
    for (let at = -isOdd, end = offset + 2; at < length; at += 2)
      target[end++] = (at < 0 ? 0 : hexAt(reference, at) << 4) | hexAt(reference, at + 1);
    return offset + 2 + bytes;
  }
  target[offset] = TEXT << 4;
  const written = writeText(target, offset + 2, reference);
  target[offset + 1] = written;
  return offset + 2 + written;
}

/** The offset after the decimal form, or 0 when the reference does not have it. */
function writeDecimal(
  target: Buffer,
  offset: number,
  reference: string,
  prefixes: DictionaryBuilder,
): number {
  let start = reference.length;
  let number = 0;
  for (let power = 1; start > 0 && reference.length - start < MAX_DIGITS; power *= 10) {
    const digit = reference.charCodeAt(start - 1) - 48;
    if (digit < 0 || digit > 9) break;
    number += digit * power;
    start -= 1;
  }
  const digits = reference.length - start;
  if (digits === 0 || (start > 0 && !isPrefix(reference, start, digits))) return 0;
  const index = prefixes.indexOfStart(reference, start);
  if (index === undefined) return 0;
  target[offset] = (DECIMAL << 4) | digits;
  target[offset + 1] = index;
  const end = offset + 2 + (DIGIT_BYTES[digits] ?? 0);
  for (let at = end - 1; at >= offset + 2; at--) {
    target[at] = number % 256;
    number = Math.floor(number / 256);
  }
  return end;
}

/** Are the first `length` characters worth an entry of the dictionary? */
function isPrefix(reference: string, length: number, digits: number): boolean {
  if (digits < MIN_DIGITS_AFTER_PREFIX || length > MAX_PREFIX_CHARS) return false;
  const last = reference.charCodeAt(length - 1);
  return last < 48 || last > 57;
}

/** False when it is no UUID, or one in mixed case: what was written then does not count. */
function writeUuid(target: Buffer, offset: number, reference: string): boolean {
  let isUpper = false;
  let isLower = false;
  let half = -1;
  let at = offset + 1;
  for (let char = 0; char < UUID_CHARS; char++) {
    let code = reference.charCodeAt(char);
    if (UUID_DASHES.includes(char)) {
      if (code !== DASH) return false;
      continue;
    }
    if (code >= 65 && code <= 70) {
      isUpper = true;
      code += 32;
    } else if (code >= 97) isLower = true;
    const value = hexValues[code] ?? NO_HEX;
    if (value === NO_HEX) return false;
    if (half < 0) half = value;
    else {
      target[at++] = (half << 4) | value;
      half = -1;
    }
  }
  target[offset] = (UUID << 4) | (isUpper ? 1 : 0);
  return !(isUpper && isLower);
}

function hexAt(text: string, at: number): number {
  return hexValues[text.charCodeAt(at)] ?? NO_HEX;
}

function isHex(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (hexAt(text, at) === NO_HEX) return false;
  return text !== '';
}

/** Writes UTF-8; returns how many bytes. */
function writeText(target: Buffer, offset: number, text: string): number {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return target.write(text, offset, 'utf8');
    target[offset + at] = code;
  }
  return text.length;
}

/** A reference that was read, or undefined when the bytes are none; `end` is the offset after it. */
export class ReferenceReader {
  end = 0;

  read(source: Buffer, offset: number, prefixes: readonly string[]): string | undefined {
    const form = source[offset];
    const next = source[offset + 1];
    if (form === undefined || next === undefined) return undefined;
    const detail = form & 0x0f;
    switch (form >>> 4) {
      case DECIMAL: {
        const prefix = prefixes[next];
        const bytes = DIGIT_BYTES[detail] ?? 0;
        this.end = offset + 2 + bytes;
        if (prefix === undefined || bytes === 0 || this.end > source.length) return undefined;
        return prefix + String(source.readUIntBE(offset + 2, bytes)).padStart(detail, '0');
      }
      case UUID: {
        this.end = offset + 17;
        if (detail > 1 || this.end > source.length) return undefined;
        const uuid = toUuid(source.toString('hex', offset + 1, this.end));
        return detail === 0 ? uuid : uuid.toUpperCase();
      }
      case HEX: {
        this.end = offset + 2 + next;
        if (detail > 1 || next === 0 || this.end > source.length) return undefined;
        return source.toString('hex', offset + 2, this.end).slice(detail);
      }
      case TEXT: {
        this.end = offset + 2 + next;
        if (detail !== 0 || this.end > source.length) return undefined;
        return source.toString('utf8', offset + 2, this.end);
      }
      default:
        return undefined;
    }
  }
}

function toUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
