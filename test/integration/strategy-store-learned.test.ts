// What was learned of a customer, on a real LMDB file and a real redis-server: used by every router at once, whoever wrote it, in
// whatever order, and untouched by generations.
import { join } from 'node:path';
import t from 'tap';
import type { BoostedOffer } from '../../src/offers/index.js';
import { openStrategyStore } from '../../src/strategy-store/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { FakeClock } from '../support/fake-clock.js';
import {
  cleared,
  customerAt,
  declined,
  stateOf,
  suppressedAt,
  writeElsewhere,
} from '../support/learned-states.js';
import { storePlaces } from '../support/store-places.js';
import { openUncached, phoneAt, runRows, until } from '../support/strategies.js';

t.setTimeout(300_000);

const CUSTOMERS = 200;
const DAY_MS = 86_400_000;
const GOLD = 'ACME-PLATINUM';

const { directory: dataDir, places } = await storePlaces(t);

for (const [name, at] of places) {
  t.test(`${name}: what another process learned corrects the next call, and is taken back`, async (t) => {
    // Of a state that nobody has announced a router on Redis would hear in a minute.
    const router = await openUncached(at, { checkIntervalMs: 60_000 });
    t.teardown(() => router.close());
    await router.writer.publish('acme', runRows(1, CUSTOMERS));
    t.equal(await suppressedAt(router, 1), '');
    t.equal(await writeElsewhere(at, { states: [stateOf(1, 7)], cursor: 7 }), 0);
    await until(async () => (await suppressedAt(router, 1)) === GOLD);
    t.equal(await suppressedAt(router, 2), '', 'of the one customer');
    t.match(await router.learned.get('acme', customerAt(1)), { revision: 7, customer: customerAt(1) });
    t.equal(await router.learned.cursor(), 7);
    t.equal(await writeElsewhere(at, { states: [cleared(1, 8)] }), 0);
    await until(async () => (await suppressedAt(router, 1)) === '');
  });

  t.test(`${name}: a strategy that the cache has is corrected too`, async (t) => {
    const settings = { cacheEntries: 100, cacheMaxAgeMs: 3_600_000, staleMaxAgeMs: 0, learnedEntries: 1000 };
    const router = await openStrategyStore({ kind: 'lmdb', ...settings }, at, {
      clock: systemClock,
      log: silentLogger,
      storeDeadlineMs: 1000,
      sweepIntervalMs: 0,
    });
    t.teardown(() => router.close());
    await router.reader.lookup('acme', phoneAt(3));
    const reads = router.reader.counters.storeLookups;
    await router.learned.put([stateOf(3, 10)]);
    await until(async () => (await suppressedAt(router, 3)) === GOLD);
    t.equal(router.reader.counters.storeLookups, reads);
    const [one, two] = [await suppressedIn(), await suppressedIn()];
    t.equal(one, two, 'made once, served again');
    async function suppressedIn(): Promise<unknown> {
      const lookup = await router.reader.lookup('acme', phoneAt(3));
      return lookup.kind === 'hit' ? lookup.strategy : lookup;
    }
  });

  t.test(`${name}: it stays through new generations, the way back, a sweep and a restart`, async (t) => {
    const first = await openUncached(at, { graceMs: 0 });
    await first.learned.put([stateOf(4, 11)]);
    // The same customers under another run's number would be other customers.
    await first.writer.publish('acme', runRows(1, CUSTOMERS));
    await until(async () => (await suppressedAt(first, 4)) === GOLD);
    const retired = (await first.writer.generations()).find((one) => one.state === 'retired');
    await first.writer.makeCurrent('acme', retired?.generation.generation ?? 0);
    await first.writer.sweep();
    t.equal(await suppressedAt(first, 4), GOLD);
    await first.close();
    const second = await openUncached(at);
    t.teardown(() => second.close());
    await until(async () => (await suppressedAt(second, 4)) === GOLD);
    t.equal(await second.learned.cursor(), 7);
  });

  t.test(`${name}: the later revision counts in any order, and one of 0 never over a greater`, async (t) => {
    const store = await openUncached(at);
    t.teardown(() => store.close());
    const of = async (index: number) => (await store.learned.get('acme', customerAt(index)))?.revision;
    await store.learned.put([stateOf(5, 20), cleared(5, 21), stateOf(5, 19)]);
    await store.learned.put([stateOf(5, 20)]);
    await store.learned.put([stateOf(5, 0)]);
    t.equal(await of(5), 21);
    await until(async () => (await suppressedAt(store, 5)) === '');
    await store.learned.put([stateOf(6, 0)]);
    t.equal(await of(6), 0);
    await store.learned.put([cleared(6, 0)]);
    t.same((await store.learned.get('acme', customerAt(6)))?.offers, [], 'one of 0 over one of 0');
    await store.learned.put([stateOf(6, 1)]);
    t.equal(await of(6), 1);
    const many = Array.from({ length: 2500 }, (_, index) => stateOf(1000 + index, 30 + index));
    await store.learned.put(many, 2529);
    t.equal(await of(1000 + 2499), 30 + 2499);
    t.equal(await store.learned.cursor(), 2529);
    await store.learned.put([], 100);
    t.equal(await store.learned.cursor(), 2529, 'a feed that is behind does not set it back');
    await store.learned.setCursor(100);
    t.equal(await store.learned.cursor(), 100, 'a person does');
  });

  t.test(`${name}: what a router learned by itself holds until a database says more`, async (t) => {
    const store = await openUncached(at);
    t.teardown(() => store.close());
    const { expiresAt } = stateOf(0, 0);
    await store.learned.add('acme', customerAt(7), declined(GOLD), expiresAt);
    await until(async () => (await suppressedAt(store, 7)) === GOLD);
    t.match(await store.learned.get('acme', customerAt(7)), { revision: 0 });
    await store.learned.put([stateOf(8, 40, { offers: [declined('OTHER')] })]);
    await store.learned.add('acme', customerAt(8), declined(GOLD), expiresAt);
    t.match(await store.learned.get('acme', customerAt(8)), {
      revision: 40,
      offers: [{ offerCode: 'OTHER' }, { offerCode: GOLD }],
    });
    await store.learned.put([cleared(7, 41), cleared(8, 42)]);
    await until(async () => (await suppressedAt(store, 7)) === '' && (await suppressedAt(store, 8)) === '');
  });

  t.test(`${name}: of two processes that write at once, none loses what the other wrote`, async (t) => {
    const store = await openUncached(at);
    t.teardown(() => store.close());
    const revisions = (odd: number) => Array.from({ length: 40 }, (_, n) => stateOf(9, 100 + 2 * n + odd));
    const added = [writeElsewhere(at, { states: revisions(0), added: 'A' })];
    added.push(writeElsewhere(at, { states: revisions(1), added: 'B' }));
    t.same(await Promise.all(added), [0, 0]);
    const state = await store.learned.get('acme', customerAt(9));
    t.equal(state?.revision, 100 + 2 * 39 + 1, 'the greatest revision');
    const all = Array.from({ length: 20 }, (_, n) => `X${n}`);
    await Promise.all(
      all.map((code) => store.learned.add('acme', customerAt(10), declined(code), stateOf(0, 0).expiresAt)),
    );
    const codes = (await store.learned.get('acme', customerAt(10)))?.offers.map((one) => one.offerCode);
    t.same(codes?.sort(), all.sort(), 'and every entry that was added');
  });

  t.test(`${name}: by the clock: withheld until then, first from then on, and over`, async (t) => {
    const clock = new FakeClock(Date.now());
    const store = await openUncached(at, { clock, checkIntervalMs: 9 * DAY_MS });
    t.teardown(() => store.close());
    const now = clock.wallNow();
    const callback: BoostedOffer = {
      effect: 'boosted',
      offerCode: 'ACME-SAVER',
      reason: 'callback',
      at: now,
      from: now + DAY_MS,
      until: now + 2 * DAY_MS,
      propensity: 0.7,
      value: 60,
    };
    const offers = [declined(GOLD, { until: now + 3 * DAY_MS }), callback];
    await store.learned.put([stateOf(11, 200, { offers, expiresAt: now + 4 * DAY_MS })]);
    const offered = async () => {
      const lookup = await store.reader.lookup('acme', phoneAt(11));
      return lookup.kind === 'hit' ? lookup.strategy.offers.map((one) => one.offerCode) : [lookup.kind];
    };
    await until(async () => (await suppressedAt(store, 11)) === `${GOLD},ACME-SAVER`);
    t.same(await offered(), []);
    clock.advance(DAY_MS);
    t.same(await offered(), ['ACME-SAVER']);
    clock.advance(DAY_MS);
    t.same(await offered(), []);
    clock.advance(DAY_MS);
    t.same(await offered(), [GOLD], 'as it was ranked');
  });

  t.test(`${name}: what has expired is removed, and nothing else`, async (t) => {
    const store = await openUncached(at);
    t.teardown(() => store.close());
    const now = Date.now();
    const some = Array.from({ length: 3000 }, (_, index) =>
      stateOf(10_000 + index, 1, { expiresAt: now + (index % 3 === 0 ? 1000 : 2 * DAY_MS) }),
    );
    await store.learned.put(some);
    t.equal(await store.learned.purge(now), 0);
    t.equal(await store.learned.purge(now + 1000), 1000);
    t.equal(await store.learned.get('acme', customerAt(10_000)), undefined);
    t.ok(await store.learned.get('acme', customerAt(10_001)));
    t.ok((await store.writer.generations()).length > 0);
  });

  t.test(`${name}: a router that sweeps removes what has expired`, async (t) => {
    const clock = new FakeClock(Date.now());
    const store = await openUncached(at, { clock, sweepIntervalMs: 1000 });
    t.teardown(() => store.close());
    await store.learned.put([stateOf(12, 1, { expiresAt: clock.wallNow() + 500 })]);
    clock.advance(1000);
    await until(async () => (await store.learned.get('acme', customerAt(12))) === undefined);
  });

  t.test(`${name}: figures for metrics`, async (t) => {
    const store = await openUncached(at);
    t.teardown(() => store.close());
    await store.learned.put([stateOf(13, 5000)], 5000);
    await until(() => store.reader.learnedFigures.isLoaded && store.reader.learnedFigures.revision === 5000);
    t.match(store.reader.learnedFigures, { dropped: 0, malformed: 0 });
    t.ok(store.reader.learnedFigures.entries > 2500);
  });

  t.test(`${name}: a command that asks by itself is served what was ranked`, async (t) => {
    const store = await openUncached(at, { appliesLearned: false });
    t.teardown(() => store.close());
    t.equal(await suppressedAt(store, 4), '');
    t.match(await store.learned.get('acme', customerAt(4)), { revision: 11 });
    t.match(store.reader.learnedFigures, { isLoaded: false, entries: 0 });
  });
}

t.test('lmdb: a value that is no state is left out, counted and told once', async (t) => {
  const { openLmdb } = await import('../../src/strategy-store/lmdb/lmdb-environment.js');
  const { LmdbLearnedView } = await import('../../src/strategy-store/lmdb/lmdb-learned.js');
  const environment = openLmdb(join(dataDir, 'malformed'));
  t.teardown(() => environment.root.close());
  const warnings: unknown[] = [];
  const log = silentLogger.child({});
  log.warn = (fields: unknown) => void warnings.push(fields);
  const view = new LmdbLearnedView(environment, log);
  environment.learned.putSync('acme\0c-1', Buffer.from('garbage'));
  environment.learned.putSync('acme\0c-2', Buffer.alloc(0));
  environment.learned.putSync('acme\0c-3', Buffer.alloc(70_000, 'x'));
  for (const customer of ['c-1', 'c-2', 'c-3', 'c-1']) t.equal(view.of('acme', customer), undefined);
  t.equal(view.figures.malformed, 3);
  t.equal(warnings.length, 1);
  t.equal(view.of('acme', 'x'.repeat(5000)), undefined, 'nor is a name that no key has room for an error');
});
