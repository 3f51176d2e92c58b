// Each gate with customers just on either side of it, worked by hand. The run is at 2026-11-26 12:00 UTC.
import t from 'tap';
import { AT, RankingBench } from '../../support/ranking-bench.js';
import type { BenchOptions, TableRow } from '../../support/ranking-bench.js';
import { GATES } from '../../../src/ranking/report/run-report.js';
import type { RankingGate } from '../../../src/ranking/report/run-report.js';

type Gates = Readonly<Record<string, RankingGate | null>>;

const tested = new Set<RankingGate>();

/** By customer, the gate that stops each offer, or only that of the one offer there is. */
async function gatesOf(options: BenchOptions, at = AT): Promise<Readonly<Record<string, Gates>>> {
  const bench = new RankingBench(options);
  try {
    const { kept } = await bench.rank({ at });
    const gates = [...kept].map(([customer, row]) => [customer, row.gates] as const);
    for (const gate of gates.flatMap(([, one]) => Object.values(one))) if (gate !== null) tested.add(gate);
    return Object.fromEntries(gates);
  } finally {
    bench.remove();
  }
}

/** The gates of offer A by customer. */
async function gatesOfA(options: BenchOptions, at = AT): Promise<Gates> {
  const gates = await gatesOf(options, at);
  return Object.fromEntries(Object.entries(gates).map(([customer, one]) => [customer, one['A'] ?? null]));
}

const customers = (...names: readonly string[]) => ({ rows: names.map((customer) => ({ customer })) });

const exposures = (...rows: readonly (readonly [customer: string, at: string, more?: TableRow])[]) => ({
  columns: { disposition: 'text' } as const,
  rows: rows.map(([customer, at, more = {}]) => ({ customer, offer: 'A', at, ...more })),
});

const declined = { disposition: 'declined' };

t.test('product: active, from its first day to its last, both included', async (t) => {
  const product = { availableFrom: '2026-11-26', availableUntil: '2026-11-27' };
  const options = (change: object): BenchOptions => ({
    offers: { A: {} },
    products: { A: change },
    tables: { customers: customers('c') },
  });
  const cases: readonly (readonly [change: object, at: string, gate: RankingGate | null])[] = [
    [{}, '2026-11-26T12:00:00Z', null],
    [{ active: false }, '2026-11-26T12:00:00Z', 'product'],
    [product, '2026-11-25T23:59:59.999Z', 'product'],
    [product, '2026-11-26T00:00:00Z', null],
    [product, '2026-11-27T23:59:59.999Z', null],
    [product, '2026-11-28T00:00:00Z', 'product'],
    [{ ...product, active: false }, '2026-11-26T12:00:00Z', 'product'],
  ];
  for (const [change, at, gate] of cases) {
    t.strictSame(
      await gatesOfA(options(change), Date.parse(at)),
      { c: gate },
      `${JSON.stringify(change)} ${at}`,
    );
  }
});

t.test('region: of the product; customers without one are in none', async (t) => {
  const gates = await gatesOf({
    offers: { A: {}, EVERYWHERE: {} },
    products: { A: { regions: ['north', "côte d'or"] } },
    tables: {
      customers: {
        columns: { region: 'text' },
        rows: [
          { customer: 'in', region: 'north' },
          { customer: 'quoted', region: "côte d'or" },
          { customer: 'out', region: 'south' },
          { customer: 'case', region: 'North' },
          { customer: 'unknown', region: null },
        ],
      },
    },
  });
  t.strictSame(gates, {
    in: { A: null, EVERYWHERE: null },
    quoted: { A: null, EVERYWHERE: null },
    out: { A: 'region', EVERYWHERE: null },
    case: { A: 'region', EVERYWHERE: null },
    unknown: { A: 'region', EVERYWHERE: null },
  });
});

t.test('consent: where it is recorded it must have been given, and an opt-out always counts', async (t) => {
  const rows = [null, false, true].flatMap((consent) =>
    [null, false, true].map((optOut) => ({ customer: `${consent} ${optOut}`, consent, optOut })),
  );
  const both = await gatesOfA({
    offers: { A: {} },
    tables: { customers: { columns: { consent: 'boolean', optOut: 'boolean' }, rows } },
  });
  t.strictSame(both, {
    'null null': 'consent',
    'null false': 'consent',
    'null true': 'consent',
    'false null': 'consent',
    'false false': 'consent',
    'false true': 'consent',
    'true null': null,
    'true false': null,
    'true true': 'consent',
  });
  const optOut = await gatesOfA({
    offers: { A: {} },
    tables: {
      customers: {
        columns: { optOut: 'boolean' },
        rows: [null, false, true].map((one) => ({ customer: `${one}`, optOut: one })),
      },
    },
  });
  t.strictSame(
    optOut,
    { null: null, false: null, true: 'consent' },
    'without a record of consent it is taken as given',
  );
});

