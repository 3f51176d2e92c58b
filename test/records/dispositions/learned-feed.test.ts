import t from 'tap';
import { silentLogger } from '../../../src/kernel/index.js';
import type { Learned } from '../../../src/offers/index.js';
import { RecordsUnavailableError } from '../../../src/records/errors.js';
import type { Sql } from '../../../src/records/database/sql.js';
import { LearnedFeed } from '../../../src/records/dispositions/learned-feed.js';
import type { LearnedSink } from '../../../src/records/dispositions/learned-feed.js';
import { FakeClock } from '../../support/fake-clock.js';
import { waitUntil } from '../../support/child-process.js';
import { openShop, placeCall } from '../../support/records-shop.js';
import { onEachDatabase } from '../../support/records-stage.js';

class Sink implements LearnedSink {
  readonly states = new Map<string, Learned>();
  readonly batches: number[] = [];
  at = 0;
  isDown = false;

  cursor(): Promise<number> {
    return this.isDown ? Promise.reject(new Error('store down')) : Promise.resolve(this.at);
  }

  put(states: readonly Learned[], cursor: number): Promise<void> {
    if (this.isDown) return Promise.reject(new Error('store down'));
    for (const one of states) {
      const { revision = 0 } = this.states.get(one.customer) ?? {};
      if (one.revision > revision) this.states.set(one.customer, one);
    }
    this.batches.push(states.length);
    this.at = Math.max(this.at, cursor);
    return Promise.resolve();
  }
}

/** A database that can be away. */
class Switchable implements Sql {
  isDown = false;
  readonly #database: Sql;

  constructor(database: Sql) {
    this.#database = database;
  }

  query: Sql['query'] = (text, values) =>
    this.isDown ? Promise.reject(new RecordsUnavailableError('away')) : this.#database.query(text, values);
}

function feedOf(database: Sql, sink: Sink, batch = 2) {
  const clock = new FakeClock();
  const feed = new LearnedFeed({ database, sink, clock, log: silentLogger, batch });
  const until = async (what: string, isSo: () => boolean) =>
    waitUntil(what, () => {
      clock.advance(250);
      return isSo();
    });
  return { feed, clock, until };
}

onEachDatabase('what is learned comes to the store in order, in batches', async (t, { database }) => {
  await openShop(database);
  for (const [index, customer] of ['p1', 'p2', 'p3', 'p4', 'p5'].entries()) {
    await placeCall(database, { decisionId: `d${index}`, at: Date.now() - 1000, customer });
    await database.query('SELECT proffer.record_disposition($1)', [
      JSON.stringify({
        decisionId: `d${index}`,
        offer: 'PLATINUM',
        code: 'declined',
        source: 'web',
        at: new Date(),
      }),
    ]);
  }
  const sink = new Sink();
  const { feed, until } = feedOf(database, sink);
  feed.start();
  await until('all five', () => sink.states.size === 5);
  t.same(sink.batches, [2, 2, 1]);
  t.match(sink.states.get('p3'), {
    partner: 'acme',
    customer: 'p3',
    offers: [{ effect: 'withheld', offerCode: 'PLATINUM', reason: 'declined' }],
    alerts: undefined,
  });
  t.ok((sink.states.get('p3')?.expiresAt ?? 0) > Date.now());
  await feed.stop();
});

onEachDatabase('an outage of either side delays and loses nothing', async (t, { database }) => {
  await openShop(database);
  const sink = new Sink();
  const away = new Switchable(database);
  const { feed, clock, until } = feedOf(away, sink);
  feed.start();
  await until('some turns', () => clock.now() > 3000 && feed.ageMs < 2000);
  away.isDown = true;
  await database.query("UPDATE proffer.accounts SET product = 'gold'");
  await database.query("SELECT proffer.learn_many('acme', '{c1,c2}')");
  await until('age', () => feed.ageMs > 5000);
  t.equal(sink.states.size, 0);
  away.isDown = false;
  sink.isDown = true;
  await until('age', () => feed.ageMs > 9000);
  sink.isDown = false;
  await until('both', () => sink.states.size === 2);
  await feed.stop();
  t.same(clock.running, []);
});

onEachDatabase('a new database goes on above what the store has', async (t, { database }) => {
  await openShop(database);
  await database.query("UPDATE proffer.accounts SET product = 'gold'");
  await database.query("SELECT proffer.learn_many('acme', '{c1,c2}')");
  const [last] = await database.query<{ last_value: number }>(
    'SELECT last_value FROM proffer.learned_revision',
  );
  const before = (last?.last_value ?? 0) + 900;
  const sink = new Sink();
  sink.at = before;
  sink.states.set('c1', {
    partner: 'acme',
    customer: 'c1',
    revision: before - 50,
    offers: [],
    alerts: undefined,
    expiresAt: 1,
  });
  const { feed, until } = feedOf(database, sink, 100);
  feed.start();
  await until('both', () => sink.states.get('c1')?.offers.length === 2 && sink.states.size === 2);
  t.ok([...sink.states.values()].every(({ revision }) => revision > before));
  t.equal(sink.at, before + 2);
  await feed.stop();
});

t.test('a store that never answers is given up, and asked again', async (t) => {
  const clock = new FakeClock();
  let asked = 0;
  const sink: LearnedSink = {
    cursor: () => {
      asked += 1;
      return new Promise<number>(() => undefined);
    },
    put: () => Promise.resolve(),
  };
  const feed = new LearnedFeed({
    database: { query: () => Promise.resolve([]) },
    sink,
    clock,
    log: silentLogger,
  });
  feed.start();
  await waitUntil('three questions', () => {
    clock.advance(5000);
    return asked > 2;
  });
  clock.advance(5000);
  await feed.stop();
  t.ok(feed.ageMs > 10_000);
});
