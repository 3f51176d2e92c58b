import t from 'tap';
import { CachedStrategyReader } from '../../src/strategy-store/cached-reader.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';
import { phoneNumberOf } from '../../src/strategy-store/phone-key.js';
import { nothingLearned } from '../../src/strategy-store/learned/port.js';
import type { LearnedView } from '../../src/strategy-store/learned/port.js';
import type { Learned, RankedOffer, Strategy } from '../../src/offers/index.js';
import type { Lifetime, StoreAnswer, StrategySource } from '../../src/strategy-store/port.js';
import { FakeClock } from '../support/fake-clock.js';

const alice = '+15550100001';
const nobody = '+15550100099';
const household = '+15550100004';

/** A store in memory that answers by promise, or fails, or keeps callers waiting. */
class FakeSource implements StrategySource {
  generation = 1;
  failure: StoreAnswer | undefined;
  lifetime: Lifetime | undefined;
  known: Learned | undefined;
  offers: readonly RankedOffer[] = [];
  readonly asked: string[] = [];
  readonly learned: LearnedView = {
    ...nothingLearned,
    of: (partner, customer) => {
      this.asked.push(`${partner} ${customer}`);
      return this.known;
    },
  };
  lookups = 0;
  #waiting: (() => void)[] = [];
  isHeld = false;

  generationOf(): number {
    return this.generation;
  }

  current = () => [];

  async get(partner: string, phoneNumber: number): Promise<StoreAnswer> {
    this.lookups += 1;
    if (this.isHeld) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const { generation } = this;
    if (this.failure !== undefined) return this.failure;
    if (phoneNumber === phoneNumberOf(nobody)) return { kind: 'miss', generation };
    if (phoneNumber === phoneNumberOf(household))
      return { kind: 'ambiguous', customers: ['a', 'b'], generation };
    const customer = `${partner}-${phoneNumber}-${generation}`;
    const strategy = { partner, customer, generation, flags: noFlags, offers: this.offers };
    return { kind: 'hit', strategy, ...(this.lifetime === undefined ? {} : { lifetime: this.lifetime }) };
  }

