// Which transaction a message belongs to, and what becomes of those that belong to none: RFC 3261 17.2.3, 9.2, 8.2.2.2.
import t from 'tap';
import { createResponse } from '../../../src/sip/message/create-message.js';
import type { ServerTransaction } from '../../../src/sip/transaction/server-transaction.js';
import { alice, aliceRequest, bob, fromBob, LayerBench, ownRequest } from './fake-wire.js';

const respond = (server: ServerTransaction, status: number) =>
  server.respond(createResponse(server.request, status, undefined, server.toTag));

t.test('branch, sent-by and method make a transaction (17.2.3)', (t) => {
  const bench = new LayerBench();
  const first = { toTag: 'b1' };
  bench.layer.receive(aliceRequest('INFO', first), alice);
  bench.layer.receive(aliceRequest('INFO', first), alice);
  bench.layer.receive(aliceRequest('INFO', { ...first, branch: 'z9hG4bKalice2' }), alice);
  bench.layer.receive(aliceRequest('INFO', { ...first, sentBy: '192.0.2.1:5071' }), alice);
  bench.layer.receive(aliceRequest('MESSAGE', first), alice);
  t.equal(bench.servers.length, 4);
  t.equal(new Set(bench.servers.map(({ id }) => id)).size, 4, 'each with an id of its own');
  t.end();
});

t.test('without the magic cookie: Request-URI, tags, Call-ID, CSeq and Via (17.2.3, RFC 2543)', (t) => {
  const old = { branch: '1' };
  const bench = new LayerBench();
  bench.layer.receive(aliceRequest('INVITE', old), alice);
  bench.layer.receive(aliceRequest('INVITE', old), alice);
  t.equal(bench.servers.length, 1);
  respond(bench.server, 486);
  bench.layer.receive(aliceRequest('ACK', { ...old, toTag: 'other' }), alice);
  t.equal(bench.server.state, 'completed', 'the To tag of an ACK must be that of the response');
  bench.layer.receive(aliceRequest('ACK', { ...old, toTag: bench.server.toTag }), alice);
  t.equal(bench.server.state, 'confirmed');
  for (const other of [
    { uri: 'sip:carol@example.com' },
    { fromTag: 'a2' },
    { callId: 'c2' },
    { cseq: 2 },
    { branch: '2' },
  ]) {
    const before = bench.servers.length;
    bench.layer.receive(aliceRequest('OPTIONS', old), alice);
    bench.layer.receive(aliceRequest('OPTIONS', { ...old, toTag: 'x', ...other }), alice);
    t.equal(bench.servers.length, before + (before === 1 ? 2 : 1), JSON.stringify(other));
  }
  t.end();
});

t.test('CANCEL finds its INVITE by branch, sent-by and source address (9.2)', (t) => {
  const bench = new LayerBench();
  bench.layer.receive(aliceRequest('INVITE'), alice);
  const invite = bench.server;
  const cancel = (words: Parameters<typeof aliceRequest>[1], flow = alice) => {
    const before = bench.servers.length;
    bench.layer.receive(aliceRequest('CANCEL', words), flow);
    t.equal(bench.servers.length, before + 1);
    return bench.server.cancels;
  };
  t.equal(cancel({ branch: 'z9hG4bKguess' }), undefined, 'the Call-ID alone does not do');
  t.equal(cancel({ sentBy: '192.0.2.9:5070' }), undefined);
  t.equal(cancel({}, fromBob), undefined, 'nor does the branch from elsewhere');
  bench.layer.close();
  bench.layer.receive(aliceRequest('INVITE'), alice);
  t.equal(
    cancel({}, { ...alice, remotePort: 40_000 }),
    bench.servers.at(-2),
    'the port may change behind a NAT',
  );
  t.not(bench.server.cancels, invite);
  t.end();
});

t.test('a CANCEL is answered in its own transaction, once', (t) => {
  const bench = new LayerBench();
  bench.layer.receive(aliceRequest('INVITE'), alice);
  bench.layer.receive(aliceRequest('CANCEL'), alice);
  respond(bench.server, 200);
  bench.layer.receive(aliceRequest('CANCEL'), alice);
  t.strictSame(bench.wire.take(), ['200', '200']);
  t.equal(bench.servers.length, 2);
  t.end();
});

t.test('the same INVITE with another branch is a merged request: 482 (8.2.2.2)', (t) => {
  const bench = new LayerBench();
  bench.layer.receive(aliceRequest('INVITE'), alice);
  const copy = aliceRequest('INVITE', { branch: 'z9hG4bKalice2' });
  bench.layer.receive(copy, alice);
  bench.layer.receive(aliceRequest('INVITE', { branch: 'z9hG4bKalice2' }), alice);
  t.equal(bench.servers.length, 1);
  t.equal(bench.layer.counters.merged, 2);
  const [one, two] = bench.wire.sent.map(({ text }) => text);
  t.match(one, /^SIP\/2.0 482 /);
  t.match(one, /branch=z9hG4bKalice2/);
  t.equal(one, two, 'the To tag too is the same for a retransmission (8.2.7)');
  t.end();
});

