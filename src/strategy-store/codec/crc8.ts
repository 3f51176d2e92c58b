// CRC-8, polynomial 0x07 (ITU-T I.432.1 without the final exclusive-or): tells a damaged record from a sound one.

const table = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : (crc << 1) & 0xff;
  return crc;
});

/** The checksum of `bytes` from `start` on. Starts from 0xff, so that leading zeros count. */
export function crc8(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xff;
  for (let at = start; at < end; at++) crc = table[crc ^ (bytes[at] ?? 0)] ?? 0;
  return crc;
}