  release(): void {
    this.isHeld = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  refresh = () => Promise.resolve();
  ready = () => Promise.resolve();
  close = () => Promise.resolve();
}

function setUp(change: { cacheEntries?: number; cacheMaxAgeMs?: number } = {}) {
  const clock = new FakeClock();
  const source = new FakeSource();
  const reader = new CachedStrategyReader(source, {
    cacheEntries: 100,
    cacheMaxAgeMs: 5000,
    staleMaxAgeMs: 60_000,
    clock,
    breaker: { failuresToOpen: 3, firstPauseMs: 100, maxPauseMs: 1000 },
    ...change,
  });
  return { clock, source, reader };
}

const down: StoreAnswer = { kind: 'failure', reason: 'down', scope: 'store' };

t.test('hit, miss and ambiguous are cached up to the age, each counted', async (t) => {
  const { clock, source, reader } = setUp();
  for (const phone of [alice, nobody, household]) await reader.lookup('acme', phone);
  clock.advance(4999);
  t.match(await reader.lookup('acme', alice), { kind: 'hit', ageMs: 4999 });
  t.equal((await reader.lookup('acme', nobody)).kind, 'miss');
  t.match(await reader.lookup('acme', household), { kind: 'ambiguous', customers: ['a', 'b'], ageMs: 4999 });
  t.equal(source.lookups, 3);
  clock.advance(1);
  t.match(await reader.lookup('acme', alice), { kind: 'hit', ageMs: 0 });
  t.equal(source.lookups, 4);
  t.match(reader.counters, {
    hits: 3,
    misses: 2,
    ambiguous: 2,
    stale: 0,
    failures: 0,
    cacheHits: 3,
    storeLookups: 4,
  });
});

t.test('a cached record is answered without a promise', async (t) => {
  const { reader } = setUp();
  t.ok(reader.lookup('acme', alice) instanceof Promise);
  await reader.lookup('acme', alice);
  t.match(reader.lookup('acme', alice), { kind: 'hit' });
});

t.test('the same number at another partner is another record', async (t) => {
  const { reader } = setUp();
  t.match(await reader.lookup('acme', alice), { strategy: { partner: 'acme' } });
  t.match(await reader.lookup('borealis', alice), { strategy: { partner: 'borealis' } });
});

t.test('a number that is not E.164 is a miss without a look-up', async (t) => {
  const { source, reader } = setUp();
  t.equal((await reader.lookup('acme', 'anonymous')).kind, 'miss');
  t.equal(source.lookups, 0);
});

t.test('the cache is bounded, misses included', async (t) => {
  const { source, reader } = setUp({ cacheEntries: 2 });
  for (const phone of [nobody, alice, household]) await reader.lookup('acme', phone);
  t.equal(reader.cacheSize, 2);
  await reader.lookup('acme', nobody);
  t.equal(source.lookups, 4, 'the oldest was let go');
});

t.test('with no entries there is no cache', async (t) => {
  const { source, reader } = setUp({ cacheEntries: 0 });
  await reader.lookup('acme', alice);
  await reader.lookup('acme', alice);
  t.equal(source.lookups, 2);
  source.failure = down;
  t.equal((await reader.lookup('acme', alice)).kind, 'failure');
});

t.test('a swap makes cached records too old at once', async (t) => {
  const { source, reader } = setUp();
  t.match(await reader.lookup('acme', alice), { strategy: { generation: 1 } });
  await reader.lookup('acme', nobody);
  source.generation = 2;
  t.match(await reader.lookup('acme', alice), { strategy: { generation: 2 } });
  await reader.lookup('acme', nobody);
  t.equal(source.lookups, 4);
});

t.test('when the store fails, what the cache has serves as stale up to its age', async (t) => {
  const { clock, source, reader } = setUp();
  await reader.lookup('acme', alice);
  await reader.lookup('acme', nobody);
  source.failure = down;
  clock.advance(60_000);
  t.match(await reader.lookup('acme', alice), {
    kind: 'stale',
    lookup: { kind: 'hit', ageMs: 60_000 },
    ageMs: 60_000,
    reason: 'down',
  });
  t.match(await reader.lookup('acme', nobody), { kind: 'stale', lookup: { kind: 'miss' } });
  t.match(await reader.lookup('acme', household), { kind: 'failure', reason: 'down' });
  clock.advance(1);
  t.match(await reader.lookup('acme', alice), { kind: 'failure' });
  t.match(reader.counters, { stale: 2, failures: 2 });
});

t.test('a record of the old generation serves as stale too', async (t) => {
  const { source, reader } = setUp();
  await reader.lookup('acme', alice);
  source.generation = 2;
  source.failure = down;
  t.match(await reader.lookup('acme', alice), { kind: 'stale', lookup: { strategy: { generation: 1 } } });
});

t.test('identical look-ups under way share one request', async (t) => {
  const { source, reader } = setUp();
  source.isHeld = true;
  const lookups = [1, 2, 3].map(async () => reader.lookup('acme', alice));
  const other = reader.lookup('acme', household);
  t.equal(source.lookups, 2);
  source.release();
  for (const one of await Promise.all(lookups)) t.match(one, { kind: 'hit' });
  await other;
  t.match(reader.counters, { hits: 3, ambiguous: 1, storeLookups: 2 });
  await reader.lookup('acme', nobody);
  t.equal(source.lookups, 3, 'and the next is a request of its own');
});

t.test('a dead store is left alone, then probed', async (t) => {
  const { clock, source, reader } = setUp();
  source.failure = down;
  for (let n = 0; n < 5; n++) await reader.lookup('acme', alice);
  t.equal(source.lookups, 3);
  t.equal(reader.circuitState, 'open');
  t.match(await reader.lookup('acme', alice), { kind: 'failure', reason: /left alone.*down/ });
  source.failure = undefined;
  clock.advance(100);
  t.match(await reader.lookup('acme', alice), { kind: 'hit' });
  t.equal(reader.circuitState, 'closed');
});

t.test('a record that cannot be read does not count against the store', async (t) => {
  const { source, reader } = setUp();
  source.failure = { kind: 'failure', reason: 'corrupt', scope: 'record' };
  for (let n = 0; n < 10; n++)
    t.match(await reader.lookup('acme', alice), { kind: 'failure', reason: 'corrupt' });
  t.equal(source.lookups, 10);
  t.equal(reader.circuitState, 'closed');
});

t.test(
  'the age of the strategies is told as it is at each look-up, from memory or from the store',
  async (t) => {
    const { clock, source, reader } = setUp();
    source.lifetime = { createdAt: clock.wallNow() - 1000, maxAgeMs: 60_000 };
    t.match(await reader.lookup('acme', alice), { strategyAge: { ageMs: 1000, maxAgeMs: 60_000 } });
    clock.advance(4000);
    t.match(await reader.lookup('acme', alice), { ageMs: 4000, strategyAge: { ageMs: 5000 } });
    source.failure = down;
    clock.advance(56_000);
    t.match(await reader.lookup('acme', alice), {
      kind: 'stale',
      lookup: { strategyAge: { ageMs: 61_000, maxAgeMs: 60_000 } },
    });
    source.lifetime = { createdAt: clock.wallNow() + 5000, maxAgeMs: 1 };
    source.failure = undefined;
    clock.advance(1000);
    t.match(
      await reader.lookup('acme', alice),
      { strategyAge: { ageMs: 0 } },
      'the loader has another clock',
    );
  },
);

t.test('how long look-ups in the store took is told', async (t) => {
  const clock = new FakeClock();
  const source = new FakeSource();
  const seen: number[] = [];
  const reader = new CachedStrategyReader(source, {
    cacheEntries: 10,
    cacheMaxAgeMs: 1000,
    staleMaxAgeMs: 1000,
    clock,
    onStoreLookup: (ms) => seen.push(ms),
  });
  source.isHeld = true;
  const lookup = reader.lookup('acme', alice);
  clock.advance(7);
  source.release();
  await lookup;
  await reader.lookup('acme', alice);
  t.same(seen, [7]);
  t.equal(reader.counters.storeLookupMs, 7);
});

const declinedUntil = 20_000;

function declinedOf(customer: string, clock: FakeClock, revision = 1): Learned {
  const at = clock.wallNow();
  const until = at + declinedUntil;
  const offers = [{ effect: 'withheld', offerCode: 'GOLD', reason: 'declined', at, until } as const];
  return { partner: 'acme', customer, revision, offers, alerts: undefined, expiresAt: at + 30_000 };
}

async function strategyOf(reader: CachedStrategyReader): Promise<Strategy> {
  const lookup = await reader.lookup('acme', alice);
  if (lookup.kind === 'stale' && lookup.lookup.kind === 'hit') return lookup.lookup.strategy;
  if (lookup.kind !== 'hit') throw new Error(lookup.kind);
  return lookup.strategy;
}

t.test(
  'what was learned corrects a cached strategy at once, and nothing is left when it expires',
  async (t) => {
    const { clock, source, reader } = setUp({ cacheMaxAgeMs: 3_600_000 });
    source.offers = [{ offerCode: 'GOLD', propensity: 0.5, value: 10 }];
    const ranked = await strategyOf(reader);
    t.equal(ranked.suppressed, undefined);
    source.known = declinedOf(ranked.customer, clock);
    const corrected = await strategyOf(reader);
    t.same(corrected.offers, []);
    t.match(corrected.suppressed, [{ offerCode: 'GOLD', reason: 'declined' }]);
    t.equal(source.lookups, 1, 'the cache served');
    clock.advance(declinedUntil - 1);
    t.equal(await strategyOf(reader), corrected, 'made once');
    clock.advance(1);
    t.equal(await strategyOf(reader), ranked, 'and no longer than it holds');
  },
);

t.test('a later revision takes the place of what was laid over before', async (t) => {
  const { clock, source, reader } = setUp();
  source.offers = [{ offerCode: 'GOLD', propensity: 0.5, value: 10 }];
  const ranked = await strategyOf(reader);
  source.known = declinedOf(ranked.customer, clock);
  t.same((await strategyOf(reader)).offers, []);
  source.known = { ...source.known, revision: 2, offers: [] };
  t.equal(await strategyOf(reader), ranked);
  source.known = declinedOf(ranked.customer, clock, 3);
  t.same((await strategyOf(reader)).offers, []);
  source.known = undefined;
  t.equal(await strategyOf(reader), ranked);
});

t.test('what was learned counts for what the cache serves while the store is down', async (t) => {
  const { clock, source, reader } = setUp();
  source.offers = [{ offerCode: 'GOLD', propensity: 0.5, value: 10 }];
  const { customer } = await strategyOf(reader);
  source.failure = down;
  clock.advance(6000);
  source.known = declinedOf(customer, clock);
  t.equal((await reader.lookup('acme', alice)).kind, 'stale');
  t.same((await strategyOf(reader)).offers, []);
});

t.test('it is looked for by the customer that was found, and not where nobody was', async (t) => {
  const { source, reader } = setUp();
  const { customer } = await strategyOf(reader);
  source.asked.length = 0;
  for (const phone of [alice, nobody, household]) await reader.lookup('acme', phone);
  t.same(source.asked, [`acme ${customer}`]);
});

t.test('a preview says what a look-up would at another time, and leaves nothing behind', async (t) => {
  const { clock, source, reader } = setUp();
  const wallNow = clock.wallNow();
  source.offers = [{ offerCode: 'GOLD', propensity: 0.5, value: 10 }];
  source.lifetime = { createdAt: wallNow, maxAgeMs: 1000 };
  const customer = `acme-${String(phoneNumberOf(alice))}-1`;
  source.known = {
    partner: 'acme',
    customer,
    revision: 1,
    expiresAt: wallNow + 10_000,
    offers: [
      { effect: 'withheld', offerCode: 'GOLD', reason: 'declined', at: wallNow, until: wallNow + 5000 },
    ],
  } as unknown as Learned;
  const offersAt = async (at: number): Promise<number> => {
    const lookup = await reader.preview('acme', alice, at);
    return lookup.kind === 'hit' ? lookup.strategy.offers.length : -1;
  };
  t.equal(await offersAt(wallNow), 0);
  t.equal(await offersAt(wallNow + 5000), 1, 'the cool-off is over by then');
  t.match(await reader.preview('acme', alice, wallNow + 5000), {
    strategyAge: { ageMs: 5000, maxAgeMs: 1000 },
  });
  t.equal(reader.cacheSize, 0);
  t.match(reader.counters, { hits: 0, storeLookups: 0 });
  source.failure = down;
  t.match(await reader.preview('acme', alice, wallNow), { kind: 'failure' });
  t.equal(reader.circuitState, 'closed');
  source.failure = undefined;
  t.match(await reader.lookup('acme', alice), { kind: 'hit' });
  t.match(await reader.preview('acme', alice, wallNow + 5000), {
    strategy: { offers: [{ offerCode: 'GOLD' }] },
  });
  t.match(
    await reader.lookup('acme', alice),
    { strategy: { offers: [] } },
    'a preview changes no cached one',
  );
  t.match(await reader.preview('acme', 'x', wallNow), { kind: 'miss' });
});
