// Values, expected values, ties and what is published, worked by hand.
import t from 'tap';
import { isInControlArm } from '../../../src/decision/index.js';
import { netPresentValue } from '../../../src/ranking/value/npv.js';
import { PARTNER, RankingBench } from '../../support/ranking-bench.js';
import type { BenchOffer, BenchOptions, BenchRun, RunChange } from '../../support/ranking-bench.js';

async function ranked(options: BenchOptions, change: RunChange = {}): Promise<BenchRun> {
  const bench = new RankingBench(options);
  try {
    return await bench.rank(change);
  } finally {
    bench.remove();
  }
}

/** Codes that a customer was published with, best first. */
const codesOf = ({ strategies }: BenchRun, customer = 'c'): readonly string[] | undefined =>
  strategies.get(customer)?.offers.map((one) => one.offer);

const one = { customers: { rows: [{ customer: 'c' }] } } as const;

/** An offer that is worth `value` and taken by a quarter. */
const worth = (value: number, more: BenchOffer = {}): BenchOffer => ({
  ...more,
  configured: { value, ...more.configured },
  propensity: { startingPropensity: 0.25 },
});

const isClose = (a: number | undefined, b: number): boolean => a !== undefined && Math.abs(a - b) < 1e-9;

t.test('value kinds: configured, npv, a column, a formula', async (t) => {
  const npv = {
    kind: 'npv' as const,
    cashFlows: [{ fromMonth: 1, toMonth: 60, amount: 4.2 }],
    annualDiscountPercent: 8,
    monthlyChurnPercent: 1.5,
    costOfSale: 25,
  };
  const run = await ranked({
    offers: {
      CONFIGURED: { configured: { value: 42.5 } },
      NPV: { value: npv },
      LOSS: { value: { ...npv, costOfSale: 10_000 } },
      COLUMN: { value: { kind: 'column', column: 'worth' } },
      FORMULA: { value: { kind: 'formula', formula: '20 + 0.5 * coalesce(bill, 30)' } },
      DIVIDED: { value: { kind: 'formula', formula: 'bill / visits' } },
      ROOT: { value: { kind: 'formula', formula: "'nan'::double + bill" } },
      HUGE: { value: { kind: 'formula', formula: 'exp(bill * 1000)' } },
    },
    ranking: { topK: 20 },
    tables: {
      customers: {
        columns: { worth: 'decimal', bill: 'decimal', visits: 'integer' },
        rows: [
          { customer: 'c', worth: 12.25, bill: 60, visits: 4 },
          { customer: 'none', worth: null, bill: null, visits: null },
          { customer: 'negative', worth: -5, bill: -100, visits: 10 },
          { customer: 'zero', worth: 2e6, bill: 5, visits: 0 },
          { customer: 'nothing', worth: 0, bill: 0, visits: 0 },
        ],
      },
    },
  });
  const values = (customer: string): Readonly<Record<string, number>> =>
    Object.fromEntries(
      run.strategies.get(customer)?.offers.map(({ offer, value }) => [offer, value] as const) ?? [],
    );
  const NPV = netPresentValue({ ...npv }).netPresentValue;
  const fixed = { CONFIGURED: 42.5, NPV, LOSS: 0 };
  const worthless = { ROOT: 0, HUGE: 0 };
  t.same(values('c'), { ...fixed, COLUMN: 12.25, FORMULA: 50, DIVIDED: 15, ...worthless });
  t.same(
    values('none'),
    { ...fixed, COLUMN: 0, FORMULA: 35, DIVIDED: 0, ...worthless },
    'unknown is nothing',
  );
  t.same(
    values('negative'),
    { ...fixed, COLUMN: 0, FORMULA: 0, DIVIDED: 0, ROOT: 0, HUGE: 0 },
    'never below 0',
  );
  t.same(
    values('zero'),
    { ...fixed, COLUMN: 1e6, FORMULA: 22.5, DIVIDED: 0, ...worthless },
    'never above 1,000,000',
  );
  t.same(values('nothing'), { ...fixed, COLUMN: 0, FORMULA: 20, DIVIDED: 0, ROOT: 0, HUGE: 1 });
});

