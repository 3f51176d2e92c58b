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

t.test(
  'a settled transaction is slimmed by the next message, and retired by those that settle a second later',
  (t) => {
    const queue = new SettledQueue();
    let slimmed = 0;
    const retired: number[] = [];
    const one = (number: number) => ({ slim: () => slimmed++, retire: () => retired.push(number) });
    for (let i = 0; i < 5000; i++) queue.add(one(i), 0);
    t.equal(slimmed, 0);
    queue.turn();
    queue.turn();
    t.equal(slimmed, 5000);
    queue.add(one(5000), 999);
    t.strictSame(retired, []);
    for (let i = 0; i < 2000; i++) queue.add(one(-1), 1000 + i);
    t.strictSame(retired.slice(0, 5001), [...Array(5001).keys()], 'the oldest first, more than one for each');
    t.end();
  },
);
