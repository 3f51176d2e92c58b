// The offers of the random market: each gate, kind of value and kind of propensity, with every rule and formula as SQL and as a function.
import type { LogisticModel } from '../../src/ranking/model/logistic-model.js';
import { AT } from './ranking-bench.js';
import type { BenchOffer, BenchOptions, CellValue } from './ranking-bench.js';
import type { Facts } from './reference-ranking.js';

type Rule = readonly [sql: string, says: (facts: Facts) => boolean | null];

export const numberOf = (value: CellValue | undefined): number | null =>
  typeof value === 'number' ? value : null;

/** A comparison, which is unknown when one side is. */
function compare(
  a: CellValue | undefined,
  b: CellValue,
  holds: (a: number, b: number) => boolean,
): boolean | null {
  const [left, right] = [numberOf(a), numberOf(b)];
  return left === null || right === null ? null : holds(left, right);
}

/** Three-valued logic: no beats unknown, unknown beats yes. */
const and = (...parts: readonly (boolean | null)[]): boolean | null =>
  parts.includes(false) ? false : parts.includes(null) ? null : true;
const or = (...parts: readonly (boolean | null)[]): boolean | null =>
  parts.includes(true) ? true : parts.includes(null) ? null : false;
const not = (part: boolean | null): boolean | null => (part === null ? null : !part);
const isText = (value: CellValue | undefined, holds: (text: string) => boolean): boolean | null =>
  typeof value === 'string' ? holds(value) : null;
export const truthOf = (value: CellValue | undefined): boolean | null =>
  typeof value === 'boolean' ? value : null;
const today = Math.floor(AT / 86_400_000);

export const rules: Readonly<Record<string, Rule>> = {
  GOLD: [
    'age >= 21 and income > 30000 and not accounts.isOverdrawn',
    (f) =>
      and(
        compare(f['age'], 21, (a, b) => a >= b),
        compare(f['income'], 30_000, (a, b) => a > b),
        not(truthOf(f['accounts.isOverdrawn'])),
      ),
  ],
  SILVER: [
    "region in ('north', 'east') or coalesce(accounts.balance, 0) > 500",
    (f) =>
      or(
        isText(f['region'], (one) => ['north', 'east'].includes(one)),
        (numberOf(f['accounts.balance']) ?? 0) > 500,
      ),
  ],
  BRONZE: [
    'accounts.count between 1 and 2 and accounts.creditLimit >= 1000',
    (f) =>
      and(
        compare(f['accounts.count'], 1, (a) => a >= 1 && a <= 2),
        compare(f['accounts.creditLimit'], 1000, (a, b) => a >= b),
      ),
  ],
  TRAVEL: [
    'history.daysSinceContact is null or history.daysSinceContact > 10',
    (f) =>
      or(
        numberOf(f['history.daysSinceContact']) === null,
        compare(f['history.daysSinceContact'], 10, (a, b) => a > b),
      ),
  ],
  HOME: [
    'history.familyExposures < 2 and history.declined = 0 and history.contacts < 6',
    (f) =>
      and(
        compare(f['history.familyExposures'], 2, (a, b) => a < b),
        compare(f['history.declined'], 0, (a, b) => a === b),
        compare(f['history.contacts'], 6, (a, b) => a < b),
      ),
  ],
  CAR: [
    "segment like 'p%' or segment is null",
    (f) =>
      or(
        isText(f['segment'], (one) => one.startsWith('p')),
        f['segment'] === null,
      ),
  ],
  SAVER: [
    "date_diff('day', joined, today) > 365",
    (f) => isText(f['joined'], (one) => today - Date.parse(one) / 86_400_000 > 365),
  ],
  BOND: [
    'income / accounts.count > 20000',
    (f) => {
      const count = Number(f['accounts.count']);
      return count === 0 ? null : compare(f['income'], count, (a, b) => a / b > 20_000);
    },
  ],
  FUND: [
    "case when age is null then region = 'south' else age % 2 = 0 end",
    (f) =>
      f['age'] === null
        ? isText(f['region'], (one) => one === 'south')
        : compare(f['age'], 2, (a) => a % 2 === 0),
  ],
  LOAN: [
    "product.family = 'loans' and today < DATE '2027-01-01' and accounts.worst is distinct from 'late'",
    (f) => f['accounts.worst'] !== 'late',
  ],
};

export const formulas: Readonly<
  Record<string, readonly [sql: string, gives: (facts: Facts) => number | null]>
> = {
  SAVER: [
    '20 + least(120, 0.004 * greatest(coalesce(accounts.balance, 0), 0))',
    (f) => 20 + Math.min(120, 0.004 * Math.max(numberOf(f['accounts.balance']) ?? 0, 0)),
  ],
  BOND: [
    'sqrt(income - 20000) / (age - 40)',
    (f) => {
      const [income, age] = [numberOf(f['income']), numberOf(f['age'])];
      if (income === null || age === null || income < 20_000 || age === 40) return null;
      return Math.sqrt(income - 20_000) / (age - 40);
    },
  ],
};

