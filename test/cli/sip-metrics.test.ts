// Every outcome of a transaction, repeat and accident of the wire made to happen once, and read as Prometheus does.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import t from 'tap';
import { observeSip } from '../../src/cli/sip-metrics.js';
import { createResponse, SipEngine } from '../../src/sip/index.js';
import { SipTransportError } from '../../src/sip/errors.js';
import { TransportCounters } from '../../src/sip/transport/transport-counters.js';
import { waitUntil } from '../support/child-process.js';
import { sumOf, parseMetrics } from '../support/metrics-text.js';
import { alice, aliceRequest, answer, fromBob, LayerBench } from '../sip/transaction/fake-wire.js';

/** What the metrics say of a layer that `play` was played to; only what is not 0. */
async function metricsOf(play: (bench: LayerBench) => void, options = {}): Promise<readonly string[]> {
  const bench = new LayerBench(options);
  play(bench);
  const registry = new Registry();
  const { outcomes, counters } = bench.layer;
  observeSip(registry, {
    outcomes,
    transactionCounters: counters,
    wire: { counters: new TransportCounters(), opened: 0 },
  });
  const text = await registry.metrics();
  return text
    .split('\n')
    .filter((line) => line.startsWith('proffer_sip_') && !line.endsWith(' 0'))
    .map((line) => line.replace('proffer_sip_', ''));
}

const ended = (role: string, type: string, outcome: string): string =>
  `transactions_total{role="${role}",type="${type}",outcome="${outcome}"} 1`;

const ask = (method: string, status: number) => (bench: LayerBench) => {
  bench.send(method);
  bench.layer.receive(answer(bench.wire.last.message, 100), fromBob);
  bench.layer.receive(answer(bench.wire.last.message, status), fromBob);
};
const take = (method: string, status: number) => (bench: LayerBench) => {
  bench.layer.receive(aliceRequest(method), alice);
  bench.server.respond(createResponse(bench.server.request, status, undefined, bench.server.toTag));
};
const failing = (play: (bench: LayerBench) => void) => (bench: LayerBench) => {
  bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'no');
  play(bench);
  bench.clock.advance(5);
};

t.test('final responses by class, either role, INVITE and others', async (t) => {
  for (const status of [200, 302, 486, 503, 603]) {
    const outcome = `${String(status)[0]}xx`;
    for (const [method, type] of [
      ['INVITE', 'invite'],
      ['OPTIONS', 'non-invite'],
    ] as const) {
      t.strictSame(await metricsOf(ask(method, status)), [ended('client', type, outcome)]);
      t.strictSame(await metricsOf(take(method, status)), [ended('server', type, outcome)]);
    }
  }
});

t.test('what there is in place of a final response', async (t) => {
  const timeout = await metricsOf((bench) => {
    bench.send('INVITE');
    bench.clock.advance(32_000);
  });
  t.strictSame(timeout, [
    ended('client', 'invite', 'timeout'),
    'retransmissions_sent_total{kind="invite"} 6',
  ]);
  const other = await metricsOf((bench) => {
    bench.send('OPTIONS');
    bench.clock.advance(32_000);
  });
  t.strictSame(other, [
    ended('client', 'non-invite', 'timeout'),
    'retransmissions_sent_total{kind="request"} 10',
  ]);
  const cancel = await metricsOf((bench) => {
    const invite = bench.send('INVITE');
    bench.layer.receive(answer(bench.wire.last.message, 180), fromBob);
    const { message } = bench.wire.last;
    invite.cancel();
    bench.layer.receive(answer(message, 487), fromBob);
  });
  t.ok(cancel.includes(ended('client', 'invite', 'cancelled')));
  t.strictSame(await metricsOf(take('INVITE', 487)), [ended('server', 'invite', 'cancelled')]);
  t.strictSame(await metricsOf(ask('INVITE', 487)), [ended('client', 'invite', '4xx')], 'nobody cancelled');
  for (const [method, type] of [
    ['INVITE', 'invite'],
    ['OPTIONS', 'non-invite'],
  ] as const) {
    const failed = await metricsOf(failing((bench) => bench.send(method)));
    t.strictSame(failed, [
      ended('client', type, 'transport-error'),
      'send_errors_total{code="SIP_SEND_FAILED"} 1',
    ]);
    const unsaid = await metricsOf((bench) => {
      bench.layer.receive(aliceRequest(method), alice);
      bench.layer.close();
    });
    t.strictSame(unsaid, [ended('server', type, 'abandoned')]);
    const limits = { maxTransactions: 0 };
    t.strictSame(await metricsOf((bench) => bench.layer.receive(aliceRequest(method), alice), { limits }), [
      ended('server', type, 'refused'),
    ]);
    const asked = await metricsOf(
      (bench) => {
        bench.send(method);
        bench.clock.advance(2);
      },
      { limits },
    );
    t.strictSame(asked, [ended('client', type, 'refused')]);
  }
  const unanswerable = await metricsOf(failing(take('OPTIONS', 180)));
  t.strictSame(unanswerable, [
    ended('server', 'non-invite', 'transport-error'),
    'send_errors_total{code="SIP_SEND_FAILED"} 1',
  ]);
});

