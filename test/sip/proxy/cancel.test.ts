// The caller cancels, at any moment: RFC 3261 16.10. It ends with 487 and nobody's phone rings on.
import t from 'tap';
import { SipTransportError } from '../../../src/sip/errors.js';
import type { Target } from '../../../src/sip/transport/transport.js';
import { bob, carol, ProxyBench } from './proxy-bench.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

t.test('while it rings: CANCEL goes on, the 487 goes up', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol] }).invite();
  bench.from(bob, 180).aliceSends('CANCEL');
  t.strictSame(bench.methodsTo(bob), ['INVITE', 'CANCEL']);
  t.strictSame(bench.statuses, [180], 'the callee may still have answered');
  bench.cancelled(bob);
  t.strictSame(bench.statuses, [180, 487]);
  t.strictSame(bench.reported, [487]);
  t.strictSame(bench.outcomes, [{ kind: 'cancelled' }]);
  t.strictSame(bench.methodsTo(carol), [], 'no further target');
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('while nobody has answered: 487 at once, and CANCEL when the callee shows up', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol] }).invite().aliceSends('CANCEL');
  t.strictSame(bench.statuses, [487]);
  t.strictSame(bench.methodsTo(bob), ['INVITE']);
  bench.from(bob, 180);
  t.strictSame(bench.methodsTo(bob), ['INVITE', 'CANCEL']);
  t.strictSame(bench.statuses, [487]);
  bench.cancelled(bob).runOut();
  t.strictSame(bench.methodsTo(carol), []);
  t.ok(bench.isClean);
  t.end();
});

t.test('while the target is looked up: 487 at once, nothing is ever sent', async (t) => {
  const bench = new ProxyBench({ targets: ['sip:bob@slow.example.com', carol] });
  let found: (targets: readonly Target[]) => void = () => undefined;
  bench.names.set(
    'slow.example.com',
    new Promise((resolve) => {
      found = resolve;
    }),
  );
  bench.invite().aliceSends('CANCEL');
  t.strictSame(bench.statuses, [487]);
  found([{ protocol: 'udp', address: '192.0.2.11', port: 5060 }]);
  await turn();
  t.strictSame(bench.methodsTo(bob), []);
  bench.runOut();
  t.ok(bench.isClean);
});

t.test('while sending fails, between two targets', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol] });
  bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'refused');
  bench.invite();
  bench.wire.failure = undefined;
  bench.aliceSends('CANCEL');
  bench.clock.advance(10);
  t.strictSame(bench.statuses, [487]);
  t.strictSame(bench.methodsTo(carol), []);
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('after the first target has failed and the second rings', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol] }).invite();
  bench.from(bob, 486).from(carol, 180).aliceSends('CANCEL');
  bench.cancelled(carol);
  t.strictSame(bench.statuses, [180, 487]);
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('while several ring: all are cancelled, the 487 goes up when they have ended', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol], parallel: true }).invite();
  bench.from(bob, 180).from(carol, 180).aliceSends('CANCEL');
  bench.cancelled(bob);
  t.strictSame(bench.statuses, [180, 180]);
  bench.cancelled(carol);
  t.strictSame(bench.statuses, [180, 180, 487]);
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('a 2xx that crosses the CANCEL goes up: the call was answered', (t) => {
  const bench = new ProxyBench().invite();
  bench.from(bob, 180).aliceSends('CANCEL').from(bob, 200);
  t.strictSame(bench.statuses, [180, 200]);
  t.strictSame(bench.outcomes, [{ kind: 'answered', status: 200 }]);
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('a callee that ignores the CANCEL is given up after 64*T1', (t) => {
  const bench = new ProxyBench().invite();
  bench.from(bob, 180).aliceSends('CANCEL').clock.advance(32_000);
  t.strictSame(bench.statuses, [180, 487]);
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test(
  'a 2xx after the 487 has gone up: ACK and BYE to the callee, once, by her Contact and route',
  async (t) => {
    const bench = new ProxyBench({ recordRoute: true }).invite().aliceSends('CANCEL');
    const extra = 'Contact: <sip:desk@192.0.2.11:5099>\r\n';
    bench.from(bob, 200, { extra });
    await turn();
    bench.from(bob, 200, { extra });
    await turn();
    t.strictSame(bench.statuses, [487]);
    t.strictSame(bench.methodsTo(bob), ['INVITE', 'ACK', 'BYE', 'ACK']);
    const [ack, bye] = [bench.sentTo(bob, 'ACK')[0]!, bench.sentTo(bob, 'BYE')[0]!];
    t.equal(ack.message.requestUri, 'sip:desk@192.0.2.11:5099');
    t.equal(ack.target.port, 5099);
    t.strictSame(ack.message.cseq(), { number: 1, method: 'ACK' });
    t.strictSame(bye.message.cseq(), { number: 2, method: 'BYE' });
    t.match(bye.message.get('to'), /;tag=tag-192\.0\.2\.11$/);
    t.notOk(bye.message.has('route'), 'our own Record-Route is no route to her');
    bench.from(bob, 200, { method: 'BYE' }).runOut();
    t.ok(bench.isClean);
  },
);

t.test('the dismissed callee sits behind another proxy: its Record-Route is the way', async (t) => {
  const bench = new ProxyBench({ recordRoute: true }).invite().aliceSends('CANCEL');
  const invite = bench.sentTo(bob)[0]!.message;
  invite.prepend('record-route', '<sip:192.0.2.77;lr>');
  bench.from(bob, 200, { extra: 'Contact: <sip:desk@10.0.0.1>\r\n' });
  await turn();
  const bye = bench.sentTo('sip:x@192.0.2.77', 'BYE')[0]!;
  t.equal(bye.message.requestUri, 'sip:desk@10.0.0.1');
  t.strictSame(bye.message.list('route'), ['<sip:192.0.2.77;lr>']);
  bench.runOut();
  t.ok(bench.isClean);
});

t.test('after the answer a CANCEL changes nothing', (t) => {
  const bench = new ProxyBench().invite().from(bob, 200).aliceSends('CANCEL');
  t.strictSame(bench.methodsTo(bob), ['INVITE']);
  t.strictSame(bench.statuses, [200]);
  t.end();
});

t.test('the process ends while it rings: CANCEL, 503 to the caller, no timer of ours is left', async (t) => {
  const bench = new ProxyBench({ targets: ['sip:bob@slow.example.com', bob, carol], parallel: true });
  let found: (targets: readonly Target[]) => void = () => undefined;
  bench.names.set(
    'slow.example.com',
    new Promise((resolve) => {
      found = resolve;
    }),
  );
  bench.invite().from(bob, 180);
  bench.proxy.close('5');
  t.strictSame(bench.methodsTo(bob), ['INVITE', 'CANCEL']);
  t.strictSame(bench.methodsTo(carol), ['INVITE']);
  t.strictSame(bench.statuses, [180, 503]);
  t.strictSame(bench.outcomes, [{ kind: 'failed', status: 503 }]);
  bench.layer.close();
  found([{ protocol: 'udp', address: '192.0.2.11', port: 5060 }]);
  await turn();
  t.ok(bench.isClean);
});
