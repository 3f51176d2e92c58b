import fc from 'fast-check';
import t from 'tap';
import { decodeLearned, encodeLearned, headOf } from '../../../src/strategy-store/learned/learned-codec.js';
import { replaces, withOffer } from '../../../src/strategy-store/learned/merge.js';
import type { Learned } from '../../../src/offers/index.js';
import { learnedStates } from '../../offers/learned-scenario.js';
import { declined, stateOf } from '../../support/learned-states.js';

t.test('a state comes back as it was stored, its head without reading the rest', (t) => {
  fc.assert(
    fc.property(learnedStates, (state) => {
      const text = encodeLearned(state);
      t.strictSame(headOf(text), { revision: state.revision, expiresAt: state.expiresAt });
      t.same(decodeLearned('acme', 'c-1', text), state);
    }),
  );
  t.end();
});

t.test('what holds for ever is stored as long as a number can say', (t) => {
  const offers = [declined('GOLD', { until: Infinity })];
  const text = encodeLearned(stateOf(1, 1, { offers, expiresAt: Infinity }));
  t.match(decodeLearned('acme', 'c-1', text), {
    expiresAt: Number.MAX_SAFE_INTEGER,
    offers: [{ until: Number.MAX_SAFE_INTEGER }],
  });
  t.end();
});

t.test('what is no state is undefined, never an error', (t) => {
  const whole = encodeLearned(stateOf(1, 7));
  const of = (offers: unknown, alerts?: unknown) =>
    `{"revision":1,"expiresAt":2,"offers":${JSON.stringify(offers)}${
      alerts === undefined ? '' : `,"alerts":${JSON.stringify(alerts)}`
    }}`;
  const one = declined('GOLD');
  for (const text of [
    '',
    'garbage',
    '{}',
    'null',
    whole.slice(0, -3),
    whole.replace('"revision":7', '"revision":-7'),
    whole.replace('"revision":7', '"revision":"7"'),
    of(undefined),
    of({}),
    of([null]),
    of([{ ...one, effect: 'other' }]),
    of([{ ...one, reason: 'other' }]),
    of([{ ...one, until: '2026' }]),
    of([{ ...one, offerCode: 5 }]),
    of([one, one]),
    of([{ ...one, effect: 'boosted', reason: 'callback', from: 1, value: 1, propensity: 1.1 }]),
    of([], [{ offerCode: 'REPAIR' }]),
    of([], 'none'),
  ]) {
    t.equal(decodeLearned('acme', 'c-1', text), undefined, text);
  }
  t.ok(decodeLearned('acme', 'c-1', of([one])), 'and a whole one is read');
  t.end();
});

t.test('a cut or changed text never throws', (t) => {
  const whole = encodeLearned(stateOf(1, 7, { alerts: [{ offerCode: 'REPAIR', value: 1 }] }));
  fc.assert(
    fc.property(fc.nat(whole.length), fc.string({ maxLength: 4 }), (at, text) => {
      decodeLearned('acme', 'c-1', whole.slice(0, at) + text + whole.slice(at + text.length));
    }),
  );
  t.end();
});

t.test('the greater revision counts; what no database confirmed replaces only its like', (t) => {
  const table: [number, number | undefined, boolean][] = [
    [0, undefined, true],
    [5, undefined, true],
    [5, 4, true],
    [5, 5, false],
    [4, 5, false],
    [1, 0, true],
    [0, 1, false],
    [0, 0, true],
  ];
  for (const [next, old, is] of table) t.equal(replaces(next, old), is, `${next} over ${String(old)}`);
  t.end();
});

t.test('an entry is added in place of the one of the same offer, and the revision stays', (t) => {
  const now = Date.now();
  const old: Learned = stateOf(1, 9, {
    offers: [declined('GOLD'), declined('OVER', { until: now })],
    alerts: [{ offerCode: 'REPAIR', value: 1 }],
    expiresAt: now + 1000,
  });
  const { partner, customer } = old;
  const add = { partner, customer, expiresAt: now + 500 };
  const accepted = declined('GOLD', { reason: 'accepted' });
  t.match(withOffer(encodeLearned(old), { ...add, offer: accepted }, now), {
    revision: 9,
    offers: [accepted],
    alerts: old.alerts,
    expiresAt: now + 1000,
  });
  t.equal(withOffer(encodeLearned(old), { ...add, offer: declined('TV') }, now).offers.length, 2);
  const later = withOffer(encodeLearned(old), { ...add, offer: accepted, expiresAt: now + 5000 }, now + 1000);
  t.same(later, {
    partner,
    customer,
    revision: 9,
    offers: [accepted],
    alerts: undefined,
    expiresAt: now + 5000,
  });
  const damaged = encodeLearned(old).replace('"offers":[', '"offers":[7,');
  t.same(withOffer(damaged, { ...add, offer: accepted }, now).offers, [accepted]);
  t.equal(withOffer(damaged, { ...add, offer: accepted }, now).revision, 9);
  t.equal(withOffer(undefined, { ...add, offer: accepted }, now).revision, 0);
  t.end();
});
