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
