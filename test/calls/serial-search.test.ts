import t from 'tap';
import { MemoryDialogRequest } from '../support/memory-gateway.js';
import { alice, decisionId, Story, turn } from './story.js';
import type { MemoryCall, MemoryDialog } from '../support/memory-gateway.js';

const b2bua = { action: 'b2bua' } as const;

async function begin(headers: Record<string, string> = {}, body?: string) {
  const story = await Story.begin(b2bua);
  const call = await story.call(headers, body);
  return { story, call };
}

const targets = (call: MemoryCall): string[] =>
  call.legs.map(({ request }) => request.uri.replace(/;.*/, ''));

t.test('our INVITE has the headers of its step, and nothing forged', async (t) => {
  const { call } = await begin({
    'X-offer-id': 'FREE-MONEY',
    'user-to-user': 'aa',
    'p-asserted-identity': '<sip:+15550100002@x>',
    'X-Own': 'stays',
    subject: 'hi\r\n P-Asserted-Identity: <sip:boss@x>',
    supported: '100rel, timer, replaces',
    'session-expires': '1800',
    via: 'SIP/2.0/UDP 127.0.0.1',
    'record-route': '<sip:p>',
    route: '<sip:q>',
  });
  const { headers, body } = call.legs[0]!.request;
  t.equal(body, 'sdp of alice');
  t.equal(headers['From'], `"Alice" <sip:${alice}@carrier.example>`);
  t.equal(headers['Max-Forwards'], '69', 'RFC 7332 3');
  t.equal(headers['Supported'], 'replaces');
  t.equal(headers['X-Offer-ID'], 'ACME-PLATINUM');
  t.equal(headers['X-Decision-ID'], decisionId);
  t.equal(headers['X-Own'], 'stays');
  t.equal(headers['content-type'], 'application/sdp');
  t.equal(headers['subject'], 'hi P-Asserted-Identity: <sip:boss@x>', 'a folded header stays one header');
  for (const name of [
    'X-offer-id',
    'user-to-user',
    'p-asserted-identity',
    'via',
    'route',
    'record-route',
    'session-expires',
    'contact',
    'call-id',
    'Require',
  ])
    t.equal(headers[name], undefined, name);
  t.notMatch(JSON.stringify(headers), /\\r|\\n/);
});

t.test('an INVITE that requires what we cannot carry gets 420 (RFC 3261 8.2.2.3)', async (t) => {
  const { call, story } = await begin({ require: '100rel, replaces' });
  t.match(call.final, { status: 420, headers: { Unsupported: '100rel' } });
  t.equal(call.legs.length, 0);
  t.equal(story.end, 'client-error extension-required');
});

t.test('provisional responses pass, the answer bridges, BYE of either side ends both', async (t) => {
  for (const side of ['caller', 'callee'] as const) {
    const { story, call } = await begin();
    const [leg] = call.legs;
    leg!.ring(100);
    leg!.ring(180);
    leg!.ring(183, { body: 'early', headers: { 'content-type': 'application/sdp', via: 'x' } });
    t.same(call.statuses, [180, 183]);
    t.same(call.responses[1], { status: 183, body: 'early', headers: { 'content-type': 'application/sdp' } });
    leg!.answer();
    t.same(leg!.acks, [undefined]);
    t.match(call.answered, { body: 'sdp of callee' });
    t.equal(story.end, 'success answered');
    t.equal(story.router.callsInProgress, 1, 'in progress until BYE');
    const [hungUp, other] = side === 'caller' ? [call.dialog, leg!.dialog] : [leg!.dialog, call.dialog];
    hungUp.events?.onEnded('bye');
    t.equal(other.byes, 1);
    t.equal(story.router.callsInProgress, 0);
    t.equal(story.summaries.length, 1);
  }
});

t.test('failover: each status goes to the next destination, 6xx ends the search', async (t) => {
  for (const status of [300, 302, 400, 401, 404, 407, 408, 480, 486, 487, 488, 500, 502, 503, 504]) {
    const { call } = await begin();
    call.legs[0]!.refuse(status);
    t.same(
      targets(call),
      ['sip:acme-sales@127.0.0.1:5090', 'sip:acme-sales@127.0.0.1:5091'],
      `after ${status}`,
    );
  }
  for (const status of [600, 603, 604, 606]) {
    const { call, story } = await begin();
    call.legs[0]!.refuse(status);
    t.equal(call.final?.status, status);
    t.equal(call.legs.length, 1);
    t.equal(story.end, 'upstream-error declined-everywhere');
  }
});

t.test('the whole ladder: offer, plain service without the offer, overflow, 503', async (t) => {
  const { story, call } = await begin();
  for (let i = 0; i < 5; i++) call.legs[i]!.refuse(503);
  t.same(targets(call), [
    'sip:acme-sales@127.0.0.1:5090',
    'sip:acme-sales@127.0.0.1:5091',
    'sip:service@127.0.0.1:5091',
    'sip:service@127.0.0.1:5090',
    'sip:overflow@127.0.0.1:5092',
  ]);
  t.same(
    call.legs.map(({ request }) => request.headers['X-Offer-ID']),
    ['ACME-PLATINUM', 'ACME-PLATINUM', undefined, undefined, undefined],
  );
  t.match(call.final, { status: 503, headers: { 'Retry-After': '5' } });
  t.equal(story.end, 'upstream-error no-destination');
  t.equal(story.router.callsInProgress, 0);
  t.same(await story.metric('proffer_reservations'), ['proffer_reservations 0']);
});

