// The gateway's link to an engine in another process: refused, lost, made again, and dead without a word.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import t from 'tap';
import { DrachtioGateway } from '../../src/calls/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { sdp } from './control-support.js';
import { openCallsStage } from './calls-support.js';

const nobody = { onCall: () => undefined, onRequest: () => undefined };

function gatewayTo(port: number, secret = 'cymru', startDeadlineMs = 5000) {
  return new DrachtioGateway({
    clock: systemClock,
    log: silentLogger,
    watchdogIntervalMs: 60_000,
    startDeadlineMs,
    target: { kind: 'connect', host: '127.0.0.1', port, secret },
  });
}

void t.test('a wrong secret is one clear error', async (t) => {
  const stage = await openCallsStage('in-process', {});
  t.teardown(() => stage.close());
  const gateway = gatewayTo(stage.controlPort, 'wrong');
  await t.rejects(gateway.start(nobody), { code: 'SIP_ENGINE_SECRET', message: /DRACHTIO_SECRET/ });
  t.equal(gateway.isReady, false);
});

void t.test('nobody at the control port is one clear error', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const gateway = gatewayTo(port, 'cymru', 300);
  await t.rejects(gateway.start(nobody), {
    code: 'SIP_ENGINE_UNREACHABLE',
    message: new RegExp(`127.0.0.1:${port}`),
  });
});

void t.test('a link that breaks is made again; what was under way has one outcome', async (t) => {
  const stage = await openCallsStage('tcp', {
    trusted: true,
    identityHeaders: ['P-Asserted-Identity'],
    action: 'proxy',
  });
  t.teardown(() => stage.close());
  stage.invite();
  const leg = await stage.east.hearRequest('INVITE');
  stage.east.reply(leg, 180);
  await stage.alice.hearStatus(180);
  t.equal(stage.gateway.isReady, true);
  await stage.control.close();
  t.match(await stage.ended(), { termination: { result: 'indeterminate', reason: 'engine-link-lost' } });
  t.equal(stage.gateway.isReady, false);
  t.equal(stage.router.callsInProgress, 0);
  await stage.control.listen(stage.controlPort);
  while (!stage.gateway.isReady) await new Promise((resolve) => setImmediate(resolve));
  stage.invite();
  const next = await stage.east.hearRequest('INVITE');
  stage.east.reply(next, 200, { body: sdp });
  t.match(await stage.ended(), { termination: { result: 'success' } });
});

void t.test('an engine that goes silent is noticed, dropped, and given up in the end', async (t) => {
  const sockets: Socket[] = [];
  let authenticated = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const [, id] = /#([^|]+)\|authenticate/.exec(data.toString()) ?? [];
      if (id === undefined) return;
      authenticated += 1;
      const hostPort = 'udp/127.0.0.1:5060';
      const reply = `00000000-0000-4000-8000-000000000000|response|${id}|OK|${hostPort}|v0.9.10|${hostPort}`;
      socket.write(`${reply.length}#${reply}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const clock = new FakeClock();
  let dead = 0;
  const gateway = new DrachtioGateway({
    clock,
    log: silentLogger,
    watchdogIntervalMs: 1000,
    target: { kind: 'connect', host: '127.0.0.1', port, secret: 'cymru' },
    onDead: () => (dead += 1),
  });
  t.teardown(async () => {
    await gateway.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  await gateway.start(nobody);
  t.equal(gateway.isReady, true);
  t.same(gateway.features.perTargetHeaders, false, 'a drachtio-server');
  clock.advance(1800);
  t.equal(gateway.isReady, true, 'one missed probe is not enough');
  clock.advance(1000);
  t.equal(gateway.isReady, false);
  while (authenticated < 2) await new Promise((resolve) => setImmediate(resolve));
  while (!gateway.isReady) await new Promise((resolve) => setImmediate(resolve));
  t.pass('a new link was made');
  t.equal(dead, 0);
  clock.advance(10_000);
  t.equal(dead, 1);
});

void t.test('our own engine says what it can do, and OPTIONS gets its answer or none', async (t) => {
  const stage = await openCallsStage('tcp', {});
  t.teardown(() => stage.close());
  t.match(stage.gateway.features, { perTargetHeaders: true, removesHeaders: true, retargetsAnyUri: true });
  // The health check of the router asks east as well.
  void stage.east.hearRequest('OPTIONS').then((request) => stage.east.reply(request, 404));
  void stage.east.hearRequest('OPTIONS').then((request) => stage.east.reply(request, 404));
  const ask = (port: number, timeoutMs: number) =>
    new Promise<number | undefined>((resolve) => {
      stage.gateway.options(`sip:127.0.0.1:${port}`, timeoutMs, resolve);
    });
  t.equal(await ask(stage.east.port, 5000), 404);
  t.equal(await ask(stage.alice.port, 50), undefined);
});