t.test('repeats, strays and copies', async (t) => {
  const twice = await metricsOf((bench) => {
    take('OPTIONS', 200)(bench);
    bench.layer.receive(aliceRequest('OPTIONS'), alice);
  });
  t.strictSame(twice, [
    ended('server', 'non-invite', '2xx'),
    'retransmissions_sent_total{kind="response"} 1',
    'retransmissions_absorbed_total{kind="request"} 1',
  ]);
  const noAck = await metricsOf((bench) => {
    take('INVITE', 486)(bench);
    bench.layer.receive(aliceRequest('INVITE'), alice);
    bench.clock.advance(32_000);
  });
  t.strictSame(noAck, [
    ended('server', 'invite', '4xx'),
    'failure_ack_timeouts_total 1',
    'retransmissions_sent_total{kind="response"} 11',
    'retransmissions_absorbed_total{kind="invite"} 1',
  ]);
  const acks = await metricsOf((bench) => {
    take('INVITE', 486)(bench);
    for (let i = 0; i < 2; i += 1)
      bench.layer.receive(aliceRequest('ACK', { toTag: bench.server.toTag }), alice);
  });
  t.strictSame(acks, [ended('server', 'invite', '4xx'), 'retransmissions_absorbed_total{kind="ack"} 1']);
  const final = await metricsOf((bench) => {
    ask('INVITE', 486)(bench);
    const [invite] = bench.wire.sent;
    if (invite !== undefined) bench.layer.receive(answer(invite.message, 486), fromBob);
  });
  t.strictSame(final, [
    ended('client', 'invite', '4xx'),
    'retransmissions_sent_total{kind="ack"} 1',
    'retransmissions_absorbed_total{kind="response"} 1',
  ]);
  const accepted = await metricsOf((bench) => {
    take('INVITE', 200)(bench);
    bench.server.respond(createResponse(bench.server.request, 200, undefined, bench.server.toTag));
  });
  t.strictSame(accepted, [ended('server', 'invite', '2xx'), 'retransmissions_sent_total{kind="response"} 1']);
  const stray = await metricsOf((bench) => bench.layer.receive(answer(aliceRequest('BYE'), 200), fromBob));
  t.strictSame(stray, ['stray_responses_total 1']);
  const merged = await metricsOf((bench) => {
    bench.layer.receive(aliceRequest('INVITE'), alice);
    bench.layer.receive(aliceRequest('INVITE', { branch: 'z9hG4bKother' }), alice);
  });
  t.strictSame(merged, ['merged_requests_total 1']);
});

t.test('the wire of a real engine', async (t) => {
  const engine = new SipEngine({ listen: ['sip:127.0.0.1:0;transport=udp,tcp'] });
  await engine.start();
  t.teardown(() => engine.stop());
  const registry = new Registry();
  observeSip(registry, engine);
  const { port = 0 } = engine.localAddresses[0] ?? {};
  const seen = async (name: string, labels: Readonly<Record<string, string>>, total: number) => {
    await waitUntil(`${name} is ${total}`, async () => {
      const samples = parseMetrics(await registry.metrics());
      return sumOf(samples, `proffer_sip_${name}`, labels) === total;
    });
    t.pass(name);
  };
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  const request = aliceRequest('OPTIONS').toString();
  for (const text of [
    request,
    '\r\n\r\n',
    'NONSENSE\r\n\r\n',
    aliceRequest('ACK', { toTag: 'x' }).toString(),
  ])
    socket.send(Buffer.from(text, 'latin1'), port, '127.0.0.1');
  await seen('messages_received_total', { protocol: 'udp' }, 3);
  await seen('keepalives_total', {}, 1);
  await seen('parse_errors_total', {}, 1);
  await seen('stray_acks_total', {}, 1);
  await seen('messages_sent_total', { protocol: 'udp' }, 1);
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  client.write(request.replace('z9hG4bKalice1', 'z9hG4bKalice2'));
  await once(client, 'data');
  client.end();
  await seen('received_bytes_total', { protocol: 'tcp' }, request.length);
  await seen('connections_opened_total', { direction: 'in' }, 1);
  await seen('connections_closed_total', { reason: 'closed' }, 1);
});

t.test('reasons that peers make up do not become labels without end', (t) => {
  const counters = new TransportCounters();
  for (let i = 0; i < 1000; i += 1) counters.unreadable(`reason ${i}`);
  t.equal(counters.parseErrors.size, 65);
  t.equal(counters.parseErrors.get('other'), 936);
  t.end();
});
