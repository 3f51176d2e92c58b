// The router on the real engine, over both kinds of link: what crosses on the wire, told by Alice and the centres' Bob.
import t from 'tap';
import type { Trunk } from '../../src/config/index.js';
import { linkKinds, sdp } from './control-support.js';
import { openCallsStage } from './calls-support.js';
import type { CallsStage } from './calls-support.js';

/** Alice is known by P-Asserted-Identity: the peers write their own From. */
const trusted: Partial<Trunk> = { trusted: true, identityHeaders: ['P-Asserted-Identity', 'From'] };

for (const kind of linkKinds) {
  void t.test(`b2bua, ${kind} link`, async (t) => {
    const stage = await openCallsStage(kind, { ...trusted, action: 'b2bua' });
    t.teardown(() => stage.close());
    const { alice, east, west } = stage;

    await t.test('an answer that crosses the CANCEL is acknowledged and ended by BYE', async (t) => {
      const { callId, branch, uri, fromTag } = stage.invite();
      const leg = await east.hearRequest('INVITE');
      east.reply(leg, 180);
      await alice.hearStatus(180);
      alice.request('CANCEL', { callId, branch, uri, fromTag });
      await alice.hearStatus(487);
      const cancel = await east.hearRequest('CANCEL');
      east.reply(leg, 200, { body: sdp });
      east.reply(cancel, 200);
      await east.hearRequest('ACK');
      east.reply(await east.hearRequest('BYE'), 200);
      t.match(await stage.ended(), { termination: { result: 'client-error', reason: 'cancelled' } });
      t.equal(stage.router.callsInProgress, 0);
    });

    await t.test('CANCEL before the store answers: nobody is dialled', async (t) => {
      stage.store.isHeld = true;
      const { callId, branch, uri, fromTag } = stage.invite();
      await alice.hearStatus(100);
      await untilAsked(stage);
      alice.request('CANCEL', { callId, branch, uri, fromTag });
      await alice.hearStatus(487);
      t.match(await stage.ended(), { termination: { reason: 'cancelled' } });
      stage.store.isHeld = false;
      await stage.store.release();
      t.equal(
        east.pending((message) => message.method === 'INVITE'),
        0,
      );
    });

    await t.test('a delayed offer is answered in the ACK, end to end', async (t) => {
      const invite = stage.invite({ body: '' });
      const leg = await east.hearRequest('INVITE');
      t.equal(leg.body, '');
      east.reply(leg, 200, { body: `${sdp}a=offer\r\n` });
      const ok = await alice.hearStatus(200, 'INVITE');
      t.match(ok.body, /a=offer/);
      const call = { uri: /<([^>]+)>/.exec(ok.get('contact') ?? '')?.[1] ?? '', toTag: ok.to()?.tag ?? '' };
      const { callId, fromTag } = invite;
      alice.request('ACK', { ...call, callId, fromTag, cseq: 1, body: `${sdp}a=answer\r\n` });
      const ack = await east.hearRequest('ACK');
      t.match(ack.body, /a=answer/);
      await stage.ended();

      t.comment('a re-INVITE without SDP goes the same way');
      alice.request('INVITE', { ...call, callId, fromTag, cseq: 2, body: '' });
      const again = await east.hearRequest('INVITE');
      t.equal(again.body, '');
      east.reply(again, 200, { body: `${sdp}a=second-offer\r\n` });
      t.match((await alice.hearStatus(200, 'INVITE')).body, /a=second-offer/);
      alice.request('ACK', { ...call, callId, fromTag, cseq: 2, body: `${sdp}a=second-answer\r\n` });
      t.match((await east.hearRequest('ACK')).body, /a=second-answer/);

      t.comment('INFO passes both ways, and a refusal passes back');
      alice.request('INFO', {
        ...call,
        callId,
        fromTag,
        cseq: 3,
        body: 'Signal=1',
        type: 'application/dtmf-relay',
      });
      const info = await east.hearRequest('INFO');
      t.match(info, { body: 'Signal=1' });
      t.equal(info.get('content-type'), 'application/dtmf-relay');
      east.reply(info, 415);
      t.ok(await alice.hearStatus(415, 'INFO'));

      alice.request('BYE', { ...call, callId, fromTag, cseq: 4 });
      await alice.hearStatus(200, 'BYE');
      east.reply(await east.hearRequest('BYE'), 200);
      t.equal(stage.router.callsInProgress, 0);
    });

    await t.test('silence is left for the next; what the silent one says later is ended', async (t) => {
      const invite = stage.invite();
      const silent = await east.hearRequest('INVITE');
      const leg = await west.hearRequest('INVITE');
      west.reply(leg, 200, { body: sdp });
      const ok = await alice.hearStatus(200, 'INVITE');
      t.match(await stage.ended(), { destination: 'west/acme-sales', termination: { result: 'success' } });
      await west.hearRequest('ACK');
      east.reply(silent, 200, { body: sdp });
      await east.hearRequest('ACK');
      east.reply(await east.hearRequest('BYE'), 200);
      const { callId, fromTag } = invite;
      const call = { uri: /<([^>]+)>/.exec(ok.get('contact') ?? '')?.[1] ?? '', toTag: ok.to()?.tag ?? '' };
      alice.request('ACK', { ...call, callId, fromTag, cseq: 1, body: '' });
      west.request('BYE', {
        uri: /<([^>]+)>/.exec(leg.get('contact') ?? '')?.[1] ?? '',
        callId: leg.callId,
        fromTag: `tag-${west.port}`,
        toTag: leg.from()?.tag ?? '',
        cseq: 7,
      });
      await west.hearStatus(200, 'BYE');
      alice.reply(await alice.hearRequest('BYE'), 200);
      t.equal(stage.router.callsInProgress, 0);
    });

    await t.test('a merged request is refused and the first can still be cancelled', async (t) => {
      const first = stage.invite({ callId: `merged-${kind}` });
      const leg = await east.hearRequest('INVITE');
      east.reply(leg, 180);
      await alice.hearStatus(180);
      const { callId, branch, uri, fromTag } = first;
      stage.invite({ callId, branch: 'z9hG4bK-other-way' });
      await alice.hearStatus(482);
      alice.request('CANCEL', { callId, branch, uri, fromTag });
      east.reply(await east.hearRequest('CANCEL'), 200);
      east.reply(leg, 487);
      await alice.hearStatus(487);
      t.match(await stage.ended(), { termination: { reason: 'cancelled' } });
    });

    await t.test('a folded header stays one header on the other leg', async (t) => {
      stage.invite({
        headers: [
          'P-Asserted-Identity: <sip:+15550100001@c>',
          'X-Note: hi',
          ' X-Offer-ID: FREE',
          'User-to-User: aa',
        ],
      });
      const leg = await east.hearRequest('INVITE');
      t.same(leg.getAll('x-offer-id'), ['ACME-PLATINUM']);
      t.match(leg.get('user-to-user'), /;encoding=hex$/);
      t.match(leg.get('x-note'), /^hi +X-Offer-ID: FREE$/);
      east.reply(leg, 603);
      await alice.hearStatus(603);
      await stage.ended();
    });
  });

  void t.test(`proxy, ${kind} link`, async (t) => {
    const stage = await openCallsStage(kind, { ...trusted, action: 'proxy' });
    t.teardown(() => stage.close());
    const { alice, east, west } = stage;

    await t.test('each target gets its own headers, and the one who answered is known', async (t) => {
      stage.invite({
        headers: ['P-Asserted-Identity: <sip:+15550100001@c>', 'X-Offer-ID: FREE', 'Call-Info: <http://x>'],
      });
      for (const [peer, offer] of [
        [east, 'ACME-PLATINUM'],
        [west, 'ACME-PLATINUM'],
        [east, undefined],
      ] as const) {
        const leg = await peer.hearRequest('INVITE');
        t.same(leg.getAll('x-offer-id'), offer === undefined ? [] : [offer]);
        t.equal(leg.getAll('call-info').length, offer === undefined ? 0 : 1);
        t.equal(leg.getAll('x-decision-id').length, 1);
        t.notMatch(leg.requestUri, /\?/);
        if (offer === undefined) peer.reply(leg, 200, { body: sdp });
        else peer.reply(leg, 486);
      }
      await alice.hearStatus(200, 'INVITE');
      t.match(await stage.ended(), { destination: 'east/service', offer: undefined, status: 200 });
      t.equal(stage.router.callsInProgress, 0);
    });

    await t.test('a caller who cancels during a silent search', async (t) => {
      const { callId, branch, uri, fromTag } = stage.invite();
      await east.hearRequest('INVITE');
      alice.request('CANCEL', { callId, branch, uri, fromTag });
      await alice.hearStatus(487);
      t.match(await stage.ended(), {
        termination: { result: 'client-error', reason: 'cancelled' },
        status: 487,
      });
    });
  });
}

async function untilAsked(stage: CallsStage): Promise<void> {
  const before = stage.store.asked.length;
  while (stage.store.asked.length === before && stage.router.callsInProgress === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