t.test('somebody who says no is better news than nobody', async (t) => {
  const table: [statuses: number[], expected: number][] = [
    [[486, 503, 408, 480, 503], 486],
    [[503, 503, 404, 486, 500], 404],
    [[407, 503, 401, 503, 503], 503],
    [[302, 503, 503, 503, 503], 503],
  ];
  for (const [statuses, expected] of table) {
    const { call } = await begin();
    statuses.forEach((status, i) => call.legs[i]!.refuse(status));
    t.equal(call.final?.status, expected, statuses.join(' '));
  }
});

t.test('silence and endless ringing are left, and cancelled', async (t) => {
  const { story, call } = await begin();
  story.clock.advance(1999);
  t.equal(call.legs.length, 1);
  story.clock.advance(1);
  t.ok(call.legs[0]?.isCancelled);
  t.equal(call.legs.length, 2);
  call.legs[1]!.ring(100);
  call.legs[1]!.ring(180);
  story.clock.advance(29_999);
  t.equal(call.legs.length, 2, 'any provisional response is a sign of life');
  story.clock.advance(1);
  t.ok(call.legs[1]?.isCancelled);
  t.equal(call.legs.length, 3);
  call.legs[0]!.ring(180);
  call.legs[1]!.refuse(487);
  t.equal(call.legs.length, 3, 'what a left leg says changes nothing');
  t.same(call.statuses, [180]);
  call.legs[2]!.answer();
  t.match(story.summaries, [{ destination: 'west/service', offer: undefined }]);
  await story.flush();
  t.match(story.records.ofType('attempt'), [{ reason: 'silence' }, { reason: 'no-answer' }, { status: 200 }]);
});

t.test('an answer of a leg that was left is ended by BYE', async (t) => {
  const { story, call } = await begin();
  story.clock.advance(2000);
  call.legs[0]!.answer();
  t.same(call.legs[0]?.acks, [undefined]);
  t.equal(call.legs[0]?.dialog.byes, 1);
  t.equal(call.answered, undefined);
  call.legs[1]!.answer();
  t.equal(call.legs[1]?.dialog.byes, 0);
  t.equal(story.end, 'success answered');
});

t.test('CANCEL at any moment ends what rings; an answer that crosses it is ended by BYE', async (t) => {
  for (const moment of ['dialled', 'ringing', 'second'] as const) {
    const { story, call } = await begin();
    if (moment === 'ringing') call.legs[0]!.ring();
    if (moment === 'second') call.legs[0]!.refuse(486);
    const leg = call.legs.at(-1);
    call.cancel();
    t.ok(leg?.isCancelled, moment);
    t.equal(story.end, 'client-error cancelled');
    t.equal(story.router.callsInProgress, 0);
    leg!.answer();
    t.same(leg!.acks, [undefined]);
    t.equal(leg!.dialog.byes, 1);
    leg!.refuse(487);
    t.equal(call.legs.at(-1), leg, 'no further attempt');
    t.same(
      story.clock.running.filter((name) => name.startsWith('b2bua')),
      [],
    );
    t.equal(story.summaries.length, 1);
  }
});

t.test('a caller who is gone when we answer leaves no leg behind', async (t) => {
  for (const engineSays of ['gone', 'answered'] as const) {
    const { story, call } = await begin();
    call.holdsAnswer = true;
    call.legs[0]!.answer();
    if (engineSays === 'answered') call.cancel();
    call.settleAnswer(engineSays === 'gone' ? undefined : call.dialog);
    t.equal(call.legs[0]?.dialog.byes, 1);
    t.equal(call.dialog.byes, engineSays === 'gone' ? 0 : 1);
    t.equal(story.end, 'client-error cancelled');
    t.equal(story.router.callsInProgress, 0);
  }
});

t.test('a callee who hangs up before the caller is answered ends the caller too', async (t) => {
  const { story, call } = await begin();
  call.holdsAnswer = true;
  call.legs[0]!.answer();
  call.legs[0]!.dialog.events?.onEnded('bye');
  call.settleAnswer(call.dialog);
  t.equal(call.dialog.byes, 1);
  t.equal(story.router.callsInProgress, 0);
  t.equal(story.summaries.length, 1);
});

t.test(
  'delayed offer: the ACK to the callee carries the answer of the caller (RFC 3261 13.2.1)',
  async (t) => {
    const { call } = await begin({}, '');
    const [leg] = call.legs;
    leg!.answer({ body: 'offer of callee' });
    t.same(leg!.acks, []);
    t.match(call.answered, { body: 'offer of callee' });
    call.dialog.events?.onAck('answer of alice');
    t.same(leg!.acks, ['answer of alice']);
    call.dialog.events?.onAck('again');
    t.same(leg!.acks, ['answer of alice']);

    const gone = await begin({}, '');
    gone.call.legs[0]!.answer({ body: 'offer of callee' });
    gone.call.dialog.events?.onEnded('ended-by-engine');
    t.equal(gone.call.legs[0]?.acks.length, 1, 'ACK before BYE');
    t.equal(gone.call.legs[0]?.dialog.byes, 1);
  },
);

