// Speed of the parser beside drachtio-srf's own, in one run: `npm run bench:parser`. Figures are
// of this machine; the ratio holds.
import { createRequire } from 'node:module';
import Table from 'cli-table3';
import { createResponse, parseMessage } from '../../src/sip/index.js';

/** A usual INVITE of about 700 bytes, as a trunk sends it. */
const sdp =
  'v=0\r\no=- 20518 1 IN IP4 203.0.113.7\r\ns=-\r\nc=IN IP4 203.0.113.7\r\nt=0 0\r\n' +
  'm=audio 49170 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n';
const invite =
  'INVITE sip:+18005550100@198.51.100.10:5060 SIP/2.0\r\n' +
  'Via: SIP/2.0/UDP 203.0.113.7:5060;branch=z9hG4bK-26630-1-0;rport\r\n' +
  'From: "Alice" <sip:+15550100001@203.0.113.7:5060>;tag=26630SIPpTag001\r\n' +
  'To: <sip:+18005550100@198.51.100.10:5060>\r\n' +
  'Call-ID: 1-26630@203.0.113.7\r\n' +
  'CSeq: 1 INVITE\r\n' +
  'Contact: <sip:+15550100001@203.0.113.7:5060;transport=udp>\r\n' +
  'Max-Forwards: 70\r\n' +
  'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n' +
  'User-Agent: trunk/1.0\r\n' +
  'Content-Type: application/sdp\r\n' +
  `Content-Length: ${sdp.length}\r\n\r\n${sdp}`;
const bytes = Buffer.from(invite, 'latin1');

interface PeerMessage {
  toString(): string;
  getParsedHeader(name: string): unknown;
}
const PeerParser = createRequire(import.meta.url)('drachtio-srf/lib/sip-parser/message') as new (
  text: string,
) => PeerMessage;

const parsed = () => {
  const result = parseMessage(bytes, 'datagram');
  if (!result.ok) throw new Error(result.reason);
  return result.message;
};

/** One row a case; the result is summed so that the work cannot be optimised away. */
const cases: readonly (readonly [name: string, run: () => number])[] = [
  ['parse and check', () => parsed().callId.length],
  ['parse and check, toString', () => parsed().toString().length],
  ['parse, Via and R-URI changed, to bytes', () => forwarded().length],
  ['200 from a parsed INVITE, to bytes', () => answer().length],
  ['drachtio-srf: parse', () => Object.keys(new PeerParser(bytes.toString())).length],
  ['drachtio-srf: parse; Via, From, To, CSeq', () => peerViews()],
  ['drachtio-srf: parse, toString', () => new PeerParser(bytes.toString()).toString().length],
];

function forwarded(): Buffer {
  const message = parsed();
  message.prepend('via', 'SIP/2.0/UDP 198.51.100.10:5060;branch=z9hG4bK0123456789abcdef;rport');
  message.requestUri = 'sip:sales@192.0.2.20:5080';
  message.set('max-forwards', '69');
  return Buffer.from(message.toString(), 'latin1');
}

const kept = parsed();
const answer = (): Buffer => Buffer.from(createResponse(kept, 200, undefined, 'a1b2c3').toString(), 'latin1');

function peerViews(): number {
  const message = new PeerParser(bytes.toString());
  return ['Via', 'From', 'To', 'CSeq'].filter((name) => message.getParsedHeader(name) !== undefined).length;
}

/** CPU of this process for one run, in microseconds: other programs on the machine do not count. */
function measure(run: () => number): number {
  const count = 20_000;
  let sum = 0;
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) sum += run();
  const { user, system } = process.cpuUsage(before);
  return sum > 0 ? (user + system) / count : NaN;
}

/** All cases in turn, so that a busy moment of the machine falls on each; the best round of a case counts. */
const best = cases.map(() => Infinity);
for (let round = 0; round < 8; round++) {
  for (const [i, [, run]] of cases.entries()) best[i] = Math.min(best[i] ?? Infinity, measure(run));
}
const table = new Table({
  head: ['case', 'us of CPU', 'messages/s'],
  colAligns: ['left', 'right', 'right'],
  style: { head: [], border: [] },
});
for (const [i, [name]] of cases.entries()) {
  const us = best[i] ?? NaN;
  table.push([name, us.toFixed(2), Math.round(1e6 / us).toLocaleString('en-US')]);
}
process.stdout.write(
  `INVITE of ${bytes.length} bytes, best of 8 rounds, Node ${process.version}\n${table.toString()}\n`,
);
