// Arbitrary businesses and calls for property tests.
import fc from 'fast-check';
import {
  agents,
  CallCentre,
  centre,
  offer,
  partner,
  presentation,
  program,
  queue,
  repair,
  strategy,
} from './call-centre.js';
import type { Settings } from '../../src/config/index.js';
import type { DecisionInput, Identity } from '../../src/decision/index.js';
import type { RankedOffer, StrategyLookup, SuppressedOffer } from '../../src/offers/index.js';

export const offerCodes = ['A', 'B', 'C', 'D'] as const;
const destinationIds = ['sales', 'service', 'repair', 'ivr'].flatMap((one) => [`east/${one}`, `west/${one}`]);

/** True once in `max + 1`. */
function rare(max: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max }).map((n) => n === 0);
}

const offerArbitrary = (code: string) =>
  fc
    .record({
      mandatory: fc.boolean().map((one) => one && code === 'D'),
      killSwitch: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
      waitCapSeconds: fc.integer({ min: 0, max: 300 }),
      minConfidence: fc.constantFrom<'claimed' | 'trusted'>('claimed', 'claimed', 'trusted'),
      conversion: fc.double({ min: 0, max: 2, noNaN: true }),
      minSkillLevel: fc.integer({ min: 1, max: 7 }),
      usesProgram: fc.boolean(),
      partner: fc.constantFrom('acme', 'acme', 'borealis'),
    })
    .map(({ conversion, minSkillLevel, usesProgram, ...changes }) =>
      offer(
        code,
        [
          presentation('agents', agents.destinations, { conversion, minSkillLevel }),
          ...(usesProgram ? [program] : []),
        ],
        changes,
      ),
    );

const queueArbitrary = (id: string) =>
  fc
    .record({
      staffedAgents: fc.integer({ min: 0, max: 4 }),
      skillLevel: fc.integer({ min: 1, max: 10 }),
      weight: fc.integer({ min: 0, max: 3 }),
      costPerCall: fc.integer({ min: 0, max: 3 }),
      drain: rare(9),
    })
    .map((changes) => queue(id, changes));

const centreArbitrary = (id: string) =>
  fc
    .record({
      sales: queueArbitrary('sales'),
      service: queueArbitrary('service'),
      repair: queueArbitrary('repair'),
      ports: fc.integer({ min: 1, max: 3 }),
      quota: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ sales, service, repair: crew, ports, quota }) =>
      centre(
        id,
        [sales, service, crew],
        [{ program: 'ivr', ports, quotas: { acme: quota }, holdingTimeSeconds: 60, weight: 1, drain: false }],
      ),
    );

const settingsArbitrary = fc.record({
  centres: fc.tuple(centreArbitrary('east'), centreArbitrary('west')),
  offers: fc.tuple(...offerCodes.map(offerArbitrary)),
  partner: fc.record({
    serviceValue: fc.integer({ min: -2, max: 20 }),
    killSwitch: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    affiliates: fc.boolean().map((one) => (one ? ['borealis'] : [])),
  }),
  policy: fc.record({
    killSwitch: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    controlArmPercent: fc.constantFrom(0, 0, 5, 50),
    diversionCapPercent: fc.constantFrom(100, 100, 30),
  }),
});

const rankedArbitrary: fc.Arbitrary<RankedOffer[]> = fc.uniqueArray(
  fc.record({
    offerCode: fc.constantFrom(...offerCodes, 'GONE', 'REPAIR'),
    propensity: fc.double({ min: 0, max: 1, noNaN: true }),
    value: fc.integer({ min: 0, max: 200 }),
  }),
  { selector: (one) => one.offerCode, maxLength: 6 },
);

/** Some of the ranked offers are suppressed. */
const split = fc
  .tuple(rankedArbitrary, fc.array(rare(3), { minLength: 6, maxLength: 6 }))
  .map(([offers, isSuppressed]) => ({
    offers: offers.filter((_, i) => isSuppressed[i] !== true),
    suppressed: offers
      .filter((_, i) => isSuppressed[i] === true)
      .map((one): SuppressedOffer => ({ ...one, reason: 'declined', at: 0, until: 1e12 })),
  }));

