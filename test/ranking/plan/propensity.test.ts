// Propensities in the plan: rates with their prior, logistic models against the plain reference of the training, ONNX models.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { LogisticModel } from '../../../src/ranking/model/logistic-model.js';
import { scoreRows } from '../../../src/ranking/training/score.js';
import type { FeatureTable } from '../../../src/ranking/training/training-table.js';
import { onnxFile } from '../../support/onnx-file.js';
import { RankingBench } from '../../support/ranking-bench.js';
import type { BenchOptions, TableRow } from '../../support/ranking-bench.js';

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
const isClose = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined && b !== undefined && Math.abs(a - b) < 1e-9;

/** Propensity by customer and offer of everything that was published. */
async function propensitiesOf(
  options: BenchOptions,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const bench = new RankingBench({ ranking: { topK: 20 }, ...options });
  try {
    const { strategies } = await bench.rank();
    return new Map(
      [...strategies].map(([customer, { offers }]) => [
        customer,
        new Map(offers.map(({ offer, propensity }) => [offer, propensity])),
      ]),
    );
  } finally {
    bench.remove();
  }
}

t.test('rate: accepted share of exposures, pulled to the starting propensity', async (t) => {
  const exposure = (
    offer: string,
    disposition: string | null,
    at = '2026-11-01 00:00:00',
    customer = 'd',
  ) => ({
    customer,
    offer,
    at,
    disposition,
  });
  const open = { eligibility: { coolOffDays: 0 } };
  const found = await propensitiesOf({
    offers: {
      UNSEEN: open,
      TRIED: { ...open, propensity: { startingPropensity: 0.1, startingEvidence: 6 } },
      BARE: { ...open, propensity: { startingPropensity: 0.5, startingEvidence: 0 } },
      NOTHING: { ...open, propensity: { startingPropensity: 0.3, startingEvidence: 0 } },
    },
    tables: {
      customers: { rows: [{ customer: 'c' }, { customer: 'd' }] },
      exposures: {
        columns: { disposition: 'text' },
        rows: [
          exposure('TRIED', 'accepted'),
          exposure('TRIED', 'declined'),
          exposure('TRIED', null),
          exposure('TRIED', 'callback', '2026-11-26 12:00:00', 'c'),
          exposure('TRIED', 'not-presented'),
          exposure('TRIED', 'accepted', '2026-11-26 12:00:00.000001'),
          exposure('TRIED', 'accepted', '2026-11-01 00:00:00', 'nobody'),
          exposure('BARE', 'accepted'),
          exposure('BARE', 'declined'),
          exposure('BARE', 'declined'),
        ],
      },
    },
  });
  const rates = Object.fromEntries(found.get('c') ?? []);
  t.equal(rates['UNSEEN'], 0.02, 'two per cent unless told otherwise');
  t.ok(isClose(rates['TRIED'], (1 + 0.1 * 6) / (4 + 6)));
  t.ok(isClose(rates['BARE'], 1 / 3));
  t.equal(rates['NOTHING'], 0.3, 'no evidence at all');
});

const model: LogisticModel = {
  intercept: -1,
  features: [
    {
      kind: 'numeric',
      column: 'age',
      mean: 40,
      standardDeviation: 10,
      coefficient: 0.5,
      missingCoefficient: -0.25,
    },
    {
      kind: 'categorical',
      column: 'region',
      levels: [
        { level: 'north', coefficient: 0.3, rows: 10 },
        { level: "d'or", coefficient: -0.7, rows: 10 },
      ],
      missingCoefficient: 0.125,
    },
    {
      kind: 'categorical',
      column: 'isDigital',
      levels: [
        { level: 'false', coefficient: -0.5, rows: 5 },
        { level: 'true', coefficient: 0.75, rows: 5 },
      ],
      missingCoefficient: 0,
    },
    {
      kind: 'numeric',
      column: 'accounts.balance',
      mean: 1000,
      standardDeviation: 500,
      coefficient: -0.2,
      missingCoefficient: 0.4,
    },
  ],
  calibration: { slope: 0.8, intercept: 0.1 },
};