t.test('expected value is propensity x value x contextWeight x lever, and ranks', async (t) => {
  const run = await ranked({
    offers: {
      PLAIN: worth(100),
      WEIGHED: worth(80, { contextWeight: 1.5 }),
      PUSHED: worth(60, { contextWeight: 2, lever: 1.1 }),
      MUTED: worth(1000, { lever: 0 }),
    },
    tables: one,
  });
  t.strictSame(run.kept.get('c')?.ranked, [
    { offer: 'PUSHED', propensity: 0.25, value: 60, expectedValue: 0.25 * 60 * 2.2 },
    { offer: 'WEIGHED', propensity: 0.25, value: 80, expectedValue: 30 },
    { offer: 'PLAIN', propensity: 0.25, value: 100, expectedValue: 25 },
    { offer: 'MUTED', propensity: 0.25, value: 1000, expectedValue: 0 },
  ]);
  t.strictSame(
    run.strategies.get('c')?.offers.map(({ value }) => value),
    [60, 80, 100, 1000],
    'factors rank; what is published is the value itself',
  );
  const least = await ranked({
    offers: { PLAIN: worth(100), MUTED: worth(1000, { lever: 0 }), WEIGHED: worth(80, { lever: 1.25 }) },
    ranking: { minExpectedValue: 25 },
    tables: one,
  });
  t.strictSame(
    codesOf(least),
    ['PLAIN', 'WEIGHED'],
    'the least expected value is with its factors, and enough',
  );
});

t.test('ties break by configured order: equal, and less than 0.00001 apart', async (t) => {
  const equal = await ranked({
    offers: { THIRD: worth(10), FIRST: worth(20), SECOND: worth(20), FOURTH: worth(10) },
    tables: one,
  });
  t.strictSame(codesOf(equal), ['FIRST', 'SECOND', 'THIRD', 'FOURTH']);
  const near = await ranked({
    // Times 0.25: 25.000000 and 25.0000025, which is the same 0.00001; then 25.00001.
    offers: { A: worth(100), HAIR: worth(100.000_01), MORE: worth(100.000_04) },
    tables: one,
  });
  t.strictSame(codesOf(near), ['MORE', 'A', 'HAIR']);
  const capped = await ranked({
    offers: { A: worth(50), B: worth(50), C: worth(50) },
    products: { A: { family: 'f' }, B: { family: 'f' }, C: { family: 'g' } },
    ranking: { maxPerFamily: 1, topK: 2 },
    tables: one,
  });
  t.strictSame(codesOf(capped), ['A', 'C'], 'in a full family, too');
});

t.test('top K: as many as asked for, as there are, and none when all are stopped', async (t) => {
  const offers = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`O${index}`, worth(100 - index)] as const),
  );
  t.strictSame(codesOf(await ranked({ offers, ranking: { topK: 3 }, tables: one })), ['O0', 'O1', 'O2']);
  t.equal(codesOf(await ranked({ offers, tables: one }))?.length, 5, 'five unless told otherwise');
  t.equal(codesOf(await ranked({ offers, ranking: { topK: 20 }, tables: one }))?.length, 8);
  const none = await ranked({ offers, ranking: { minExpectedValue: 26 }, tables: one });
  t.strictSame(codesOf(none), [], 'a customer without an offer is published all the same');
  t.match(none.report, { customers: 1, withOffers: 0, phones: 1 });
});

