// Areas of the API for pages of the analysis: calls tried on the shipped settings, generations and reports that a test makes up.
import { join } from 'node:path';
import { compileRoutingPlan } from '../../src/calls/routing-plan.js';
import { tryCallOperations } from '../../src/cli/try-call-operations.js';
import { loadSettings } from '../../src/config/index.js';
import { generationsApi, reportsApi, tryCallApi } from '../../src/console/index.js';
import type {
  ApiArea,
  ComparisonView,
  GenerationsOperations,
  GenerationView,
  PublicationView,
  ReportsOperations,
} from '../../src/console/index.js';
import { systemClock } from '../../src/kernel/index.js';
import type { Strategy, StrategyLookup } from '../../src/offers/index.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';
import { repositoryRoot } from './repository-root.js';

const dayMs = 86_400_000;

/** One customer with three offers, one of them declined lately. */
export function analysedStrategy(wallNow = Date.now()): Strategy {
  return {
    partner: 'acme',
    customer: 'A00104711',
    generation: 12,
    arm: 'offer',
    flags: noFlags,
    offers: [
      { offerCode: 'ACME-PLATINUM', propensity: 0.42, value: 180 },
      { offerCode: 'ACME-TRAVEL', propensity: 0.31, value: 45 },
    ],
    suppressed: [
      {
        offerCode: 'ACME-SAVER',
        propensity: 0.2,
        value: 60,
        reason: 'declined',
        at: wallNow - dayMs,
        until: wallNow + 20 * dayMs,
      },
    ],
  };
}

/** Calls of the shipped settings, everybody up. @param strategyOf of a number; undefined: nobody is known */
export function triedCalls(strategyOf: (phone: string) => Strategy | undefined): ApiArea {
  const loaded = loadSettings(join(repositoryRoot, 'config'), {
    redisUrl: undefined,
    databaseUrl: undefined,
  } as Parameters<typeof loadSettings>[1]);
  if (!loaded.ok) throw new Error('the shipped settings do not load');
  const plan = compileRoutingPlan(loaded.settings);
  for (const { centre } of plan.decider.destinations) plan.board.setCentreHealth(centre, true);
  const clock = systemClock;
  const lookupOf = (phone: string): StrategyLookup => {
    const strategy = strategyOf(phone);
    return strategy === undefined ? { kind: 'miss' } : { kind: 'hit', strategy, ageMs: 0 };
  };
  return tryCallApi(
    tryCallOperations({
      router: {
        plan,
        settings: plan.settings,
        divertedShare: 0,
        lookAtBoard: () => plan.board.snapshot(clock.now(), clock.wallNow()),
      },
      store: {
        describe: () => 'LMDB in ./data/strategies',
        reader: { preview: (_, phone) => lookupOf(phone) },
      },
      environment: { dataDir: '/nowhere' },
      clock,
    }),
  );
}

function generationOf(generation: number, state: GenerationView['state'], ageMs: number): GenerationView {
  const made = Date.now() - ageMs;
  return {
    partner: 'acme',
    generation,
    state,
    createdAt: new Date(made).toISOString(),
    retiredAt: null,
    ageMs,
    maxAgeMs: 7 * dayMs,
    isOutdated: ageMs > 7 * dayMs,
    strategies: 98_000 + generation,
    phones: 120_400 + generation,
    sharedPhones: 310,
    recordBytes: 5_400_000,
    offers: ['ACME-PLATINUM', 'ACME-SAVER', 'ACME-TRAVEL'],
    contentHash: `${generation}f3a9c0d1e2b`.padEnd(64, '0'),
    runId: `2026112${generation % 10}T040000Z-0a1b`,
  };
}

