import t from 'tap';
import { DeskCalls } from '../../../src/console/desk/desk-calls.js';
import { FakeClock } from '../../support/fake-clock.js';
import { ann, answered, brought, DeskStage, ended, failed, left, offered, settled } from './desk-stage.js';

t.test('a call rings, talks and is over, with what it brought', (t) => {
  const stage = new DeskStage();
  stage.hear({ ...offered, kind: 'member-joined' } as never);
  t.equal(stage.call, undefined, 'it is nobody’s yet');
  stage.hear(offered);
  t.match(stage.call, {
    decisionId: 'd-1',
    session: 's-1',
    state: 'ringing',
    since: stage.clock.wallNow(),
    joinedAt: stage.clock.wallNow() - 3000,
    waitedMs: undefined,
    isStale: false,
    isElsewhere: false,
    partner: 'acme',
    partnerName: 'ACME',
    queue: 'sales',
    caller: '**********01',
    sales: { offer: 'GOLD', url: 'https://x/gold', name: 'GOLD!', hasPage: true },
    service: { offer: 'REPAIR', url: 'https://x/repair' },
    presented: ['SAVER:declined', 'TRAVEL:agent'],
    pairs: { decisionId: 'd-1', offerCode: 'GOLD', serviceOfferCode: 'REPAIR' },
  });
  stage.clock.advance(1000);
  stage.hear(answered, offered);
  t.match(
    stage.call,
    { state: 'talking', waitedMs: 4000, since: stage.clock.wallNow() },
    'a late offer changes nothing',
  );
  stage.hear(ended, left);
  t.match(stage.call, { state: 'over' });
  stage.isCallerShown = true;
  t.equal(stage.call?.caller, '+15550100001');
  t.end();
});

t.test('a call that was not answered leaves the desk', (t) => {
  const stage = new DeskStage();
  for (const end of [failed, { ...left, cause: 'abandoned' as const }]) {
    stage.hear(offered, end);
    t.equal(stage.call, undefined);
  }
  stage.hear(offered, { ...offered, agent: '1002' } as never, { ...answered, agent: '1002' } as never);
  t.equal(stage.call, undefined, 'of two that were rung, the other has it');
  t.end();
});

t.test('icons need a code and a web address, and fill from the pairs of the records', (t) => {
  const stage = new DeskStage();
  const icons = (headers: Record<string, string>) => {
    stage.hear({ ...offered, decisionId: 'd-2', brought: { ...brought, headers } });
    const { sales, service } = stage.call ?? {};
    return [sales?.offer, service?.offer];
  };
  const [code, url] = ['x-offer-id', 'x-offer-url'];
  t.same(icons({}), [undefined, undefined]);
  t.same(icons({ [code]: 'GOLD' }), [undefined, undefined], 'no URL');
  t.same(icons({ [url]: 'https://x' }), [undefined, undefined], 'no code');
  t.same(icons({ [code]: 'GOLD', [url]: 'javascript:alert(1)' }), [undefined, undefined]);
  t.same(icons({ [code]: 'REPAIR', [url]: 'https://x' }), [undefined, 'REPAIR']);
  t.same(icons({ [code]: 'UNKNOWN', [url]: 'https://x' }), ['UNKNOWN', undefined], 'unknown here: a sale');
  t.same(icons({ 'x-sales-offer-id': 'GOLD', 'x-sales-offer-url': 'https://x' }), ['GOLD', undefined]);
  t.same(
    icons({
      [code]: 'REPAIR',
      [url]: 'https://x',
      'x-sales-offer-id': 'GOLD',
      'x-sales-offer-url': '/offers/GOLD',
    }),
    ['GOLD', 'REPAIR'],
  );
  t.end();
});

t.test('a call of another router is shown with what its events carry', (t) => {
  const stage = new DeskStage();
  stage.known = undefined;
  stage.hear(offered, answered);
  t.match(stage.call, {
    isElsewhere: true,
    partner: 'acme',
    caller: '**********01',
    sales: { offer: 'GOLD' },
  });
  t.equal(stage.operations.offers(ann, 'd-1', 'en'), undefined);
  t.end();
});