const rareFlag = rare(7);
const flagsArbitrary = fc.record({
  optOut: rareFlag,
  serviceAlert: rareFlag,
  hardship: rareFlag,
  fraud: rareFlag,
  complaint: rareFlag,
  affiliateOptOut: rareFlag,
});

const hitArbitrary = fc
  .record({
    split,
    flags: flagsArbitrary,
    customer: fc.stringMatching(/^[a-z0-9]{1,8}$/),
    arm: fc.constantFrom(undefined, undefined, 'offer' as const, 'control' as const),
    generationAgeMs: fc.constantFrom(undefined, 1000, 60_000, 60_001),
  })
  .map(({ split: { offers, suppressed }, flags, customer, arm, generationAgeMs }) => ({
    kind: 'hit' as const,
    strategy: strategy(offers, flags, {
      customer,
      ...(arm === undefined ? {} : { arm }),
      ...(suppressed.length === 0 ? {} : { suppressed }),
    }),
    ageMs: 5,
    ...(generationAgeMs === undefined ? {} : { strategyAge: { ageMs: generationAgeMs, maxAgeMs: 60_000 } }),
  }));

const lookupArbitrary: fc.Arbitrary<StrategyLookup> = fc.oneof(
  { weight: 8, arbitrary: hitArbitrary },
  { weight: 1, arbitrary: fc.constant<StrategyLookup>({ kind: 'miss' }) },
  { weight: 1, arbitrary: fc.constant<StrategyLookup>({ kind: 'failure', reason: 'refused' }) },
  {
    weight: 1,
    arbitrary: fc.constant<StrategyLookup>({
      kind: 'ambiguous',
      customers: ['x', 'y'],
      generation: 2,
      ageMs: 0,
    }),
  },
  {
    weight: 2,
    arbitrary: hitArbitrary.map((lookup): StrategyLookup => ({
      kind: 'stale',
      lookup,
      ageMs: 7000,
      reason: 'deadline',
    })),
  },
);

const number = (confidence: 'claimed' | 'trusted'): Identity => {
  return { kind: 'number', phone: '+15550100001', source: 'From', confidence };
};
const identityArbitrary = fc.constantFrom<Identity>(number('claimed'), number('trusted'), number('trusted'), {
  kind: 'anonymous',
});

const callArbitrary = fc.record({
  lookup: lookupArbitrary,
  identity: identityArbitrary,
  divertedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  boardAgeMs: fc.constantFrom(0, 0, 0, 60_000),
});

const boardArbitrary = fc.record({
  east: fc.constantFrom(true, true, false, undefined),
  west: fc.constantFrom(true, true, false, undefined),
  busy: fc.array(fc.integer({ min: 0, max: 6 }), {
    minLength: destinationIds.length,
    maxLength: destinationIds.length,
  }),
});

export interface Scenario {
  readonly settings: Settings;
  readonly centre: CallCentre;
  readonly input: DecisionInput;
}

export const scenario: fc.Arbitrary<Scenario> = fc
  .record({ settings: settingsArbitrary, call: callArbitrary, board: boardArbitrary })
  .map(({ settings, call, board }) => {
    const one = new CallCentre({
      centres: settings.centres,
      offers: [...settings.offers, repair],
      policy: settings.policy,
      partners: [partner(settings.partner), partner({ partner: 'borealis' })],
    });
    one.builder.setCentreHealth('east', board.east);
    one.builder.setCentreHealth('west', board.west);
    destinationIds.forEach((id, i) => {
      for (let n = 0; n < (board.busy[i] ?? 0); n++) one.builder.callStarted(id, 'acme');
    });
    const { boardAgeMs, ...rest } = call;
    return { settings: one.settings, centre: one, input: one.input({ ...rest, now: boardAgeMs }) };
  });