const comparison: Omit<ComparisonView, 'a' | 'b'> = {
  share: 1,
  customers: 97_400,
  customersGone: 410,
  customersNew: 612,
  firstSame: 88_100,
  firstChanged: 9300,
  rankingChanged: 21_050,
  unreadable: 0,
  offers: [
    {
      offer: 'ACME-TRAVEL',
      a: 41_000,
      b: 48_200,
      gained: 9100,
      lost: 1900,
      firstInA: 12_000,
      firstInB: 17_400,
    },
    {
      offer: 'ACME-SAVER',
      a: 62_000,
      b: 58_300,
      gained: 1200,
      lost: 4900,
      firstInA: 30_100,
      firstInB: 26_000,
    },
    {
      offer: 'ACME-PLATINUM',
      a: 71_000,
      b: 71_020,
      gained: 900,
      lost: 880,
      firstInA: 55_300,
      firstInB: 54_000,
    },
  ],
  moves: [
    { from: 'ACME-SAVER', to: 'ACME-TRAVEL', customers: 5210 },
    { from: 'ACME-PLATINUM', to: 'ACME-TRAVEL', customers: 1290 },
    { from: 'ACME-TRAVEL', to: null, customers: 240 },
  ],
};

/** Generation 12 of acme is current; 11 is whole, 10 is damaged and outdated. */
export function madeUpGenerations(): { readonly area: ApiArea; readonly published: number[] } {
  const published: number[] = [];
  let current = 12;
  let publication: PublicationView | null = null;
  const all = (): GenerationView[] =>
    [12, 11, 10].map((one) =>
      generationOf(one, one === current ? 'current' : 'retired', one === 10 ? 9 * dayMs : (13 - one) * dayMs),
    );
  const named = (number: number): GenerationView =>
    all().find((one) => one.generation === number) ?? generationOf(number, 'loading', 0);
  const operations: GenerationsOperations = {
    list: () => Promise.resolve({ store: 'LMDB in ./data/strategies', generations: all(), publication }),
    compare: (_partner, a, b) =>
      Promise.resolve({ kind: 'compared', comparison: { a: named(a), b: named(b), ...comparison } }),
    publish: (partner, generation, by) => {
      const message = `generation ${generation} of ${partner} cannot be read back as it was written: its checksum is another`;
      if (generation === 10) return Promise.resolve({ kind: 'refused', message });
      published.push(generation);
      const at = new Date().toISOString();
      publication = {
        partner,
        generation,
        replaced: current,
        by,
        at,
        state: 'published',
        isSeen: true,
        message: null,
      };
      current = generation;
      return Promise.resolve({ kind: 'published', publication });
    },
  };
  return { area: generationsApi(operations), published };
}

const coverage = {
  contacts: 1240,
  calls: 1240,
  first: '2026-11-20T08:00:00Z',
  last: '2026-11-26T17:00:00Z',
  withoutOutcome: 2,
  refusedLines: 0,
};

function offerRow(
  offer: string,
  kind: string,
  [routed, presented, accepted]: readonly [number, number, number],
) {
  const share = accepted / presented;
  return {
    offer,
    name: offer,
    kind,
    routed,
    presented,
    accepted,
    declined: presented - accepted - 4,
    callback: 3,
    other: 0,
    noDisposition: 1,
    abandoned: routed - presented,
    notPresented: 0,
    releasedOtherwise: 0,
    open: 0,
    value: accepted * 120.5,
    agentSeconds: presented * 240,
    handled: presented,
    acceptance: { estimate: share, low: share * 0.8, high: share * 1.25 },
  };
}

const measure = (difference: number, half: number) => ({
  offer: Math.abs(difference) * 2,
  control: Math.abs(difference),
  difference,
  low: difference - half,
  high: difference + half,
  includesZero: Math.abs(difference) <= half,
});
const measures = {
  valuePerCall: measure(4.2, 1.1),
  valuePerCustomer: measure(5.1, 1.9),
  acceptance: measure(0.08, 0.02),
  handlingSeconds: measure(31, 12),
  abandonment: measure(0.004, 0.01),
};
const size = { customers: 880, calls: 1010, value: 8800, accepted: 90 };