/** Other features, other levels of the same column, no calibration. */
const other: LogisticModel = {
  intercept: 0.5,
  features: [
    {
      kind: 'categorical',
      column: 'region',
      levels: [{ level: 'south', coefficient: 2, rows: 1 }],
      missingCoefficient: -2,
    },
    {
      kind: 'numeric',
      column: 'history.exposures',
      mean: 1,
      standardDeviation: 2,
      coefficient: 1,
      missingCoefficient: 0,
    },
    {
      kind: 'numeric',
      column: 'history.daysSinceExposure',
      mean: 10,
      standardDeviation: 4,
      coefficient: 0.5,
      missingCoefficient: -1,
    },
  ],
  calibration: { slope: 1, intercept: 0 },
};

const constant: LogisticModel = {
  intercept: -2,
  features: [{ kind: 'categorical', column: 'region', levels: [], missingCoefficient: 0 }],
  calibration: { slope: 1, intercept: 0 },
};

/** Logits that an exponential function cannot hold. */
const extreme: LogisticModel = {
  intercept: 0,
  features: [
    {
      kind: 'numeric',
      column: 'age',
      mean: 40,
      standardDeviation: 0.001,
      coefficient: 1,
      missingCoefficient: 0,
    },
  ],
  calibration: { slope: 1, intercept: 0 },
};

interface Person extends TableRow {
  readonly customer: string;
  readonly age: number | null;
  readonly region: string | null;
  readonly isDigital: boolean | null;
}

const people: readonly Person[] = [
  { customer: 'mean', age: 40, region: 'north', isDigital: true },
  { customer: 'old', age: 60, region: "d'or", isDigital: false },
  { customer: 'unseen', age: 20, region: 'moon', isDigital: null },
  { customer: 'missing', age: null, region: null, isDigital: null },
  { customer: 'south', age: 33, region: 'south', isDigital: true },
];
const balances: Readonly<Record<string, number>> = { mean: 1000, old: 250.5, south: -40 };
const accounts = {
  columns: { balance: { type: 'decimal', aggregate: 'sum' } },
  rows: Object.entries(balances).map(([customer, balance]) => ({
    account: `of ${customer}`,
    customer,
    balance,
  })),
} as const;

t.test(
  'logistic: missing values, unseen levels, booleans and calibration, as the reference scores them',
  async (t) => {
    const found = await propensitiesOf({
      offers: {
        MODEL: { propensity: { kind: 'logistic', model: 'one' } },
        AGAIN: { propensity: { kind: 'logistic', model: 'one' } },
        OTHER: { propensity: { kind: 'logistic', model: 'two' } },
        CONSTANT: { propensity: { kind: 'logistic', model: 'three' } },
        EXTREME: { propensity: { kind: 'logistic', model: 'four' } },
      },
      models: { one: model, two: other, three: constant, four: extreme },
      tables: {
        customers: { columns: { age: 'integer', region: 'text', isDigital: 'boolean' }, rows: people },
        accounts,
        exposures: {
          rows: [
            { customer: 'mean', offer: 'OTHER', at: '2026-11-20 00:00:00' },
            { customer: 'mean', offer: 'OTHER', at: '2026-11-21 00:00:00' },
            { customer: 'old', offer: 'MODEL', at: '2026-11-20 00:00:00' },
          ],
        },
      },
    });
    const by = (customer: string, offer: string) => found.get(customer)?.get(offer);
    // By hand, calibrated: 0.8 x logit + 0.1.
    t.ok(isClose(by('mean', 'MODEL'), sigmoid(0.8 * (-1 + 0 + 0.3 + 0.75 + 0) + 0.1)));
    t.ok(isClose(by('old', 'MODEL'), sigmoid(0.8 * (-1 + 1 - 0.7 - 0.5 + 0.2998) + 0.1)));
    t.ok(isClose(by('missing', 'MODEL'), sigmoid(0.8 * (-1 - 0.25 + 0.125 + 0 + 0.4) + 0.1)));
    t.ok(isClose(by('unseen', 'MODEL'), sigmoid(0.8 * (-1 - 1 + 0 + 0 + 0.4) + 0.1)));
    t.ok(isClose(by('mean', 'OTHER'), sigmoid(0.5 + 0 + 0.5 + (0.5 * (5 - 10)) / 4)));
    t.ok(isClose(by('south', 'OTHER'), sigmoid(0.5 + 2 - 0.5 - 1)));
    t.ok(isClose(by('missing', 'OTHER'), sigmoid(0.5 - 2 - 0.5 - 1)));
    t.strictSame([by('old', 'EXTREME'), by('mean', 'EXTREME'), by('unseen', 'EXTREME')], [1, 0.5, 0]);
    const reference = scoreRows(model, tableOf(people));
    for (const [row, { customer }] of people.entries()) {
      t.ok(isClose(by(customer, 'MODEL'), reference[row]), customer);
      t.equal(by(customer, 'AGAIN'), by(customer, 'MODEL'));
      t.ok(isClose(by(customer, 'CONSTANT'), sigmoid(-2)));
    }
  },
);

