// A broken or hostile FreeSWITCH over real TCP: rubbish on the event socket and on the sockets of calls, at every step. The process
// stays, every promise settles, nothing is left.
import t from 'tap';
import { Random } from '../../support/random.js';
import { collectRequest, isFailure, MediaStage, openRequest, until } from '../../support/media-stage.js';

const faults: unknown[] = [];
const note = (error: unknown): void => void faults.push(error);
process.on('uncaughtException', note);
process.on('unhandledRejection', note);
t.teardown(() => {
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
});

const json = (text: string): string =>
  `Content-Length: ${Buffer.byteLength(text)}\nContent-Type: text/event-json\n\n${text}`;

/** What is known to hurt. */
const rubbish: readonly (string | Uint8Array)[] = [
  'Content-Type: command/reply\nReply-Text: %zz%\n\n',
  '%\n\n',
  '\n\n\n\n',
  'Content-Length: -5\n\n',
  'Content-Length: 99999999999\n\n',
  'Content-Length: nonsense\n\nabc',
  json('{'),
  json('null'),
  json('[1,2]'),
  json('"text"'),
  json('{"Event-Name":{"a":1},"Unique-ID":7}'),
  json('{"Event-Name":"CHANNEL_CALLSTATE"}'),
  json('{"Event-Name":"**::*","Unique-ID":"*"}'),
  json('{"Event-Name":"CHANNEL_EXECUTE_COMPLETE"}'),
  json('{"Event-Name":"HEARTBEAT"}'),
  json('{"__proto__":{"x":1},"constructor":"y"}'),
  'Content-Type: text/event-plain\nContent-Length: 3\n\n%%%',
  'Content-Type: text/event-xml\nContent-Length: 8\n\n<a><b></',
  'Content-Type: text/disconnect-notice\n\n',
  'Content-Type: auth/request\n\n',
  'Content-Type: text/rude-rejection\nContent-Length: 2\n\nno',
  'Content-Type: command/reply\nEvent-Name: CHANNEL_DATA\n\n',
  'Content-Type: api/response\nContent-Length: 1\n\n',
  Buffer.alloc(2000, 0xff),
  Buffer.alloc(200_000, 0x41),
  'Content-Type: command/reply\n\n'.repeat(5000),
];

void t.test('rubbish on the socket of a call', async (t) => {
  const stage = await MediaStage.open({ openTimeoutMs: 500 });
  t.teardown(() => stage.close());
  await stage.ready();
  stage.fake.script.promptMs = 30;
  for (const bytes of rubbish) {
    const port = await stage.port();
    const { channel } = stage.fake;
    const work = [
      port.play({ prompts: ['file:a.wav'], bargeIn: true }),
      port.collect({ ...collectRequest, timeoutMs: 60 }),
    ];
    channel.send(bytes);
    setTimeout(() => channel.hangup('NORMAL_CLEARING'), 80);
    await Promise.all(work);
    port.close();
  }
  await stage.isClean();
  t.same(faults, []);
});

void t.test('rubbish in place of the channel data', async (t) => {
  const stage = await MediaStage.open({ openTimeoutMs: 150 });
  t.teardown(() => stage.close());
  await stage.ready();
  for (const bytes of rubbish) {
    stage.fake.script.opensSocket = false;
    const opening = stage.bank.open(openRequest);
    const before = stage.fake.channels.length;
    await until('it was answered', () => stage.fake.channels.length > before);
    const { channel } = stage.fake;
    channel.open({ first: bytes });
    const port = await opening;
    if (!isFailure(port)) port.close();
    channel.cut();
  }
  await stage.isClean();
  t.same(faults, []);
});

void t.test('rubbish on the event socket: the link is made again', async (t) => {
  const stage = await MediaStage.open({ openTimeoutMs: 500 });
  t.teardown(() => stage.close());
  for (const bytes of rubbish) {
    await stage.ready();
    for (const socket of stage.fake.sockets) {
      socket.write(bytes);
      socket.end();
    }
    await until('it was noticed', () => stage.bank.status[0]?.isReady === false);
  }
  await stage.ready();
  t.notOk(isFailure(await stage.bank.open(openRequest)));
  t.same(faults, []);
});

void t.test('any bytes, cut anywhere', async (t) => {
  const stage = await MediaStage.open({ openTimeoutMs: 500 });
  t.teardown(() => stage.close());
  await stage.ready();
  const random = new Random(42);
  const words = [
    'Content-Length: ',
    'Content-Type: ',
    'text/event-json',
    '\n',
    '\n\n',
    '%',
    '{"Event-Name":"',
    '"}',
    '9',
    'é',
    '\0',
  ];
  for (let round = 0; round < 100; round++) {
    const port = await stage.port();
    const { channel } = stage.fake;
    const working = port.collect({ ...collectRequest, timeoutMs: 1000 });
    let text = '';
    for (let at = 0; at < 40; at++) text += random.of(words);
    channel.send(text);
    await new Promise((resolve) => setTimeout(resolve, random.below(8)));
    if (random.isIn(0.5)) channel.cut();
    else channel.hangup('NORMAL_CLEARING');
    if (random.isIn(0.5)) port.close();
    await Promise.race([working, new Promise((resolve) => setTimeout(resolve, 50))]);
    port.close();
    await working;
  }
  await stage.isClean();
  t.same(faults, []);
});