/** Reports of a week; an agent there has a name that a spreadsheet would run. */
export function madeUpReports(): ApiArea {
  const offers = [
    offerRow('ACME-PLATINUM', 'agent', [520, 470, 88]),
    offerRow('ACME-SAVER', 'agent', [310, 290, 61]),
    offerRow('ACME-TRAVEL', 'ivr', [180, 151, 12]),
  ];
  const reports = {
    offers: {
      coverage,
      offers,
      total: { ...offerRow('', '', [1010, 911, 161]), offer: undefined, kind: undefined },
    },
    agents: {
      coverage,
      agents: [
        {
          ...offerRow('', 'agent', [310, 290, 61]),
          agent: '=HYPERLINK("http://evil.example")',
          centre: 'east',
          calls: 401,
          autoWrapped: 3,
          corrections: 2,
        },
      ],
    },
    partners: {
      coverage,
      partners: ['acme', 'borealis'].map((partner, i) => ({
        partner,
        calls: 800 - i * 360,
        answered: 790 - i * 370,
        agentSeconds: 190_000,
        ivrSeconds: 12_000,
        cost: 910.4,
        presented: 700,
        accepted: 120,
        value: 14_000,
        shares: { calls: 0.65 - i * 0.3, agentSeconds: 0.5, ivrSeconds: 0.5, cost: 0.5 },
      })),
    },
    arms: {
      coverage,
      partners: [
        { partner: 'acme', offer: size, control: size, measures },
        {
          partner: 'borealis',
          offer: size,
          control: size,
          measures: { ...measures, valuePerCall: measure(-0.8, 2.4), acceptance: {} },
        },
      ],
      overall: null,
      inNoArm: 120,
      inBothArms: 0,
    },
  };
  const metrics = {
    rows: 2000,
    positives: 220,
    auc: 0.742,
    logLoss: 0.31,
    brier: 0.09,
    topDecileLift: 3.1,
    meanPropensity: 0.11,
    observedRate: 0.11,
  };
  const model = {
    model: 'bank-marketing',
    partner: 'acme',
    training: {
      trainedAt: '2026-11-25T08:00:00Z',
      rows: 36_000,
      positives: 3900,
      from: '2026-01-01',
      until: '2026-10-31',
    },
    testFrom: '2026-11-01',
    testUntil: '2026-11-24',
    notes: ['column duration is left out: it is known after the call only'],
    trainMetrics: metrics,
    testMetrics: metrics,
    calibration: Array.from({ length: 10 }, (_, i) => {
      const mean = 0.01 + (i * i) / 300;
      return {
        rows: 200,
        lowest: mean,
        highest: mean,
        meanPropensity: mean,
        observedRate: mean * 1.05,
        low: mean * 0.7,
        high: mean * 1.5,
      };
    }),
    calibrationError: 0.008,
    calibrationVerdict:
      'Well calibrated: what is predicted and what is observed differ by 0.8 points on average.',
    coefficients: [
      { name: 'poutcome = success', column: 'poutcome', coefficient: 1.42, oddsRatio: 4.14 },
      { name: 'age (per 10.4)', column: 'age', coefficient: -0.12, oddsRatio: 0.89 },
    ],
    drift: [{ column: 'age', psi: 0.02, change: 'mean 40.1 -> 38.9' }],
  };
  const ended = {
    at: '2026-11-26T04:00:00Z',
    generation: 12,
    isDryRun: false,
    customers: 98_012,
    withOffers: 91_400,
    firstExpectedValue: 1_200_000,
    firstChanged: 9300,
    seconds: 4.2,
    rejected: 12,
  };
  const runId = '20261126T040000Z-0a1b';
  const operations: ReportsOperations = {
    report: ({ report, from, to, partner }) =>
      Promise.resolve({
        kind: 'report',
        report: {
          period: { from: from ?? null, to: to ?? null, partner: partner ?? null },
          ...reports[report],
        },
      }),
    models: () =>
      Promise.resolve([
        {
          model: model.model,
          partner: 'acme',
          kind: 'logistic',
          trained: {
            ...metrics,
            trainedAt: model.training.trainedAt,
            rows: 36_000,
            testRows: 2000,
            calibrationError: 0.008,
          },
        },
      ]),
    model: () => Promise.resolve(model),
    rankings: () => Promise.resolve([{ partner: 'acme', runId, ended }]),
    ranking: () =>
      Promise.resolve({
        partner: 'acme',
        runId,
        offers: offers.map(({ offer }) => ({
          offer,
          customers: 98_012,
          removed: { held: 1200, 'cool-off': 410, region: 0 },
          ranked: 61_000,
          first: 30_000,
          meanPropensity: 0.12,
          meanValue: 140,
          meanExpectedValue: 16.8,
        })),
        sources: [],
        stages: [],
        comparison: { moves: [{ from: 'ACME-SAVER', to: 'ACME-TRAVEL', customers: 5210, why: 'outranked' }] },
      }),
  };
  return reportsApi(operations);
}
