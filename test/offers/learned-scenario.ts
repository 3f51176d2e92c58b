// Arbitrary strategies and what was learned of their customers, for property tests.
import fc from 'fast-check';
import type { Learned, LearnedOffer, RankedOffer, Strategy } from '../../src/offers/index.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';

const code = fc.constantFrom('A', 'B', 'C', 'D', 'E');
const probability = fc.double({ min: 0, max: 1, noNaN: true });
const value = fc.integer({ min: 0, max: 200 });
/** Around the moments at which `now` is taken. */
const moment = fc.integer({ min: 0, max: 100 });

const ranked: fc.Arbitrary<RankedOffer[]> = fc.uniqueArray(
  fc.record({ offerCode: code, propensity: probability, value }),
  { selector: (one) => one.offerCode, maxLength: 5 },
);

const learnedOffer: fc.Arbitrary<LearnedOffer> = fc.oneof(
  fc.record({
    effect: fc.constant('withheld' as const),
    offerCode: code,
    reason: fc.constantFrom('accepted' as const, 'held' as const, 'declined' as const, 'presented' as const),
    at: moment,
    until: moment,
  }),
  fc.record({
    effect: fc.constant('boosted' as const),
    offerCode: code,
    reason: fc.constant('callback' as const),
    at: moment,
    from: moment,
    until: moment,
    propensity: probability,
    value,
  }),
);

export const strategies: fc.Arbitrary<Strategy> = fc
  .record({ offers: ranked, serviceAlert: fc.boolean() })
  .map(({ offers, serviceAlert }) => ({
    partner: 'acme',
    customer: 'c-1',
    generation: 7,
    flags: { ...noFlags, serviceAlert },
    offers,
  }));

export const learnedStates: fc.Arbitrary<Learned> = fc.record({
  partner: fc.constant('acme'),
  customer: fc.constant('c-1'),
  revision: fc.nat(1000),
  offers: fc.uniqueArray(learnedOffer, { selector: (one) => one.offerCode, maxLength: 4 }),
  alerts: fc.option(
    fc.uniqueArray(fc.record({ offerCode: fc.constantFrom('D', 'E', 'REPAIR'), value }), {
      selector: (one) => one.offerCode,
      maxLength: 2,
    }),
    { nil: undefined },
  ),
  expiresAt: moment,
});

export const times = moment;
