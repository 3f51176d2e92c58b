import t from 'tap';
import { MemoryRequest } from '../support/memory-gateway.js';
import { acme, alice, decisionId, settingsWith, Story, turn } from './story.js';

const uui = `${Buffer.from(decisionId).toString('hex')};encoding=hex`;

t.test('a known caller is redirected to the queue of the best offer, with its data', async (t) => {
  const story = await Story.begin();
  const call = await story.call();
  t.same(story.store.asked, [{ partner: 'acme', phone: alice }]);
  t.equal(call.final?.status, 302);
  const { headers } = call.final!;
  t.match(headers?.['Contact'], /^<sip:acme-sales@127\.0\.0\.1:5090;transport=udp\?User-to-User=/);
  t.match(headers?.['Contact'], /X-Offer-ID=ACME-PLATINUM.*>;q=1\.0, </);
  t.match(headers?.['Contact'], /, <sip:overflow@127\.0\.0\.1:5092\?User-to-User=[^>]*>;q=0\.\d$/);
  t.equal(headers?.['User-to-User'], uui);
  t.equal(headers?.['X-Decision-ID'], decisionId);
  t.equal(headers?.['X-Offer-ID'], 'ACME-PLATINUM');
  t.equal(headers?.['X-Offer-URL'], 'https://scripts.example.com/acme/platinum');
  t.equal(headers?.['Call-Info'], '<https://scripts.example.com/acme/platinum>;purpose=info');
  t.equal(story.end, 'success redirected');
  t.equal(story.router.callsInProgress, 0);
  t.match(story.summaries, [
    { offer: 'ACME-PLATINUM', destination: 'east/acme-sales', arm: 'offer', status: 302 },
  ]);
});

t.test('plain service carries the decision and no offer', async (t) => {
  const story = await Story.begin();
  const call = await story.call({ from: '<sip:+15550100099@carrier.example>;tag=1' });
  const { headers } = call.final!;
  t.match(headers?.['Contact'], /^<sip:service@/);
  t.notMatch(headers?.['Contact'], /X-Offer/);
  t.equal(headers?.['X-Decision-ID'], decisionId);
  t.equal(headers?.['X-Offer-ID'], undefined);
});

t.test('no look-up is made for a caller without a number', async (t) => {
  const story = await Story.begin();
  const call = await story.call({ from: '<sip:anonymous@anonymous.invalid>;tag=1' });
  t.equal(call.final?.status, 302);
  t.same(story.store.asked, []);
  t.match(story.summaries, [{ caller: 'anonymous', termination: { result: 'success' } }]);
});

t.test('what cannot be routed is refused, with one outcome', async (t) => {
  const story = await Story.begin();
  const unknown = await story.call();
  t.equal(unknown.final?.status, 302);
  const wrongNumber = story.invite({ to: '<sip:+18005550999@x>' });
  Object.assign(wrongNumber, { requestUri: 'sip:+18005550999@127.0.0.1' });
  story.gateway.receiveCall(wrongNumber);
  t.equal(wrongNumber.final?.status, 404);
  t.equal(story.end, 'client-error unknown-number');
  const hops = await story.call({ 'max-forwards': '0' });
  t.equal(hops.final?.status, 483, 'RFC 3261 16.3 step 3');
  t.equal(story.end, 'client-error max-forwards');
  t.equal(story.summaries.length, 3);
  t.equal(story.router.callsInProgress, 0);
});

t.test('a source that is no trunk gets 403, or silence', async (t) => {
  for (const unknownSource of ['reject', 'silence'] as const) {
    const settings = settingsWith({});
    const story = new Story({ ...settings, trunks: { ...settings.trunks, unknownSource } });
    await story.router.start();
    const call = story.invite();
    call.source = { address: '203.0.113.9', port: 5060, protocol: 'udp' };
    story.gateway.receiveCall(call);
    t.equal(call.final?.status, unknownSource === 'reject' ? 403 : undefined);
    t.equal(call.isIgnored, unknownSource === 'silence');
    t.same(await story.metric('proffer_unknown_source_requests_total'), [
      'proffer_unknown_source_requests_total 1',
    ]);
    t.same(story.summaries, []);
    t.equal(
      story.router.mayAnswer({ address: '203.0.113.9', protocol: 'udp' }),
      unknownSource === 'reject',
      'an engine that asks first sends not even a 100',
    );
    t.equal(story.router.mayAnswer({ address: '127.0.0.1', protocol: 'tcp' }), true);
  }
});