t.test('consent: offers of an affiliate are not ranked for those who opted out of affiliates', async (t) => {
  const options: BenchOptions = {
    offers: { A: {}, TV: { configured: { partner: 'borealis' } } },
    affiliates: ['borealis'],
    tables: {
      customers: {
        columns: { affiliateOptOut: 'boolean' },
        rows: [null, false, true].map((one) => ({ customer: `${one}`, affiliateOptOut: one })),
      },
    },
  };
  t.strictSame(await gatesOf(options), {
    null: { A: null, TV: null },
    false: { A: null, TV: null },
    true: { A: null, TV: 'consent' },
  });
  const { affiliates: _, ...alone } = options;
  await t.rejects(gatesOf(alone), /TV is an offer of borealis, not of acme/);
});

t.test('held: purchases that have begun and not ended', async (t) => {
  const purchase = (customer: string, at: string | null, endedAt: string | null, product = 'card') => ({
    customer,
    product,
    at,
    endedAt,
  });
  const tables = {
    customers: customers(
      'none',
      'held',
      'undated',
      'ended',
      'ends',
      'endsNow',
      'future',
      'now',
      'other',
      'again',
    ),
    purchases: {
      columns: { at: 'timestamp', endedAt: 'timestamp' },
      rows: [
        purchase('held', '2020-01-01 00:00:00', null),
        purchase('undated', null, null),
        purchase('ended', '2020-01-01 00:00:00', '2026-11-26 11:59:59.999999'),
        purchase('ends', '2020-01-01 00:00:00', '2026-11-26 12:00:00.000001'),
        purchase('endsNow', '2020-01-01 00:00:00', '2026-11-26 12:00:00'),
        purchase('future', '2026-11-26 12:00:00.000001', null),
        purchase('now', '2026-11-26 12:00:00', null),
        purchase('other', '2020-01-01 00:00:00', null, 'loan'),
        purchase('again', '2020-01-01 00:00:00', '2021-01-01 00:00:00'),
        purchase('again', '2022-01-01 00:00:00', null),
      ],
    },
  } as const;
  const configured = { product: 'card' };
  const gates = await gatesOf({
    offers: { A: { configured }, MORE: { configured, eligibility: { notHeld: false } } },
    tables,
  });
  const ofA = Object.fromEntries(Object.entries(gates).map(([customer, one]) => [customer, one['A']]));
  t.strictSame(ofA, {
    none: null,
    held: 'held',
    undated: 'held',
    ended: null,
    ends: 'held',
    endsNow: null,
    future: null,
    now: 'held',
    other: null,
    again: 'held',
  });
  t.ok(
    Object.values(gates).every((one) => one['MORE'] === null),
    'notHeld: false',
  );
  const undated = await gatesOfA({
    offers: { A: {} },
    tables: { customers: customers('c', 'd'), purchases: { rows: [{ customer: 'c', product: 'A' }] } },
  });
  t.strictSame(undated, { c: 'held', d: null }, 'a source without dates');
});

