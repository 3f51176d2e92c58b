// The IVR bank against a scripted FreeSWITCH: open, play, collect, bridge, and every way in which it ends.
import t from 'tap';
import {
  collectRequest,
  isFailure,
  MediaStage,
  openRequest,
  callerSdp,
  until,
} from '../../support/media-stage.js';

for (const link of ['in-process', 'tcp'] as const) {
  void t.test(`a port opens, plays, collects and closes (${link})`, async (t) => {
    const stage = await MediaStage.open({ link });
    t.teardown(() => stage.close());
    const port = await stage.port();
    const { channel } = stage.fake;
    const [invite] = stage.fake.invites;
    t.equal(port.uuid, channel.uuid);
    t.match(port.sdp, /^v=0/);
    t.equal(invite?.body, callerSdp);
    t.equal(invite?.get('x-decision-id'), openRequest.decisionId);
    t.equal(invite?.get('x-proffer-program'), 'offers');
    t.equal(stage.bank.openPorts, 1);
    t.same([...stage.bank.portsByProgram], [['east/offers', 1]]);
    t.same(await port.play({ prompts: ['file:a.wav', 'silence:20', 'tone:%(50,0,440)'], bargeIn: false }), {
      kind: 'played',
    });
    t.ok(channel.executed.includes('playback a.wav!silence_stream://20!tone_stream://%(50,0,440)'));
    const collecting = port.collect(collectRequest);
    await until('it collects', () => channel.running === 'play_and_get_digits');
    channel.press('12#');
    t.same(await collecting, { kind: 'digits', digits: '12', terminator: '#' });
    let ended = 0;
    port.onEnded(() => (ended += 1));
    port.close();
    port.close();
    await stage.isClean();
    t.equal(ended, 0, 'not after close');
    t.ok(channel.isHungUp);
  });

  void t.test(
    `the centre hangs up by BYE; re-INVITE and INFO in the leg are answered (${link})`,
    async (t) => {
      const stage = await MediaStage.open({ link });
      t.teardown(() => stage.close());
      const port = await stage.port();
      const ended: string[] = [];
      port.onEnded((reason) => ended.push(reason));
      for (const [method, body] of [
        ['INVITE', callerSdp],
        ['INVITE', ''],
        ['INFO', ''],
        ['UPDATE', ''],
      ] as const) {
        const before = stage.fake.heard.length;
        await stage.fake.request(stage.fake.channel, method, body);
        await until(`${method} is answered`, () => stage.fake.heard.slice(before).includes(`200 ${method}`));
      }
      await stage.fake.request(stage.fake.channel, 'BYE');
      await until('the port ended', () => ended.length > 0);
      await until('BYE is answered', () => stage.fake.heard.includes('200 BYE'));
      stage.fake.channel.cut();
      await stage.isClean();
      t.equal(ended.length, 1);
      t.match(await port.play({ prompts: ['file:a.wav'], bargeIn: true }), { kind: 'gone' });
      t.match(await port.collect(collectRequest), { kind: 'gone' });
      t.match(await port.bridge({ uri: 'sip:a@127.0.0.1', headers: {}, ringTimeoutMs: 1000 }), {
        kind: 'gone',
      });
    },
  );
}

void t.test('an INVITE without SDP: the centre makes the offer', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  const port = await stage.port({ sdpOffer: '' });
  t.match(port.sdp, /m=audio/);
  t.equal(stage.fake.invites[0]?.body, '');
  await until('the ACK has an answer', () => stage.fake.heard.includes('ACK with SDP'));
  port.acknowledge(callerSdp);
  await until('the answer of the caller is there', () => stage.fake.heard.slice(-2).join() === 'INVITE,ACK');
  port.close();
  await stage.isClean();
});

