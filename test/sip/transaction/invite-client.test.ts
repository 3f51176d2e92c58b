// INVITE client transaction on a fake clock: RFC 3261 17.1.1, 9.1; RFC 6026 8.4.
import t from 'tap';
import { SipTransportError } from '../../../src/sip/errors.js';
import { answer, bob, bobOverTcp, fromBob, LayerBench } from './fake-wire.js';

const receive = (bench: LayerBench, status: number, tag = 'b1') => {
  const invite = bench.wire.sent.find(({ message }) => message.method === 'INVITE');
  bench.layer.receive(answer(invite!.message, status, tag), fromBob);
};

t.test(
  'timer A retransmits the same text at 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s, timer B ends at 32 s (17.1.1.2)',
  (t) => {
    const bench = new LayerBench();
    bench.send('INVITE');
    bench.clock.advance(31_999);
    t.strictSame(
      bench.wire.sent.map(({ at }) => at),
      [0, 500, 1500, 3500, 7500, 15_500, 31_500],
    );
    t.equal(new Set(bench.wire.sent.map(({ text }) => text)).size, 1);
    t.strictSame(bench.events, []);
    bench.clock.advance(1);
    t.strictSame(bench.events, ['timeout', 'terminated']);
    t.equal(bench.layer.openTransactions, 0);
    t.strictSame(bench.clock.running, []);
    t.end();
  },
);

t.test('over TCP timer A does not run, timer B does', (t) => {
  const bench = new LayerBench();
  bench.send('INVITE', bobOverTcp);
  bench.clock.advance(32_000);
  t.equal(bench.wire.sent.length, 1);
  t.strictSame(bench.events, ['timeout', 'terminated']);
  t.end();
});

t.test('timer values can be set', (t) => {
  const bench = new LayerBench({ timers: { t1: 100 } });
  bench.send('INVITE');
  bench.clock.advance(6400);
  t.strictSame(
    bench.wire.sent.map(({ at }) => at),
    [0, 100, 300, 700, 1500, 3100, 6300],
  );
  t.strictSame(bench.events, ['timeout', 'terminated']);
  t.end();
});

t.test('a provisional response stops retransmission, and nothing ends a call that rings', (t) => {
  const bench = new LayerBench();
  const transaction = bench.send('INVITE');
  receive(bench, 100);
  receive(bench, 180);
  bench.clock.advance(600_000);
  t.equal(bench.wire.sent.length, 1);
  t.strictSame(bench.events, ['100', '180']);
  t.equal(transaction.state, 'proceeding');
  t.end();
});

for (const status of [300, 302, 400, 404, 408, 480, 486, 487, 500, 503, 600, 603, 699]) {
  t.test(
    `${status} is acknowledged by the transaction, each time it comes, until timer D (17.1.1.2)`,
    (t) => {
      const bench = new LayerBench();
      const transaction = bench.send('INVITE');
      const { message: invite, target } = bench.wire.last;
      bench.wire.take();
      bench.layer.receive(answer(invite, status), fromBob);
      t.strictSame(bench.takeEvents(), [String(status)]);
      const ack = bench.wire.last;
      // 17.1.1.3
      t.equal(ack.message.method, 'ACK');
      t.equal(ack.message.requestUri, invite.requestUri);
      t.strictSame(ack.message.list('via'), [invite.list('via')[0]]);
      t.equal(ack.message.get('from'), invite.get('from'));
      t.match(ack.message.get('to'), /tag=b1/);
      t.equal(ack.message.callId, invite.callId);
      t.strictSame(ack.message.cseq(), { number: 1, method: 'ACK' });
      t.equal(ack.message.get('max-forwards'), '70');
      t.strictSame(ack.target, target);
      bench.clock.advance(31_999);
      bench.layer.receive(answer(invite, status), fromBob);
      t.strictSame(bench.wire.take(), ['ACK', 'ACK']);
      t.strictSame(bench.events, []);
      t.equal(transaction.state, 'completed');
      bench.clock.advance(1);
      t.strictSame(bench.events, ['terminated']);
      t.equal(bench.layer.openTransactions, 0);
      t.end();
    },
  );
}

t.test('over TCP timer D is 0: gone as soon as the final has been reported', (t) => {
  const bench = new LayerBench();
  bench.send('INVITE', bobOverTcp);
  receive(bench, 486);
  t.strictSame(bench.events, ['486', 'terminated']);
  t.strictSame(bench.wire.take(), ['INVITE', 'ACK']);
  t.equal(bench.layer.openTransactions, 0);
  t.end();
});

t.test('the ACK carries the Route of the INVITE (17.1.1.3)', (t) => {
  const bench = new LayerBench();
  const routes = ['<sip:p1.example.com;lr>', '<sip:p2.example.com;lr>'];
  bench.send('INVITE', bob, routes);
  receive(bench, 404);
  t.strictSame(bench.wire.last.message.getAll('route'), routes);
  t.end();
});

