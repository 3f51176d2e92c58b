// IVR presentations: a port, the menu, and on from there. Alice calls; whatever happens, one outcome, one release, no port left open.
import t from 'tap';
import type { Test } from 'tap';
import { IvrAction } from '../../../src/calls/ivr/ivr-action.js';
import { MemoryDialogRequest } from '../../support/memory-gateway.js';
import { turn } from '../story.js';
import { ivrSteps, IvrStory, sales, service, then } from './ivr-story.js';

async function begin(story = new IvrStory()): Promise<{ story: IvrStory; action: IvrAction }> {
  const action = new IvrAction(story, story.services, story.route);
  await turn();
  return { story, action };
}

/** Nothing of the call is left. */
function isOver(t: Test, story: IvrStory, end: string): void {
  t.equal(story.count('ended'), 1, 'one outcome');
  t.equal(story.count('released'), 1, 'one release');
  t.equal(story.told.at(-1), 'released');
  t.ok(story.told.includes(`ended ${end}`), `${end} in ${story.told.join(', ')}`);
  t.equal(story.count('connected'), story.count('left'));
  isQuiet(t, story);
}

function isQuiet(t: Test, story: IvrStory): void {
  t.equal(story.bank.openPorts, 0, 'no port is open');
  const timers = story.clock.running.filter((name) => name !== 'exposure-expiry');
  t.same(timers, [], 'no timer runs');
}

t.test('the caller accepts: on to an agent of the offer, who learns what was presented', async (t) => {
  const { story } = await begin();
  t.same(story.call.answered, { headers: { 'Content-Type': 'application/sdp' }, body: story.port.sdp });
  t.match(story.bank.requests, [{ centre: 'east', program: 'offer-ivr', sdpOffer: 'sdp of alice' }]);
  t.equal(story.bank.requests[0]?.headers['X-Offer-ID'], 'ACME-TRAVEL');
  t.same(story.port.prompts, ['file:travel.wav']);
  await then(() => story.port.played());
  t.match(story.port.asked?.request, { minDigits: 1, maxDigits: 1, terminators: '', timeoutMs: 5000 });
  await then(() => story.port.press('1'));
  await then(() => story.port.press('1'));
  t.equal(story.moves.length, 1);
  t.match(story.moves[0], { to: 'sales', steps: [sales, service], presented: ['ACME-TRAVEL:accepted'] });
  t.equal(story.moves[0]?.caller, story.call.dialog);
  t.equal(story.moves[0]?.port, story.port);
  t.equal(story.moves[0]?.callerSdp, 'sdp of alice');
  t.equal(story.moves[0]?.from, ivrSteps[0]);
  t.same(story.told, ['trying east/offer-ivr', 'attempt 0 200 OK', 'connected east/offer-ivr']);
  t.same(story.exposures, ['ivr reserved', 'ivr confirmed', 'ivr concluded accepted', 'agent reserved']);
  t.equal(story.bank.openPorts, 1, 'the port goes with the call');
  t.same(story.clock.running, ['exposure-expiry']);
  t.same(await story.metric('proffer_ivr_calls_total'), [
    'proffer_ivr_calls_total{program="east/offer-ivr",end="sales"} 1',
  ]);
});

t.test('the caller declines, is silent, or presses rubbish: plain service with the result', async (t) => {
  const ways = {
    declined: ['2', 'played'],
    'no-answer': ['', ''],
    'declined by rubbish': ['7', '7', 'played'],
  } as const;
  for (const [what, keys] of Object.entries(ways)) {
    const { story } = await begin();
    await then(() => story.port.played());
    for (const key of keys) {
      if (key === 'played') await then(() => story.port.played());
      else if (key === '') await then(() => story.port.silence());
      else await then(() => story.port.press(key));
    }
    const [result = ''] = what.split(' ');
    t.match(story.moves, [{ to: 'service', steps: [service], presented: [`ACME-TRAVEL:${result}`] }], what);
    t.equal(story.exposures.at(-1), `ivr concluded ${result}`, what);
  }
});