t.test(
  'not merged: a To tag, another CSeq, another From tag, an ended transaction, a spiral through us',
  (t) => {
    const bench = new LayerBench();
    const other = { branch: 'z9hG4bKalice2' };
    bench.layer.receive(aliceRequest('INVITE'), alice);
    bench.layer.receive(aliceRequest('INVITE', { ...other, cseq: 2 }), alice);
    bench.layer.receive(aliceRequest('INVITE', { ...other, branch: 'z9hG4bK3', fromTag: 'a2' }), alice);
    bench.layer.receive(aliceRequest('INVITE', { ...other, branch: 'z9hG4bK4', toTag: 'b1' }), alice);
    t.equal(bench.servers.length, 4);
    bench.layer.request(ownRequest('INVITE'), bob, {
      onResponse: () => undefined,
      onTimeout: () => undefined,
      onTransportError: () => undefined,
    });
    const ours = bench.wire.last.message.list('via')[0] ?? '';
    bench.layer.receive(aliceRequest('INVITE', { branch: 'z9hG4bK5', extra: `Via: ${ours}\r\n` }), alice);
    t.equal(bench.servers.length, 5, 'a spiral');
    bench.layer.close();
    bench.layer.receive(aliceRequest('INVITE', { branch: 'z9hG4bK6' }), alice);
    t.equal(bench.servers.length, 6);
    t.equal(bench.layer.counters.merged, 0);
    t.end();
  },
);

t.test('an ACK and a response that match nothing are handed up', (t) => {
  const bench = new LayerBench();
  bench.layer.receive(aliceRequest('ACK', { toTag: 'b1' }), alice);
  t.equal(bench.acks.length, 1);
  bench.layer.receive(createResponse(aliceRequest('INVITE'), 200, undefined, 'b1'), fromBob);
  t.equal(bench.strays.length, 1);
  t.equal(bench.layer.openTransactions, 0);
  t.end();
});

t.test('a request taken statelessly gets no transaction', (t) => {
  const taken: string[] = [];
  const bench = new LayerBench({
    user: {
      onRequest: () => t.fail('not here'),
      onAck: () => undefined,
      onStrayResponse: () => undefined,
      takeStateless: (request) => taken.push(request.method) > 0,
    },
  });
  bench.layer.receive(aliceRequest('BYE', { toTag: 'b1' }), alice);
  t.strictSame(taken, ['BYE']);
  t.equal(bench.layer.openTransactions, 0);
  t.end();
});

t.test('too many open transactions: 503 with Retry-After, without one more (overload)', (t) => {
  const bench = new LayerBench({ limits: { maxTransactions: 2, retryAfterSeconds: 7 } });
  const invite = (n: number, toTag?: string) =>
    aliceRequest('INVITE', {
      branch: `z9hG4bK${n}`,
      callId: `c${n}`,
      ...(toTag === undefined ? {} : { toTag }),
    });
  for (const n of [1, 2, 3]) bench.layer.receive(invite(n), alice);
  t.equal(bench.servers.length, 2);
  t.match(bench.wire.last.text, /^SIP\/2.0 503 .*\r\n/);
  t.match(bench.wire.last.message.get('retry-after'), '7');
  t.equal(bench.layer.counters.overloaded, 1);
  bench.layer.receive(aliceRequest('BYE', { branch: 'z9hG4bKbye', toTag: 'b1' }), alice);
  bench.layer.receive(aliceRequest('CANCEL', { branch: 'z9hG4bK1', callId: 'c1' }), alice);
  t.equal(bench.servers.length, 4, 'what ends calls is taken');
  t.ok(bench.server.cancels);
  bench.layer.receive(aliceRequest('BYE', { branch: 'z9hG4bKbye2', toTag: 'b1' }), alice);
  t.equal(bench.servers.length, 4, 'up to twice as many');
  bench.send('OPTIONS');
  bench.clock.advance(1);
  t.match(bench.takeEvents()[0], /4 transactions|5 transactions/);
  bench.layer.close();
  bench.layer.receive(invite(9), alice);
  t.equal(bench.servers.length, 5);
  t.end();
});

t.test('a transaction user that throws breaks nothing', (t) => {
  const bench = new LayerBench({
    user: {
      onRequest: () => {
        throw new Error('bug');
      },
      onAck: () => undefined,
      onStrayResponse: () => undefined,
    },
  });
  bench.layer.receive(aliceRequest('INVITE'), alice);
  t.equal(bench.layer.openTransactions, 1);
  bench.layer.close();
  t.equal(bench.layer.openTransactions, 0);
  t.end();
});

t.test('our Via: sent-by, a branch with the magic cookie, rport (8.1.1.7, RFC 3581)', (t) => {
  const bench = new LayerBench();
  bench.send('OPTIONS');
  t.match(
    bench.wire.last.message.get('via'),
    /^SIP\/2\.0\/UDP 127\.0\.0\.1:5060;branch=z9hG4bK[0-9a-f]{24};rport$/,
  );
  bench.layer.sendAck(ownRequest('ACK'), { ...bob, protocol: 'tcp' });
  t.match(bench.wire.last.message.get('via'), /^SIP\/2\.0\/TCP 127\.0\.0\.1:5060;branch=z9hG4bK/);
  t.equal(bench.layer.openTransactions, 1);
  t.end();
});
