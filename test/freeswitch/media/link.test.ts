// The media link to a centre: refused, missing, silent, killed, made again; changed settings.
import t from 'tap';
import {
  collectRequest,
  centreAt,
  isFailure,
  MediaStage,
  openRequest,
  until,
} from '../../support/media-stage.js';
import { FakeMediaServer } from '../../support/fake-media-server.js';

const faultOf = (stage: MediaStage): string => stage.bank.status[0]?.fault ?? '';

void t.test('a wrong password is named, and no port opens', async (t) => {
  const stage = await MediaStage.open({ secret: 'wrong' });
  t.teardown(() => stage.close());
  await until('it was refused', () => /password/.test(faultOf(stage)));
  t.match(await stage.bank.open(openRequest), { kind: 'failure', reason: 'unreachable', detail: /password/ });
  await until('it tries again', () => stage.fake.connections > 1);
  stage.fake.script.password = 'wrong';
  await stage.ready();
  stage.fake.script.password = 'ClueCon';
});

void t.test('a missing profile is named', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  stage.fake.script.profile = 'internal';
  await until('it was seen', () => /no SIP profile drachtio_mrf/.test(faultOf(stage)));
  stage.fake.script.profile = 'drachtio_mrf';
  await stage.ready();
});

void t.test('a centre that accepts and says nothing', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  stage.fake.script.answersEventSocket = false;
  await until('it was given up', () => faultOf(stage) === 'no answer');
  stage.fake.script.answersEventSocket = true;
  await stage.ready();
});

void t.test('a centre that goes silent loses its ports; it comes back', async (t) => {
  const stage = await MediaStage.open({ staleAfterMs: 200 });
  t.teardown(() => stage.close());
  const port = await stage.port();
  const ended: string[] = [];
  port.onEnded((reason) => ended.push(reason));
  const collecting = port.collect({ ...collectRequest, timeoutMs: 30_000 });
  stage.fake.script.answersEventSocket = false;
  t.match(await collecting, { kind: 'gone', reason: 'centre-silent' });
  t.same(ended, ['centre-silent']);
  t.equal(stage.bank.openPorts, 0);
  stage.fake.script.answersEventSocket = true;
  await stage.ready();
  await stage.isClean();
});

void t.test('a centre that is killed with calls on its ports', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  await stage.ready();
  stage.fake.script.promptMs = 60_000;
  const ports = await Promise.all(Array.from({ length: 20 }, () => stage.port()));
  const ended: string[] = [];
  for (const port of ports) port.onEnded((reason) => ended.push(reason));
  const playing = ports.map((port) => port.play({ prompts: ['file:a.wav'], bargeIn: true }));
  const half = stage.bank.open(openRequest);
  const { port } = stage.fake;
  await stage.fake.kill();
  for (const play of playing) t.match(await play, { kind: 'gone' });
  const last = await half;
  if (!isFailure(last)) await until('the last ended', () => stage.bank.openPorts === 0);
  t.equal(ended.length, 20);
  t.equal(stage.bank.openPorts, 0);
  t.match(await stage.bank.open(openRequest), { kind: 'failure', reason: 'unreachable' });
  await until('no leg is left', () => stage.legs === 0);
  const again = await FakeMediaServer.open(port);
  t.teardown(() => again.close());
  await stage.ready();
  t.notOk(isFailure(await stage.bank.open(openRequest)));
  stage.bank.stop();
});

void t.test('a link that is lost leaves open ports alone', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  const port = await stage.port();
  for (const socket of stage.fake.sockets) socket.destroy();
  await until('it is lost', () => stage.bank.status[0]?.isReady === false);
  t.match(await stage.bank.open(openRequest), { kind: 'failure', reason: 'unreachable' });
  t.same(await port.play({ prompts: ['file:a.wav'], bargeIn: true }), { kind: 'played' });
  await stage.ready();
  t.same(await port.play({ prompts: ['file:a.wav'], bargeIn: true }), { kind: 'played' });
  port.close();
  await stage.isClean();
});

void t.test('settings that change while it runs', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  const port = await stage.port();
  const other = await FakeMediaServer.open();
  t.teardown(() => other.close());
  stage.bank.watch([centreAt(stage.fake.port)]);
  t.equal(stage.fake.connections, 1, 'nothing changed');
  stage.bank.watch([centreAt(other.port)]);
  t.same(await port.play({ prompts: ['file:a.wav'], bargeIn: true }), { kind: 'played' }, 'the call stays');
  await stage.ready();
  const second = await stage.port();
  t.equal(other.channels.length, 1);
  port.close();
  second.close();
  stage.bank.watch([]);
  t.same(stage.bank.status, []);
  t.match(await stage.bank.open(openRequest), { kind: 'failure', reason: 'rejected' });
  await stage.isClean();
});

void t.test('an address that cannot be listened on is a fault, not an end', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  await stage.ready();
  const { FsmrfBank } = await import('../../../src/freeswitch/index.js');
  const { silentLogger, systemClock } = await import('../../../src/kernel/index.js');
  const bank = new FsmrfBank({
    srf: stage.gateway.srf,
    centres: [centreAt(stage.fake.port)],
    ivr: { listenHost: '127.0.0.1', listenPort: stage.fake.port, openTimeoutMs: 500 },
    secret: 'ClueCon',
    clock: systemClock,
    log: silentLogger,
  });
  bank.start();
  await until('it says so', () => /cannot listen/.test(bank.status[0]?.fault ?? ''));
  bank.stop();
});
