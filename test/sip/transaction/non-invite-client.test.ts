// Non-INVITE client transaction on a fake clock: RFC 3261 17.1.2.
import t from 'tap';
import { SipTransportError } from '../../../src/sip/errors.js';
import { answer, bobOverTcp, fromBob, LayerBench } from './fake-wire.js';

for (const method of [
  'BYE',
  'OPTIONS',
  'INFO',
  'MESSAGE',
  'REFER',
  'NOTIFY',
  'SUBSCRIBE',
  'UPDATE',
  'PRACK',
  'REGISTER',
]) {
  t.test(`${method}: timer E doubles from T1 to T2, timer F ends it at 32 s (17.1.2.2)`, (t) => {
    const bench = new LayerBench();
    bench.send(method);
    bench.clock.advance(31_999);
    t.strictSame(
      bench.wire.sent.map(({ at }) => at),
      [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
    );
    t.equal(new Set(bench.wire.sent.map(({ text }) => text)).size, 1);
    bench.clock.advance(1);
    t.strictSame(bench.events, ['timeout', 'terminated']);
    t.strictSame(bench.clock.running, []);
    t.end();
  });
}

t.test('in proceeding timer E is T2, and timer F still ends it', (t) => {
  const bench = new LayerBench();
  bench.send('BYE');
  bench.layer.receive(answer(bench.wire.last.message, 100), fromBob);
  bench.clock.advance(32_000);
  t.strictSame(
    bench.wire.sent.map(({ at }) => at),
    [0, 500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500],
  );
  t.strictSame(bench.events, ['100', 'timeout', 'terminated']);
  t.end();
});

t.test('over TCP nothing is retransmitted and timer K is 0', (t) => {
  const bench = new LayerBench();
  bench.send('BYE', bobOverTcp);
  bench.clock.advance(31_000);
  t.equal(bench.wire.sent.length, 1);
  bench.layer.receive(answer(bench.wire.last.message, 200), fromBob);
  t.strictSame(bench.events, ['200', 'terminated']);
  t.equal(bench.layer.openTransactions, 0);
  t.strictSame(bench.clock.running, []);
  t.end();
});

for (const status of [200, 202, 302, 401, 407, 415, 481, 500, 503, 603]) {
  t.test(`${status} is reported once and absorbed until timer K (T4)`, (t) => {
    const bench = new LayerBench();
    const transaction = bench.send('OPTIONS');
    const request = bench.wire.last.message;
    bench.layer.receive(answer(request, status), fromBob);
    bench.layer.receive(answer(request, status), fromBob);
    t.strictSame(bench.takeEvents(), [String(status)]);
    t.equal(transaction.state, 'completed');
    bench.clock.advance(4999);
    t.equal(bench.layer.openTransactions, 1);
    bench.clock.advance(1);
    t.strictSame(bench.events, ['terminated']);
    t.strictSame(bench.wire.take(), ['OPTIONS']);
    t.end();
  });
}

t.test('a transport error ends it', (t) => {
  const bench = new LayerBench();
  bench.wire.failure = new SipTransportError('SIP_CONNECT_TIMEOUT', 'no connection');
  bench.send('OPTIONS');
  bench.clock.advance(1);
  t.strictSame(bench.events, ['no connection', 'terminated']);
  t.strictSame(bench.clock.running, []);
  t.end();
});

t.test('cancel does nothing to it (9.1)', (t) => {
  const bench = new LayerBench();
  const transaction = bench.send('OPTIONS');
  bench.layer.receive(answer(bench.wire.last.message, 100), fromBob);
  transaction.cancel();
  t.strictSame(bench.wire.take(), ['OPTIONS']);
  t.end();
});
