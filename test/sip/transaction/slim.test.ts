// What transactions keep once they merely absorb copies.
import t from 'tap';
import { fromOutline, outlineOf } from '../../../src/sip/transaction/outline.js';
import { SettledQueue } from '../../../src/sip/transaction/settled-queue.js';
import { createResponse, parseMessage } from '../../../src/sip/index.js';

const text =
  'INVITE sip:bob@biloxi.example.com SIP/2.0\r\nv: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2\r\n' +
  'Record-Route: <sip:p1.example.com;lr>\r\nFrom: "Alice, A." <sip:alice@atlanta.example.com>;tag=a1\r\n' +
  'To: Bob <sip:bob@biloxi.example.com>\r\nCall-ID: c1@atlanta\r\nCSeq: 7 INVITE\r\nMax-Forwards: 70\r\n' +
  'Subject: long and of no use afterwards\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello';

t.test('of an outline the same response is made as of the request (RFC 3261 8.2.6.2, 12.1.1)', (t) => {
  const result = parseMessage(text, 'datagram');
  if (!result.ok) throw new Error(result.reason);
  const { message } = result;
  const outline = outlineOf(message);
  t.notMatch(outline, /Subject|hello/);
  const again = fromOutline(outline);
  for (const status of [200, 302, 486]) {
    t.equal(
      createResponse(again, status, undefined, 'b1').toString(),
      createResponse(message, status, undefined, 'b1').toString(),
    );
  }
  t.equal(again.method, 'INVITE');
  t.equal(again.requestUri, message.requestUri);
  t.equal(again.topVia()?.branch, 'z9hG4bK1');
  t.end();
});

t.test('a settled transaction stays whole for a second, then is slimmed by those that follow it', (t) => {
  const queue = new SettledQueue();
  const slimmed: number[] = [];
  for (let i = 0; i < 5000; i++) queue.add({ slim: () => slimmed.push(i) }, 0);
  queue.add({ slim: () => slimmed.push(-1) }, 999);
  t.strictSame(slimmed, []);
  for (let i = 0; i < 2000; i++) queue.add({ slim: () => undefined }, 1000 + i);
  t.strictSame(
    slimmed,
    [...Array(5000).keys(), -1],
    'each once, the oldest first, more than one for each that is added',
  );
  t.end();
});
