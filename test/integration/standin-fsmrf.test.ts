// The stand-in centre under an unmodified drachtio-fsmrf: what the router's IVR does with a FreeSWITCH.
import t from 'tap';
import type { Test } from 'tap';
import { waitUntil } from '../support/child-process.js';
import { callFrom, openCentre, openPhones, openRouter, waitUntilClosed } from './standin-support.js';
import type { Connected } from './standin-support.js';

async function openStage(t: Test) {
  const centre = await openCentre(t);
  const phones = await openPhones(t);
  const calls: Connected[] = [];
  const router = await openRouter(t, centre, (call) => calls.push(call));
  /** A caller that has reached an IVR port. */
  const call = async () => {
    const before = calls.length;
    const caller = await callFrom(phones, `ivr@${router.address}`);
    await waitUntil('the call is at the centre', () => calls.length > before);
    const { endpoint, dialog } = calls[before]!;
    return { caller, endpoint, dialog };
  };
  return { centre, phones, router, call };
}

t.test('drachtio-fsmrf connects and finds the profile', async (t) => {
  const { centre, router } = await openStage(t);
  t.equal(router.server.sip.ipv4.udp.address, centre.mediaAddress);
  t.match(await router.server.api('show channels count'), /^\n0 total\.\n$/);
});

t.test('a call is answered, hears a prompt, gives keys, is told apart by variables, and ends', async (t) => {
  const { centre, phones, call } = await openStage(t);
  const { caller, endpoint } = await call();
  t.equal(endpoint.dtmfType, 'rfc2833');
  t.match(endpoint.local.sdp, /^m=audio \d+ RTP\/AVP 0 101\r$/m);
  t.equal(endpoint.remote.mediaPort, String(caller.media.localPort));

  const played = await endpoint.play('tone_stream://%(100,20,440)');
  t.same(played, { playbackSeconds: '0', playbackMilliseconds: '120', playbackLastOffsetPos: '960' });
  t.ok(caller.media.counters.packetsIn >= 5, 'the caller heard it');

  const collecting = endpoint.playCollect({
    min: 1,
    max: 4,
    timeout: 4000,
    file: 'tone_stream://%(200,100,600)',
    digitTimeout: 1500,
  });
  await waitUntil('the prompt is heard', () => caller.media.counters.packetsIn > 8);
  const keys: string[] = [];
  endpoint.on('dtmf', ({ dtmf = '' }) => keys.push(dtmf));
  caller.media.sendKeys('12#', 60);
  t.match(await collecting, { digits: '12', terminatorUsed: '#' });
  t.same(keys, ['1', '2', '#']);

  t.match((await endpoint.api('uuid_setvar', [endpoint.uuid, 'test_var', 'hello there'])).getBody(), '+OK\n');
  await endpoint.set('offer', 'gold');
  await endpoint.set({ one: '1', two: 'a b' });
  const variables = await endpoint.getChannelVariables(true);
  t.match(variables, {
    variable_test_var: 'hello there',
    variable_offer: 'gold',
    variable_two: 'a b',
    variable_rtp_audio_in_dtmf_packet_count: /^\d+$/,
  });
  await endpoint.destroy();
  caller.hangup('NORMAL_CLEARING');
  await waitUntilClosed(centre, 1);
  await waitUntilClosed(phones);
});

t.test('the caller hangs up in a prompt: the play is over and the endpoint is told', async (t) => {
  const { centre, call } = await openStage(t);
  const { caller, endpoint, dialog } = await call();
  const destroyed = new Promise((resolve) => endpoint.on('destroy', resolve));
  const playing = endpoint.play('tone_stream://%(60000,0,440)');
  await waitUntil('it is heard', () => caller.media.counters.packetsIn > 3);
  // The router ends its call to the centre when its caller has gone.
  await dialog.destroy();
  await endpoint.api('uuid_kill', endpoint.uuid).catch(() => undefined);
  await destroyed;
  t.match(await playing, { playbackSeconds: '0' });
  caller.hangup('NORMAL_CLEARING');
  await waitUntilClosed(centre, 1);
});

