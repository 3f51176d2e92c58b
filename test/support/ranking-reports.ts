// Reports of rankings and models as a run would make them, their numbers adding up.
import { GATES } from '../../src/ranking/index.js';
import type { ModelReport, OfferFunnel, RankingGate, RunReport } from '../../src/ranking/index.js';

const words = ['PLATINUM', 'TRAVEL', 'SAVER', 'MORTGAGE', 'PENSION', 'HOME-INSURANCE', 'LOAN', 'GOLD'];

/** Offers of a bank: the n-th is worth less and taken more often than the one before. */
export function offerFunnel(index: number, customers: number, first: number): OfferFunnel {
  const word = words[index % words.length] ?? '';
  const share = (percent: number): number => Math.round((customers * percent) / 100);
  const removed: Record<RankingGate, number> = {
    ...zeroes(),
    consent: share(3.1),
    held: share(4 + ((index * 7) % 22)),
    rule: share(6 + ((index * 13) % 31)),
    exposure: index % 3 === 0 ? share(2.4) : 0,
    'cool-off': share(1.2 + (index % 4)),
    'contact-policy': share(0.8),
    'min-value': index % 4 === 2 ? share(5) : 0,
  };
  const passed = customers - total(removed);
  const ranked = Math.max(first, Math.round(passed * (0.9 - ((index * 5) % 60) / 100)));
  removed['top-k'] = passed - ranked;
  const meanPropensity = 0.04 + (index % 9) / 50;
  const meanValue = 184.2 / (1 + index / 3);
  return {
    offer: `ACME-${word}${index < words.length ? '' : `-${String(Math.floor(index / words.length) + 1)}`}`,
    customers,
    removed,
    ranked,
    first,
    propensityKind: index === 0 ? 'logistic' : 'rate',
    meanPropensity,
    meanValue,
    meanExpectedValue: meanPropensity * meanValue,
    npv: null,
    valueWords:
      index % 3 === 0
        ? 'net present value: 4.20 in months 1 to 60, 60.00 in month 12, at 8 % a year, 1.5 % leave each month, less 25.00'
        : index % 3 === 1
          ? 'configured: 45.00'
          : 'formula 20 + least(120, 0.004 * greatest(coalesce(accounts.balance, 0), 0)): 20.00 to 140.00',
  };
}