t.test('requests within the dialog go to the other side and come back', async (t) => {
  const { call } = await begin();
  const [leg] = call.legs;
  leg!.answer();
  const sides: [from: MemoryDialog, to: MemoryDialog][] = [
    [call.dialog, leg!.dialog],
    [leg!.dialog, call.dialog],
  ];
  for (const [from, to] of sides) {
    const info = new MemoryDialogRequest(
      'INFO',
      'sip:x',
      { 'content-type': 'application/dtmf-relay', via: 'v' },
      'Signal=1',
    );
    from.events?.onRequest(info);
    const sent = to.sent.at(-1)!;
    t.same(sent.content, { headers: { 'content-type': 'application/dtmf-relay' }, body: 'Signal=1' });
    sent.done({ status: 200, ack: () => t.fail('no ACK to INFO') });
    t.same(info.statuses, [200]);
  }
});

t.test(
  're-INVITE: answered end to end, acknowledged once, and cancelled when the caller cancels',
  async (t) => {
    const { story, call } = await begin();
    const [leg] = call.legs;
    leg!.answer();
    const acks: (string | undefined)[] = [];
    const ack = (body?: string) => acks.push(body);

    const hold = new MemoryDialogRequest('INVITE', 'sip:x', {}, 'hold');
    call.dialog.events?.onRequest(hold);
    leg!.dialog.sent.at(-1)!.done({ status: 200, body: 'held', ack });
    t.match(hold.final, { status: 200, body: 'held' });
    t.same(acks, [undefined]);
    call.dialog.events?.onAck('');
    t.same(acks, [undefined]);

    const empty = new MemoryDialogRequest('INVITE', 'sip:x', {}, '');
    call.dialog.events?.onRequest(empty);
    leg!.dialog.sent.at(-1)!.done({ status: 200, body: 'offer', ack });
    t.same(acks, [undefined], 'waits for the answer');
    call.dialog.events?.onAck('answer');
    t.same(acks, [undefined, 'answer']);

    const refused = new MemoryDialogRequest('INVITE', 'sip:x', {}, 'video');
    call.dialog.events?.onRequest(refused);
    leg!.dialog.sent.at(-1)!.done({ status: 488, reason: 'Not Here', ack });
    t.match(refused.final, { status: 488, reason: 'Not Here' });

    const endless = new MemoryDialogRequest('INVITE', 'sip:x', {}, 'x');
    call.dialog.events?.onRequest(endless);
    endless.cancel();
    t.ok(leg!.dialog.sent.at(-1)?.isCancelled);
    story.clock.advance(185_000);
    t.equal(endless.final?.status, 408);
    leg!.dialog.sent.at(-1)!.done({ status: 200, body: 'late', ack });
    t.equal(acks.length, 3, 'a late 2xx is acknowledged all the same');
    t.equal(endless.responses.length, 1);
  },
);

t.test('a stop ends bridged calls on both sides when the drain is over', async (t) => {
  const { story, call } = await begin();
  call.legs[0]!.answer();
  const stopped = story.router.stop(5000);
  await turn();
  t.equal(call.dialog.byes, 0);
  story.clock.advance(5000);
  await stopped;
  t.equal(call.dialog.byes, 1);
  t.equal(call.legs[0]?.dialog.byes, 1);
  t.equal(story.router.callsInProgress, 0);
});

t.test('a stop ends a ringing call with 503', async (t) => {
  const { story, call } = await begin();
  call.legs[0]!.ring();
  const stopped = story.router.stop(5000);
  story.clock.advance(5000);
  await stopped;
  t.ok(call.legs[0]?.isCancelled);
  t.equal(call.final?.status, 503);
  t.equal(story.end, 'server-error stopping');
});

t.test(
  'calls in progress count against the agents, also after new settings; reservations are taken over',
  async (t) => {
    const { story, call } = await begin();
    const second = await story.call();
    call.legs[0]!.answer();
    t.same(await story.metric('proffer_reservations'), ['proffer_reservations 1']);
    const freeAgents = async () => {
      story.clock.advance(100);
      const next = await story.call();
      next.cancel();
      await story.flush();
      const resources = story.records.ofType('decision').at(-1)?.['resources'] as Record<
        string,
        { freeServers: number }
      >;
      return resources['east/acme-sales']?.freeServers;
    };
    t.equal(await freeAgents(), 18);
    story.router.applySettings(story.router.settings);
    t.equal(await freeAgents(), 18, 'the reservation is taken over');
    second.cancel();
    t.equal(await freeAgents(), 19);
    call.dialog.events?.onEnded('bye');
    t.equal(await freeAgents(), 20);
    t.equal(story.router.callsInProgress, 0);
  },
);
