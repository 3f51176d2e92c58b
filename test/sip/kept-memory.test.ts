// What calls leave in memory: while their transactions wait for copies of messages (up to 32 s), and afterwards. Bytes against
// the size of the messages, not times: one piece of a message that is kept as a key or a tag keeps all of it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { answering, EngineBench } from '../support/engine-bench.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** Far more than all that may be kept of a call. */
const padding = `X-Padding: ${'x'.repeat(1000)}\r\n`.repeat(24);
const calls = 300;

async function usedBytes(): Promise<number> {
  // What was thrown away in this turn is only found in the next one.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is called `small` has no padding. */
function request(method: string, id: string, toTag: string, branch = method): string {
  return (
    `${method} sip:sales@198.51.100.1 SIP/2.0\r\n` +
    `Via: SIP/2.0/UDP caller-${id}.example.com:5062;rport;branch=z9hG4bK-${id}-${branch}-and-more\r\n` +
    `From: "Alice Alison" <sip:alice@atlanta.example.com>;tag=from-tag-of-${id}\r\n` +
    `To: <sip:sales@198.51.100.1>${toTag === '' ? '' : `;tag=${toTag}`}\r\n` +
    `Call-ID: call-${id}@atlanta.example.com\r\nCSeq: ${method === 'BYE' ? 2 : 1} ${method}\r\n` +
    `Contact: <sip:alice@203.0.113.250:5062>\r\nMax-Forwards: 70\r\n${id.startsWith('small') ? '' : padding}Content-Length: 0\r\n\r\n`
  );
}

/** INVITE, 200, ACK, BYE, 200; or INVITE, 302, ACK. */
function call(bench: EngineBench, id: string, isAnswered: boolean): void {
  const receive = (method: string, toTag: string, branch?: string): void =>
    bench.receive(request(method, id, toTag, branch), '203.0.113.250', 5062);
  receive('INVITE', '');
  const final = bench.sent.findLast(({ text }) => !text.startsWith('SIP/2.0 1'));
  const toTag = /^To: .*;tag=([^\r\n]+)/m.exec(final?.text ?? '')?.[1] ?? '';
  receive('ACK', toTag, isAnswered ? undefined : 'INVITE');
  if (isAnswered) receive('BYE', toTag);
  bench.sent.length = 0;
}

for (const status of [200, 302]) {
  t.test(`of a call answered ${status} no message is kept, and in the end nothing`, async (t) => {
    const bench = await new EngineBench({ isTrusted: () => true }).start();
    bench.serve = answering(status);
    const place = (round: string): void => {
      for (let i = 0; i < calls; i++) call(bench, `${round}-${i}`, status === 200);
    };
    /** The layers above may ask for a second; then what comes next sends on its way what came before. */
    const goOn = (afterMs: number): void => {
      bench.clock.advance(afterMs);
      for (let i = 0; i < calls; i++) call(bench, `small-${i}`, status === 200);
    };
    const finish = (): void => {
      goOn(40_000);
      bench.clock.advance(40_000);
    };
    for (const round of ['first', 'second', 'third']) {
      place(round);
      finish();
    }
    const before = await usedBytes();
    place('last');
    goOn(1100);
    const waiting = (await usedBytes()) - before;
    t.ok(bench.engine.openTransactions >= calls, 'they wait for copies');
    // One message of a call would be 24,000 more.
    t.ok(waiting < calls * 22_000, `${Math.round(waiting / calls)} bytes a call`);
    finish();
    const kept = (await usedBytes()) - before;
    t.equal(bench.engine.openTransactions, 0);
    t.equal(bench.engine.openDialogs, 0);
    t.equal(bench.engine.openExchanges, 0);
    t.ok(kept < calls * 2000, `${Math.round(kept / calls)} bytes a call`);
    await bench.engine.abort();
  });
}