/** A run over `offers` offers that was published, with rejects and an earlier generation. */
export function runReport(over: Partial<RunReport> = {}, offers = 6): RunReport {
  const customers = 20_000;
  const withOffers = 18_204;
  const shares = Array.from({ length: offers }, (_, index) => 1 / (index + 1.4));
  const sum = shares.reduce((all, one) => all + one, 0);
  const firsts = shares.map((share) => Math.floor((share / sum) * withOffers));
  firsts[0] = (firsts[0] ?? 0) + withOffers - firsts.reduce((all, one) => all + one, 0);
  const funnels = firsts.map((first, index) => offerFunnel(index, customers, first));
  const name = (index: number): string => funnels[index % offers]?.offer ?? '';
  return {
    partner: 'acme',
    runId: '20261126T043148Z-acme',
    at: '2026-11-26T04:31:48.000Z',
    generation: 17,
    isDryRun: false,
    sampleShare: 1,
    topK: 3,
    minExpectedValue: 0.5,
    maxPerFamily: null,
    customers,
    unreachable: 112,
    phones: 26_114,
    sharedPhones: 802,
    withOffers,
    withServiceAlert: 391,
    optedOut: 620,
    controlArm: 1011,
    controlArmPercent: 5,
    firstExpectedValue: 143_201.55,
    sources: [
      source('customers', 20_013, [
        {
          problem: 'age is above 120',
          rows: 8,
          samples: [
            { row: 211, text: 'A00200210, age 178' },
            { row: 9044, text: 'A00209043, age 999' },
          ],
        },
        {
          problem: 'customer is there twice',
          rows: 5,
          samples: [{ row: 12_001, text: 'A00211999' }],
        },
      ]),
      source('phones', 26_120, [
        {
          problem: 'phone is no phone number',
          rows: 6,
          samples: [{ row: 77, text: '**********ab of A00200076' }],
        },
      ]),
      source('accounts', 31_550, []),
      source('exposures', 60_411, []),
      source('purchases', 15_327, []),
      source('serviceAlerts', 402, []),
    ],
    records: { state: 'none' },
    bestOffers: null,
    offers: [...funnels].sort((a, b) => a.offer.localeCompare(b.offer)),
    propensityHistogram: Array.from({ length: 20 }, (_, index) => ({
      upTo: Number(((index + 1) / 50).toFixed(2)),
      count: Math.round(9000 * Math.exp(-((index - 5) ** 2) / 18)) + index,
    })),
    expectedValueHistogram: Array.from({ length: 16 }, (_, index) => ({
      upTo: index * 2.5 + 2.5,
      count: Math.round(11_000 * Math.exp(-index / 4)),
    })),
    comparison: {
      previousRun: '20261125T043102Z-acme',
      customersNew: 210,
      customersGone: 87,
      firstSame: 17_544,
      firstChanged: 2246,
      moves: [
        { from: name(0), to: name(2), customers: 903, why: 'exposure' },
        { from: name(1), to: name(0), customers: 610, why: 'outranked' },
        { from: name(2), to: null, customers: 214, why: 'contact-policy' },
        { from: null, to: name(1), customers: 122, why: 'outranked' },
      ],
    },
    publication: {
      store: 'LMDB in data/strategies',
      contentHash: 'c60ff73fb2531de0a3c60ff73fb2531de0a3c60ff73fb2531de0a3c60ff73fb2',
      recordBytes: 412_930,
      verified: '26,114 of 26,114 numbers read back, 1,000 compared with the ranking',
    },
    stages: [
      { stage: 'read sources', seconds: 1.204, rows: 153_823 },
      { stage: 'check and join', seconds: 0.61, rows: 20_000 },
      { stage: 'score', seconds: 0.933, rows: 60_000 },
      { stage: 'rank', seconds: 0.412, rows: 60_000 },
      { stage: 'publish', seconds: 0.577, rows: 26_114 },
      { stage: 'verify', seconds: 0.08, rows: null },
    ],
    peakMemoryMb: 412,
    tableFiles: [
      'data/ranking/acme/20261126T043148Z-acme/ranking.parquet',
      'data/ranking/acme/20261126T043148Z-acme/removed.parquet',
    ],
    ...over,
  };
}