void t.test('a key stops the prompts and is kept', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  stage.fake.script.promptMs = 60_000;
  const port = await stage.port();
  const { channel } = stage.fake;
  const playing = port.play({ prompts: ['file:long.wav', 'say:and more'], bargeIn: true });
  await until('it plays', () => channel.running === 'playback');
  channel.press('1');
  t.same(await playing, { kind: 'played' });
  t.equal(channel.executed.filter((one) => one.startsWith('playback')).length, 1, 'the rest is left out');
  const collecting = port.collect({ ...collectRequest, prompts: ['file:long.wav'] });
  await until('it collects', () => channel.running === 'play_and_get_digits');
  t.match(channel.executed.at(-1), /^play_and_get_digits 1 3 1 1000 # /);
  channel.press('234');
  t.same(await collecting, { kind: 'digits', digits: '1234', terminator: undefined });

  const asking = port.collect({
    ...collectRequest,
    prompts: ['file:long.wav'],
    maxDigits: 1,
    terminators: '',
  });
  await until('it plays again', () => channel.running === 'playback');
  channel.press('7');
  t.same(
    await asking,
    { kind: 'digits', digits: '7', terminator: undefined },
    'complete with the key that stopped it',
  );
});

void t.test('digits that never come, too few, and none but the terminator', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  const port = await stage.port();
  const { channel } = stage.fake;
  const collect = async (keys: string, more = {}) => {
    const collecting = port.collect({ ...collectRequest, timeoutMs: 50, interDigitTimeoutMs: 50, ...more });
    await until('it collects', () => channel.running === 'play_and_get_digits');
    channel.press(keys);
    return collecting;
  };
  t.same(await collect(''), { kind: 'timeout' });
  t.same(await collect('12', { minDigits: 3 }), { kind: 'timeout' });
  t.same(await collect('#'), { kind: 'digits', digits: '', terminator: '#' });
  t.same(
    await collect(''),
    { kind: 'timeout' },
    'the terminator of the entry before is not taken for one of this',
  );
  t.same(await collect('A*1#', { terminators: '' }), {
    kind: 'digits',
    digits: 'A*1#',
    terminator: undefined,
  });
});

void t.test('a prompt that the centre does not have is skipped and counted', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  const port = await stage.port();
  const prompts = ['say:nothing-there', 'file:good.wav'];
  t.same(await port.play({ prompts, bargeIn: true }), { kind: 'played' });
  t.equal(stage.bank.skippedPrompts, 1);
  t.equal(stage.fake.channel.executed.at(-1), 'playback good.wav');
});

void t.test('bridge: answered, then the far end hangs up', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  const port = await stage.port();
  const ended: string[] = [];
  port.onEnded((reason) => ended.push(reason));
  const headers = { 'X-Offer-URL': 'https://a/b?x=1,2' };
  t.same(await port.bridge({ uri: 'sip:sales@127.0.0.1:5090', headers, ringTimeoutMs: 20_000 }), {
    kind: 'bridged',
  });
  t.equal(
    stage.fake.channel.executed.at(-1),
    'bridge {originate_timeout=20,sip_h_X-Offer-URL=https://a/b?x=1\\,2}sofia/drachtio_mrf/sip:sales@127.0.0.1:5090',
  );
  t.equal(stage.bank.openPorts, 1);
  stage.fake.channel.endBridge();
  await until('the port ended', () => ended.length > 0);
  t.same(ended, ['bridge-ended']);
  await stage.isClean();
});

void t.test('bridge: refused, and the caller is still there', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  const port = await stage.port();
  stage.fake.script.bridge = 'USER_BUSY';
  const request = { uri: 'sip:sales@127.0.0.1:5090', headers: {}, ringTimeoutMs: 1000 };
  t.same(await port.bridge(request), { kind: 'refused', reason: 'USER_BUSY' });
  t.match(await port.bridge({ ...request, uri: 'sip:a@b,c' }), { kind: 'refused' });
  t.same(await port.play({ prompts: ['file:a.wav'], bargeIn: true }), { kind: 'played' });
  stage.fake.script.bridge = 'silence';
  const bridging = port.bridge(request);
  await until('it rings', () => stage.fake.channel.running === 'bridge');
  port.close();
  t.match(await bridging, { kind: 'gone', reason: 'closed' });
  await stage.isClean();
});

