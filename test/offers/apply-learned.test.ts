import fc from 'fast-check';
import t from 'tap';
import { applyLearned, learnedLines, nextChangeOf, suppressionWords } from '../../src/offers/index.js';
import type { Learned, LearnedOffer, Strategy } from '../../src/offers/index.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';
import { learnedStates, strategies, times } from './learned-scenario.js';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 26, 12);
const ranking: Strategy = {
  partner: 'acme',
  customer: 'c-1',
  generation: 7,
  flags: noFlags,
  offers: [
    { offerCode: 'GOLD', propensity: 0.3, value: 100 },
    { offerCode: 'SILVER', propensity: 0.2, value: 50 },
    { offerCode: 'TV', propensity: 0.1, value: 20 },
  ],
};

function learned(offers: readonly LearnedOffer[], change: Partial<Learned> = {}): Learned {
  const state = {
    partner: 'acme',
    customer: 'c-1',
    revision: 1,
    alerts: undefined,
    expiresAt: now + 90 * day,
  };
  return { ...state, offers, ...change };
}

const declined = {
  effect: 'withheld',
  offerCode: 'GOLD',
  reason: 'declined',
  at: now - 6 * day,
  until: now + 24 * day,
} as const;
const callback = {
  effect: 'boosted',
  offerCode: 'TV',
  reason: 'callback',
  at: now - day,
  from: now + day,
  until: now + 2 * day,
  propensity: 0.6,
  value: 90,
} as const;

function codes(strategy: Strategy): readonly string[] {
  return strategy.offers.map((one) => one.offerCode);
}

t.test('an offer that is withheld leaves the offers and stands among the suppressed until then', (t) => {
  const state = learned([declined]);
  const changed = applyLearned(ranking, state, now);
  t.same(codes(changed), ['SILVER', 'TV']);
  const { at, until } = declined;
  t.same(changed.suppressed, [
    { offerCode: 'GOLD', propensity: 0.3, value: 100, reason: 'declined', at, until },
  ]);
  t.equal(changed.flags, ranking.flags);
  t.same(codes(applyLearned(ranking, state, until - 1)), ['SILVER', 'TV']);
  t.equal(applyLearned(ranking, state, until), ranking, 'then it is as it was ranked');
  t.end();
});

t.test('what was never ranked needs no withholding', (t) => {
  t.equal(applyLearned(ranking, learned([{ ...declined, offerCode: 'GONE' }]), now), ranking);
  t.end();
});

t.test('a customer who asked to be called back is not offered it before, and first from then on', (t) => {
  const state = learned([callback]);
  const before = applyLearned(ranking, state, callback.from - 1);
  t.same(codes(before), ['GOLD', 'SILVER']);
  t.match(before.suppressed, [
    { offerCode: 'TV', propensity: 0.1, reason: 'callback', until: callback.from },
  ]);
  const within = applyLearned(ranking, state, callback.from);
  t.same(within.offers[0], { offerCode: 'TV', propensity: 0.6, value: 20, isBoosted: true });
  t.same(codes(within), ['TV', 'GOLD', 'SILVER']);
  t.notOk('suppressed' in within);
  t.equal(applyLearned(ranking, state, callback.until), ranking);
  t.end();
});

t.test(
  'what was asked for counts by the ranking where that is higher, and without it where it says nothing',
  (t) => {
    const high = { ...callback, offerCode: 'GOLD', propensity: 0.1 };
    t.match(applyLearned(ranking, learned([high]), callback.from).offers[0], { propensity: 0.3, value: 100 });
    const unranked = learned([{ ...callback, offerCode: 'NEW' }]);
    t.match(applyLearned(ranking, unranked, now).suppressed, [
      { offerCode: 'NEW', propensity: 0.6, value: 90 },
    ]);
    t.match(applyLearned(ranking, unranked, callback.from).offers[0], { offerCode: 'NEW', value: 90 });
    t.end();
  },
);

t.test('an alert that opened puts its service offers first; one that closed leaves no alert', (t) => {
  const alerts = [{ offerCode: 'REPAIR', value: 5 }];
  const opened = applyLearned(ranking, learned([], { alerts }), now);
  t.equal(opened.flags.serviceAlert, true);
  t.same(opened.offers[0], { offerCode: 'REPAIR', propensity: 1, value: 5 });
  t.same(codes(opened), ['REPAIR', 'GOLD', 'SILVER', 'TV']);
  const ranked = { ...ranking, ...opened, flags: { ...noFlags, serviceAlert: true, fraud: true } };
  t.same(codes(applyLearned(ranked, learned([], { alerts }), now)), codes(ranked), 'once, not twice');
  const closed = applyLearned(ranked, learned([], { alerts: [] }), now);
  t.same(closed.flags, { ...noFlags, fraud: true });
  t.same(applyLearned(ranked, learned([]), now), ranked, 'nothing learned of alerts: the ranking counts');
  t.end();
});

