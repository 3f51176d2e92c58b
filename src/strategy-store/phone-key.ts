// Phone numbers as keys: E.164 text, the number it stands for, and the few bytes that name it in a bucket.

/** Bytes of a number in keys. */
export const PHONE_KEY_BYTES = 7;
/** E.164 in digits: 3 to 15 of them (the least country code and subscriber number that we take), the first not 0. */
const LEAST_NUMBER = 100;
const GREATEST_NUMBER = 999_999_999_999_999;

/** The number of an E.164 text such as `+15550100001` (at most 15 digits, ITU-T E.164 clause 6), or undefined. */
export function phoneNumberOf(phone: string): number | undefined {
  const { length } = phone;
  if (length < 4 || length > 16 || phone.charCodeAt(0) !== 43 || phone.charCodeAt(1) === 48) return undefined;
  let number = 0;
  for (let at = 1; at < length; at++) {
    const digit = phone.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

/** Is this what `phoneNumberOf` gives for some E.164 text? */
export function isPhoneNumber(number: number): boolean {
  return number >= LEAST_NUMBER && number <= GREATEST_NUMBER && Number.isInteger(number);
}

export function phoneOf(phoneNumber: number): string {
  return `+${phoneNumber}`;
}

/** Writes the number big-endian in seven bytes, which every E.164 number (10^15 < 2^56) and every key of an account fits. */
export function writePhoneKey(target: Buffer, offset: number, phoneNumber: number): void {
  const high = Math.floor(phoneNumber / 0x1_0000_0000);
  const low = phoneNumber >>> 0;
  target[offset] = high >>> 16;
  target[offset + 1] = (high >>> 8) & 0xff;
  target[offset + 2] = high & 0xff;
  target[offset + 3] = low >>> 24;
  target[offset + 4] = (low >>> 16) & 0xff;
  target[offset + 5] = (low >>> 8) & 0xff;
  target[offset + 6] = low & 0xff;
}

export function readPhoneKey(source: Buffer, offset: number): number {
  return source.readUIntBE(offset, 3) * 0x1_0000_0000 + source.readUInt32BE(offset + 3);
}

/** The number big-endian without leading zero bytes: the field of a bucket. */
export function phoneField(phoneNumber: number): Buffer {
  const field = Buffer.allocUnsafe(PHONE_KEY_BYTES);
  return field.subarray(0, writePhoneField(field, 0, phoneNumber));
}

/** Writes the field of a number, 1 to 7 bytes; returns the offset after it. */
export function writePhoneField(target: Buffer, offset: number, phoneNumber: number): number {
  const end = offset + phoneFieldBytes(phoneNumber);
  let high = Math.floor(phoneNumber / 0x1_0000_0000);
  let low = phoneNumber >>> 0;
  let at = end - 1;
  for (const lowStart = Math.max(offset, end - 4); at >= lowStart; at--) {
    target[at] = low & 0xff;
    low >>>= 8;
  }
  for (; at >= offset; at--) {
    target[at] = high & 0xff;
    high >>>= 8;
  }
  return end;
}

export function phoneFieldBytes(phoneNumber: number): number {
  let bytes = 1;
  for (let bound = 256; phoneNumber >= bound; bound *= 256) bytes += 1;
  return bytes;
}

export function phoneNumberOfField(field: Buffer): number {
  let number = 0;
  for (const byte of field) number = number * 256 + byte;
  return number;
}

/** The bucket of a number among `buckets`: MurmurHash3's 32-bit finaliser over both halves, so that runs spread. */
export function bucketOf(phoneNumber: number, buckets: number): number {
  let hash = (phoneNumber >>> 0) ^ Math.imul(Math.floor(phoneNumber / 0x1_0000_0000), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % buckets;
}
