// Server transactions on a fake clock: RFC 3261 17.2, RFC 6026 8.5.
import t from 'tap';
import { SipTransportError } from '../../../src/sip/errors.js';
import { createResponse } from '../../../src/sip/message/create-message.js';
import type { ServerTransaction } from '../../../src/sip/transaction/server-transaction.js';
import { alice, aliceOverTcp, aliceRequest, LayerBench } from './fake-wire.js';

const respond = (server: ServerTransaction, status: number) =>
  server.respond(createResponse(server.request, status, undefined, server.toTag));

const invited = (flow = alice) => {
  const bench = new LayerBench();
  bench.layer.receive(aliceRequest('INVITE'), flow);
  return bench;
};

t.test('a retransmitted INVITE gets the last provisional response again (17.2.1)', (t) => {
  const bench = invited();
  bench.layer.receive(aliceRequest('INVITE'), alice);
  t.strictSame(bench.wire.take(), [], 'nothing was said yet');
  respond(bench.server, 100);
  bench.layer.receive(aliceRequest('INVITE'), alice);
  respond(bench.server, 180);
  bench.layer.receive(aliceRequest('INVITE'), alice);
  t.strictSame(bench.wire.take(), ['100', '100', '180', '180']);
  t.equal(bench.servers.length, 1);
  t.equal(bench.layer.counters.retransmissionsAbsorbed, 3);
  t.end();
});

t.test('responses go to the source, over TCP on its connection (18.2.2, RFC 3581 4)', (t) => {
  const udp = invited();
  respond(udp.server, 180);
  t.strictSame(udp.wire.last.target, { protocol: 'udp', address: '192.0.2.1', port: 5070, flow: alice });
  const tcp = invited(aliceOverTcp);
  respond(tcp.server, 180);
  t.strictSame(tcp.wire.last.target, {
    protocol: 'tcp',
    address: '192.0.2.1',
    port: 5070,
    flow: aliceOverTcp,
  });
  t.end();
});

for (const status of [300, 302, 403, 404, 481, 486, 487, 500, 503, 600, 603]) {
  t.test(`${status} is retransmitted by timer G until the ACK, then timer I (17.2.1)`, (t) => {
    const bench = invited();
    t.ok(respond(bench.server, status));
    t.notOk(respond(bench.server, 200), 'no second final response');
    t.notOk(respond(bench.server, 180));
    bench.clock.advance(11_500);
    t.strictSame(
      bench.wire.sent.map(({ at }) => at),
      [0, 500, 1500, 3500, 7500, 11_500],
    );
    bench.wire.take();
    bench.layer.receive(aliceRequest('INVITE'), alice);
    t.strictSame(bench.wire.take(), [String(status)], 'and for a retransmitted INVITE');
    bench.layer.receive(aliceRequest('ACK', { toTag: bench.server.toTag }), alice);
    t.equal(bench.server.state, 'confirmed');
    bench.layer.receive(aliceRequest('ACK', { toTag: bench.server.toTag }), alice);
    bench.layer.receive(aliceRequest('INVITE'), alice);
    bench.clock.advance(4999);
    t.strictSame(bench.wire.take(), [], 'confirmed absorbs ACK and INVITE');
    t.strictSame(bench.acks, [], 'the ACK stays here');
    t.equal(bench.layer.openTransactions, 1);
    bench.clock.advance(1);
    t.strictSame(bench.events, ['terminated']);
    t.equal(bench.layer.openTransactions, 0);
    t.strictSame(bench.clock.running, []);
    t.end();
  });
}

t.test('no ACK to a failure: timer H ends it at 64*T1 and says so (17.2.1)', (t) => {
  for (const flow of [alice, aliceOverTcp]) {
    const bench = invited(flow);
    respond(bench.server, 486);
    bench.clock.advance(31_999);
    t.equal(bench.wire.take().length, flow === alice ? 11 : 1, 'timer G over UDP alone');
    bench.clock.advance(1);
    t.strictSame(bench.events, ['ack-timeout', 'terminated']);
    t.strictSame(bench.clock.running, []);
  }
  t.end();
});

