// The IVR bank at a whole centre: the stand-in, and with FREESWITCH_ESL set (and FREESWITCH_ESL_SECRET) a real FreeSWITCH on this
// machine with the settings of docker/freeswitch. Keys come as RFC 4733 events from a caller of ours.
import t from 'tap';
import type { Test } from 'tap';
import { readEnvironment } from '../../src/config/index.js';
import type { IvrPort } from '../../src/callcenter/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { AnsweringEndpoint, StandInCentre } from '../../src/switch-standin/index.js';
import { Keypad } from '../support/keypad.js';
import { collectRequest, isFailure, MediaStage, openRequest, until } from '../support/media-stage.js';

interface CentreUnderTest {
  readonly eventSocketPort: number;
  readonly secret: string;
}

async function begin(t: Test, { eventSocketPort, secret }: CentreUnderTest) {
  const stage = await MediaStage.open({ eventSocketPort, secret, openTimeoutMs: 5000 });
  const keypad = await Keypad.open();
  t.teardown(async () => {
    keypad.close();
    await stage.close();
  });
  await stage.ready();
  return { stage, keypad };
}

async function pressedWhile<T>(work: Promise<T>, keypad: Keypad, port: IvrPort, keys: string): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  await keypad.press(keys, port.sdp);
  return work;
}

async function endpoint(t: Test, maxCalls: number): Promise<string> {
  const answering = new AnsweringEndpoint({
    name: 'sales',
    listen: 'sip:127.0.0.1:0;transport=udp',
    clock: systemClock,
    log: silentLogger,
    ringMs: 50,
    maxCalls,
  });
  await answering.start();
  t.teardown(() => answering.stop());
  return `sip:sales@${answering.address}`;
}

async function story(t: Test, centre: CentreUnderTest): Promise<void> {
  await t.test('prompts, keys and the end', async (t) => {
    const { stage, keypad } = await begin(t, centre);
    const port = await stage.port({ sdpOffer: keypad.sdp });
    t.match(port.uuid, /^[0-9a-f-]{36}$/);
    t.same(await port.play({ prompts: ['tone:%(100,50,440)', 'silence:100'], bargeIn: false }), {
      kind: 'played',
    });
    t.same(await port.play({ prompts: ['file:nothing/there.wav'], bargeIn: true }), { kind: 'played' });
    const long = { prompts: ['silence:20000'], bargeIn: true };
    t.same(await pressedWhile(port.play(long), keypad, port, '1'), { kind: 'played' }, 'a key stops it');
    const collecting = port.collect({ ...collectRequest, timeoutMs: 3000, interDigitTimeoutMs: 3000 });
    t.same(await pressedWhile(collecting, keypad, port, '2#'), {
      kind: 'digits',
      digits: '12',
      terminator: '#',
    });
    t.same(await port.collect({ ...collectRequest, timeoutMs: 1000 }), { kind: 'timeout' });
    port.close();
    await stage.isClean();
  });

  await t.test('the centre makes the offer', async (t) => {
    const { stage, keypad } = await begin(t, centre);
    const port = await stage.port({ sdpOffer: '' });
    t.match(port.sdp, /m=audio [1-9]/);
    port.acknowledge(keypad.sdp);
    t.same(await port.play({ prompts: ['silence:200'], bargeIn: false }), { kind: 'played' });
    port.close();
    await stage.isClean();
  });

  await t.test('a bridge: answered, refused, nobody there', async (t) => {
    const { stage, keypad } = await begin(t, centre);
    const refused = await stage.port({ sdpOffer: keypad.sdp });
    const to = async (uri: string) => refused.bridge({ uri, headers: {}, ringTimeoutMs: 3000 });
    t.match(await to(await endpoint(t, 0)), { kind: 'refused', reason: 'USER_BUSY' });
    t.same(
      await refused.play({ prompts: ['silence:50'], bargeIn: false }),
      { kind: 'played' },
      'still there',
    );
    const headers = { 'X-Offer-ID': 'ACME,GOLD', 'X-Decision-ID': openRequest.decisionId };
    const uri = await endpoint(t, 10);
    t.same(await refused.bridge({ uri, headers, ringTimeoutMs: 5000 }), { kind: 'bridged' });
    refused.close();
    await stage.isClean();
  });

  await t.test('40 ports at once', async (t) => {
    const { stage } = await begin(t, centre);
    const ports = await Promise.all(Array.from({ length: 40 }, () => stage.bank.open(openRequest)));
    t.equal(ports.filter((port) => isFailure(port)).length, 0);
    for (const port of ports) if (!isFailure(port)) port.close();
    await stage.isClean();
  });
}

void t.test('the stand-in centre', async (t) => {
  const centre = new StandInCentre({
    name: 'centre east',
    listen: 'sip:127.0.0.1:0;transport=udp',
    eventSocket: { host: '127.0.0.1', port: 0, password: 'ClueCon' },
    queues: [],
    clock: systemClock,
    log: silentLogger,
  });
  await centre.start();
  const { eventSocketPort } = centre;
  await story(t, { eventSocketPort, secret: 'ClueCon' });
  await until('nothing is left there', () => centre.counts.channels === 0 && centre.counts.rtpPorts === 0);

  const { stage } = await begin(t, { eventSocketPort, secret: 'ClueCon' });
  const port = await stage.port();
  const ended: string[] = [];
  port.onEnded((reason) => ended.push(reason));
  await centre.stop();
  await until('the port ended', () => ended.length === 1 && stage.bank.openPorts === 0);
});

const { freeswitchEsl, freeswitchSecret } = readEnvironment();
const real = freeswitchEsl?.[0];
const why = 'FREESWITCH_ESL is not set: no real FreeSWITCH to test with';
void t.test('a real FreeSWITCH', { skip: real === undefined ? why : false }, async (t) => {
  if (real !== undefined) await story(t, { eventSocketPort: real.port, secret: freeswitchSecret });
});