t.test('a trunk with identities is answered when its certificate has one of them (RFC 5922)', async (t) => {
  const settings = settingsWith({});
  const [trunk] = settings.trunks.trunks;
  const trunks = [{ ...trunk!, transports: ['tls' as const], tlsIdentities: ['SBC.example.com'] }];
  const withTrunks = { ...settings, trunks: { unknownSource: 'reject' as const, trunks } };
  const story = new Story(withTrunks);
  await story.router.start();
  const asked = (identities?: readonly string[], protocol = 'tls'): boolean =>
    story.router.mayAnswer({ address: '127.0.0.1', protocol, identities });
  t.equal(asked(['other.example', 'sbc.example.com']), true);
  t.equal(asked(['other.example']), false);
  t.equal(asked([]), false);
  t.equal(asked(), false, 'none that is believed');
  t.equal(asked(['sbc.example.com'], 'tcp'), true, 'no trunk has that transport, so it gets a 403');

  const { process } = withTrunks;
  const sip = { ...process.sip, engine: 'drachtio' as const };
  const blind = new Story({ ...withTrunks, process: { ...process, sip } });
  await blind.router.start();
  const call = blind.invite();
  call.source = { address: '127.0.0.1', port: 5061, protocol: 'tls' };
  blind.gateway.receiveCall(call);
  t.equal(call.final?.status, 403, 'an engine that tells no certificates lets nobody in');
});

t.test('OPTIONS tells readiness, other methods get 405 (RFC 3261 8.2.1, 11.2)', async (t) => {
  const story = await Story.begin();
  const send = (method: string) => {
    const request = new MemoryRequest(method, 'sip:127.0.0.1:5060', { 'call-id': 'o' });
    story.gateway.receive(request);
    return request.final;
  };
  t.equal(send('OPTIONS')?.status, 200);
  t.match(send('OPTIONS')?.headers?.['Allow'], /INVITE/);
  story.gateway.isReady = false;
  t.match(send('OPTIONS'), { status: 503, headers: { 'Retry-After': '5' } });
  t.match(send('MESSAGE'), { status: 405, headers: { Allow: /INVITE/ } });
  const stranger = new MemoryRequest('OPTIONS', 'sip:x', {});
  stranger.source = { address: '203.0.113.9', port: 5060, protocol: 'udp' };
  story.gateway.receive(stranger);
  t.equal(stranger.final?.status, 403);
  story.gateway.isReady = true;
  const ourselves = new MemoryRequest('OPTIONS', 'sip:x', {});
  ourselves.source = { address: '127.0.0.1', port: 5060, protocol: 'udp' };
  story.gateway.receive(ourselves);
  t.equal(ourselves.final?.status, 200, 'the probe of the gateway');
});

t.test(
  'the decision deadline sends the call to plain service; the late answer changes nothing',
  async (t) => {
    const story = await Story.begin();
    story.store.isHeld = true;
    const call = await story.call();
    t.equal(call.final, undefined);
    story.clock.advance(149);
    t.equal(call.final, undefined);
    story.clock.advance(1);
    t.equal(call.final?.status, 302);
    t.match(call.final?.headers?.['Contact'], /^<sip:service@/);
    await story.store.release();
    t.equal(call.responses.length, 1);
    t.match(story.summaries, [{ failOpen: ['deadline'], reason: 'deadline', offer: undefined }]);
    t.same(await story.metric('proffer_fail_open_total{'), ['proffer_fail_open_total{reason="deadline"} 1']);
  },
);

t.test('a look-up that fails, or breaks its promise, costs the offer and not the call', async (t) => {
  const story = await Story.begin();
  story.store.isHeld = true;
  const call = await story.call();
  await story.store.release({ kind: 'failure', reason: 'down' });
  t.equal(call.final?.status, 302);
  t.match(story.summaries, [{ failOpen: ['store-failure'] }]);
  story.store.lookup = () => Promise.reject(new Error('broken'));
  const next = await story.call();
  t.equal(next.final?.status, 302);
  t.match(story.summaries[1], { failOpen: ['store-failure'] });
});

