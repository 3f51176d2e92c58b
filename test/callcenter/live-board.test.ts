// The board of a centre with a live feed.
import t from 'tap';
import { BoardBuilder, compileDestinations } from '../../src/callcenter/index.js';
import { centre, queue, settingsOf } from '../decision/call-centre.js';
import { FedCentre } from './centre-readings.js';

const pool = { program: 'ivr', ports: 4, holdingTimeSeconds: 60, weight: 1, drain: false };
const settings = settingsOf({
  centres: [
    centre('east', [queue('sales'), queue('care'), queue('repair')], [pool]),
    centre('west', [queue('sales')], [pool, { ...pool, program: 'survey' }]),
  ],
  offers: [],
});
const destinations = compileDestinations(settings);
const feeds = new Map([
  ['east', { staleAfterMs: 6000 }],
  ['west', { staleAfterMs: 6000 }],
]);

function boardOf(options: ConstructorParameters<typeof BoardBuilder>[1] = {}): BoardBuilder {
  return new BoardBuilder(destinations, { feeds, lifetimeMs: 5000, ...options });
}

function stateOf(board: BoardBuilder, id: string, now = 0) {
  return board.snapshot(now, now).states[destinations.find((one) => one.id === id)!.index]!;
}

/** Alice serves sales, Bob sales and care, Carol care. */
function east(): FedCentre {
  const one = new FedCentre('east', ['sales', 'care', 'repair']);
  one.agent('alice', ['sales']);
  one.agent('bob', ['sales', 'care']);
  one.agent('carol', ['care']);
  one.ports('ivr', 1);
  return one;
}

t.test('agents and members are those of the reading, not those of the settings', (t) => {
  const board = boardOf();
  const feed = east();
  feed.queue('sales', { membersWaiting: 2, longestWaitMs: 9000, handlingTimeSeconds: 77 });
  feed.agent('alice', ['sales'], { isFree: false });
  board.applyReading(feed.reading(0));
  t.match(stateOf(board, 'east/sales'), {
    servers: 2,
    freeServers: 1,
    membersWaiting: 2,
    longestWaitMs: 9000,
    handlingTimeSeconds: 77,
    readingAgeMs: 0,
    problem: undefined,
  });
  t.match(stateOf(board, 'east/repair'), { servers: 0, freeServers: 0, membersWaiting: 0 });
  t.notOk('handlingTimeSeconds' in stateOf(board, 'east/care'), 'none was measured');
  t.end();
});

t.test('before the first reading and after the last one that is young enough, all is unknown', (t) => {
  const board = boardOf();
  const unknown = { servers: undefined, freeServers: undefined, membersWaiting: undefined };
  for (const id of ['east/sales', 'east/ivr']) {
    t.match(stateOf(board, id), { ...unknown, problem: 'no-reading' });
    t.equal(board.claimOf(id), undefined);
  }
  board.applyReading(east().reading(1000));
  t.match(stateOf(board, 'east/sales', 7000), { freeServers: 2, readingAgeMs: 6000, problem: undefined });
  for (const id of ['east/sales', 'east/ivr']) {
    t.match(stateOf(board, id, 7001), { ...unknown, problem: 'stale-reading' });
    t.equal(board.claimOf(id), undefined);
  }
  t.match(stateOf(board, 'west/sales', 7001), { problem: 'no-reading' }, 'each centre for itself');
  board.applyReading(east().reading(7001));
  t.match(stateOf(board, 'east/sales', 7001), { freeServers: 2, problem: undefined });
  t.end();
});

t.test('a queue that is not there has nobody, and one that nothing was said of is unknown', (t) => {
  const board = boardOf();
  const feed = east();
  feed.missing('care');
  board.applyReading(feed.reading(0));
  t.match(stateOf(board, 'east/care'), { servers: 0, freeServers: 0, problem: 'missing-queue' });
  const partial = new FedCentre('east', ['sales']);
  board.applyReading(partial.reading(1));
  t.match(stateOf(board, 'east/care', 1), { servers: undefined, problem: 'no-reading' });
  feed.missing('care', false);
  board.applyReading(feed.reading(2));
  t.match(stateOf(board, 'east/care', 2), { servers: 2, freeServers: 2, problem: undefined });
  t.end();
});