t.test('rule: unknown counts as no, over customers, accounts, history, product and today', async (t) => {
  const rules = {
    AGE: 'age >= 21',
    NOT: 'not (age < 21)',
    ACCOUNTS: 'accounts.balance > 100 and accounts.count = 2 and not accounts.isOverdrawn',
    NONE: 'accounts.count = 0',
    MEAN: "accounts.rating = 2.5 and accounts.newest = DATE '2026-01-02'",
    SEEN: 'history.exposures = 2 and history.daysSinceExposure = 1 and history.accepted = 1 and history.declined = 0',
    FAMILY: 'history.familyExposures = 3 and history.contacts = 4 and history.daysSinceContact = 0',
    NEVER: 'history.exposures = 0 and history.daysSinceExposure is null',
    PRODUCT: "product.product = 'PRODUCT' and product.name = 'Product PRODUCT' and product.family = 'tools'",
    TODAY: "today = DATE '2026-11-26' and born <= today - to_years(18)",
    BROKEN: 'ln(age - 30) > -100',
    ZERO: '100 / (age - 30) > 5',
  };
  const families: Readonly<Record<string, string>> = { SEEN: 'things', FAMILY: 'things', PRODUCT: 'tools' };
  const gates = await gatesOf({
    offers: Object.fromEntries(
      Object.entries(rules).map(([offer, rule]) => [offer, { eligibility: { rule, coolOffDays: 0 } }]),
    ),
    products: Object.fromEntries(Object.entries(families).map(([offer, family]) => [offer, { family }])),
    unranked: { ELSE: {} },
    ranking: { topK: 20 },
    tables: {
      customers: {
        columns: { age: 'integer', born: 'date' },
        rows: [
          { customer: 'rich', age: 21, born: '2008-11-26' },
          { customer: 'young', age: 20, born: '2008-11-27' },
          { customer: 'unknown', age: null, born: null },
          { customer: 'zero', age: 30, born: '1990-01-01' },
        ],
      },
      accounts: {
        columns: {
          balance: { type: 'decimal', aggregate: 'sum' },
          isOverdrawn: { type: 'boolean', aggregate: 'any' },
          rating: { type: 'integer', aggregate: 'mean' },
          newest: { type: 'date', aggregate: 'maximum' },
        },
        rows: [
          {
            account: '1',
            customer: 'rich',
            balance: 100,
            isOverdrawn: false,
            rating: 2,
            newest: '2026-01-02',
          },
          {
            account: '2',
            customer: 'rich',
            balance: 0.01,
            isOverdrawn: null,
            rating: 3,
            newest: '2026-01-01',
          },
          { account: '3', customer: 'young', balance: 100, isOverdrawn: false, rating: 2, newest: null },
          { account: '4', customer: 'young', balance: 200, isOverdrawn: true, rating: 3, newest: null },
        ],
      },
      exposures: {
        columns: { disposition: 'text' },
        rows: [
          { customer: 'rich', offer: 'SEEN', at: '2026-11-25 23:59:59', disposition: 'accepted' },
          { customer: 'rich', offer: 'SEEN', at: '2026-11-20 00:00:00', disposition: null },
          { customer: 'rich', offer: 'SEEN', at: '2026-11-26 12:00:00', disposition: 'not-presented' },
          { customer: 'rich', offer: 'FAMILY', at: '2026-11-01 00:00:00', disposition: 'callback' },
          { customer: 'rich', offer: 'ELSE', at: '2026-11-26 11:00:00', disposition: null },
          { customer: 'rich', offer: 'ELSE', at: '2026-11-26 12:00:01', disposition: null },
        ],
      },
    },
  });
  const passed = (customer: string): readonly string[] =>
    Object.entries(gates[customer] ?? {}).flatMap(([offer, gate]) => (gate === null ? [offer] : []));
  const rich = ['AGE', 'NOT', 'ACCOUNTS', 'MEAN', 'SEEN', 'FAMILY', 'NEVER', 'PRODUCT', 'TODAY'];
  t.strictSame(passed('rich'), rich, 'rich');
  t.strictSame(passed('young'), ['NEVER', 'PRODUCT'], 'young');
  t.strictSame(passed('unknown'), ['NONE', 'NEVER', 'PRODUCT'], 'unknown');
  t.strictSame(passed('zero'), ['AGE', 'NOT', 'NONE', 'NEVER', 'PRODUCT', 'TODAY'], 'zero');
});

t.test('exposure: presented more than maxTimes, or within notWithinDays, to the microsecond', async (t) => {
  const seen = exposures(
    ['once', '2020-01-01 00:00:00'],
    ['twice', '2020-01-01 00:00:00'],
    ['twice', '2020-01-02 00:00:00'],
    ['later', '2026-11-26 12:00:00.000001'],
    ['now', '2026-11-26 12:00:00'],
    ['absent', '2026-11-26 11:00:00', { disposition: 'not-presented' }],
    ['ofAnother', '2026-11-26 11:00:00', { offer: 'B' }],
    ['thirty', '2026-10-27 12:00:00'],
    ['almost', '2026-10-27 12:00:00.000001'],
  );
  const names = ['never', 'once', 'twice', 'later', 'now', 'absent', 'ofAnother', 'thirty', 'almost'];
  const options = (offerExposure: object): BenchOptions => ({
    offers: { A: { eligibility: { offerExposure } }, B: {} },
    ranking: { topK: 2 },
    tables: { customers: customers(...names), exposures: seen },
  });
  const stopped = async (limit: object): Promise<readonly string[]> =>
    Object.entries(await gatesOfA(options(limit))).flatMap(([customer, gate]) =>
      gate === 'exposure' ? [customer] : [],
    );
  t.strictSame(await stopped({ maxTimes: 0 }), ['once', 'twice', 'now', 'thirty', 'almost']);
  t.strictSame(await stopped({ maxTimes: 1 }), ['twice']);
  t.strictSame(await stopped({ maxTimes: 2 }), []);
  t.strictSame(await stopped({ notWithinDays: 30 }), ['now', 'almost']);
  t.strictSame(await stopped({ maxTimes: 1, notWithinDays: 30 }), ['twice', 'now', 'almost']);
  t.strictSame(await stopped({}), []);
});

