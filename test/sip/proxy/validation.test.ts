// Requests that must not be forwarded: RFC 3261 16.3.
import t from 'tap';
import { alice, aliceRequest, parsed } from '../transaction/fake-wire.js';
import { bob, ProxyBench } from './proxy-bench.js';

t.test('Max-Forwards 0: 483', (t) => {
  const bench = new ProxyBench().invite({ maxForwards: 0 });
  t.strictSame(bench.statuses, [483]);
  t.match(bench.outcomes[0], { kind: 'refused', status: 483 });
  t.strictSame(bench.methodsTo(bob), []);
  bench.aliceSends('ACK', { toTag: bench.upstream[0]?.to()?.tag ?? '' }).runOut();
  t.ok(bench.isClean);
  const one = new ProxyBench().invite({ maxForwards: 1 });
  t.equal(one.sentTo(bob)[0]?.message.get('max-forwards'), '0');
  t.end();
});

t.test('Proxy-Require: 420 with Unsupported', (t) => {
  const bench = new ProxyBench().invite({ extra: 'Proxy-Require: foo, bar\r\n' });
  t.strictSame(bench.statuses, [420]);
  t.equal(bench.upstream[0]?.get('unsupported'), 'foo, bar');
  t.match(bench.outcomes[0], { kind: 'refused', status: 420 });
  t.end();
});

/** What Bob's proxy would send us back: the copy with its own Via and Request-URI. */
function returned(bench: ProxyBench, uri: string) {
  const copy = parsed(bench.sentTo(bob)[0]!.text);
  copy.requestUri = uri;
  copy.prepend('via', 'SIP/2.0/UDP 192.0.2.11;branch=z9hG4bKbob;rport=5060;received=192.0.2.11');
  return copy;
}

t.test('a request that comes back unchanged has looped: 482 (16.3 item 4)', (t) => {
  const bench = new ProxyBench().invite();
  bench.layer.receive(returned(bench, 'sip:1000@127.0.0.1'), bench.flowOf(bob));
  const refusal = bench.wire.sent.find(({ message }) => message.statusCode === 482);
  t.equal(refusal?.target.address, '192.0.2.11');
  t.match(bench.outcomes[0], { kind: 'refused', status: 482 });
  t.equal(bench.sentTo(bob).length, 1);
  t.end();
});

t.test('one that comes back for another Request-URI has spiralled, and is forwarded', (t) => {
  const bench = new ProxyBench().invite();
  bench.layer.receive(returned(bench, 'sip:2000@127.0.0.1'), bench.flowOf(bob));
  t.equal(bench.sentTo(bob).length, 2);
  t.strictSame(bench.outcomes, []);
  t.end();
});

t.test('another call through another proxy of the same kind is no loop', (t) => {
  const other = new ProxyBench().invite();
  const bench = new ProxyBench();
  bench.layer.receive(returned(other, 'sip:1000@127.0.0.1'), bench.flowOf(bob));
  t.strictSame(bench.outcomes, []);
  t.equal(bench.sentTo(bob).length, 1);
  t.end();
});

t.test('a retransmission of the INVITE is absorbed, not forwarded', (t) => {
  const bench = new ProxyBench().invite();
  bench.layer.receive(aliceRequest('INVITE', { uri: 'sip:1000@127.0.0.1' }), alice);
  t.equal(bench.sentTo(bob).length, 1);
  t.end();
});
