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
const MAX_PREFIX_CHARS = 16;
const MIN_DIGITS_AFTER_PREFIX = 4;
/** Bytes that hold any number of so many digits, by count of digits. */
const DIGIT_BYTES = [0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6];

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const hexPattern = /^[0-9a-f]+$/;

/** Longest customer reference, in bytes of UTF-8. */
export const MAX_REFERENCE_BYTES = 64;
/** Room that a reference needs at most. */
export const MAX_REFERENCE_ROOM = MAX_REFERENCE_BYTES + 2;

/** Writes `reference` at `offset`; returns the offset after it. */
export function writeReference(
  target: Buffer,
  offset: number,
  reference: string,
  prefixes: DictionaryBuilder,
): number {
  const digits = trailingDigits(reference);
  if (digits > 0) {
    const index = prefixIndex(reference.slice(0, reference.length - digits), digits, prefixes);
    if (index !== undefined) {
      target[offset] = (DECIMAL << 4) | digits;
      target[offset + 1] = index;
      const bytes = DIGIT_BYTES[digits] ?? 0;
      return target.writeUIntBE(Number(reference.slice(reference.length - digits)), offset + 2, bytes);
    }
  }
  const lower = reference.toLowerCase();
  if (uuidPattern.test(lower) && (lower === reference || lower.toUpperCase() === reference)) {
    target[offset] = (UUID << 4) | (lower === reference ? 0 : 1);
    return offset + 1 + target.write(lower.replaceAll('-', ''), offset + 1, 'hex');
  }
  if (hexPattern.test(reference)) {
    const isOdd = reference.length % 2;
    target[offset] = (HEX << 4) | isOdd;
    const written = target.write(isOdd ? `0${reference}` : reference, offset + 2, 'hex');
    target[offset + 1] = written;
    return offset + 2 + written;
  }
  target[offset] = TEXT << 4;
  const written = target.write(reference, offset + 2, 'utf8');
  target[offset + 1] = written;
  return offset + 2 + written;
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

function trailingDigits(text: string): number {
  let count = 0;
  while (count < MAX_DIGITS && count < text.length) {
    const code = text.charCodeAt(text.length - 1 - count);
    if (code < 48 || code > 57) break;
    count += 1;
  }
  return count;
}

function prefixIndex(prefix: string, digits: number, prefixes: DictionaryBuilder): number | undefined {
  if (prefix === '') return prefixes.indexOf(prefix);
  if (digits < MIN_DIGITS_AFTER_PREFIX || prefix.length > MAX_PREFIX_CHARS) return undefined;
  if (/[0-9]$/.test(prefix) || uuidPattern.test((prefix + '0'.repeat(digits)).toLowerCase()))
    return undefined;
  return prefixes.indexOf(prefix);
}

function toUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