t.test('over TCP timer I is 0', (t) => {
  const bench = invited(aliceOverTcp);
  respond(bench.server, 486);
  bench.layer.receive(aliceRequest('ACK'), aliceOverTcp);
  t.strictSame(bench.events, ['terminated']);
  t.equal(bench.layer.openTransactions, 0);
  t.end();
});

t.test('accepted (RFC 6026 7.1)', (t) => {
  t.test('it MUST absorb a retransmitted INVITE, and the user retransmits the 2xx', (t) => {
    const bench = invited();
    respond(bench.server, 200);
    bench.layer.receive(aliceRequest('INVITE'), alice);
    bench.clock.advance(20_000);
    t.strictSame(bench.wire.take(), ['200']);
    t.ok(respond(bench.server, 200), 'a 2xx again');
    t.notOk(respond(bench.server, 486));
    t.notOk(respond(bench.server, 180));
    t.strictSame(bench.wire.take(), ['200']);
    t.equal(bench.servers.length, 1);
    t.end();
  });

  t.test('an ACK with the branch of the INVITE goes up, as does one with its own', (t) => {
    const bench = invited();
    respond(bench.server, 200);
    bench.layer.receive(aliceRequest('ACK'), alice);
    bench.layer.receive(aliceRequest('ACK', { branch: 'z9hG4bKack' }), alice);
    t.equal(bench.acks.length, 2);
    t.equal(bench.server.state, 'accepted');
    t.end();
  });

  t.test('timer L ends it at 64*T1, over TCP too', (t) => {
    for (const flow of [alice, aliceOverTcp]) {
      const bench = invited(flow);
      respond(bench.server, 200);
      bench.clock.advance(31_999);
      t.equal(bench.layer.openTransactions, 1);
      bench.clock.advance(1);
      t.strictSame(bench.events, ['terminated']);
      t.notOk(respond(bench.server, 200));
      t.strictSame(bench.clock.running, []);
    }
    t.end();
  });

  t.test('a transport error is reported and changes nothing', (t) => {
    const bench = invited();
    bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'refused');
    respond(bench.server, 200);
    bench.clock.advance(1);
    t.strictSame(bench.events, ['refused']);
    t.equal(bench.server.state, 'accepted');
    t.end();
  });
  t.end();
});

t.test('non-INVITE', (t) => {
  t.test('a retransmission is dropped before the first response and answered after it (17.2.2)', (t) => {
    const bench = new LayerBench();
    const options = () => bench.layer.receive(aliceRequest('OPTIONS'), alice);
    options();
    options();
    t.strictSame(bench.wire.take(), []);
    respond(bench.server, 100);
    options();
    t.ok(respond(bench.server, 200));
    options();
    t.notOk(respond(bench.server, 500), 'a second final response is dropped');
    t.strictSame(bench.wire.take(), ['100', '100', '200', '200']);
    t.equal(bench.servers.length, 1);
    bench.clock.advance(31_999);
    t.strictSame(bench.events, []);
    bench.clock.advance(1);
    t.strictSame(bench.events, ['terminated'], 'timer J is 64*T1');
    t.strictSame(bench.clock.running, []);
    t.end();
  });

  t.test('over TCP timer J is 0', (t) => {
    const bench = new LayerBench();
    bench.layer.receive(aliceRequest('OPTIONS'), aliceOverTcp);
    respond(bench.server, 200);
    t.strictSame(bench.events, ['terminated']);
    t.equal(bench.layer.openTransactions, 0);
    t.end();
  });

  t.test('a transport error ends it (17.2.4)', (t) => {
    const bench = new LayerBench();
    bench.layer.receive(aliceRequest('OPTIONS'), alice);
    bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'refused');
    respond(bench.server, 200);
    bench.clock.advance(1);
    t.strictSame(bench.events, ['refused', 'terminated']);
    t.end();
  });
  t.end();
});