t.test('rubbish is answered by the invalid prompts', async (t) => {
  const { story } = await begin();
  await then(() => story.port.played());
  await then(() => story.port.press('7'));
  t.same(story.port.prompts, ['file:sorry.wav', 'file:press-1-2-or-9.wav']);
});

t.test('the menu hangs up', async (t) => {
  const { story } = await begin();
  await then(() => story.port.played());
  await then(() => story.port.press('0'));
  t.equal(story.call.dialog.byes, 1);
  t.same(story.exposures, ['ivr reserved', 'ivr confirmed', 'ivr concluded presented']);
  isOver(t, story, 'success ivr-finished 200');
});

/** Where a call can be in the menu, by what brings it there from the first prompt. */
const places: Readonly<Record<string, readonly ((story: IvrStory) => void)[]>> = {
  'first prompts': [],
  collect: [({ port }) => port.played()],
  'collect again': [({ port }) => port.played(), ({ port }) => port.press('x')],
  confirm: [({ port }) => port.played(), ({ port }) => port.press('1')],
  'last prompts': [({ port }) => port.played(), ({ port }) => port.press('2')],
};

for (const [place, ways] of Object.entries(places)) {
  const reach = async (): Promise<{ story: IvrStory; action: IvrAction }> => {
    const begun = await begin();
    for (const way of ways) await then(() => way(begun.story));
    return begun;
  };
  const said = place === 'last prompts' ? 'declined' : undefined;

  t.test(`${place}: the caller hangs up`, async (t) => {
    const { story } = await reach();
    await then(() => story.call.dialog.events?.onEnded('bye'));
    t.equal(story.moves.length, 0);
    t.equal(story.exposures.at(-1), `ivr concluded ${said ?? 'hang-up'}`);
    isOver(t, story, 'success caller-hung-up 200');
  });

  t.test(`${place}: the centre dies, and the caller goes on to service without a port`, async (t) => {
    const { story } = await reach();
    await then(() => story.port.die());
    t.match(story.moves, [{ to: 'service', steps: [service], port: undefined }]);
    t.equal(story.exposures.at(-1), `ivr concluded ${said ?? 'interrupted'}`);
    t.equal(story.told.at(-1), 'left', 'the port no longer counts');
    t.equal(story.count('ended') + story.count('released'), 0, 'that is for whoever moves the call');
    isQuiet(t, story);
  });

  t.test(`${place}: it takes too long`, async (t) => {
    const { story } = await reach();
    await then(() => story.clock.advance(60_000));
    t.match(story.moves, [{ to: 'service', port: story.port }]);
    t.equal(story.exposures.at(-1), `ivr concluded ${said ?? 'no-answer'}`);
  });

  t.test(`${place}: the router stops`, async (t) => {
    const { story, action } = await reach();
    await then(() => action.abandon('shutdown'));
    t.equal(story.call.dialog.byes, 1);
    t.equal(story.moves.length, 0);
    isOver(t, story, 'server-error shutdown 200');
  });

  t.test(`${place}: what comes after the end changes nothing`, async (t) => {
    const { story, action } = await reach();
    await then(() => story.call.dialog.events?.onEnded('bye'));
    const told = [...story.told];
    const exposures = [...story.exposures];
    await then(() => story.port.die());
    await then(() => story.call.dialog.events?.onEnded('bye'));
    await then(() => action.abandon('shutdown'));
    await then(() => story.clock.advance(100_000));
    t.same(story.told, told);
    t.same(story.exposures, exposures);
  });
}

