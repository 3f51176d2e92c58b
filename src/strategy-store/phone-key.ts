// Phone numbers as keys: E.164 text, the number it stands for, and the few bytes that name it in a bucket.

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

export function phoneOf(phoneNumber: number): string {
  return `+${phoneNumber}`;
}

/** Writes the number big-endian in seven bytes, which every E.164 number fits (10^15 < 2^56). */
export function writePhoneKey(target: Buffer, offset: number, phoneNumber: number): void {
  target.writeUIntBE(Math.floor(phoneNumber / 0x1_0000_0000), offset, 3);
  target.writeUInt32BE(phoneNumber % 0x1_0000_0000, offset + 3);
}

export function readPhoneKey(source: Buffer, offset: number): number {
  return source.readUIntBE(offset, 3) * 0x1_0000_0000 + source.readUInt32BE(offset + 3);
}

/** The number big-endian without leading zero bytes: the field of a bucket. */
export function phoneField(phoneNumber: number): Buffer {
  let length = 1;
  for (let rest = phoneNumber; rest >= 256; rest = Math.floor(rest / 256)) length += 1;
  const field = Buffer.allocUnsafe(length);
  let rest = phoneNumber;
  for (let at = length - 1; at >= 0; at--) {
    field[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return field;
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
