// The ladder of a trace on a terminal, and as a capture file.
import t from 'tap';
import { captureOf } from '../../src/cli/trace-capture.js';
import { fullTexts, listLines, memoryWords, TraceLadder } from '../../src/cli/trace-text.js';
import type { TraceMemory, TraceMessage, TraceParticipant } from '../../src/console/index.js';

const same = (text: string): string => text;
const paint = { bold: same, dim: same, green: same, red: same, cyan: same };
const participants: readonly TraceParticipant[] = [
  { address: '192.0.2.9:5080', name: 'carrier', kind: 'trunk' },
  { address: '192.0.2.1:5060', name: 'proffer', kind: 'router' },
  { address: '[2001:db8::20]:5060', name: 'east', kind: 'centre' },
];
const message = (
  number: number,
  [from, to]: readonly [number, number],
  label: string,
  more = {},
): TraceMessage => ({
  number,
  at: new Date(Date.UTC(2026, 10, 26) + number).toISOString(),
  atMs: number - 1,
  from,
  to,
  protocol: 'udp',
  callId: 'a',
  kind: 'request',
  method: label,
  status: null,
  label,
  cseq: 1,
  hasSdp: false,
  isRetransmission: false,
  text: `${label} sip:x SIP/2.0\r\nX: \u001b[2J\r\n\r\n`,
  ...more,
});

t.test('columns, arrows, times, what is sent again; the head again when somebody joins', (t) => {
  const ladder = new TraceLadder(paint);
  const first = ladder.lines({
    participants: participants.slice(0, 2),
    messages: [
      message(1, [0, 1], 'INVITE', { hasSdp: true }),
      message(1200, [1, 0], '100 Trying', { status: 100 }),
    ],
  });
  t.strictSame(first, [
    '                              trunk carrier                  Proffer',
    '                             192.0.2.9:5080              192.0.2.1:5060',
    '                                    |                           |',
    '    0.000                           |------ INVITE (SDP) ------>|',
    '    1.199     +1.199                |<------ 100 Trying --------|',
  ]);
  t.strictSame(
    ladder.lines({ participants, messages: [message(1201, [1, 2], 'INVITE', { isRetransmission: true })] }),
    [
      '',
      '                              trunk carrier                  Proffer                   centre east',
      '                             192.0.2.9:5080              192.0.2.1:5060            [2001:db8::20]:5060',
      '                                    |                           |                           |',
      '    1.200     +0.001                |                           |------ INVITE again ------>|',
    ],
  );
  t.strictSame(ladder.lines({ participants, messages: [] }), []);
  t.match(ladder.lines({ participants, messages: [message(1202, [2, 0], 'x'.repeat(99))] }), [
    /\|<- x{50}--\|$/,
  ]);
  t.end();
});

t.test('no text of the network steers the terminal', (t) => {
  const lines = fullTexts({ participants, messages: [message(1, [0, 1], 'INVITE\u001b')] }, paint);
  t.equal(lines[1], '#1  2026-11-26T00:00:00.001Z  192.0.2.9:5080 -> 192.0.2.1:5060 udp');
  t.notOk(lines.join('\n').includes('\u001b'));
  t.end();
});

t.test('what is kept, and why nothing is', (t) => {
  const memory: TraceMemory = {
    isOn: true,
    why: 'on',
    messages: 3,
    calls: 1,
    bytes: 1_048_576,
    keepBytes: 16_777_216,
    oldestSeconds: 12,
  };
  t.equal(
    memoryWords(memory),
    'kept are 3 messages of 1 calls, the oldest 12 s old; 1.0 MiB of 16.0 MiB (sip.trace.keepBytes)',
  );
  t.match(memoryWords({ ...memory, why: 'drachtio-server' }), 'a drachtio-server speaks SIP');
  t.match(memoryWords({ ...memory, why: 'off' }), 'sip.trace.keepBytes is 0');
  const call = {
    callId: 'a@x',
    decisionId: null,
    startedAt: '2026-11-26T00:00:00.001Z',
    lastAt: '2026-11-26T00:00:01.001Z',
    messages: 3,
    label: 'INVITE',
    from: 'sip:*@x',
    to: 'sip:b@x',
    peer: '192.0.2.9:5080',
  };
  t.match(listLines({ calls: [call], memory }), [
    /CALL-ID +MESSAGES/,
    /2026-11-26 00:00:00.001 +a@x +3 +INVITE/,
    '',
    /^kept/,
  ]);
  t.match(listLines({ calls: [{ ...call, decisionId: 'dd87' }, call], memory }), [
    /CALL-ID +DECISION ID +MESSAGES/,
    /a@x +dd87 +3 /,
    /a@x +- +3 /,
  ]);
  t.match(listLines({ calls: [], memory }), [/^no call is kept/]);
  t.end();
});

t.test('a capture of raw IP packets, IPv4 and IPv6', (t) => {
  const capture = captureOf({
    participants,
    messages: [message(1, [0, 1], 'INVITE'), message(2, [1, 2], 'INVITE')],
  });
  t.equal(capture.readUInt32LE(0), 0xa1b2c3d4);
  t.equal(capture.readUInt32LE(20), 101, 'raw IP');
  const first = capture.subarray(40, 40 + capture.readUInt32LE(32));
  t.equal(first[0], 0x45);
  t.equal(first.readUInt16BE(2), first.length);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += first.readUInt16BE(i);
  t.equal((sum & 0xffff) + (sum >>> 16), 0xffff, 'the header adds up');
  t.strictSame([first.readUInt16BE(20), first.readUInt16BE(22)], [5080, 5060]);
  t.match(first.subarray(28).toString(), /^INVITE sip:x/);
  const second = capture.subarray(40 + first.length + 16);
  t.equal(second[0], 0x60);
  t.equal(second.subarray(24, 40).toString('hex'), '20010db8000000000000000000000020');
  t.end();
});
