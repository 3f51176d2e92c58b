// All targets at once, and the choice of the best response: RFC 3261 16.7.
import t from 'tap';
import { bob, carol, dave, ProxyBench } from './proxy-bench.js';

const forked = (options = {}) =>
  new ProxyBench({ targets: [bob, carol, dave], parallel: true, ...options }).invite();

t.test('each target has a branch of its own', (t) => {
  const bench = forked();
  const branches = [bob, carol, dave].map((uri) => bench.sentTo(uri)[0]?.message.topVia()?.branch);
  t.equal(new Set(branches).size, 3);
  t.end();
});

t.test(
  'every ringing goes up; the first 2xx too, at once, and the others are cancelled (16.7 steps 5 and 10)',
  (t) => {
    const bench = forked();
    bench.from(bob, 180).from(carol, 183).from(dave, 180).from(carol, 200);
    t.strictSame(bench.statuses, [180, 183, 180, 200]);
    t.strictSame(bench.outcomes, [{ kind: 'answered', status: 200 }]);
    t.strictSame(bench.methodsTo(bob), ['INVITE', 'CANCEL']);
    t.equal(bench.sentTo(bob, 'CANCEL')[0]?.message.get('max-forwards'), '70');
    t.strictSame(bench.methodsTo(carol), ['INVITE']);
    bench.cancelled(bob).cancelled(dave);
    t.strictSame(bench.reported, [200]);
    t.equal(bench.statuses.length, 4, 'a 487 of a loser stays here');
    t.strictSame(bench.methodsTo(bob), ['INVITE', 'CANCEL', 'ACK']);
    bench.runOut();
    t.ok(bench.isClean);
    t.end();
  },
);

t.test('a second 2xx goes up too, also as a retransmission (16.7 step 5, RFC 6026)', (t) => {
  const bench = forked();
  bench.from(bob, 180).from(carol, 200).from(bob, 200);
  t.strictSame(bench.statuses, [180, 200, 200]);
  const before = bench.wire.sent.length;
  bench.from(carol, 200);
  t.equal(bench.wire.sent.length, before + 1);
  t.equal(bench.outcomes.length, 1);
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('a loser that had not answered is cancelled when it does', (t) => {
  const bench = forked();
  bench.from(carol, 200);
  t.strictSame(bench.methodsTo(bob), ['INVITE']);
  bench.from(bob, 180);
  t.strictSame(bench.methodsTo(bob), ['INVITE', 'CANCEL']);
  bench.cancelled(bob).runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('a 6xx cancels the others and goes up when they have ended (16.7 step 5)', (t) => {
  const bench = forked();
  bench.from(bob, 180).from(carol, 603);
  t.strictSame(bench.methodsTo(bob), ['INVITE', 'CANCEL']);
  t.strictSame(bench.statuses, [180]);
  bench.cancelled(bob);
  t.strictSame(bench.statuses, [180, 603]);
  t.strictSame(bench.outcomes, [{ kind: 'failed', status: 603 }]);
  bench.from(dave, 180).cancelled(dave).runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('a 2xx beats a 6xx that came before it', (t) => {
  const bench = forked();
  bench.from(bob, 180).from(carol, 603).from(bob, 200);
  t.strictSame(bench.statuses, [180, 200]);
  t.strictSame(bench.outcomes, [{ kind: 'answered', status: 200 }]);
  t.end();
});

/** Statuses of Bob, Carol and Dave, and what the caller gets (16.7 step 6). */
const choices: [number, number, number, number][] = [
  [486, 503, 500, 486],
  [503, 486, 404, 486],
  [404, 486, 480, 404],
  [302, 404, 486, 302],
  [500, 502, 504, 500],
  [503, 503, 503, 500],
  [500, 503, 503, 500],
  [404, 415, 486, 415],
  [404, 420, 500, 420],
  [486, 484, 404, 484],
  [486, 401, 404, 401],
  [486, 407, 404, 407],
  [603, 302, 407, 603],
  [604, 600, 486, 604],
  [504, 600, 486, 600],
];
for (const [first, second, third, best] of choices) {
  t.test(`of ${first}, ${second} and ${third} the best is ${best}`, (t) => {
    const bench = forked();
    bench.from(bob, first);
    if (bench.sentTo(carol).length === 1 && first < 600) bench.from(carol, second);
    if (first < 600 && second < 600) bench.from(dave, third);
    bench.runOut();
    t.strictSame(bench.statuses, [best]);
    t.equal(bench.upstream[0]?.list('via').length, 1);
    t.ok(bench.isClean);
    t.end();
  });
}

t.test('the challenges of all are put together (16.7 step 7)', (t) => {
  const bench = forked();
  bench.from(bob, 407, { extra: 'Proxy-Authenticate: Digest realm="b"\r\n' });
  bench.from(carol, 401, { extra: 'WWW-Authenticate: Digest realm="c"\r\n' });
  bench.from(dave, 407, { extra: 'Proxy-Authenticate: Digest realm="d"\r\n' });
  t.strictSame(bench.statuses, [407]);
  t.strictSame(bench.upstream[0]?.getAll('proxy-authenticate'), ['Digest realm="b"', 'Digest realm="d"']);
  t.strictSame(bench.upstream[0]?.getAll('www-authenticate'), ['Digest realm="c"']);
  t.end();
});

t.test('a 487 that is the only answer goes up', (t) => {
  const bench = new ProxyBench().invite().from(bob, 487);
  t.strictSame(bench.statuses, [487]);
  t.strictSame(bench.outcomes, [{ kind: 'failed', status: 487 }]);
  t.end();
});

t.test('a redirection is followed while the others ring', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol], parallel: true, followRedirects: true }).invite();
  bench.from(bob, 302, { extra: `Contact: <${dave}>\r\n` });
  t.strictSame(bench.methodsTo(dave), ['INVITE']);
  bench.from(dave, 200);
  t.strictSame(bench.statuses, [200]);
  t.end();
});
