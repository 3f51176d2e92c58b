// The memory of the latest messages: what it finds, what gives way.
import fc from 'fast-check';
import t from 'tap';
import { callIdOf, MessageTrace } from '../../../src/sip/index.js';
import type { Flow, LocalAddress, Target } from '../../../src/sip/index.js';
import { FakeClock } from '../../support/fake-clock.js';

const flow: Flow = {
  protocol: 'udp',
  localAddress: '192.0.2.1',
  localPort: 5060,
  remoteAddress: '192.0.2.9',
  remotePort: 5080,
};
const target: Target = { protocol: 'tcp', address: '2001:db8::7', port: 5070 };
const local: LocalAddress = {
  protocol: 'tcp',
  address: '2001:db8::1',
  port: 5060,
  hostPort: 'sip.example.com',
};
const message = (callId: string, size = 0): string =>
  `OPTIONS sip:bob@example.com SIP/2.0\r\nCall-ID: ${callId}\r\nCSeq: 1 OPTIONS\r\n\r\n${'x'.repeat(size)}`;

t.test('the messages of a call, each with its way, in the order of the wire', (t) => {
  const clock = new FakeClock();
  const trace = new MessageTrace({ keepBytes: 1_000_000, clock });
  const start = clock.wallNow();
  trace.received(message('a'), flow);
  clock.advance(5);
  trace.sent(message('b'), target, local);
  clock.advance(5);
  trace.received(message('a', 9), flow);
  clock.advance(1000);
  t.strictSame(trace.messagesOf(['a', 'b', 'a', 'unknown']), [
    {
      number: 1,
      at: start,
      isSent: false,
      protocol: 'udp',
      local: '192.0.2.1:5060',
      peer: '192.0.2.9:5080',
      callId: 'a',
      text: message('a'),
    },
    {
      number: 2,
      at: start + 5,
      isSent: true,
      protocol: 'tcp',
      local: '[2001:db8::1]:5060',
      peer: '[2001:db8::7]:5070',
      callId: 'b',
      text: message('b'),
    },
    {
      number: 3,
      at: start + 10,
      isSent: false,
      protocol: 'udp',
      local: '192.0.2.1:5060',
      peer: '192.0.2.9:5080',
      callId: 'a',
      text: message('a', 9),
    },
  ]);
  t.strictSame(
    trace.messagesOf(['a'], 1).map(({ number }) => number),
    [3],
    'those after a number',
  );
  t.match(
    [...trace.calls()],
    [
      { callId: 'a', messages: 2, firstAt: start, lastAt: start + 10, dropped: 0 },
      { callId: 'b', messages: 1, firstAt: start + 5 },
    ],
  );
  t.strictSame(trace.callsWith('\r\nCSeq: 1 OPTIONS\r\n'), ['b'], 'those that we began');
  t.match(trace.figures, { messages: 3, calls: 2, oldestAgeMs: 1010 });
  t.end();
});

t.test('the oldest give way, and a call goes with its last message', (t) => {
  const trace = new MessageTrace({ keepBytes: 100_000, clock: new FakeClock() });
  for (let i = 0; i < 20_000; i += 1) trace.received(message(`call-${i}`), flow);
  const { messages, calls, bytes } = trace.figures;
  t.ok(bytes <= 100_000 && bytes > 99_000, `${bytes} bytes`);
  t.equal(messages, calls);
  t.strictSame(trace.messagesOf(['call-0']), []);
  t.equal(trace.messagesOf(['call-19999']).length, 1);
  t.equal([...trace.calls()][0]?.callId, `call-${20_000 - calls}`);
  t.end();
});

t.test('a call with too many messages loses its middle, and others lose nothing', (t) => {
  const trace = new MessageTrace({ keepBytes: 1_000_000, keepBytesPerCall: 10_000, clock: new FakeClock() });
  trace.received(message('quiet'), flow);
  for (let i = 0; i < 10_000; i += 1) trace.received(message('loud', i % 100), flow);
  const loud = trace.messagesOf(['loud']);
  t.strictSame(
    loud.slice(0, 8).map(({ number }) => number),
    [2, 3, 4, 5, 6, 7, 8, 9],
  );
  t.equal(loud.at(-1)?.number, 10_001);
  t.equal([...trace.calls()].find(({ callId }) => callId === 'loud')?.dropped, 10_000 - loud.length);
  t.equal(trace.messagesOf(['quiet']).length, 1);
  t.ok(trace.figures.bytes < 11_000);
  trace.received(message('huge', 20_000), flow);
  t.strictSame(trace.messagesOf(['huge']), [], 'one message beyond the bound of a call is not kept');
  t.end();
});

