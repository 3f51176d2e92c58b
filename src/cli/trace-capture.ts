// SIP messages as a capture file for Wireshark: classic pcap with raw IP packets (link type 101), each message one UDP datagram
// whatever carried it, so that its dissector needs no stream to put together.
import { writeFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { TraceView } from '../console/index.js';

const magic = 0xa1b2c3d4;
const linkTypeRaw = 101;
const protocolUdp = 17;
/** What a datagram over IPv4 holds. */
const mostBytes = 65_507;

/** @throws the system's error when the file cannot be written */
export function writeCapture(path: string, trace: Pick<TraceView, 'participants' | 'messages'>): void {
  writeFileSync(path, captureOf(trace));
}

export function captureOf({ participants, messages }: Pick<TraceView, 'participants' | 'messages'>): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(magic, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(0x40000, 16);
  head.writeUInt32LE(linkTypeRaw, 20);
  const parts: Buffer[] = [head];
  for (const { at, from, to, text } of messages) {
    const data = Buffer.from(text, 'utf8').subarray(0, mostBytes);
    const packet = packetOf(endOf(participants[from]?.address), endOf(participants[to]?.address), data);
    const record = Buffer.alloc(16);
    const ms = Date.parse(at);
    record.writeUInt32LE(Math.floor(ms / 1000), 0);
    record.writeUInt32LE((ms % 1000) * 1000, 4);
    record.writeUInt32LE(packet.length, 8);
    record.writeUInt32LE(packet.length, 12);
    parts.push(record, packet);
  }
  return Buffer.concat(parts);
}

interface End {
  readonly address: string;
  readonly port: number;
}

function endOf(text = ''): End {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

/** IP header (RFC 791, RFC 8200) and UDP header (RFC 768) before the data. */
function packetOf(from: End, to: End, data: Buffer): Buffer {
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(from.port, 0);
  udp.writeUInt16BE(to.port, 2);
  udp.writeUInt16BE(8 + data.length, 4);
  const isV6 = isIPv6(from.address) || isIPv6(to.address);
  const source = bytesOf(from.address, isV6);
  const destination = bytesOf(to.address, isV6);
  const ip = Buffer.alloc(isV6 ? 8 : 12);
  if (isV6) {
    ip[0] = 0x60;
    ip.writeUInt16BE(8 + data.length, 4);
    ip[6] = protocolUdp;
    ip[7] = 64;
  } else {
    ip[0] = 0x45;
    ip.writeUInt16BE(28 + data.length, 2);
    ip[8] = 64;
    ip[9] = protocolUdp;
    ip.writeUInt16BE(checksum(Buffer.concat([ip, source, destination])), 10);
  }
  const packet = Buffer.concat([ip, source, destination, udp, data]);
  // IPv6 has no datagrams without a checksum (RFC 8200 8.1).
  if (isV6) {
    const pseudo = Buffer.alloc(8);
    pseudo.writeUInt32BE(8 + data.length, 0);
    pseudo[7] = protocolUdp;
    const sum = checksum(Buffer.concat([source, destination, pseudo, udp, data]));
    packet.writeUInt16BE(sum === 0 ? 0xffff : sum, 46);
  }
  return packet;
}

function bytesOf(address: string, isV6: boolean): Buffer {
  if (!isV6) return Buffer.from(address.split('.').map(Number));
  if (!isIPv6(address)) return bytesOf(`::ffff:${address}`, true);
  // The URL parser writes an IPv6 address in its shortest form, an IPv4 part as two words.
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::', 2);
  const words = (text = ''): readonly number[] =>
    text === '' ? [] : text.split(':').map((one) => Number.parseInt(one, 16));
  const [first, last] = [words(before), words(after)];
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

/** RFC 1071 */
function checksum(data: Buffer): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 2) sum += data.readUInt8(i) * 256 + (data[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
