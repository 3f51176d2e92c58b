import fc from 'fast-check';
import t from 'tap';
import { decodeEscapes } from '../../../src/freeswitch/event-socket/event-headers.js';
import { FrameReader } from '../../../src/freeswitch/event-socket/frame-reader.js';
import type { Frame, FrameFault, FrameLimits } from '../../../src/freeswitch/event-socket/frame-reader.js';
import { eventFrame, FakeCallcenter } from '../../support/fake-callcenter.js';
import { cut } from './transcript.js';

interface Reading {
  readonly frames: readonly string[];
  readonly fault: FrameFault | undefined;
}

/** What a frame says, in a line. */
function told(frame: Frame): string {
  if (frame.kind === 'answer' || frame.kind === 'reply') return `${frame.kind} ${frame.text}`;
  if (frame.kind === 'event') return `event ${frame.headers.get('CC-Action') ?? '?'}`;
  return frame.kind;
}

function read(chunks: readonly Buffer[], limits: FrameLimits = {}): Reading {
  const reader = new FrameReader(limits);
  const frames: string[] = [];
  let fault: FrameFault | undefined;
  for (const chunk of chunks) fault = reader.push(chunk, (frame) => frames.push(told(frame)));
  return { frames, fault };
}

const callcenter = new FakeCallcenter();
const session = [
  'Content-Type: auth/request\n\n',
  'Content-Type: command/reply\nReply-Text: +OK accepted\n\n',
  'Content-Type: api/response\nContent-Length: 4\n\n+OK\n',
  'Content-Length: 0\nContent-Type: api/response\n\n',
  eventFrame(callcenter.event('agent-add', { 'CC-Agent': '1001@default' })),
  'Content-Type: log/data\nContent-Length: 3\n\nabc',
  'Content-Length: 25\nContent-Type: text/event-json\n\n{"CC-Action":"json-event"}'.replace('25', '26'),
  'Content-Length: 3\nContent-Type: text/event-json\n\n[1]',
  'Content-Type: text/disconnect-notice\nContent-Length: 2\n\nhi',
  'Content-Type: text/rude-rejection\nContent-Length: 2\n\nno',
].join('');
const expected = [
  'auth-request',
  'reply +OK accepted',
  'answer +OK\n',
  'answer ',
  'event agent-add',
  'unusable',
  'event json-event',
  'unusable',
  'disconnect-notice',
  'rude-rejection',
];

t.test('the same frames however the bytes are cut', (t) => {
  const bytes = Buffer.from(session);
  t.strictSame(read([bytes]), { frames: expected, fault: undefined }, 'at once');
  t.strictSame(read([...bytes].map((byte) => Buffer.from([byte]))).frames, expected, 'byte by byte');
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (places) => {
      t.strictSame(read(cut(bytes, places)).frames, expected);
    }),
    { numRuns: 100 },
  );
  t.end();
});

t.test('bounds: the reading ends with a named fault, and nothing is held', (t) => {
  const cases: readonly (readonly [text: string, limits: FrameLimits, fault: FrameFault | undefined])[] = [
    [`Content-Type: ${'x'.repeat(70_000)}\n\n`, {}, 'header-too-long'],
    ['x'.repeat(65_537), {}, 'header-too-long'],
    ['x'.repeat(65_536), {}, undefined],
    ['Content-Length: 2097153\n\n', {}, 'body-too-long'],
    ['Content-Length: 2097152\n\n', {}, undefined],
    ['Content-Length: 11\n\n', { maxBodyBytes: 10 }, 'body-too-long'],
    ['Content-Length: -1\n\n', {}, 'length-malformed'],
    ['Content-Length: ten\n\n', {}, 'length-malformed'],
    ['Content-Length: 99999999999\n\n', {}, 'length-malformed'],
    ['Content-Length:\n\n', {}, 'length-malformed'],
  ];
  for (const [text, limits, fault] of cases) {
    const reader = new FrameReader(limits);
    const title = text.slice(0, 30).trim();
    t.equal(
      reader.push(Buffer.from(text), () => undefined),
      fault,
      title,
    );
    if (fault === undefined) continue;
    t.equal(reader.heldBytes, 0);
    t.equal(
      reader.push(Buffer.from(session), () => t.fail('a frame after a fault')),
      fault,
    );
  }
  t.end();
});

t.test('random bytes never throw, and no more than the bounds is held', (t) => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        '\n\n',
        'Content-Length: 7\n',
        'Content-Type: text/event-json\n',
        'Content-Type: text/event-plain\n',
        '%',
        session,
      )
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (chunks) => {
      const reader = new FrameReader({ maxHeaderBytes: 300, maxBodyBytes: 300 });
      for (const chunk of chunks) {
        reader.push(chunk, (frame) => {
          if (frame.kind === 'event')
            ['CC-Action', 'Event-Name', 'x'].map(
              (name) => frame.headers.get(name) ?? frame.headers.sipHeaders((one) => one === name)[name],
            );
        });
        if (reader.heldBytes > 300) return false;
      }
      return true;
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('headers of an event', (t) => {
  const body =
    'Event-Name: CUSTOM\nUnique-ID: 1\nvariable_sip_h_X-Offer-Id: gold%20card\nvariable_note: CC-Queue: forged%0ACC-Queue: forged\n' +
    'CC-Queue: sales%40default\nCC-Agent: J%C3%BCrgen%40default\nCC-Action: x%\n\nCC-Count: 7\n';
  const frames: Frame[] = [];
  new FrameReader().push(Buffer.from(eventFrame(body)), (frame) => frames.push(frame));
  const [frame] = frames;
  if (frame?.kind !== 'event') throw new Error('no event');
  const { headers } = frame;
  t.equal(headers.get('Event-Name'), 'CUSTOM', 'the first line');
  t.equal(headers.get('CC-Queue'), 'sales@default', 'a value cannot make a line');
  t.equal(headers.get('CC-Agent'), 'Jürgen@default');
  t.equal(headers.get('CC-Action'), 'x%', 'a malformed escape stays');
  t.equal(headers.get('CC-Count'), undefined, 'a body of the event is none of its headers');
  t.equal(headers.get('Name'), undefined);
  t.equal(headers.sipHeaders(() => true)['x-offer-id'], 'gold card');
  t.equal(headers.sipHeaders(() => true)['x-decision-id'], undefined);
  t.end();
});

t.test('escapes', (t) => {
  const cases = [
    ['a%20b', 'a b'],
    ['%', '%'],
    ['%2', '%2'],
    ['%zz%20', '%zz '],
    ['%C3%BC', 'ü'],
    ['%C3', '\ufffd'],
    ['%ff%41', '\ufffdA'],
  ] as const;
  for (const [text, value] of cases) t.equal(decodeEscapes(text), value, text);
  fc.assert(fc.property(fc.string(), (text) => typeof decodeEscapes(text) === 'string'));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeEscapes(encodeURIComponent(text)) === text),
  );
  t.end();
});