export const offers: Readonly<Record<string, BenchOffer>> = {
  GOLD: {
    configured: { value: 180 },
    eligibility: { offerExposure: { maxTimes: 1, notWithinDays: 14 } },
    propensity: { kind: 'logistic', model: 'cards' },
  },
  SILVER: {
    configured: { value: 90 },
    eligibility: { familyExposure: { notWithinDays: 7 } },
    propensity: { kind: 'logistic', model: 'cards' },
    lever: 1.1,
  },
  BRONZE: { configured: { value: 45 }, eligibility: { coolOffScope: 'family', coolOffDays: 60 } },
  TRAVEL: {
    configured: { value: 45 },
    eligibility: { familyExposure: { maxTimes: 1 } },
    propensity: { startingPropensity: 0.1, startingEvidence: 50 },
  },
  HOME: {
    configured: { value: 60 },
    eligibility: { offerExposure: { maxTimes: 0 } },
    propensity: { startingPropensity: 0.05 },
  },
  CAR: {
    value: {
      kind: 'npv',
      cashFlows: [
        { fromMonth: 1, toMonth: 24, amount: 4.2 },
        { fromMonth: 12, amount: 60 },
      ],
      monthlyChurnPercent: 1.5,
      costOfSale: 25,
    },
    contextWeight: 1.3,
  },
  SAVER: {
    propensity: { kind: 'logistic', model: 'savings' },
    eligibility: { coolOffDays: 0, notHeld: false },
  },
  BOND: { propensity: { startingPropensity: 0.5, startingEvidence: 10 } },
  FUND: { value: { kind: 'column', column: 'worth' }, eligibility: { offerExposure: { notWithinDays: 30 } } },
  LOAN: {
    configured: { value: 100, mandatory: true },
    propensity: { startingPropensity: 0.01 },
    eligibility: { coolOffDays: 14 },
  },
  // Alike, so that the configured order decides.
  TWIN: { configured: { value: 50 }, propensity: { startingPropensity: 0.04, startingEvidence: 1e9 } },
  TRIPLET: { configured: { value: 50 }, propensity: { startingPropensity: 0.04, startingEvidence: 1e9 } },
  LOCAL: { configured: { value: 70 }, eligibility: { coolOffDays: 1 } },
  CLOSED: { configured: { value: 5000 } },
};

export const products: NonNullable<BenchOptions['products']> = {
  GOLD: { family: 'cards' },
  SILVER: { family: 'cards' },
  BRONZE: { family: 'cards' },
  TRAVEL: { family: 'insurance' },
  HOME: { family: 'insurance' },
  CAR: { family: 'insurance' },
  SAVER: { family: 'savings' },
  BOND: { family: 'savings' },
  FUND: { family: 'savings', availableFrom: '2026-11-26' },
  LOAN: { family: 'loans', availableUntil: '2026-11-26' },
  LOCAL: { family: 'loans', regions: ['north', 'west'] },
  CLOSED: { availableUntil: '2026-11-25' },
  OLD: { family: 'cards', active: false },
};

export const models: Readonly<Record<string, LogisticModel>> = {
  cards: {
    intercept: -2.5,
    features: [
      {
        kind: 'numeric',
        column: 'age',
        mean: 45,
        standardDeviation: 15,
        coefficient: 0.4,
        missingCoefficient: -0.1,
      },
      {
        kind: 'numeric',
        column: 'accounts.balance',
        mean: 900,
        standardDeviation: 2500,
        coefficient: 0.3,
        missingCoefficient: -0.6,
      },
      {
        kind: 'numeric',
        column: 'history.exposures',
        mean: 0.3,
        standardDeviation: 0.7,
        coefficient: -0.5,
        missingCoefficient: 0,
      },
      {
        kind: 'categorical',
        column: 'region',
        levels: [
          { level: 'east', coefficient: 0.2, rows: 1 },
          { level: 'north', coefficient: -0.3, rows: 1 },
        ],
        missingCoefficient: 0.15,
      },
    ],
    calibration: { slope: 0.9, intercept: -0.2 },
  },
  savings: {
    intercept: -1.5,
    features: [
      {
        kind: 'numeric',
        column: 'income',
        mean: 42_000,
        standardDeviation: 18_000,
        coefficient: 0.7,
        missingCoefficient: 0.2,
      },
      {
        kind: 'categorical',
        column: 'isDigital',
        levels: [
          { level: 'false', coefficient: -0.4, rows: 1 },
          { level: 'true', coefficient: 0.4, rows: 1 },
        ],
        missingCoefficient: 0,
      },
      {
        kind: 'numeric',
        column: 'history.daysSinceContact',
        mean: 100,
        standardDeviation: 90,
        coefficient: 0.25,
        missingCoefficient: 0.5,
      },
      {
        kind: 'categorical',
        column: 'segment',
        levels: [{ level: 'prime', coefficient: 1, rows: 1 }],
        missingCoefficient: -1,
      },
    ],
    calibration: { slope: 1, intercept: 0 },
  },
};
