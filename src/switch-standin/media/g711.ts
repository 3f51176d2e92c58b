// G.711: ITU-T G.711 with the payload types of RFC 3551 4.5.14. Samples are 16 bits linear, 8000 a second.

export type G711 = 'PCMU' | 'PCMA';

/** What a byte of silence is in each. */
export const silenceByte: Readonly<Record<G711, number>> = { PCMU: 0xff, PCMA: 0xd5 };

const ulawBias = 0x84;
const clip = 32_635;

function ulawOf(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), clip) + ulawBias;
  const exponent = Math.max(0, 24 - Math.clz32(magnitude));
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function linearOfUlaw(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + ulawBias) << ((bits >> 4) & 0x07)) - ulawBias;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}

function alawOf(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, clip) >> 4;
  const exponent = Math.max(0, 28 - Math.clz32(magnitude));
  const mantissa = (magnitude >> Math.max(0, exponent - 1)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

function linearOfAlaw(byte: number): number {
  const bits = byte ^ 0x55;
  const exponent = (bits >> 4) & 0x07;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}

const linear: Readonly<Record<G711, Int16Array>> = {
  PCMU: Int16Array.from({ length: 256 }, (_, byte) => linearOfUlaw(byte)),
  PCMA: Int16Array.from({ length: 256 }, (_, byte) => linearOfAlaw(byte)),
};
/** By the upper 14 bits of the sample, which is all that either law keeps. */
const coded: Readonly<Record<G711, Uint8Array>> = {
  PCMU: Uint8Array.from({ length: 16_384 }, (_, at) => ulawOf((at << 18) >> 16)),
  PCMA: Uint8Array.from({ length: 16_384 }, (_, at) => alawOf((at << 18) >> 16)),
};

export function encodeG711(law: G711, samples: Int16Array): Buffer {
  const table = coded[law];
  const bytes = Buffer.allocUnsafe(samples.length);
  for (let i = 0; i < samples.length; i++) bytes[i] = table[((samples[i] ?? 0) & 0xffff) >> 2] ?? 0;
  return bytes;
}

export function decodeG711(law: G711, bytes: Uint8Array): Int16Array {
  const table = linear[law];
  return Int16Array.from(bytes, (byte) => table[byte] ?? 0);
}

/** The same sound in the other law. */
export function transcode(bytes: Buffer, from: G711, to: G711): Buffer {
  return from === to ? bytes : encodeG711(to, decodeG711(from, bytes));
}