t.test('a call that is over stays until its disposition, a dismissal or half an hour', (t) => {
  const stage = new DeskStage();
  const talk = () => stage.hear(offered, answered, ended);
  stage.hear(offered, answered);
  t.notOk(stage.operations.dismiss(ann, 'd-1'), 'it talks');
  stage.hear(ended);
  stage.desk.recorded('d-1', 'SAVER');
  t.match(stage.call, { state: 'over' }, 'of another offer');
  stage.desk.recorded('d-1', 'GOLD');
  t.equal(stage.call, undefined);
  stage.hear(offered, answered);
  stage.desk.recorded('d-1', 'GOLD');
  t.match(stage.call, { state: 'talking' }, 'recorded while they talk');
  stage.hear(ended);
  t.equal(stage.call, undefined, 'nothing keeps it');
  talk();
  t.ok(stage.operations.dismiss(ann, 'd-1'));
  t.equal(stage.call, undefined);
  talk();
  stage.clock.advance(29 * 60_000);
  t.match(stage.call, { state: 'over' });
  stage.clock.advance(2 * 60_000);
  t.equal(stage.call, undefined);
  t.same(stage.clock.running, []);
  t.end();
});

t.test('an offer that the agent presents as well is owed, too', async (t) => {
  const stage = new DeskStage();
  stage.hear(offered);
  t.match(await stage.operations.presented(ann, 'd-1', 'TRAVEL'), { kind: 'not-yours' }, 'it rings');
  stage.hear(answered);
  t.match(await stage.operations.presented(ann, 'd-1', 'PLATINUM'), {
    kind: 'not-entitled',
    message: /offered it lately/,
  });
  t.match(await stage.operations.presented(ann, 'd-9', 'TRAVEL'), { kind: 'unknown-call' });
  const bob = { ...ann, agent: 'bob', centreAgents: ['west/1001'] };
  t.match(await stage.operations.presented(bob, 'd-1', 'TRAVEL'), { kind: 'unknown-call' }, 'not his call');
  t.match(await stage.operations.presented(ann, 'd-1', 'TRAVEL'), { kind: 'done' });
  t.same(stage.presented, ['d-1 TRAVEL']);
  stage.hear(ended);
  stage.desk.recorded('d-1', 'GOLD');
  t.match(stage.call, { state: 'over' });
  stage.desk.recorded('d-1', 'TRAVEL');
  t.equal(stage.call, undefined);
});

t.test('what else may be offered, the most promising first, in words', (t) => {
  const stage = new DeskStage();
  stage.hear(offered, answered);
  const offers = stage.operations.offers(ann, 'd-1', 'en') ?? [];
  t.same(
    offers.map(({ offer, rank, isAllowed }) => [offer, rank, isAllowed]),
    [
      ['SAVER', 1, true],
      ['TRAVEL', 2, true],
      ['GOLD', 3, true],
      ['PLATINUM', 4, false],
    ],
  );
  t.match(offers[0]?.reasons, [
    /customer asked to be called back/,
    /1 in 100/,
    /worth 10/,
    /promises most: 0.1/,
  ]);
  t.match(offers[1], {
    expectedValue: 22.5,
    notNow: /nobody could present it when the call came \(centre down\)/,
  });
  t.match(offers[2], {
    notNow: null,
    reasons: [/likely because 20% .* 1 in 5/, /worth 90/, /number 3 of 4/],
  });
  t.match(stage.operations.offers(ann, 'd-1', 'es')?.[3]?.notNow, /ya se le ofreció/);
  t.end();
});

t.test('a feed that is down makes nothing look live', (t) => {
  const stage = new DeskStage();
  const told: string[] = [];
  stage.desk.open(ann, { changed: () => told.push('changed'), event: () => undefined });
  stage.hear(offered, answered);
  told.length = 0;
  stage.isLive = false;
  stage.desk.onStatus({ centre: 'east' });
  stage.clock.advance(20);
  t.same(told, ['changed']);
  t.match(stage.call, { state: 'talking', isStale: true });
  t.match(stage.desk.agentsOf(ann), [{ agent: '1001', status: undefined, state: undefined }]);
  t.end();
});