t.test('a call on its way takes a free agent wherever that agent serves', (t) => {
  const board = boardOf();
  board.applyReading(east().reading(0));
  board.reserve('east/care', 'acme', 0);
  t.equal(stateOf(board, 'east/care').freeServers, 1);
  t.equal(stateOf(board, 'east/sales').freeServers, 1, 'it may be Bob who gets it');
  board.reserve('east/care', 'acme', 0);
  board.reserve('east/care', 'acme', 0);
  t.match(stateOf(board, 'east/care'), { freeServers: 0, membersWaiting: 1 });
  t.match(stateOf(board, 'east/sales'), { freeServers: 1, membersWaiting: 0 }, 'Alice does not serve care');
  board.reserve('east/sales', 'acme', 0);
  t.match(stateOf(board, 'east/sales'), { freeServers: 0, membersWaiting: 0 });
  board.reserve('east/sales', 'acme', 0);
  t.match(stateOf(board, 'east/sales'), { freeServers: 0, membersWaiting: 1 }, 'Bob may be taken');
  t.end();
});

t.test('those who wait elsewhere for the same agents compete, by the shares of agents', (t) => {
  const board = boardOf();
  const feed = east();
  for (const [agent, queues] of [
    ['alice', ['sales']],
    ['bob', ['sales', 'care']],
    ['carol', ['care']],
  ] as const)
    feed.agent(agent, queues, { isFree: false });
  feed.queue('care', { membersWaiting: 3 });
  board.applyReading(feed.reading(0));
  t.match(stateOf(board, 'east/sales'), { membersWaiting: 0, competingMembers: 0.75 });
  t.match(stateOf(board, 'east/care'), { membersWaiting: 3, competingMembers: 0 });
  board.reserve('east/care', 'acme', 0);
  t.match(stateOf(board, 'east/sales'), { competingMembers: 1 }, 'a call on its way will wait there too');
  t.end();
});

t.test(
  'the feed counts the calls in progress of queues; a reservation ends when the feed has seen the call',
  (t) => {
    const board = boardOf();
    t.ok(board.isFed('east/sales'));
    t.notOk(board.isFed('east/ivr'), 'no event tells of calls in a program');
    t.notOk(new BoardBuilder(destinations).isFed('east/sales'));
    t.notOk(board.isFed('nowhere/at-all'));
    const feed = east();
    board.applyReading(feed.reading(0));
    board.reserve('east/sales', 'acme', 0, 'd-1');
    board.callStarted('east/sales', 'acme');
    t.equal(stateOf(board, 'east/sales').freeServers, 1);
    feed.agent('alice', ['sales'], { isFree: false });
    board.applyReading(feed.reading(100));
    board.memberSeen('d-1');
    board.memberSeen('d-unknown');
    t.equal(stateOf(board, 'east/sales', 100).freeServers, 1, 'Alice has it');
    board.callEnded('east/sales', 'acme');
    t.equal(stateOf(board, 'east/sales', 100).freeServers, 1);
    t.end();
  },
);

t.test('a call is on its way to one place', (t) => {
  const board = boardOf();
  board.applyReading(east().reading(0));
  const first = board.reserve('east/sales', 'acme', 0, 'd-1')!;
  board.reserve('east/care', 'acme', 10, 'd-1');
  t.equal(board.reservations.size, 1);
  board.release(first);
  t.equal(board.reservations.size, 1, 'the handle of the one before names nothing');
  board.memberSeen('d-1');
  t.equal(board.reservations.size, 0);
  t.end();
});