t.test('no port at one centre: the next one; none at all: the ordinary way, not answered', async (t) => {
  const next = new IvrStory();
  next.bank.failures.push('busy');
  await begin(next);
  t.same(next.told, [
    'trying east/offer-ivr',
    'attempt 0 - ivr-busy',
    'trying west/offer-ivr',
    'attempt 1 200 OK',
    'connected west/offer-ivr',
  ]);
  t.same(
    next.lines.map(({ state, destination }) => `${state} ${destination}`),
    ['reserved east/offer-ivr', 'confirmed west/offer-ivr'],
  );
  const none = new IvrStory();
  none.bank.failures.push('unreachable', 'rejected');
  const { action } = await begin(none);
  t.same(none.others, [[service]]);
  t.equal(none.call.answered, undefined);
  t.same(none.exposures, ['ivr reserved', 'ivr released not-presented']);
  t.same(await none.metric('proffer_ivr_calls_total'), [
    'proffer_ivr_calls_total{program="east/offer-ivr",end="no-port"} 1',
  ]);
  action.cancel();
  action.abandon('shutdown');
  t.same(none.ordinary.done, ['cancel', 'abandon shutdown'], 'from there on it is that action');
  isQuiet(t, none);
});

t.test('before the answer', async (t) => {
  for (const [what, end] of [
    ['cancel', 'client-error cancelled 487'],
    ['abandon', 'server-error shutdown 503'],
  ] as const) {
    for (const isOpen of [false, true]) {
      const story = new IvrStory();
      story.bank.isHeld = !isOpen;
      story.call.holdsAnswer = true;
      const { action } = await begin(story);
      await then(() => (what === 'cancel' ? action.cancel() : action.abandon('shutdown')));
      // The port or the answer comes when nobody waits for it.
      await then(() => story.bank.held[0]?.());
      await then(() => story.call.settleAnswer(story.call.dialog));
      isOver(t, story, isOpen && what === 'abandon' ? 'server-error shutdown 200' : end);
      t.equal(story.call.dialog.byes, isOpen ? 1 : 0, 'what was answered all the same is ended');
      const result = what === 'cancel' ? 'abandoned' : 'not-presented';
      t.same(story.exposures, ['ivr reserved', `ivr released ${result}`], `${what}, open: ${isOpen}`);
    }
  }
});

t.test('a CANCEL that crosses our 200', async (t) => {
  const story = new IvrStory();
  story.call.holdsAnswer = true;
  await begin(story);
  await then(() => story.call.settleAnswer(undefined));
  t.same(story.exposures, ['ivr reserved', 'ivr released abandoned']);
  isOver(t, story, 'client-error cancelled 487');
});

t.test('the centre dies while the caller is being answered', async (t) => {
  const story = new IvrStory();
  story.call.holdsAnswer = true;
  await begin(story);
  await then(() => story.port.die());
  t.equal(story.moves.length, 0);
  await then(() => story.call.settleAnswer(story.call.dialog));
  t.match(story.moves, [{ to: 'service', port: undefined, presented: [] }]);
  t.same(story.exposures, ['ivr reserved', 'ivr released not-presented']);
  isQuiet(t, story);
});

t.test(
  'an INVITE without SDP: the ACK holds the answer, and nothing is said before (RFC 3261 13.2.1)',
  async (t) => {
    const { story } = await begin(new IvrStory(''));
    t.equal(story.port.history.length, 0);
    await then(() => story.call.dialog.events?.onAck('answer of alice'));
    t.same(story.port.acknowledged, ['answer of alice']);
    t.same(story.port.prompts, ['file:travel.wav']);
    await then(() => story.call.dialog.events?.onAck('again'));
    t.same(story.port.acknowledged, ['answer of alice'], 'once');
    await then(() => story.port.die());
    t.match(story.moves, [{ callerSdp: 'answer of alice' }]);
    const silent = await begin(new IvrStory(''));
    await then(() => silent.story.clock.advance(32_000));
    t.equal(silent.story.call.dialog.byes, 1);
    isOver(t, silent.story, 'client-error no-ack 200');
  },
);