t.test('mandatory offers come first, with no least value, but pass the gates and the caps', async (t) => {
  const must = { configured: { mandatory: true } };
  const tables = {
    customers: {
      columns: { age: 'integer' },
      rows: [
        { customer: 'c', age: 40 },
        { customer: 'young', age: 16 },
      ],
    },
  } as const;
  const offers = {
    RICH: worth(1000),
    MUST: worth(1, { ...must, eligibility: { rule: 'age >= 18' } }),
    ALSO: worth(2, must),
    POOR: worth(3),
  };
  const ranking = { minExpectedValue: 10 };
  const run = await ranked({ offers, ranking, tables });
  t.strictSame(codesOf(run), ['ALSO', 'MUST', 'RICH'], 'the better of two first');
  t.strictSame(codesOf(run, 'young'), ['ALSO', 'RICH'], 'gated');
  const family = await ranked({
    offers,
    products: { MUST: { family: 'f' }, RICH: { family: 'f' } },
    ranking: { ...ranking, maxPerFamily: 1, topK: 2 },
    tables,
  });
  t.strictSame(codesOf(family), ['ALSO', 'MUST'], 'it fills its family');
  t.strictSame(family.kept.get('c')?.gates, {
    RICH: 'family-cap',
    MUST: null,
    ALSO: null,
    POOR: 'min-value',
  });
});

t.test('service offers of open alerts stand ahead, with the flag', async (t) => {
  const alert = (
    customer: string,
    offer: string | null,
    openedAt: string | null,
    closedAt: string | null,
  ) => ({
    account: `account of ${customer}`,
    offer,
    openedAt,
    closedAt,
  });
  const names = [
    'open',
    'closed',
    'closing',
    'undated',
    'future',
    'unknown',
    'nameless',
    'several',
    'out',
    'none',
  ];
  const run = await ranked({
    offers: { SALE: worth(1_000_000) },
    unranked: {
      REPAIR: { kind: 'service', value: 25 },
      REFUND: { kind: 'service', value: 15 },
    },
    tables: {
      customers: {
        columns: { optOut: 'boolean' },
        rows: names.map((customer) => ({ customer, optOut: customer === 'out' })),
      },
      accounts: { rows: names.map((customer) => ({ account: `account of ${customer}`, customer })) },
      serviceAlerts: {
        columns: { offer: 'text', openedAt: 'timestamp', closedAt: 'timestamp' },
        rows: [
          alert('open', 'REFUND', '2026-11-26 12:00:00', null),
          alert('closed', 'REFUND', '2026-11-01 00:00:00', '2026-11-26 12:00:00'),
          alert('closing', 'REFUND', '2026-11-01 00:00:00', '2026-11-26 12:00:00.000001'),
          alert('undated', 'REPAIR', null, null),
          alert('future', 'REPAIR', '2026-11-26 12:00:00.000001', null),
          alert('unknown', 'SALE', '2026-11-01 00:00:00', null),
          alert('nameless', null, '2026-11-01 00:00:00', null),
          alert('several', 'REFUND', '2026-11-01 00:00:00', null),
          alert('several', 'REPAIR', '2026-11-02 00:00:00', null),
          alert('several', 'REPAIR', '2026-11-03 00:00:00', null),
          alert('out', 'REPAIR', '2026-11-03 00:00:00', null),
          alert('nobody', 'REPAIR', '2026-11-03 00:00:00', null),
        ],
      },
    },
  });
  const found = Object.fromEntries(
    [...run.strategies].map(([customer, { flags, offers }]) => [
      customer,
      [...flags, ...offers.map((offer) => offer.offer)].join(' '),
    ]),
  );
  t.strictSame(found, {
    open: 'serviceAlert REFUND SALE',
    closed: 'SALE',
    closing: 'serviceAlert REFUND SALE',
    undated: 'serviceAlert REPAIR SALE',
    future: 'SALE',
    unknown: 'serviceAlert SALE',
    nameless: 'serviceAlert SALE',
    several: 'serviceAlert REPAIR REFUND SALE',
    out: 'optOut serviceAlert REPAIR',
    none: 'SALE',
  });
  t.strictSame(run.strategies.get('open')?.offers[0], { offer: 'REFUND', propensity: 1, value: 15 });
  t.match(run.report, {
    withServiceAlert: 7,
    optedOut: 1,
    sources: [{}, {}, { ignored: 0 }, { ignored: 1 }],
  });
});