t.test('a decision that throws costs the offer and not the call', async (t) => {
  const story = await Story.begin();
  story.store.answerTo = () => ({ kind: 'hit', ageMs: 0 }) as never;
  const call = await story.call();
  t.equal(call.final?.status, 302);
  t.match(call.final?.headers?.['Contact'], /^<sip:service@127\.0\.0\.1:5090/);
  t.match(story.summaries, [{ reason: 'decision-failure', failOpen: ['decision-failure'] }]);
});

t.test('CANCEL before the answer of the store ends the call; what comes later is ignored', async (t) => {
  for (const late of ['store', 'deadline'] as const) {
    const story = await Story.begin();
    story.store.isHeld = true;
    const call = await story.call();
    call.cancel();
    t.equal(story.end, 'client-error cancelled');
    t.equal(story.router.callsInProgress, 0);
    if (late === 'store') await story.store.release();
    else story.clock.advance(1000);
    t.same(call.responses, [], `nothing is sent after the ${late}`);
    t.equal(story.summaries.length, 1);
  }
});

t.test('CANCEL after the 302 changes nothing', async (t) => {
  const story = await Story.begin();
  const call = await story.call();
  call.cancel();
  t.equal(story.end, 'success redirected');
  t.equal(story.summaries.length, 1);
});

t.test('above the limit of calls in progress new ones get 503 with Retry-After', async (t) => {
  const base = settingsWith({}).process;
  const story = await Story.begin({}, { sip: { ...base.sip, maxCallsInProgress: 1 } });
  story.store.isHeld = true;
  await story.call();
  const second = await story.call();
  t.match(second.final, { status: 503, headers: { 'Retry-After': '5' } });
  await story.store.release();
  story.store.isHeld = false;
  t.equal((await story.call()).final?.status, 302);
  t.same(await story.metric('proffer_requests_rejected_total{'), [
    'proffer_requests_rejected_total{reason="overload"} 1',
  ]);
});

t.test('a stop refuses new calls, waits for those in progress, and not for ever', async (t) => {
  const story = await Story.begin();
  story.store.isHeld = true;
  const waiting = await story.call();
  const stopped = story.router.stop(5000);
  t.equal(story.router.isReady, false);
  t.equal((await story.call()).final?.status, 503);
  await story.store.release();
  t.equal(waiting.final?.status, 302);
  await stopped;
  t.ok(story.gateway.isStopped);

  const stuck = await Story.begin();
  stuck.store.isHeld = true;
  const call = await stuck.call();
  const done = stuck.router.stop(5000);
  stuck.clock.advance(150);
  t.equal(call.final?.status, 302, 'the deadline holds while draining');
  await done;
});

t.test('new settings hold for new calls, old calls end by the old ones', async (t) => {
  const story = await Story.begin();
  story.store.isHeld = true;
  const first = await story.call();
  story.router.applySettings(settingsWith({ action: 'proxy' }));
  const second = await story.call();
  await story.store.release();
  await story.store.release();
  t.equal(first.final?.status, 302);
  t.ok(second.command, 'proxied');
  const broken = settingsWith({});
  t.throws(() => story.router.applySettings({ ...broken, partners: { partners: [] } }));
  t.equal(story.router.settings.trunks.trunks[0]?.action, 'proxy', 'what cannot be compiled changes nothing');
});

t.test('records join by decision and call; numbers are masked', async (t) => {
  const story = await Story.begin();
  await story.call();
  await story.flush();
  const [decision] = story.records.ofType('decision');
  t.match(decision, {
    decisionId,
    callId: 'call-1',
    trunk: 'carrier',
    action: 'redirect',
    partner: 'acme',
    customer: 'c-1',
    generation: 7,
    arm: 'offer',
    reason: 'offer',
    source: 'udp/127.0.0.1:5070',
    caller: '**********01',
    dialled: '**********00',
  });
  t.same(decision?.['gates'], [], 'no gate stopped it');
  t.ok((decision?.['candidates'] as unknown[]).length > 1);
  t.match(story.records.ofType('outcome'), [
    { decisionId, callId: 'call-1', result: 'success', reason: 'redirected', destination: 'east/acme-sales' },
  ]);
  t.notMatch(JSON.stringify(story.records.lines), new RegExp(alice.slice(1)));
  t.notMatch(JSON.stringify(story.records.lines), new RegExp(acme.slice(1)));

  const base = settingsWith({}).process;
  const open = await Story.begin({}, { log: { ...base.log, personalData: true } });
  await open.call();
  await open.flush();
  t.match(open.records.ofType('decision'), [{ caller: alice, dialled: acme }]);
});