t.test('family-exposure: any offer of the family counts, ranked or not', async (t) => {
  const family = { family: 'cards' };
  const gates = await gatesOf({
    offers: {
      A: { eligibility: { familyExposure: { maxTimes: 1, notWithinDays: 7 } } },
      B: {},
      ALONE: { eligibility: { familyExposure: { maxTimes: 0 } } },
    },
    unranked: { OLD: {} },
    products: { A: family, B: family, OLD: family },
    ranking: { topK: 3 },
    tables: {
      customers: customers('never', 'week', 'almost', 'two', 'other', 'absent', 'alone'),
      exposures: exposures(
        ['week', '2026-11-19 12:00:00', { offer: 'B' }],
        ['almost', '2026-11-19 12:00:00.000001', { offer: 'OLD' }],
        ['two', '2020-01-01 00:00:00', { offer: 'A' }],
        ['two', '2020-01-01 00:00:00', { offer: 'OLD' }],
        ['other', '2026-11-26 00:00:00', { offer: 'ALONE' }],
        ['other', '2026-11-26 00:00:00', { offer: 'UNKNOWN' }],
        ['absent', '2026-11-26 00:00:00', { offer: 'B', disposition: 'not-presented' }],
        ['alone', '2020-01-01 00:00:00', { offer: 'ALONE' }],
      ),
    },
  });
  const row = (a: RankingGate | null, alone: RankingGate | null) => ({ A: a, B: null, ALONE: alone });
  t.strictSame(gates, {
    never: row(null, null),
    week: row(null, null),
    almost: row('family-exposure', null),
    two: row('family-exposure', null),
    other: row(null, 'family-exposure'),
    absent: row(null, null),
    alone: row(null, 'family-exposure'),
  });
});

t.test('cool-off: the last disposition was declined, less than coolOffDays ago', async (t) => {
  const tables = {
    customers: customers(
      'never',
      'ninety',
      'almost',
      'relented',
      'relapsed',
      'same',
      'silent',
      'absent',
      'ofB',
      'bLater',
      'future',
    ),
    exposures: exposures(
      ['ninety', '2026-08-28 12:00:00', declined],
      ['almost', '2026-08-28 12:00:00.000001', declined],
      ['relented', '2026-11-01 00:00:00', declined],
      ['relented', '2026-11-02 00:00:00', { disposition: 'accepted' }],
      ['relapsed', '2026-11-01 00:00:00', { disposition: 'accepted' }],
      ['relapsed', '2026-11-02 00:00:00', declined],
      ['same', '2026-11-02 00:00:00', { disposition: 'accepted' }],
      ['same', '2026-11-02 00:00:00', declined],
      ['silent', '2026-11-01 00:00:00', declined],
      ['silent', '2026-11-02 00:00:00', { disposition: null }],
      ['absent', '2026-11-01 00:00:00', declined],
      ['absent', '2026-11-02 00:00:00', { disposition: 'not-presented' }],
      ['ofB', '2026-11-01 00:00:00', { offer: 'B', ...declined }],
      ['bLater', '2026-11-01 00:00:00', declined],
      ['bLater', '2026-11-02 00:00:00', { offer: 'B', disposition: 'accepted' }],
      ['future', '2026-11-26 12:00:00.000001', declined],
    ),
  };
  const options = (eligibility: object): BenchOptions => ({
    offers: { A: { eligibility }, B: { eligibility: { coolOffDays: 0 } } },
    products: { A: { family: 'cards' }, B: { family: 'cards' } },
    ranking: { topK: 2 },
    tables,
  });
  const stopped = async (eligibility: object): Promise<readonly string[]> =>
    Object.entries(await gatesOfA(options(eligibility))).flatMap(([customer, gate]) =>
      gate === 'cool-off' ? [customer] : [],
    );
  const own = ['almost', 'relapsed', 'same', 'silent', 'absent', 'bLater'];
  t.strictSame(await stopped({}), own, 'ninety days unless told otherwise');
  t.strictSame(await stopped({ coolOffDays: 91 }), ['ninety', ...own]);
  t.strictSame(await stopped({ coolOffDays: 0 }), []);
  t.strictSame(await stopped({ coolOffScope: 'family' }), [
    'almost',
    'relapsed',
    'same',
    'silent',
    'absent',
    'ofB',
  ]);
});