function tableOf(rows: readonly Person[]): FeatureTable {
  const categorical = (column: 'region' | 'isDigital') => {
    const texts = rows.map((row) => (row[column] === null ? null : String(row[column])));
    const levels = [...new Set(texts.filter((one) => one !== null))];
    const codes = Int32Array.from(texts, (one) => (one === null ? -1 : levels.indexOf(one)));
    return { kind: 'categorical' as const, column, levels, codes };
  };
  const numeric = (column: string, values: readonly (number | null | undefined)[]) => ({
    kind: 'numeric' as const,
    column,
    values: Float64Array.from(values, (one) => one ?? NaN),
  });
  return {
    rowCount: rows.length,
    columns: [
      numeric(
        'age',
        rows.map((row) => row.age),
      ),
      categorical('region'),
      categorical('isDigital'),
      numeric(
        'accounts.balance',
        rows.map((row) => balances[row.customer]),
      ),
    ],
  };
}

t.test('onnx: features in the order of the model, NaN for what is missing, gates before it', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-brought-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const onnxModel = join(directory, 'brought.onnx');
  writeFileSync(onnxModel, onnxFile({ weights: [0.02, 0.5, -0.001], bias: -1, missingAs: 3 }));
  const bench = new RankingBench({
    offers: {
      BROUGHT: {
        propensity: { kind: 'onnx', model: 'brought' },
        eligibility: { rule: 'age is null or age < 60' },
      },
      RATE: {},
    },
    onnxModels: { brought: { onnxFile: onnxModel, features: ['age', 'isDigital', 'accounts.balance'] } },
    tables: {
      customers: { columns: { age: 'integer', region: 'text', isDigital: 'boolean' }, rows: people },
      accounts,
    },
  });
  t.teardown(() => bench.remove());
  const { strategies, kept } = await bench.rank();
  const expected = (age: number, isDigital: number, balance: number) =>
    sigmoid(0.02 * age + 0.5 * isDigital - 0.001 * balance - 1);
  const by = (customer: string) =>
    strategies.get(customer)?.offers.find((one) => one.offer === 'BROUGHT')?.propensity;
  const isNear = (a: number | undefined, b: number): boolean => a !== undefined && Math.abs(a - b) < 1e-6;
  t.ok(isNear(by('mean'), expected(40, 1, 1000)));
  t.ok(isNear(by('south'), expected(33, 1, -40)));
  t.ok(isNear(by('missing'), expected(3, 3, 3)));
  t.ok(isNear(by('unseen'), expected(20, 3, 3)));
  t.equal(by('old'), undefined);
  t.equal(kept.get('old')?.gates['BROUGHT'], 'rule');
  const explained = await bench.explain('mean');
  t.ok(isNear(explained?.offers[0]?.propensity, expected(40, 1, 1000)));
});