t.test('IVR ports: what the centre counts or our own calls, whichever is more', (t) => {
  const board = boardOf();
  const feed = east();
  board.applyReading(feed.reading(0));
  t.match(stateOf(board, 'east/ivr'), { servers: 4, freeServers: 3, portsInUse: {} });
  t.same(board.claimOf('east/ivr'), { free: 3, overlaps: [] });
  board.callStarted('east/ivr', 'acme');
  board.callStarted('east/ivr', 'acme');
  board.reserve('east/ivr', 'borealis', 0);
  t.match(stateOf(board, 'east/ivr'), { freeServers: 1, portsInUse: { acme: 2, borealis: 1 } });
  t.same(board.claimOf('east/ivr'), { free: 2, overlaps: [] });
  feed.ports('drachtio', 2);
  board.applyReading(feed.reading(1));
  t.match(stateOf(board, 'east/ivr', 1), { freeServers: 0 }, 'the centre’s only program is the one meant');
  const west = new FedCentre('west', ['sales']);
  west.ports('drachtio', 3);
  board.applyReading(west.reading(1));
  t.match(stateOf(board, 'west/ivr', 1), { freeServers: 4 }, 'which of two, nobody can say');
  t.end();
});

t.test('a program that our own calls fill is full, whether or not the centre tells', (t) => {
  const board = boardOf();
  for (let i = 0; i < 3; i++) board.callStarted('east/ivr', 'acme');
  t.match(stateOf(board, 'east/ivr'), { servers: undefined, freeServers: undefined });
  board.reserve('east/ivr', 'acme', 0);
  t.match(stateOf(board, 'east/ivr'), { servers: undefined, freeServers: 0, portsInUse: { acme: 4 } });
  t.end();
});

t.test('what other routers reserved counts like own reservations', (t) => {
  const board = boardOf();
  board.applyReading(east().reading(0));
  const others = new Map([
    ['east/care', 1],
    ['nowhere/at-all', 3],
  ]);
  board.setOthers(others);
  t.equal(stateOf(board, 'east/care').freeServers, 1);
  t.equal(stateOf(board, 'east/sales').freeServers, 1);
  t.same(board.claimOf('east/care')?.free, 2, 'a claim is weighed before anybody’s reservation');
  board.setOthers(new Map([['east/care', -2]]));
  t.equal(stateOf(board, 'east/care').freeServers, 2);
  board.setOthers(new Map());
  t.equal(stateOf(board, 'east/sales').freeServers, 2);
  const unfed = new BoardBuilder(destinations);
  unfed.setOthers(new Map([['east/sales', 2]]));
  t.equal(stateOf(unfed, 'east/sales').freeServers, 3);
  t.end();
});

t.test('a claim names the free agents of the queue, and those it shares with others', (t) => {
  const board = boardOf();
  const feed = east();
  board.applyReading(feed.reading(0));
  board.snapshot(0, 0);
  t.same(board.claimOf('east/sales'), { free: 2, overlaps: [{ destination: 'east/care', shared: 1 }] });
  feed.queue('sales', { membersWaiting: 1 });
  board.applyReading(feed.reading(1));
  board.snapshot(1, 1);
  t.equal(board.claimOf('east/sales')?.free, 1, 'the member takes one');
  t.equal(board.claimOf('east/care')?.free, 2);
  feed.queue('sales', { membersWaiting: 5 });
  board.applyReading(feed.reading(2));
  board.snapshot(2, 2);
  t.equal(board.claimOf('east/sales')?.free, 0);
  t.equal(board.claimOf('nowhere/at-all'), undefined);
  t.equal(new BoardBuilder(destinations).claimOf('east/sales'), undefined);
  t.end();
});