t.test('requests within the dialog', async (t) => {
  const { story } = await begin();
  const ask = (method: string, body = ''): MemoryDialogRequest => {
    const request = new MemoryDialogRequest(method, 'sip:ivr', {}, body);
    story.call.dialog.events?.onRequest(request);
    return request;
  };
  t.match(ask('INVITE').final, { status: 200, body: story.port.sdp });
  const held = ask('INVITE', 'v=0\r\na=sendonly\r\n').final;
  t.match(held?.body, /^o=fs 1 2 IN/m, 'RFC 3264 8: another version');
  t.match(held?.body, /^a=recvonly/m, 'RFC 3264 6.1: held');
  t.notMatch(held?.body, /sendrecv/);
  t.equal(ask('INVITE', 'v=0\r\na=sendonly\r\n').final?.body, held?.body);
  t.match(ask('INVITE', 'v=0\r\n').final?.body, /o=fs 1 3 IN[\s\S]*a=sendrecv/);
  t.match(ask('INVITE', 'a=inactive').final?.body, /a=inactive/);
  t.match(ask('INVITE', 'a=recvonly').final?.body, /a=sendonly/);
  t.equal(ask('INVITE', 'm=audio 5000 RTP/AVP 0').final?.status, 488, 'the port cannot follow');
  t.match(ask('INVITE', 'c=IN IP4 0.0.0.0\r\na=inactive').final, { status: 200 }, 'RFC 2543 hold');
  t.equal(ask('INFO', 'Signal=1').final?.status, 200);
  t.equal(ask('OPTIONS').final?.status, 200);
  for (const method of ['REFER', 'UPDATE', 'NOTIFY', 'MESSAGE']) {
    t.match(ask(method).final, { status: 405, headers: { Allow: /INVITE/ } }, method);
  }
  t.equal(ask('BREW').final?.status, 501);
  t.same(story.port.prompts, ['file:travel.wav'], 'the menu goes on');
});

t.test('10,000 calls leave no ports and no timers', async (t) => {
  const things: readonly ((one: IvrStory, action: IvrAction) => void)[] = [
    ({ port }) => port.played(),
    ({ port }) => port.press('1'),
    ({ port }) => port.press('2'),
    ({ port }) => port.silence(),
    ({ port }) => port.press('#'),
    ({ port }) => port.die(),
    ({ call }) => call.dialog.events?.onEnded('bye'),
    (_one, action) => action.abandon('shutdown'),
    ({ clock }) => clock.advance(30_000),
  ];
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  let open = 0;
  let timers = 0;
  let unfinished = 0;
  for (let calls = 0; calls < 10_000; calls++) {
    const one = new IvrStory();
    if (random(10) === 0) one.bank.failures.push('busy');
    const action = new IvrAction(one, one.services, one.route);
    for (let i = 0; i < 3; i++) await Promise.resolve();
    if (random(20) === 0) action.cancel();
    await turn();
    for (let i = random(8); i > 0 && one.bank.ports.length > 0; i--) {
      things[random(things.length)]?.(one, action);
      for (let j = 0; j < 10; j++) await Promise.resolve();
    }
    // Whoever is still there hangs up; a call that was moved is ended by who moved it.
    if (one.moves.length > 0) for (const move of one.moves) move.port?.close();
    else one.call.dialog.events?.onEnded('bye');
    await Promise.resolve();
    open += one.bank.openPorts;
    timers += one.clock.running.filter((name) => name !== 'exposure-expiry').length;
    const isMoved = one.moves.length === 1 && one.count('ended') === 0 && one.count('released') === 0;
    const isEnded = one.moves.length === 0 && one.count('ended') === 1 && one.count('released') === 1;
    if (!isMoved && !isEnded) unfinished += 1;
  }
  t.equal(open, 0);
  t.equal(timers, 0);
  t.equal(unfinished, 0, 'each was ended or moved on, once');
});