t.test('contact-policy: more than maxExposures to any offers within withinDays', async (t) => {
  const gates = (contactPolicy: object) =>
    gatesOfA({
      offers: { A: {} },
      ranking: { contactPolicy },
      tables: {
        customers: customers('none', 'one', 'old', 'two', 'absent'),
        exposures: exposures(
          ['one', '2026-11-20 00:00:00', { offer: 'OTHER' }],
          ['one', '2026-10-27 12:00:00', { offer: 'OTHER' }],
          ['old', '2026-10-27 12:00:00', { offer: 'B' }],
          ['two', '2026-10-27 12:00:00.000001', { offer: 'B' }],
          ['two', '2026-11-26 12:00:00', { offer: 'UNKNOWN' }],
          ['two', '2026-11-26 12:00:01', { offer: 'UNKNOWN' }],
          ['absent', '2026-11-20 00:00:00', { disposition: 'not-presented' }],
          ['absent', '2026-11-21 00:00:00'],
        ),
      },
    });
  const none = { none: null, one: null, old: null, two: null, absent: null };
  const stop = 'contact-policy';
  t.strictSame(await gates({}), none, 'no limit');
  t.strictSame(await gates({ maxExposures: 2 }), none);
  t.strictSame(await gates({ maxExposures: 1 }), { ...none, two: stop });
  t.strictSame(await gates({ maxExposures: 0 }), { ...none, one: stop, two: stop, absent: stop });
  t.strictSame(await gates({ maxExposures: 0, withinDays: 1 }), { ...none, two: stop });
});

t.test('min-value, family-cap and top-k: what is worth less goes, and each is told apart', async (t) => {
  const offers = Object.fromEntries(
    (
      [
        ['A1', 90],
        ['A2', 80],
        ['B1', 70],
        ['A3', 60],
        ['B2', 50],
        ['LEAST', 40],
        ['LOW', 39.99],
      ] as const
    ).map(([offer, value]) => [
      offer,
      { configured: { value, product: offer }, propensity: { startingPropensity: 0.25 } },
    ]),
  );
  const products = Object.fromEntries(
    Object.keys(offers).map((offer) => [offer, { family: offer.replace(/\d/, '') }]),
  );
  const gates = async (ranking: object): Promise<Gates | undefined> =>
    (await gatesOf({ offers, products, ranking, tables: { customers: customers('c') } }))['c'];
  const none = { A1: null, A2: null, B1: null, A3: null, B2: null, LEAST: null, LOW: null };
  t.strictSame(await gates({ topK: 7 }), none);
  t.strictSame(await gates({ topK: 7, minExpectedValue: 10 }), { ...none, LOW: 'min-value' });
  t.strictSame(await gates({ topK: 7, maxPerFamily: 2 }), { ...none, A3: 'family-cap' });
  t.strictSame(await gates({ topK: 7, maxPerFamily: 1 }), {
    ...none,
    A2: 'family-cap',
    A3: 'family-cap',
    B2: 'family-cap',
  });
  t.strictSame(await gates({ topK: 2, maxPerFamily: 1, minExpectedValue: 10 }), {
    A1: null,
    A2: 'family-cap',
    B1: null,
    A3: 'family-cap',
    B2: 'family-cap',
    LEAST: 'top-k',
    LOW: 'min-value',
  });
});

t.test('the first gate that stops counts, in the order of GATES', async (t) => {
  const gates = await gatesOf({
    offers: {
      A: {
        eligibility: { rule: 'age > 30', offerExposure: { maxTimes: 0 }, familyExposure: { maxTimes: 0 } },
      },
    },
    products: { A: { regions: ['north'] } },
    ranking: { contactPolicy: { maxExposures: 0, withinDays: 90 } },
    tables: {
      customers: {
        columns: { region: 'text', optOut: 'boolean', age: 'integer' },
        rows: [
          { customer: 'region', region: 'south', optOut: true, age: 20 },
          { customer: 'consent', region: 'north', optOut: true, age: 20 },
          { customer: 'held', region: 'north', age: 20 },
          { customer: 'rule', region: 'north', age: 20 },
          { customer: 'exposure', region: 'north', age: 40 },
        ],
      },
      purchases: { rows: ['region', 'consent', 'held'].map((customer) => ({ customer, product: 'A' })) },
      exposures: exposures(
        ...['region', 'consent', 'held', 'rule', 'exposure'].map(
          (customer) => [customer, '2026-11-20 00:00:00', declined] as const,
        ),
      ),
    },
  });
  for (const [customer, one] of Object.entries(gates)) t.equal(one['A'], customer);
});

t.test('every gate was seen to stop somebody', (t) => {
  t.strictSame(
    GATES.filter((gate) => !tested.has(gate)),
    [],
  );
  t.end();
});