t.test('a disk that cannot be written touches no call', async (t) => {
  const base = settingsWith({}).process;
  const story = await Story.begin({}, { decisionLog: { ...base.decisionLog, maxQueuedRecords: 3 } });
  story.records.error = new Error('ENOSPC');
  for (let i = 0; i < 3; i++) {
    t.equal((await story.call()).final?.status, 302);
    await story.flush();
  }
  t.same(await story.metric('proffer_decision_records_dropped_total'), [
    'proffer_decision_records_dropped_total 3',
  ]);
  story.records.error = undefined;
  story.clock.advance(1000);
  await turn();
  await turn();
  t.equal(story.records.lines.length, 3, 'what waited is written when the disk is back');
  t.same(await story.metric('proffer_decision_records_written_total'), [
    'proffer_decision_records_written_total 3',
  ]);
});

t.test('calls are counted by trunk, action, offer, arm and result', async (t) => {
  const story = await Story.begin();
  await story.call();
  await story.call({ from: '<sip:+15550100099@c>;tag=1' });
  t.same(await story.metric('proffer_calls_total{'), [
    'proffer_calls_total{trunk="carrier",action="redirect",offer="ACME-PLATINUM",arm="offer",result="success"} 1',
    'proffer_calls_total{trunk="carrier",action="redirect",offer="none",arm="none",result="success"} 1',
  ]);
  t.same(await story.metric('proffer_store_lookups_total{result="hit"}'), [
    'proffer_store_lookups_total{result="hit"} 1',
  ]);
  t.same(await story.metric('proffer_decision_seconds_count'), ['proffer_decision_seconds_count 2']);
  t.same(await story.metric('proffer_reservations'), ['proffer_reservations 2']);
  t.equal((await story.metric('proffer_destination_up{')).length, 9);
});

t.test(
  'a call with a text stream (RFC 4103) goes to agents who take text, and no other call does',
  async (t) => {
    const sdp = (media: string): string => `v=0\r\nc=IN IP4 192.0.2.1\r\n${media}\r\n`;
    const bodies: Readonly<Record<string, [body: string, queue: string]>> = {
      text: [sdp('m=text 11000 RTP/AVP 98\r\na=rtpmap:98 t140/1000'), 'digital'],
      'text beside sound': [
        sdp(
          'm=audio 4000 RTP/AVP 0\r\nm=text 11000 RTP/AVP 98 100\r\na=rtpmap:100 red/1000\r\na=rtpmap:98 T140/1000',
        ),
        'digital',
      ],
      'text that is declined': [
        sdp('m=audio 4000 RTP/AVP 0\r\nm=text 0 RTP/AVP 98\r\na=rtpmap:98 t140/1000'),
        'service',
      ],
      'text of another kind': [sdp('m=text 11000 TCP/MSRP *'), 'service'],
      sound: [sdp('m=audio 4000 RTP/AVP 0'), 'service'],
      'no body': ['', 'service'],
    };
    const settings = settingsWith({});
    const story = new Story({
      ...settings,
      partners: {
        partners: settings.partners.partners.map((one) => ({
          ...one,
          serviceQueues: ['west/digital', 'west/service'],
        })),
      },
    });
    await story.router.start();
    const from = '<sip:+15550100099@carrier.example>;tag=1';
    for (const [what, [body, queue]] of Object.entries(bodies)) {
      const call = await story.call({ 'call-id': what, from }, body);
      t.match(call.final?.headers?.['Contact'], new RegExp(`^<sip:${queue}@`), what);
    }
    await story.flush();
    const media = story.records.ofType('decision').map((line) => line['medium']);
    t.strictSame(media, ['text', 'text', undefined, undefined, undefined, undefined]);
  },
);

t.test('a call with text is refused with 488 where the partner says so and nobody takes text', async (t) => {
  const body = 'v=0\r\nm=text 11000 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n';
  const settings = settingsWith({});
  for (const [without, status] of [
    ['reject', 488],
    ['service', 302],
  ] as const) {
    const partners = settings.partners.partners.map((one) => ({ ...one, textCallsWithoutQueue: without }));
    const story = new Story({ ...settings, partners: { partners } });
    await story.router.start();
    t.equal((await story.call({}, body)).final?.status, status, without);
  }
});
