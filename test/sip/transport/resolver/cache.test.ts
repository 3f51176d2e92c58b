// What is kept of DNS, for how long, and what becomes of calls while DNS is slow, down or asked by thousands.
import t from 'tap';
import { bench, settled, written } from './fake-dns.js';

t.test('an address lives as long as its record says, within bounds', async (t) => {
  const { clock, dns, find } = bench(['udp']);
  dns.a('bob.example', '192.0.2.1');
  dns.ttlMs = 30_000;
  await find('sip:bob.example:5060');
  clock.advance(29_999);
  await find('sip:bob.example:5060');
  t.strictSame(dns.take(), ['A bob.example']);
  clock.advance(1);
  dns.ttlMs = 0;
  await find('sip:bob.example:5060');
  t.strictSame(dns.take(), ['A bob.example'], 'asked anew');
  clock.advance(999);
  await find('sip:bob.example:5060');
  t.strictSame(dns.take(), [], 'a TTL of 0 is a second here');
  clock.advance(1);
  dns.ttlMs = 999_999_999;
  await find('sip:bob.example:5060');
  dns.take();
  clock.advance(3_600_001);
  await find('sip:bob.example:5060');
  t.strictSame(dns.take(), ['A bob.example'], 'and the longest is an hour');
});

t.test('that a name is not there is kept for a short time (RFC 2308)', async (t) => {
  const { clock, dns, find, resolver } = bench(['udp']);
  t.equal(await find('sip:bob.example:5060'), 'SIP_TARGET_UNRESOLVED');
  dns.a('bob.example', '192.0.2.1');
  clock.advance(14_999);
  t.equal(await find('sip:bob.example:5060'), 'SIP_TARGET_UNRESOLVED');
  clock.advance(1);
  t.strictSame(await find('sip:bob.example:5060'), ['udp 192.0.2.1:5060']);
  t.strictSame(dns.take(), ['A bob.example', 'A bob.example']);
  t.equal(resolver.counters.negative, 1);
  t.equal(resolver.counters.unresolved, 2);
});

t.test('a thousand calls to one cold name are one question of each kind', async (t) => {
  const { dns, find } = bench();
  dns.srv('_sip._udp.bob.example', ['a.bob.example', 5060]).a('a.bob.example', '192.0.2.1');
  const found = await Promise.all(Array.from({ length: 1000 }, async () => find('sip:bob.example')));
  t.ok(found.every((one) => one[0] === 'udp 192.0.2.1:5060'));
  t.equal(dns.asked.length, new Set(dns.asked).size);
  t.equal(dns.asked.filter((one) => one === 'A a.bob.example').length, 1);
});

t.test('DNS that says nothing: no target after a second, and at once for the next calls', async (t) => {
  const { clock, dns, find, resolver } = bench(['udp']);
  dns.state = 'silent';
  const first = find('sip:bob.example:5060');
  await settled();
  clock.advance(1000);
  t.equal(await first, 'SIP_TARGET_UNRESOLVED');
  t.equal(await find('sip:bob.example:5060'), 'SIP_TARGET_UNRESOLVED', 'without a wait');
  t.strictSame(dns.take(), ['A bob.example']);
  dns.state = 'answers';
  dns.a('bob.example', '192.0.2.1');
  clock.advance(5000);
  t.strictSame(await find('sip:bob.example:5060'), ['udp 192.0.2.1:5060']);
  t.equal(resolver.counters.timedOut, 1);
  t.strictSame(clock.running, [], 'no timer is left');
});

t.test('a chain of slow answers ends with the deadline, and serves the next call', async (t) => {
  const { clock, dns, find } = bench(['udp'], { dns: { timeoutMs: 500 } });
  dns.srv('_sip._udp.bob.example', ['a.bob.example', 5060]).a('a.bob.example', '192.0.2.1');
  dns.silent.add('NAPTR bob.example');
  dns.silent.add('A a.bob.example');
  const found = find('sip:bob.example');
  await settled();
  clock.advance(250);
  await settled();
  clock.advance(250);
  t.equal(await found, 'SIP_TARGET_UNRESOLVED', 'NAPTR and A took all the time there was');
});