t.test('a service offer is not withheld while its alert is open', (t) => {
  const alerts = [{ offerCode: 'GOLD', value: 5 }];
  const strategy = applyLearned(ranking, learned([declined], { alerts }), now);
  t.equal(codes(strategy)[0], 'GOLD');
  t.equal(strategy.suppressed, undefined);
  t.end();
});

t.test('laid over twice is laid over once', (t) => {
  fc.assert(
    fc.property(strategies, learnedStates, times, (strategy, state, at) => {
      const once = applyLearned(strategy, state, at);
      t.strictSame(applyLearned(once, state, at), once);
    }),
  );
  t.end();
});

t.test('the rest keeps its order, and nothing is made up or lost', (t) => {
  fc.assert(
    fc.property(strategies, learnedStates, times, (strategy, state, at) => {
      const changed = applyLearned(strategy, state, at);
      const named = [...state.offers, ...(state.alerts ?? [])].map((one) => one.offerCode);
      const untouched = (all: readonly string[]) => all.filter((one) => !named.includes(one));
      t.strictSame(untouched(codes(changed)), untouched(codes(strategy)));
      const asked = state.offers.filter((one) => one.effect === 'boosted').map((one) => one.offerCode);
      const may = new Set([
        ...codes(strategy),
        ...asked,
        ...(state.alerts ?? []).map((one) => one.offerCode),
      ]);
      const all = [...codes(changed), ...(changed.suppressed ?? []).map((one) => one.offerCode)];
      t.equal(new Set(all).size, all.length, 'each once');
      t.ok(all.every((one) => may.has(one)));
      t.ok(codes(strategy).every((one) => all.includes(one)));
    }),
  );
  t.end();
});

t.test('what has expired changes nothing', (t) => {
  fc.assert(
    fc.property(strategies, learnedStates, times, (strategy, state, at) => {
      t.equal(applyLearned(strategy, { ...state, expiresAt: at }, at), strategy);
      const over = state.offers.map((one) => ({ ...one, until: at }));
      t.equal(applyLearned(strategy, { ...state, offers: over, alerts: undefined }, at), strategy);
    }),
  );
  t.end();
});

t.test('nothing changes before the next change', (t) => {
  fc.assert(
    fc.property(strategies, learnedStates, times, times, (strategy, state, at, laterMs) => {
      const next = nextChangeOf(state, at);
      t.ok(next > at);
      if (at + laterMs < next)
        t.strictSame(applyLearned(strategy, state, at + laterMs), applyLearned(strategy, state, at));
    }),
  );
  t.equal(nextChangeOf(learned([declined, callback]), now), callback.from);
  t.equal(nextChangeOf(learned([], { expiresAt: now }), now), Infinity);
  t.end();
});

t.test('it is told in words', (t) => {
  const words = (change: object) => suppressionWords({ ...declined, ...change });
  t.equal(words({}), 'declined 2026-11-20, until 2026-12-20');
  t.equal(words({ reason: 'accepted' }), 'accepted 2026-11-20');
  t.equal(words({ reason: 'held' }), 'held as of 2026-11-20');
  t.equal(words({ reason: 'callback', until: callback.from }), 'called back from 2026-11-27 12:00 UTC');
  t.equal(
    words({ reason: 'presented', at: now, until: now + day }),
    'presented 2026-11-26 12:00 UTC, until 2026-11-27 12:00 UTC',
  );
  const alerts = [{ offerCode: 'REPAIR', value: 5 }];
  t.same(learnedLines(learned([declined, callback], { alerts }), now), [
    'GOLD: not made, declined 2026-11-20, until 2026-12-20',
    'TV: not made yet, asked 2026-11-25 to be called back from 2026-11-27 12:00 UTC until 2026-11-28 12:00 UTC',
    'REPAIR: ahead of any sale, a service alert is open',
  ]);
  t.same(learnedLines(learned([declined, callback], { alerts: [] }), callback.from), [
    'GOLD: not made, declined 2026-11-20, until 2026-12-20',
    'TV: ahead of the ranking until 2026-11-28 12:00 UTC, asked 2026-11-25 to be called back',
    'no service alert is open any more',
  ]);
  t.same(learnedLines(learned([declined], { expiresAt: now }), now), []);
  t.end();
});
