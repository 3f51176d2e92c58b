import t from 'tap';
import { defaultMessageLimits } from '../../../src/sip/index.js';
import { StreamFramer } from '../../../src/sip/message/stream-framer.js';
import type { Frame } from '../../../src/sip/message/stream-framer.js';
import { textOf } from './messages.js';

const message = (callId: string, body = ''): string =>
  textOf({ headers: { 'Call-ID': callId, 'Content-Length': String(body.length) }, body });

/** What came out, in a word each. */
const said = (frames: readonly Frame[]): string[] =>
  frames.map((frame) => {
    if (frame.kind === 'ping') return 'ping';
    const { result } = frame;
    return result.ok
      ? `${result.message.callId}:${result.message.body}`
      : `${result.status} ${result.reason}`;
  });

const feed = (framer: StreamFramer, ...chunks: string[]): string[] =>
  chunks.flatMap((chunk) => said(framer.push(Buffer.from(chunk, 'latin1'))));

t.test('messages in one chunk, and the start of another', (t) => {
  const framer = new StreamFramer();
  t.strictSame(feed(framer, message('a', 'one') + message('b') + message('c', 'three').slice(0, -2)), [
    'a:one',
    'b:',
  ]);
  t.equal(framer.isWaiting, true);
  t.strictSame(feed(framer, 'ee'), ['c:three']);
  t.equal(framer.isWaiting, false);
  t.end();
});

t.test('a stream cut anywhere gives the same messages', (t) => {
  const stream = `\r\n${message('a', 'x\r\n\r\ny')}\r\n${message('b', '\0\xff')}${message('c')}`;
  const wanted = ['a:x\r\n\r\ny', 'b:\0\xff', 'c:'];
  for (let size = 1; size <= 64; size++) {
    const framer = new StreamFramer();
    const chunks = stream.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
    t.strictSame(feed(framer, ...chunks), wanted, `${size} bytes at a time`);
    t.equal(framer.isWaiting, false);
  }
  for (let cut = 1; cut < stream.length; cut++) {
    const got = feed(new StreamFramer(), stream.slice(0, cut), stream.slice(cut));
    if (got.join() !== wanted.join()) t.fail(`cut at ${cut}`);
  }
  t.end();
});

t.test('keep-alives (RFC 5626 3.5.1)', (t) => {
  t.strictSame(feed(new StreamFramer(), '\r\n\r\n'), ['ping']);
  t.strictSame(feed(new StreamFramer(), '\r', '\n', '\r', '\n'), ['ping']);
  t.strictSame(feed(new StreamFramer(), '\r\n'), [], 'one CRLF is a pong, or leads a message');
  t.strictSame(feed(new StreamFramer(), `\r\n\r\n${message('a')}\r\n\r\n`), ['ping', 'a:', 'ping']);
  t.end();
});

t.test('a wrong message within a sound frame does not end the stream', (t) => {
  const wrong = textOf({ headers: { CSeq: '1 OPTIONS', 'Content-Length': '2' }, body: 'hi' });
  const framer = new StreamFramer();
  t.strictSame(feed(framer, wrong + message('b')), ['400 CSeq Method Mismatch', 'b:']);
  t.equal(framer.isBroken, false);
  t.end();
});

t.test('a stream whose frames cannot be told is broken', (t) => {
  for (const [text, wanted] of [
    [textOf({ body: 'hi' }), '400 Missing Content-Length'],
    [message('a').replace('Content-Length: 0', 'Content-Length: -1'), '400 Malformed Content-Length'],
    [message('a').replace('Content-Length: 0', 'Content-Length: 0\r\nl: 5'), '400 Repeated Content-Length'],
    [message('a').replace('Content-Length: 0', 'Content-Length: 99999999'), '513 Message Too Large'],
    [message('a').replace('CSeq', 'X: a\nCSeq'), '400 Bare CR or LF'],
    ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '400 Malformed Request-Line'],
  ] as const) {
    const framer = new StreamFramer();
    t.strictSame(feed(framer, text, message('next')), [wanted]);
    t.equal(framer.isBroken, true);
    t.equal(framer.isWaiting, false);
  }
  t.end();
});

t.test('a Content-Length that lies', (t) => {
  const short = new StreamFramer();
  const text = textOf({ headers: { 'Call-ID': 'a', 'Content-Length': '2' }, body: 'hi and more\r\n\r\n' });
  t.strictSame(feed(short, text), ['a:hi', '400 Malformed Request-Line'], 'the rest is no message');
  t.equal(short.isBroken, true);
  const long = new StreamFramer();
  t.strictSame(feed(long, textOf({ headers: { 'Content-Length': '20' }, body: 'hi' })), []);
  t.equal(long.isWaiting, true, 'waits, for as long as the connection lets it');
  t.end();
});

t.test('bounds', (t) => {
  const limits = { ...defaultMessageLimits, head: 1000, body: 10 };
  const endless = new StreamFramer(limits);
  t.strictSame(feed(endless, message('a').slice(0, 300), 'X: y\r\n'.repeat(200)), ['400 Header Too Long']);
  const frame = new StreamFramer(limits).push(Buffer.from(textOf({ lines: 'X: y\r\n'.repeat(200) })))[0];
  t.equal(
    frame?.kind === 'message' && !frame.result.ok && frame.result.partial?.callId,
    'a84b4c76e66710@pc33.atlanta.example.com',
  );
  t.strictSame(feed(new StreamFramer(limits), 'x'.repeat(1001)), ['400 Header Too Long']);
  t.strictSame(feed(new StreamFramer(limits), message('a', '0123456789')), ['a:0123456789']);
  t.strictSame(feed(new StreamFramer(limits), message('a', '0123456789a')), ['513 Message Too Large']);
  t.end();
});