t.test('a question about services that gets no answer does not cost the call', async (t) => {
  const { clock, dns, find } = bench(['udp']);
  dns.a('bob.example', '192.0.2.1');
  dns.silent.add('NAPTR bob.example').add('SRV _sip._udp.bob.example');
  const found = find('sip:bob.example');
  await settled();
  clock.advance(1000);
  t.strictSame(await found, ['udp 192.0.2.1:5060']);
});

for (const state of ['fails', 'silent'] as const) {
  t.test(`DNS ${state}: what is known serves on, up to a bound (RFC 8767)`, async (t) => {
    const { clock, dns, find, resolver } = bench(['udp'], { dns: { maxStaleMs: 600_000 } });
    dns.a('bob.example', '192.0.2.1');
    await find('sip:bob.example:5060');
    clock.advance(60_001);
    dns.state = state;
    const found = find('sip:bob.example:5060');
    await settled();
    clock.advance(200);
    t.strictSame(await found, ['udp 192.0.2.1:5060'], 'after 200 ms at most');
    t.notOk(resolver.resolve('sip:bob.example:5060') instanceof Promise, 'the next calls do not wait');
    t.equal(resolver.counters.stale, 1);
    clock.advance(610_000);
    const late = find('sip:bob.example:5060');
    await settled();
    clock.advance(1000);
    t.equal(await late, 'SIP_TARGET_UNRESOLVED', 'too old');
    dns.state = 'answers';
    clock.advance(5001);
    t.strictSame(await find('sip:bob.example:5060'), ['udp 192.0.2.1:5060']);
  });
}

t.test('a name that is given up by its owner is gone, however old it is', async (t) => {
  const { clock, dns, find } = bench(['udp']);
  dns.a('bob.example', '192.0.2.1');
  await find('sip:bob.example:5060');
  clock.advance(60_001);
  dns.a('bob.example');
  t.equal(await find('sip:bob.example:5060'), 'SIP_TARGET_UNRESOLVED');
});

t.test('what is kept is bounded, and so are look-ups at once', async (t) => {
  const { dns, find, resolver, clock } = bench(['udp'], { dns: { maxEntries: 50, maxLookups: 20 } });
  for (let i = 0; i < 500; i++) {
    dns.a(`host${i}.example`, '192.0.2.1');
    await find(`sip:host${i}.example:5060`);
  }
  t.equal(resolver.entries, 100, '50 plans and 50 addresses');
  dns.state = 'silent';
  const waiting = Array.from({ length: 100 }, async (_, i) => find(`sip:cold${i}.example:5060`));
  await settled();
  t.equal(dns.take().filter((one) => one.includes('cold')).length, 20);
  clock.advance(2000);
  t.ok((await Promise.all(waiting)).every((one) => one === 'SIP_TARGET_UNRESOLVED'));
});

t.test('a target that failed is tried last for half a minute, or until it answers (4.3)', async (t) => {
  const { clock, dns, find, resolver } = bench(['udp']);
  dns.a('bob.example', '192.0.2.1', '192.0.2.2', '192.0.2.3');
  const uri = 'sip:bob.example:5060';
  await find(uri);
  const [first, second] = resolver.known(uri) ?? [];
  const order = (): string => (resolver.known(uri) ?? []).map((one) => written(one).slice(12, 13)).join('');
  t.equal(order(), '123');
  if (first === undefined || second === undefined) throw new Error('no targets');
  resolver.failed.add(first);
  resolver.failed.add(second, 10_000);
  t.equal(order(), '312');
  clock.advance(10_000);
  t.equal(order(), '231', 'Retry-After of its 503 is over');
  resolver.failed.remove(first);
  t.equal(order(), '123');
  resolver.failed.add(first, 99_999_999);
  clock.advance(30_000);
  t.equal(order(), '123', 'whatever Retry-After says');
  for (let port = 1; port <= 5000; port++) resolver.failed.add({ ...first, port });
  t.equal(resolver.failed.size, 1000);
});

t.test('closing ends the wait of everybody', async (t) => {
  const { clock, dns, find, resolver } = bench(['udp']);
  dns.state = 'silent';
  const found = find('sip:bob.example');
  await settled();
  resolver.close();
  t.equal(await found, 'SIP_TARGET_UNRESOLVED');
  t.strictSame(clock.running, []);
});