t.test('an endpoint without an offer is there, and has sound once it is given one', async (t) => {
  const { centre, phones, router } = await openStage(t);
  const endpoint = await router.server.createEndpoint();
  t.match(endpoint.local.sdp, /^m=audio \d+ RTP\/AVP 0 8 101\r$/m);
  const caller = await callFrom(phones, `offer-ivr@${centre.address}`);
  t.ok(caller.isAnswered);
  await endpoint.destroy();
  caller.hangup('NORMAL_CLEARING');
  await waitUntilClosed(centre, 1);
});

t.test('two endpoints are bridged, and a broken prompt is over', async (t) => {
  const { centre, call } = await openStage(t);
  const [first, second] = [await call(), await call()];
  const playing = first.endpoint.play('tone_stream://%(60000,0,440)');
  await waitUntil('it is heard', () => first.caller.media.counters.packetsIn > 3);
  await first.endpoint.api('uuid_break', first.endpoint.uuid);
  t.equal((await playing)['playbackSeconds'], '0');
  await first.endpoint.bridge(second.endpoint);
  first.caller.media.sendKeys('5');
  await waitUntil('the other hears it', () => second.caller.media.counters.keyPacketsIn > 3);
  await second.endpoint.destroy();
  await waitUntil('both are gone', () => centre.counts.channels === 0);
  for (const { caller } of [first, second]) caller.hangup('NORMAL_CLEARING');
  await waitUntilClosed(centre, 1);
});

t.test('a bridge to an agent with CTI headers, refused and answered', async (t) => {
  const { centre, call } = await openStage(t);
  const desk = await openPhones(t, ['desk']);
  const { caller, endpoint } = await call();
  await endpoint.set('continue_on_fail', 'true');
  const refused = await endpoint.execute('bridge', `sofia/internal/sip:nobody@${desk.address}`);
  t.equal(refused.getHeader('variable_originate_disposition'), 'UNALLOCATED_NUMBER');
  const silent = await endpoint.execute('bridge', '[leg_timeout=1]sofia/internal/sip:x@127.0.0.1:9');
  t.match(silent.getHeader('variable_originate_disposition'), /NO_ANSWER|NORMAL_TEMPORARY_FAILURE/);
  const answered = endpoint.execute(
    'bridge',
    `{sip_h_X-Offer-ID=gold}sofia/internal/sip:desk@${desk.address}`,
  );
  await waitUntil('the desk has answered', () => desk.counts.channels === 1);
  const [agent] = desk.switch.switchboard.table;
  t.equal(agent?.variables.get('sip_h_X-Offer-ID'), 'gold');
  await waitUntil('it is heard', () => caller.media.counters.packetsIn > 10);
  agent?.hangup('NORMAL_CLEARING');
  t.equal((await answered).getHeader('variable_originate_disposition'), 'SUCCESS');
  t.ok(endpoint.connected, 'the caller is still there');
  await endpoint.destroy();
  caller.hangup('NORMAL_CLEARING');
  await waitUntilClosed(centre, 1);
});

t.test('an application that cannot be reached, or must not be, gets no call', async (t) => {
  const centre = await openCentre(t);
  const phones = await openPhones(t);
  for (const address of ['127.0.0.1:9', '192.0.2.1:8021', 'rubbish', '127.0.0.1:99999']) {
    const caller = await callFrom(phones, `ivr@${centre.mediaAddress}`, [['X-esl-outbound', address]]);
    await waitUntil(`the call for ${address} is over`, () => caller.isHungUp);
  }
  await waitUntilClosed(centre);
});

t.test('nothing is left of 200 calls to IVR ports', async (t) => {
  const { centre, phones, call } = await openStage(t);
  for (let round = 0; round < 20; round++) {
    const calls = [];
    for (let i = 0; i < 10; i++) calls.push(await call());
    await Promise.all(
      calls.map(async ({ caller, endpoint }, at) => {
        const playing = endpoint.play('silence_stream://40');
        if (at % 2 === 0) await playing;
        await endpoint.destroy();
        await playing.catch(() => undefined);
        caller.hangup('NORMAL_CLEARING');
      }),
    );
  }
  await waitUntilClosed(centre, 1);
  await waitUntilClosed(phones);
});

t.test('the centre dies with calls on its ports: the endpoints are told', async (t) => {
  const { centre, call } = await openStage(t);
  const { endpoint } = await call();
  const destroyed = new Promise((resolve) => endpoint.on('destroy', resolve));
  await centre.kill();
  await destroyed;
  t.match(centre.counts, { channels: 0, rtpPorts: 0, sockets: 0 });
});
