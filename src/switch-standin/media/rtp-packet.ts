// RTP packets: RFC 3550 5.1. Header extensions and contributing sources of what arrives are stepped over, none are written.

export interface RtpPacket {
  readonly payloadType: number;
  readonly isMarked: boolean;
  /** 16 bits. */
  readonly sequence: number;
  /** 32 bits; 8000 a second here. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

const headerLength = 12;

/** @returns undefined for what is no RTP of version 2 */
export function parseRtp(bytes: Buffer): RtpPacket | undefined {
  if (bytes.length < headerLength || bytes.readUInt8(0) >> 6 !== 2) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  let start = headerLength + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (bytes.length < start + 4) return undefined;
    start += 4 + 4 * bytes.readUInt16BE(start + 2);
  }
  const padding = (first & 0x20) === 0 ? 0 : bytes.readUInt8(bytes.length - 1);
  if (start + padding > bytes.length) return undefined;
  return {
    payloadType: second & 0x7f,
    isMarked: (second & 0x80) !== 0,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(start, bytes.length - padding),
  };
}

export function formatRtp(packet: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(headerLength + packet.payload.length);
  bytes.writeUInt8(0x80, 0);
  bytes.writeUInt8((packet.isMarked ? 0x80 : 0) | packet.payloadType, 1);
  bytes.writeUInt16BE(packet.sequence & 0xffff, 2);
  bytes.writeUInt32BE(packet.timestamp >>> 0, 4);
  bytes.writeUInt32BE(packet.ssrc >>> 0, 8);
  packet.payload.copy(bytes, headerLength);
  return bytes;
}
