// SDP of a channel: offer and answer of one G.711 stream with telephone-event (RFC 3264, RFC 4566, RFC 4733 2.4.1).
import type { G711 } from './g711.js';

/** From the side that is described. */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** What the other side said about the stream that we use. */
export interface RemoteMedia {
  readonly address: string;
  readonly port: number;
  readonly law: G711;
  readonly payloadType: number;
  /** Undefined when the peer takes no telephone-event. */
  readonly keyPayloadType: number | undefined;
  readonly direction: Direction;
}

export interface LocalMedia {
  readonly address: string;
  readonly port: number;
  /** Number of the session, the same in every description of it; RFC 4566 5.2. */
  readonly sessionId: number;
  readonly version: number;
}

interface Stream {
  readonly kind: string;
  readonly port: number;
  readonly profile: string;
  readonly formats: readonly string[];
  readonly lines: readonly string[];
}

const staticNames: ReadonlyMap<string, string> = new Map([
  ['0', 'PCMU/8000'],
  ['8', 'PCMA/8000'],
]);
const keyEvents = '0-15';
const ourKeyPayloadType = 101;
const directions: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
const answering: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

function split(sdp: string): { readonly session: readonly string[]; readonly streams: readonly Stream[] } {
  const lines = sdp.split(/\r?\n/).filter(Boolean);
  const starts = lines.flatMap((line, at) => (line.startsWith('m=') ? [at] : []));
  const streams = starts.map((start, at): Stream => {
    const [kind = '', port = '', profile = '', ...formats] = (lines[start] ?? '').slice(2).split(/\s+/);
    return {
      kind,
      profile,
      formats,
      port: Number.parseInt(port, 10) || 0,
      lines: lines.slice(start + 1, starts[at + 1]),
    };
  });
  return { session: lines.slice(0, starts[0]), streams };
}

function connectionOf(lines: readonly string[]): string | undefined {
  return lines.find((line) => line.startsWith('c='))?.split(/\s+/)[2];
}

function directionOf(lines: readonly string[]): Direction | undefined {
  return directions.find((one) => lines.includes(`a=${one}`));
}

function remoteOf(stream: Stream, session: readonly string[]): RemoteMedia | undefined {
  if (stream.kind !== 'audio' || stream.port === 0 || !/^RTP\/AVPF?$/.test(stream.profile)) return undefined;
  const names = new Map(staticNames);
  for (const line of stream.lines) {
    const [, payloadType, name] = /^a=rtpmap:(\d+)\s+(\S+)/.exec(line) ?? [];
    if (payloadType !== undefined) names.set(payloadType, name?.replace(/\/1$/, '') ?? '');
  }
  const nameOf = (format: string): string => names.get(format)?.toUpperCase() ?? '';
  const format = stream.formats.find((one) => /^PCM[UA]\/8000$/.test(nameOf(one)));
  const keys = stream.formats.find((one) => nameOf(one) === 'TELEPHONE-EVENT/8000');
  const address = connectionOf(stream.lines) ?? connectionOf(session);
  if (format === undefined || address === undefined) return undefined;
  const direction = directionOf(stream.lines) ?? directionOf(session) ?? 'sendrecv';
  return {
    address,
    port: stream.port,
    law: nameOf(format).startsWith('PCMU') ? 'PCMU' : 'PCMA',
    payloadType: Number(format),
    keyPayloadType: keys === undefined ? undefined : Number(keys),
    // RFC 3264 8.4: the old way to put on hold.
    direction: address === '0.0.0.0' ? 'inactive' : direction,
  };
}

function describe(local: LocalMedia, streams: readonly string[]): string {
  const family = local.address.includes(':') ? 'IP6' : 'IP4';
  return [
    'v=0',
    `o=FreeSWITCH ${local.sessionId} ${local.version} IN ${family} ${local.address}`,
    's=FreeSWITCH',
    `c=IN ${family} ${local.address}`,
    't=0 0',
    ...streams,
    '',
  ].join('\r\n');
}

/** What an offer or answer says about the first stream that we can use. */
export function readMedia(sdp: string): RemoteMedia | undefined {
  const { session, streams } = split(sdp);
  for (const stream of streams) {
    const remote = remoteOf(stream, session);
    if (remote !== undefined) return remote;
  }
  return undefined;
}

/** Whether the offer has a stream at all: without one the INVITE asks for an offer of ours (RFC 3261 13.2.1). */
export function hasMedia(sdp: string): boolean {
  return /^m=/m.test(sdp);
}

/** Both laws and telephone-event. */
export function mediaOffer(local: LocalMedia): string {
  return describe(local, [
    `m=audio ${local.port} RTP/AVP 0 8 ${ourKeyPayloadType}`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    `a=rtpmap:${ourKeyPayloadType} telephone-event/8000`,
    `a=fmtp:${ourKeyPayloadType} ${keyEvents}`,
    'a=ptime:20',
    'a=sendrecv',
  ]);
}

/** RFC 3264 6: every stream of the offer is answered in its place, the one that we use taken, the others refused. */
export function mediaAnswer(offer: string, remote: RemoteMedia, local: LocalMedia): string {
  let isTaken = false;
  const streams = split(offer).streams.flatMap((stream) => {
    const isOurs = !isTaken && stream.kind === 'audio' && stream.port === remote.port;
    if (!isOurs) return [`m=${stream.kind} 0 ${stream.profile} ${stream.formats.join(' ')}`.trimEnd()];
    isTaken = true;
    const { keyPayloadType: keys, payloadType, law } = remote;
    return [
      `m=audio ${local.port} ${stream.profile} ${payloadType}${keys === undefined ? '' : ` ${keys}`}`,
      `a=rtpmap:${payloadType} ${law}/8000`,
      ...(keys === undefined ? [] : [`a=rtpmap:${keys} telephone-event/8000`, `a=fmtp:${keys} ${keyEvents}`]),
      'a=ptime:20',
      `a=${answering[remote.direction]}`,
    ];
  });
  return describe(local, streams);
}