t.test('every 2xx goes up until timer M, and none is acknowledged here (RFC 6026 8.4)', (t) => {
  for (const over of [undefined, bobOverTcp]) {
    const bench = new LayerBench();
    const transaction = bench.send('INVITE', over);
    receive(bench, 180);
    receive(bench, 200, 'b1');
    receive(bench, 200, 'b1');
    receive(bench, 200, 'b2');
    t.strictSame(bench.takeEvents(), ['180', '200', '200', '200']);
    t.equal(transaction.state, 'accepted');
    receive(bench, 486);
    receive(bench, 180);
    t.strictSame(bench.takeEvents(), [], 'only a 2xx counts now');
    bench.clock.advance(31_999);
    receive(bench, 200);
    t.strictSame(bench.takeEvents(), ['200']);
    bench.clock.advance(1);
    t.strictSame(bench.events, ['terminated']);
    receive(bench, 200);
    t.equal(bench.strays.length, 1, 'after that it is a stray');
    t.strictSame(bench.wire.take(), ['INVITE']);
  }
  t.end();
});

t.test('a CANCEL is held until a provisional response comes (9.1)', (t) => {
  const bench = new LayerBench();
  const transaction = bench.send('INVITE');
  const invite = bench.wire.last.message;
  transaction.cancel([{ name: 'Reason', value: 'SIP;cause=200' }]);
  transaction.cancel();
  t.strictSame(bench.wire.take(), ['INVITE']);
  bench.clock.advance(5000);
  t.strictSame(bench.wire.take(), [], 'the INVITE is not sent again for a call that nobody waits for');
  bench.layer.receive(answer(invite, 100), fromBob);
  const cancel = bench.wire.last.message;
  t.strictSame(bench.wire.take(), ['CANCEL']);
  t.equal(cancel.requestUri, invite.requestUri);
  t.strictSame(cancel.list('via'), [invite.list('via')[0]]);
  t.strictSame(cancel.cseq(), { number: 1, method: 'CANCEL' });
  t.equal(cancel.get('to'), invite.get('to'));
  t.equal(cancel.get('reason'), 'SIP;cause=200');
  t.equal(cancel.get('max-forwards'), '70');
  bench.layer.receive(answer(cancel, 200), fromBob);
  t.strictSame(bench.takeEvents(), ['100'], 'the response to the CANCEL is not reported');
  bench.layer.receive(answer(invite, 487), fromBob);
  t.strictSame(bench.takeEvents(), ['487']);
  bench.clock.advance(32_000);
  t.equal(bench.layer.openTransactions, 0);
  t.strictSame(bench.clock.running, []);
  t.end();
});

t.test('a lost CANCEL is retransmitted as any request (timer E)', (t) => {
  const bench = new LayerBench();
  const transaction = bench.send('INVITE');
  receive(bench, 180);
  bench.wire.take();
  transaction.cancel();
  bench.clock.advance(3500);
  t.strictSame(bench.wire.take(), ['CANCEL', 'CANCEL', 'CANCEL', 'CANCEL']);
  t.end();
});

t.test('no final response 64*T1 after the CANCEL: given up (9.1)', (t) => {
  const bench = new LayerBench();
  const transaction = bench.send('INVITE');
  receive(bench, 180);
  bench.clock.advance(60_000);
  transaction.cancel();
  bench.clock.advance(31_999);
  t.strictSame(bench.takeEvents(), ['180']);
  bench.clock.advance(1);
  t.strictSame(bench.takeEvents(), ['timeout', 'terminated']);
  t.equal(bench.layer.openTransactions, 0);
  t.end();
});

t.test('a final response that overtakes the CANCEL makes it needless', (t) => {
  const bench = new LayerBench();
  const transaction = bench.send('INVITE');
  transaction.cancel();
  receive(bench, 486);
  transaction.cancel();
  t.strictSame(bench.wire.take(), ['INVITE', 'ACK']);
  t.end();
});

t.test('a 2xx after the CANCEL is reported: the call was answered', (t) => {
  const bench = new LayerBench();
  const transaction = bench.send('INVITE');
  receive(bench, 180);
  transaction.cancel();
  receive(bench, 200);
  t.strictSame(bench.takeEvents(), ['180', '200']);
  t.equal(transaction.state, 'accepted');
  t.end();
});

t.test('a transport error ends a call that has had no answer, and is reported (17.1.4)', (t) => {
  const bench = new LayerBench();
  bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'refused');
  bench.send('INVITE');
  t.strictSame(bench.events, [], 'not before request has returned');
  bench.clock.advance(1);
  t.strictSame(bench.events, ['refused', 'terminated']);
  t.equal(bench.layer.openTransactions, 0);
  t.strictSame(bench.clock.running, []);
  t.end();
});

t.test('a transport error of the ACK is reported in completed', (t) => {
  const bench = new LayerBench();
  bench.send('INVITE');
  const invite = bench.wire.last.message;
  bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'refused');
  bench.layer.receive(answer(invite, 486), fromBob);
  bench.clock.advance(1);
  t.strictSame(bench.events, ['486', 'refused', 'terminated']);
  t.end();
});

t.test('a response is matched by branch and by the method in CSeq (17.1.3)', (t) => {
  const bench = new LayerBench();
  bench.send('INVITE');
  const invite = bench.wire.last.message;
  const other = answer(invite, 200);
  other.setTopVia((other.list('via')[0] ?? '').replace(/branch=[^;]+/, 'branch=z9hG4bKother'));
  bench.layer.receive(other, fromBob);
  const bye = answer(invite, 200);
  bye.set('cseq', '1 BYE');
  bye.method = 'BYE';
  bench.layer.receive(bye, fromBob);
  const cancel = answer(invite, 200);
  cancel.set('cseq', '1 CANCEL');
  cancel.method = 'CANCEL';
  bench.layer.receive(cancel, fromBob);
  t.strictSame(bench.events, []);
  t.equal(bench.strays.length, 3);
  t.end();
});