t.test('a desk hears of its own agents alone, once for readings that come together', async (t) => {
  const stage = new DeskStage();
  let told = 0;
  const end = stage.desk.open(ann, { changed: () => (told += 1), event: () => undefined });
  stage.clock.advance(0);
  await settled();
  t.equal(stage.desk.state(ann).undispositioned, 3);
  told = 0;
  stage.hear({ ...offered, agent: '1002' } as never);
  t.equal(told, 0);
  stage.status = 'On Break';
  for (let reading = 0; reading < 10; reading++) stage.desk.onReading({ centre: 'east' });
  stage.desk.onReading({ centre: 'west' });
  stage.clock.advance(20);
  t.equal(told, 1);
  stage.desk.onReading({ centre: 'east' });
  stage.clock.advance(20);
  t.equal(told, 1, 'nothing of theirs changed');
  end();
  stage.hear(offered);
  t.equal(told, 1);
  stage.desk.stop();
  t.same(stage.clock.running, []);
});

t.test('a status is pending until the centre shows it', async (t) => {
  const stage = new DeskStage();
  stage.desk.open(ann, { changed: () => undefined, event: () => undefined });
  const change = () => stage.desk.agentsOf(ann)[0]?.change;
  t.match(stage.operations.setStatus(ann, 'On Break'), [{ change: { kind: 'pending', status: 'On Break' } }]);
  t.same(stage.wishes, ['On Break'], 'before the centre is asked');
  await settled();
  t.same(stage.commands, ['east/1001 On Break']);
  t.match(change(), { kind: 'pending' });
  stage.status = 'On Break';
  stage.desk.onReading({ centre: 'east' });
  stage.clock.advance(20);
  t.equal(change(), undefined);
  t.match(stage.operations.setStatus(ann, 'On Break'), [{ change: { kind: 'pending' } }]);
  await settled();
  t.equal(change(), undefined, 'it has that status already');
  t.equal(stage.operations.setStatus({ ...ann, centreAgents: [] }, 'Available'), undefined);
});

t.test(
  'a status that the centre refuses, or does not show, is refused; another may be asked for',
  async (t) => {
    const stage = new DeskStage();
    const change = () => stage.desk.agentsOf(ann)[0]?.change;
    stage.answer = () =>
      Promise.resolve({ kind: 'unreachable', message: 'the centre cannot be reached: down' });
    stage.operations.setStatus(ann, 'On Break');
    await settled();
    t.match(change(), { kind: 'refused', status: 'On Break', message: /cannot be reached/ });
    stage.answer = () => Promise.resolve({ kind: 'done' });
    stage.operations.setStatus(ann, 'Logged Out');
    await settled();
    t.match(change(), { kind: 'pending', status: 'Logged Out' });
    stage.clock.advance(5000);
    t.match(change(), { kind: 'refused', message: 'not confirmed by the centre' });
    stage.answer = () => Promise.reject(new Error('broken'));
    stage.operations.setStatus(ann, 'On Break');
    await settled();
    t.match(change(), { kind: 'refused', message: 'broken' });
    stage.clock.advance(60_000);
    t.equal(change(), undefined, 'a refusal is not shown for ever');
  },
);

t.test('the last wish wins: what waits behind a slow command is not carried out after it', async (t) => {
  const stage = new DeskStage();
  let finish = (): void => undefined;
  stage.answer = () => new Promise((resolve) => (finish = () => resolve({ kind: 'done' })));
  stage.operations.setStatus(ann, 'On Break');
  await settled();
  stage.operations.setStatus(ann, 'Available');
  stage.operations.setStatus(ann, 'Logged Out');
  finish();
  await settled();
  t.same(stage.commands, ['east/1001 On Break', 'east/1001 Logged Out']);
  finish();
  await settled();
  t.match(stage.desk.agentsOf(ann)[0]?.change, { kind: 'pending', status: 'Logged Out' });
  t.notOk(stage.wishes.includes('Available'));
});

t.test('what is kept is bounded', (t) => {
  const clock = new FakeClock();
  const calls = new DeskCalls({ clock, knownOf: () => undefined, onChanged: () => undefined, capacity: 100 });
  for (let number = 0; number < 30; number++) {
    for (const event of [offered, answered, ended])
      calls.onCallEvent({ ...event, decisionId: `d-${number}` });
    clock.advance(1);
  }
  t.equal(calls.of('east/1001').length, 20, 'calls that are over, on one desk');
  t.equal(calls.of('east/1001')[0]?.decisionId, 'd-29');
  for (let number = 0; number < 300; number++) {
    calls.onCallEvent({ ...offered, decisionId: `e-${number}`, agent: `a${number}` } as never);
  }
  t.equal(calls.size, 100);
  t.same(calls.seatsOf('d-29'), []);
  calls.stop();
  t.end();
});