t.test('flags are what the columns say, and null is no', async (t) => {
  const flags = ['optOut', 'hardship', 'fraud', 'complaint', 'affiliateOptOut'] as const;
  const run = await ranked({
    offers: { A: {} },
    tables: {
      customers: {
        columns: Object.fromEntries(flags.map((flag) => [flag, 'boolean' as const])),
        rows: [
          ...flags.map((flag) => ({ customer: flag, [flag]: true })),
          { customer: 'all', ...Object.fromEntries(flags.map((flag) => [flag, true])) },
          { customer: 'no', ...Object.fromEntries(flags.map((flag) => [flag, false])) },
          { customer: 'unknown' },
        ],
      },
    },
  });
  const found = Object.fromEntries([...run.strategies].map(([customer, one]) => [customer, one.flags]));
  const own = Object.fromEntries(flags.map((flag) => [flag, [flag]]));
  t.strictSame(found, { ...own, all: [...flags], no: [], unknown: [] });
});

t.test('the arm is the one the router would take', async (t) => {
  const names = Array.from({ length: 300 }, (_, index) => `A${index}`);
  const run = await ranked({
    offers: { A: {} },
    tables: { customers: { rows: names.map((customer) => ({ customer })) } },
    controlArmPercent: 12.5,
  });
  const control = names.filter((customer) => isInControlArm(PARTNER, customer, 12.5));
  t.ok(control.length > 10);
  t.strictSame(
    names.filter((customer) => run.strategies.get(customer)?.arm === 'control'),
    control,
  );
  t.match(run.report, { controlArm: control.length, controlArmPercent: 12.5 });
  t.strictSame(codesOf(run, control[0]), ['A'], 'it is ranked like the others');
});

t.test('numbers: several a customer, shared ones, national form, and none at all', async (t) => {
  const phones = [
    ['several', '+15550100003'],
    ['several', '(555) 010-0001'],
    ['several', '555.010.0002'],
    ['several', '+1 555 010 0001'],
    ['several', '+442079460000'],
    ['one', '5550100003'],
    ['other', '+15550100004'],
    ['nobody', '+15550100005'],
  ] as const;
  const run = await ranked({
    offers: { A: {} },
    tables: {
      customers: { rows: ['several', 'one', 'none', 'other'].map((customer) => ({ customer })) },
      phones: { rows: phones.map(([customer, phone]) => ({ customer, phone })) },
    },
  });
  const found = Object.fromEntries([...run.strategies].map(([customer, one]) => [customer, one.phones]));
  t.strictSame(found, {
    several: ['+15550100001', '+15550100002', '+15550100003', '+442079460000'],
    one: ['+15550100003'],
    other: ['+15550100004'],
  });
  t.match(run.report, { customers: 4, unreachable: 1, phones: 5, sharedPhones: 1, withOffers: 4 });
  t.match(run.report.sources[1], { rows: 8, accepted: 8, ignored: 1 });
  t.strictSame(run.kept.get('none')?.ranked[0]?.offer, 'A', 'ranked, but not published');
});

t.test('what is explained of one customer is what the run did', async (t) => {
  const bench = new RankingBench({
    offers: { A: worth(100), B: worth(50, { eligibility: { rule: 'age > 30' } }), C: worth(70) },
    ranking: { topK: 1 },
    tables: {
      customers: { columns: { age: 'integer' }, rows: [{ customer: 'c', age: 20 }, { customer: 'd' }] },
    },
  });
  t.teardown(() => bench.remove());
  const explained = await bench.explain('c');
  const seen = explained?.offers.map(({ offer, rank, stoppedBy, expectedValue }) => [
    offer,
    rank,
    stoppedBy,
    expectedValue,
  ]);
  t.strictSame(seen, [
    ['A', 1, null, 25],
    ['B', null, 'rule', 12.5],
    ['C', null, 'top-k', 17.5],
  ]);
  t.equal(await bench.explain('nobody'), undefined);
  const { strategies } = await bench.rank();
  t.ok(isClose(strategies.get('c')?.offers[0]?.propensity, explained?.offers[0]?.propensity ?? NaN));
});