/** A model of some skill, well calibrated but for its highest bin. */
export function modelReport(over: Partial<ModelReport> = {}): ModelReport {
  const bins = Array.from({ length: 10 }, (_, index) => {
    const meanPropensity = 0.02 + 0.0032 * index ** 2;
    const observedRate = meanPropensity + (index === 9 ? -0.03 : index % 2 === 0 ? 0.006 : -0.005);
    return {
      rows: 412,
      lowest: Math.max(0, meanPropensity - 0.008),
      highest: meanPropensity + 0.012,
      meanPropensity,
      observedRate,
      low: Math.max(0, observedRate - 0.018 - index / 500),
      high: observedRate + 0.022 + index / 400,
    };
  });
  return {
    model: 'acme-platinum',
    partner: 'acme',
    training: {
      trainedAt: '2026-11-26T04:20:00.000Z',
      rows: 16_480,
      positives: 1614,
      from: '2024-11-27T08:00:00.000Z',
      until: '2026-07-03T17:40:00.000Z',
      dataHash: '9f2c4e1b77aa0d3355c8e6120b4fd9819f2c4e1b77aa0d3355c8e6120b4fd981',
      penalty: 0.01,
      droppedColumns: ['complaint', 'customer'],
    },
    testFrom: '2026-07-03T17:41:00.000Z',
    testUntil: '2026-11-25T19:12:00.000Z',
    notes: ['complaint is not used: known only after the call (leaks)'],
    trainMetrics: metrics(16_480, 1614, 0.7213),
    testMetrics: metrics(4120, 398, 0.7081),
    calibration: bins,
    calibrationError: 0.0084,
    calibrationVerdict:
      'Well calibrated: propensities are 0.84 points off on average; the highest tenth promises 3.0 points too much.',
    coefficients: Array.from({ length: 31 }, (_, index) => {
      const coefficient = (index % 2 === 0 ? 1 : -1) * (0.82 / (1 + index / 3));
      const name =
        ['income (per 21,400)', 'segment = affluent', 'age (per 14.2)', 'region = north'][index % 4] ?? '';
      return {
        name: index < 4 ? name : `${name}, ${String(index)}`,
        column: name.split(' ')[0] ?? '',
        coefficient,
        oddsRatio: Math.exp(coefficient),
      };
    }),
    drift: [
      { column: 'age', psi: 0.012, change: 'mean 44.1 -> 43.6' },
      { column: 'income', psi: 0.141, change: 'mean 52,300 -> 57,900' },
      { column: 'segment', psi: 0.31, change: 'affluent 18 % -> 33 %' },
      { column: 'region', psi: 0.004, change: 'north 26 % -> 25 %' },
    ],
    penalties: [0.0001, 0.001, 0.01, 0.1, 1].map((penalty, index) => ({
      penalty,
      logLoss: 0.3021 + 0.0012 * Math.abs(index - 2),
      auc: 0.7102 - 0.003 * Math.abs(index - 2),
      isChosen: index === 2,
    })),
    roc: Array.from({ length: 101 }, (_, index) => ({
      falsePositiveRate: index / 100,
      truePositiveRate: (index / 100) ** 0.42,
    })),
    ...over,
  };
}

/** A run that also read the records database. */
export function learnedReport(): RunReport {
  const report = runReport();
  const from = 'records at 127.0.0.1:5432/bank';
  const learned = (name: string, rows: number) =>
    ({ ...source(name, rows, []), from, isRecorded: true }) as const;
  return {
    ...report,
    sources: [
      ...report.sources.map((one) => (one.source === 'exposures' ? { ...one, duplicates: 3 } : one)),
      { ...learned('exposures of acme', 1234), accepted: 1200, maxRejected: 0, ignored: 30, duplicates: 4 },
      { ...learned('serviceAlerts of acme', 2), maxRejected: 0 },
    ],
    records: { state: 'read', place: from, learnedThrough: '2026-11-26T04:31:48.000Z' },
  };
}

function source(
  name: string,
  rows: number,
  problems: RunReport['sources'][number]['problems'],
): RunReport['sources'][number] {
  const rejected = problems.reduce((sum, problem) => sum + problem.rows, 0);
  return {
    source: name,
    from: `data/demo/acme/${name}.parquet`,
    rows,
    accepted: rows - rejected,
    rejected,
    ignored: name === 'exposures' ? 12 : 0,
    duplicates: 0,
    maxRejected: 100,
    rejectedFile: rejected === 0 ? null : `data/ranking/acme/20261126T043148Z-acme/rejected-${name}.csv`,
    problems,
  };
}

function metrics(rows: number, positives: number, auc: number): ModelReport['testMetrics'] {
  return {
    rows,
    positives,
    auc,
    logLoss: 0.3012,
    brier: 0.0831,
    topDecileLift: 2.61,
    meanPropensity: 0.0984,
    observedRate: positives / rows,
  };
}

function zeroes(): Record<RankingGate, number> {
  return Object.fromEntries(GATES.map((gate) => [gate, 0])) as Record<RankingGate, number>;
}

function total(removed: Readonly<Record<RankingGate, number>>): number {
  return GATES.reduce((sum, gate) => sum + removed[gate], 0);
}