for (const step of ['idle', 'play', 'collect', 'bridge'] as const) {
  for (const how of ['hangup', 'cut', 'bye'] as const) {
    void t.test(`${how} during ${step} ends the port once`, async (t) => {
      const stage = await MediaStage.open();
      t.teardown(() => stage.close());
      stage.fake.script.promptMs = 60_000;
      stage.fake.script.bridge = 'silence';
      const port = await stage.port();
      const { channel } = stage.fake;
      const ended: string[] = [];
      port.onEnded((reason) => ended.push(reason));
      const work = {
        idle: () => Promise.resolve({ kind: 'gone' }),
        play: () => port.play({ prompts: ['file:a.wav'], bargeIn: true }),
        collect: () => port.collect({ ...collectRequest, timeoutMs: 30_000 }),
        bridge: () => port.bridge({ uri: 'sip:a@127.0.0.1', headers: {}, ringTimeoutMs: 30_000 }),
      }[step]();
      await until('it is at work', () => step === 'idle' || !['', 'set', 'unset'].includes(channel.running));
      if (how === 'hangup') channel.hangup('NORMAL_CLEARING');
      else if (how === 'cut') channel.cut();
      else await stage.fake.request(channel, 'BYE');
      t.match(await work, { kind: 'gone' });
      await until('the port ended', () => ended.length > 0);
      if (how === 'bye') channel.cut();
      await stage.isClean();
      t.equal(ended.length, 1);
    });
  }
}

void t.test('why no port opens', async (t) => {
  const stage = await MediaStage.open({ openTimeoutMs: 300 });
  t.teardown(() => stage.close());
  await stage.ready();
  const { script } = stage.fake;
  for (const [status, reason] of [
    [486, 'busy'],
    [503, 'busy'],
    [404, 'rejected'],
    [480, 'unreachable'],
    [500, 'unreachable'],
    [0, 'unreachable'],
  ] as const) {
    script.status = status;
    t.match(await stage.bank.open(openRequest), { kind: 'failure', reason }, `${status}`);
    t.equal(stage.bank.openPorts, 0);
  }
  t.match(await stage.bank.open({ ...openRequest, centre: 'nowhere' }), {
    kind: 'failure',
    reason: 'rejected',
  });
  const dtls = callerSdp.replace('RTP/AVP', 'UDP/TLS/RTP/SAVPF');
  t.match(await stage.bank.open({ ...openRequest, sdpOffer: dtls }), { kind: 'failure', reason: 'rejected' });
  t.equal(stage.bank.openPorts, 0);
});

void t.test('an answer that comes too late, and one without the outbound socket, are hung up', async (t) => {
  const stage = await MediaStage.open({ openTimeoutMs: 200 });
  t.teardown(() => stage.close());
  await stage.ready();
  stage.fake.script.opensSocket = false;
  t.match(await stage.bank.open(openRequest), { kind: 'failure', reason: 'unreachable' });
  await until('it was hung up', () => stage.fake.heard.includes('BYE'));
  // The socket comes after all.
  stage.fake.channel.open();
  await stage.isClean();
  stage.fake.script.opensSocket = true;
  stage.fake.script.answerDelayMs = 2000;
  t.match(await stage.bank.open(openRequest), { kind: 'failure', reason: 'unreachable' });
  await until('it was cancelled', () => stage.fake.heard.includes('CANCEL'));
  await stage.isClean();
});

void t.test('the link to the SIP engine is lost', async (t) => {
  const stage = await MediaStage.open({ link: 'tcp', openTimeoutMs: 500 });
  t.teardown(() => stage.close());
  const port = await stage.port();
  stage.fake.script.status = 0;
  const opening = stage.bank.open(openRequest);
  await until('it is on its way', () => stage.fake.invites.length === 2);
  await stage.loseEngine();
  t.match(await opening, { kind: 'failure', reason: 'unreachable' });
  t.match(await stage.bank.open(openRequest), { kind: 'failure', reason: 'unreachable' });
  port.close();
  await until('the centre let go', () => stage.fake.channel.isHungUp);
  await until('nothing is left', () => stage.legs === 0 && stage.bank.openPorts === 0);
});

void t.test('500 ports, 50 at a time, leave nothing', async (t) => {
  const stage = await MediaStage.open();
  t.teardown(() => stage.close());
  await stage.ready();
  for (let round = 0; round < 10; round++) {
    const ports = await Promise.all(Array.from({ length: 50 }, () => stage.bank.open(openRequest)));
    t.equal(ports.filter((port) => isFailure(port)).length, 0);
    t.equal(stage.bank.openPorts, 50);
    for (const port of ports) if (!isFailure(port)) port.close();
  }
  await stage.isClean();
  t.equal(stage.fake.openDialogs, 0);
});
