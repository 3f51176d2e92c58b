// Requests over 1,300 bytes go over TCP, and over UDP to a peer that has no TCP: RFC 3261 18.1.1.
import t from 'tap';
import { SipTransportError } from '../../../src/sip/errors.js';
import { LargeRequests } from '../../../src/sip/transport/large-requests.js';
import type { ListenAddress, Target } from '../../../src/sip/transport/transport.js';
import { FakeClock } from '../../support/fake-clock.js';
import { answer, bob, bobOverTcp, fromBob, LayerBench, ownRequest } from './fake-wire.js';

const udp: ListenAddress = { protocol: 'udp', address: '127.0.0.1', port: 5060 };
const own: readonly ListenAddress[] = [udp, { ...udp, protocol: 'tcp' }];
const refused = new SipTransportError('SIP_CONNECT_FAILED', 'refused');

function benchOf(listen = own): { readonly bench: LayerBench; readonly large: LargeRequests } {
  const large = new LargeRequests(new FakeClock(), () => listen);
  return { bench: new LayerBench({ largeRequests: large }), large };
}

/** Sends a request whose text has so many bytes with its Via, and tells what came of it. */
function send(bench: LayerBench, method: string, body: string) {
  const request = ownRequest(method);
  request.body = body;
  return bench.layer.request(request, bob, {
    onResponse: (response) => bench.events.push(String(response.statusCode)),
    onTimeout: () => bench.events.push('timeout'),
    onTransportError: (error) => bench.events.push(error.message),
  });
}

const ways = (bench: LayerBench): string[] =>
  bench.wire.sent
    .splice(0)
    .map(
      ({ message, target, text }) =>
        `${message.method} ${target.protocol} ${message.topVia()?.transport} ${text.length > 1300 ? 'large' : 'small'}`,
    );

t.test('by the size of the whole message', (t) => {
  const { bench, large } = benchOf();
  send(bench, 'OPTIONS', '');
  // Content-Length has three figures then in place of one.
  const spare = 1300 - (bench.wire.last.text.length + 2);
  bench.wire.sent.length = 0;
  send(bench, 'OPTIONS', 'x'.repeat(spare));
  send(bench, 'OPTIONS', 'x'.repeat(spare + 1));
  t.strictSame(
    bench.wire.sent.map(({ text, target }) => [text.length, target.protocol]),
    [
      [1300, 'udp'],
      [1301, 'tcp'],
    ],
  );
  t.equal(large.movedToTcp, 1);
  t.end();
});

t.test('INVITE, its CANCEL and the ACK of its failure go the same way, and nothing is sent again', (t) => {
  const { bench } = benchOf();
  const transaction = send(bench, 'INVITE', 'x'.repeat(1300));
  t.strictSame(transaction.target, { ...bobOverTcp, connectTimeoutMs: 500 });
  const invite = bench.wire.last.message;
  bench.layer.receive(answer(invite, 180), fromBob);
  transaction.cancel();
  bench.layer.receive(answer(invite, 487), fromBob);
  bench.clock.advance(4000);
  t.strictSame(ways(bench), ['INVITE tcp TCP large', 'CANCEL tcp TCP small', 'ACK tcp TCP small']);
  t.end();
});

t.test('a peer without TCP gets it over UDP at once, and that is remembered for ten minutes', (t) => {
  for (const code of ['SIP_CONNECT_FAILED', 'SIP_CONNECT_TIMEOUT'] as const) {
    const { bench, large } = benchOf();
    // The first attempt fails a millisecond later on the clock of the wire.
    bench.wire.failure = new SipTransportError(code, 'no');
    const transaction = send(bench, 'INVITE', 'x'.repeat(1300));
    bench.wire.failure = undefined;
    bench.wire.clock.advance(1);
    t.strictSame(ways(bench), ['INVITE udp UDP large'], code);
    t.strictSame(transaction.target, bob);
    t.equal(large.fellBack, 1);
    send(bench, 'INVITE', 'x'.repeat(1300));
    t.strictSame(ways(bench), ['INVITE udp UDP large']);
    t.strictSame(bench.events, []);
  }
  const clock = new FakeClock();
  const large = new LargeRequests(clock, () => own);
  t.ok(large.targetFor(bob, 1301));
  t.ok(large.fallsBack(bob, refused));
  t.notOk(large.targetFor(bob, 1301));
  t.ok(large.targetFor({ ...bob, port: 5081 }, 1301), 'another port is another peer');
  clock.advance(600_001);
  t.ok(large.targetFor(bob, 1301), 'then it is asked again');
  t.end();
});

t.test('over UDP it is sent again as any request over UDP', (t) => {
  const { bench } = benchOf();
  bench.wire.failure = refused;
  send(bench, 'INVITE', 'x'.repeat(1300));
  bench.wire.failure = undefined;
  bench.clock.advance(1 + 500 + 1000);
  t.strictSame(ways(bench), ['INVITE udp UDP large', 'INVITE udp UDP large', 'INVITE udp UDP large']);
  bench.clock.advance(64 * 500);
  t.strictSame(bench.events, ['timeout']);
  t.end();
});

t.test('what breaks after the request was sent is no reason to send it twice', (t) => {
  const { bench, large } = benchOf();
  bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'reset');
  send(bench, 'INVITE', 'x'.repeat(1300));
  bench.wire.clock.advance(1);
  t.strictSame(bench.events, ['reset']);
  t.equal(large.fellBack, 0);
  t.end();
});

t.test('an ACK of its own goes by its size too, and again the way that it went', (t) => {
  const { bench } = benchOf();
  const ack = (): (() => void) => {
    const request = ownRequest('ACK');
    request.body = 'x'.repeat(1300);
    return bench.layer.sendAck(request, bob);
  };
  ack()();
  t.strictSame(ways(bench), ['ACK tcp TCP large', 'ACK tcp TCP large']);
  bench.wire.failure = refused;
  const again = ack();
  bench.wire.failure = undefined;
  bench.wire.clock.advance(1);
  again();
  t.strictSame(ways(bench), ['ACK udp UDP large', 'ACK udp UDP large']);
  t.end();
});

t.test('without TCP of our own for that family nothing is moved', (t) => {
  const { bench } = benchOf([udp, { protocol: 'tcp', address: '::1', port: 5060 }]);
  send(bench, 'INVITE', 'x'.repeat(1300));
  t.strictSame(ways(bench), ['INVITE udp UDP large']);
  t.end();
});

t.test(
  'where peers are asked, no request waits: the first goes over UDP, and later ones as it was learned',
  (t) => {
    for (const [has, isLate] of [
      [true, false],
      [false, false],
      [false, true],
    ]) {
      const clock = new FakeClock();
      const asked: { target: Target; fail: (error: Error) => void }[] = [];
      const large = new LargeRequests(
        clock,
        () => own,
        (target, fail) => asked.push({ target, fail }),
      );
      const protocol = (): string => (large.targetFor(bob, 1301) ?? bob).protocol;
      t.strictSame([protocol(), protocol()], ['udp', 'udp'], 'while it is asked');
      t.strictSame(
        asked.map(({ target }) => target),
        [{ ...bobOverTcp, connectTimeoutMs: 500 }],
        'once',
      );
      if (isLate) clock.advance(500);
      if (!has) asked[0]?.fail(refused);
      clock.advance(1000);
      t.strictSame([protocol(), clock.running.length], [has ? 'tcp' : 'udp', 0]);
      clock.advance(600_001);
      t.equal(protocol(), 'udp', 'asked again');
      t.equal(asked.length, 2);
      large.close();
      t.strictSame(clock.running, []);
    }
    t.end();
  },
);