t.test('whatever is kept is read as it came, however the texts lie in memory', (t) => {
  const sizes = fc.oneof(fc.nat(300), fc.nat(2500));
  const steps = fc.array(fc.tuple(fc.nat(5), sizes), { minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 2000, max: 20_000 }), (steps, keepBytes) => {
      const trace = new MessageTrace({ keepBytes, keepBytesPerCall: 3000, clock: new FakeClock() });
      const sent = new Map<number, string>();
      for (const [call, size] of steps) {
        const text = message(`call-${call}`, size).replace('\r\n\r\n', `\r\n\r\n${sent.size}`);
        trace.received(text, flow);
        sent.set(trace.lastNumber, text);
        const kept = trace.messagesOf(['call-0', 'call-1', 'call-2', 'call-3', 'call-4', 'call-5']);
        if (kept.length !== trace.figures.messages || trace.figures.bytes > keepBytes) return false;
        if (kept.some((one) => one.text !== sent.get(one.number))) return false;
      }
      return true;
    }),
  );
  t.end();
});

t.test('the Call-ID of any text', (t) => {
  const table: readonly (readonly [text: string, callId: string])[] = [
    [message('abc@host'), 'abc@host'],
    ['INVITE sip:a SIP/2.0\r\ni: short@x\r\n\r\n', 'short@x'],
    ['INVITE sip:a SIP/2.0\r\ncall-id :  spaced@x  \r\nVia: x\r\n\r\n', 'spaced@x'],
    ['INVITE sip:a SIP/2.0\nCALL-ID: bare@lf\nVia: x\n\n', 'bare@lf'],
    ['INVITE sip:a SIP/2.0\r\nCall-ID: no-end', 'no-end'],
    ['INVITE sip:a SIP/2.0\r\nVia: x\r\n\r\n', ''],
    ['rubbish', ''],
    ['', ''],
    [`X\r\nCall-ID: ${'y'.repeat(1000)}\r\n\r\n`, 'y'.repeat(300)],
  ];
  for (const [text, callId] of table) t.equal(callIdOf(text), callId, JSON.stringify(text.slice(0, 40)));
  t.end();
});

t.test('what strangers begin makes no call forgotten', (t) => {
  const isStranger = ({ remoteAddress }: Flow): boolean => remoteAddress !== flow.remoteAddress;
  const trace = new MessageTrace({ keepBytes: 640_000, isStranger });
  const stranger = { ...flow, remoteAddress: '198.51.100.1' };
  trace.received(message('call'), flow);
  trace.sent(message('leg'), target, local);
  trace.received(message('leg'), { ...stranger, protocol: 'tcp' });
  for (let i = 0; i < 1000; i++) {
    trace.received(message(`scan-${i}`), stranger);
    trace.sent(message(`scan-${i}`), target, local);
  }
  trace.received(message('call'), flow);
  t.equal(trace.messagesOf(['call']).length, 2);
  t.equal(trace.messagesOf(['leg']).length, 2, 'an answer to what we began is no stranger’s');
  t.equal(trace.messagesOf(['scan-0']).length, 0);
  t.equal(trace.messagesOf(['scan-999']).length, 2, 'the latest of theirs are there, with their answers');
  t.ok(trace.figures.bytes < 640_000 / 8, 'they have their share');
  t.strictSame([...trace.calls()].map(({ callId }) => callId).slice(0, 2), ['call', 'leg']);
  t.equal([...trace.calls()].at(-1)?.callId, 'scan-999');
  trace.received(message('scan-999'), flow);
  t.equal(trace.messagesOf(['scan-999']).length, 3, 'a Call-ID that a stranger took before its caller');
  trace.sent(message('scan-999'), target, local);
  for (let i = 0; i < 1000; i++) trace.received(message(`flood-${i}`), stranger);
  t.equal(trace.messagesOf(['scan-999']).length, 2, 'what its caller sent and got stays');
  t.end();
});