t.test('what the ledger denied counts until others are told anew, or a lifetime has passed', (t) => {
  const board = boardOf();
  const feed = east();
  board.applyReading(feed.reading(0));
  board.snapshot(1000, 0);
  board.reserve('east/sales', 'acme', 1000);
  board.denied('east/sales', 2);
  board.denied('nowhere/at-all', 2);
  t.equal(stateOf(board, 'east/sales', 1000).freeServers, 0, 'our own reservation is among the two');
  const others = new Map([['east/sales', 0]]);
  board.setOthers(others);
  t.equal(stateOf(board, 'east/sales', 1000).freeServers, 1);
  board.denied('east/sales', 2);
  board.setOthers(others);
  t.equal(stateOf(board, 'east/sales', 5999).freeServers, 0, 'the same map says nothing new');
  t.equal(stateOf(board, 'east/sales', 6000).freeServers, 2);
  t.end();
});

t.test('a board of new settings takes over what was known', (t) => {
  const before = boardOf();
  const feed = east();
  before.applyReading(feed.reading(0));
  const handle = before.reserve('east/sales', 'acme', 0, 'd-1')!;
  before.setOthers(new Map([['east/care', 1]]));
  before.denied('east/sales', 2);
  const after = new BoardBuilder(destinations.slice(0, 4), { feeds });
  after.takeOver(before);
  t.match(stateOf(after, 'east/sales'), { servers: 2, freeServers: 0 });
  t.match(stateOf(after, 'east/care'), { servers: 2, freeServers: 0 });
  before.release(handle);
  after.setOthers(new Map());
  t.match(stateOf(after, 'east/sales'), { freeServers: 2 });
  before.reserve('east/sales', 'acme', 0, 'd-2');
  t.match(stateOf(after, 'east/sales'), { freeServers: 1 }, 'made on the old board, counted on the new one');
  after.memberSeen('d-2');
  t.match(stateOf(after, 'east/sales'), { freeServers: 2 });
  const unfed = new BoardBuilder(destinations);
  unfed.takeOver(after);
  t.match(stateOf(unfed, 'east/sales'), { servers: 5, freeServers: 5 });
  t.end();
});

t.test(
  'a state that says nothing new is the same object, and time alone changes none of a live centre',
  (t) => {
    const board = boardOf();
    const feed = east();
    board.applyReading(feed.reading(0));
    const before = board.snapshot(0, 0);
    board.applyReading(feed.reading(900));
    t.equal(board.snapshot(1899, 0).states, before.states, 'a later reading that says the same');
    feed.agent('carol', ['care'], { isFree: false });
    board.applyReading(feed.reading(1899));
    const after = board.snapshot(1899, 0);
    const same = destinations.filter(({ index }) => after.states[index] === before.states[index]);
    t.same(
      same.map(({ id }) => id),
      ['east/sales', 'east/repair', 'east/ivr', 'west/sales', 'west/ivr', 'west/survey'],
    );
    const silent = board.snapshot(2899, 0);
    t.equal(silent.states[0]?.readingAgeMs, 1000, 'a silent one ages by the second');
    t.equal(board.snapshot(3898, 0).states, silent.states);
    t.end();
  },
);

t.test('a reading of a centre that has no feed here is nobody’s', (t) => {
  const board = boardOf({ feeds: new Map([['south', { staleAfterMs: 1000 }]]) });
  board.applyReading(east().reading(0));
  t.match(stateOf(board, 'east/sales'), { servers: 5, freeServers: 5 });
  t.notOk('readingAgeMs' in stateOf(board, 'east/sales'));
  t.end();
});

t.test('one short call does not stand for all: the configured handling time counts as ten calls', (t) => {
  const feed = east();
  const board = boardOf();
  const measured = (handledCalls: number): number | undefined => {
    feed.queue('sales', { handlingTimeSeconds: 1, handledCalls });
    board.applyReading(feed.reading(0));
    return stateOf(board, 'east/sales').handlingTimeSeconds;
  };
  const configured = 240;
  t.equal(measured(1), (1 + 10 * configured) / 11);
  t.equal(measured(90), (90 + 10 * configured) / 100);
  t.end();
});
