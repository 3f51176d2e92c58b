// A random partner: customers with accounts and a past, ranked by the offers of market-offers.ts. The same for the same seed.
import { formulas, models, numberOf, offers, products, rules, truthOf } from './market-offers.js';
import { Random } from './random.js';
import { AT, RankingBench } from './ranking-bench.js';
import type { BenchOptions, TableRow } from './ranking-bench.js';
import type { ReferenceInput } from './reference-ranking.js';

const DAY_MICROS = 86_400_000_000;

/** As a source writes a time, to the microsecond. */
function timeText(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const text = new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 23);
  return `${text}${String(micros - milliseconds * 1000).padStart(3, '0')}`;
}

/** Often just on a boundary of some number of days, else anywhere in two years and a little after the run. */
function someTime(random: Random): string {
  const now = AT * 1000;
  if (random.isIn(0.3)) {
    const days = random.of([0, 1, 7, 14, 30, 60, 90]);
    return timeText(now - days * DAY_MICROS + random.below(3) - 1);
  }
  return timeText(now + 3 * DAY_MICROS - Math.floor(random.next() * 400 * DAY_MICROS));
}

const amounts = (accounts: readonly TableRow[], column: string): readonly number[] =>
  accounts.flatMap((one) => numberOf(one[column]) ?? []);

const aggregates: ReferenceInput['aggregates'] = {
  balance: (accounts) => {
    const known = amounts(accounts, 'balance');
    return known.length === 0 ? null : known.reduce((sum, one) => sum + Math.round(one * 100), 0) / 100;
  },
  isOverdrawn: (accounts) => {
    const known = accounts.flatMap((one) => truthOf(one['isOverdrawn']) ?? []);
    return known.length === 0 ? null : known.includes(true);
  },
  creditLimit: (accounts) => {
    const known = amounts(accounts, 'creditLimit');
    return known.length === 0 ? null : Math.max(...known);
  },
  worst: (accounts) =>
    accounts.flatMap((one) => (typeof one['worst'] === 'string' ? [one['worst']] : [])).toSorted()[0] ?? null,
};

function customerAt(index: number, random: Random): TableRow {
  return {
    customer: `C${String(index).padStart(6, '0')}`,
    age: random.maybe(0.05, () => 16 + random.below(80)),
    income: random.maybe(0.1, () => random.below(90_000)),
    region: random.maybe(0.05, () => random.of(['north', 'south', 'east', 'west'])),
    segment: random.maybe(0.1, () => random.of(['prime', 'plain', 'young'])),
    joined: random.maybe(0.05, () => timeText((AT - random.below(1500) * 86_400_000) * 1000).slice(0, 10)),
    worth: random.maybe(0.1, () => random.below(30_000) / 100 - 20),
    isDigital: random.maybe(0.1, () => random.isIn(0.5)),
    optOut: random.maybe(0.2, () => random.isIn(0.04)),
    consent: random.maybe(0.01, () => random.isIn(0.98)),
    hardship: random.isIn(0.02),
    fraud: random.maybe(0.5, () => random.isIn(0.02)),
    complaint: random.isIn(0.05),
  };
}

const codes = Object.keys(offers);

function pastOf(
  customer: string,
  random: Random,
): Record<'accounts' | 'exposures' | 'purchases' | 'serviceAlerts', TableRow[]> {
  const times = <T>(most: number, make: (at: number) => T): T[] =>
    Array.from({ length: random.below(most + 1) }, (_, at) => make(at));
  const accounts = times(3, (at) => ({
    account: `${customer}-${at}`,
    customer,
    balance: random.maybe(0.1, () => random.below(500_000) / 100 - 1000),
    isOverdrawn: random.maybe(0.2, () => random.isIn(0.1)),
    creditLimit: random.maybe(0.2, () => random.of([0, 500, 1000, 5000])),
    worst: random.maybe(0.2, () => random.of(['late', 'none', 'watch'])),
  }));
  return {
    accounts,
    exposures: times(4, () => ({
      customer,
      offer: random.of([...codes, 'OLD-OFFER', 'UNKNOWN']),
      at: someTime(random),
      disposition: random.maybe(0.2, () =>
        random.of(['accepted', 'declined', 'declined', 'callback', 'not-presented']),
      ),
    })),
    purchases: times(2, () => ({
      customer,
      product: random.of([...codes, 'OLD']),
      at: random.maybe(0.1, () => someTime(random)),
      endedAt: random.maybe(0.6, () => someTime(random)),
    })),
    serviceAlerts: accounts
      .filter(() => random.isIn(0.05))
      .map(({ account }) => ({
        account,
        offer: random.maybe(0.1, () => random.of(['REPAIR', 'REFUND', 'GOLD'])),
        openedAt: random.maybe(0.1, () => someTime(random)),
        closedAt: random.maybe(0.5, () => someTime(random)),
      })),
  };
}

export interface RandomMarket {
  readonly options: BenchOptions;
  /** All but what a bench knows: its settings. */
  readonly reference: Omit<ReferenceInput, 'settings'>;
}

export function randomMarket(customers: number, seed: number): RandomMarket {
  const random = new Random(seed);
  const people = Array.from({ length: customers }, (_, index) => customerAt(index, random));
  const past = people.map(({ customer }) => pastOf(String(customer), random));
  const all = {
    customers: people,
    accounts: past.flatMap((one) => one.accounts),
    exposures: past.flatMap((one) => one.exposures),
    purchases: past.flatMap((one) => one.purchases),
    serviceAlerts: past.flatMap((one) => one.serviceAlerts),
  };
  return {
    options: optionsOf(all),
    reference: { partner: 'acme', at: AT, ...all, aggregates, models, ...functions },
  };
}

const functions = {
  rules: Object.fromEntries(Object.entries(rules).map(([offer, [, says]]) => [offer, says])),
  formulas: Object.fromEntries(Object.entries(formulas).map(([offer, [, gives]]) => [offer, gives])),
} as const;

function optionsOf(
  rows: Record<'customers' | 'accounts' | 'exposures' | 'purchases' | 'serviceAlerts', TableRow[]>,
): BenchOptions {
  return {
    offers: Object.fromEntries(
      Object.entries(offers).map(([offer, one]) => {
        const [rule] = rules[offer] ?? [];
        const [formula] = formulas[offer] ?? [];
        return [
          offer,
          {
            ...one,
            ...(rule === undefined ? {} : { eligibility: { ...one.eligibility, rule } }),
            ...(formula === undefined ? {} : { value: { kind: 'formula' as const, formula } }),
          },
        ];
      }),
    ),
    unranked: {
      REFUND: { kind: 'service', value: 15 },
      REPAIR: { kind: 'service', value: 25 },
      'OLD-OFFER': { product: 'OLD' },
    },
    products,
    models,
    controlArmPercent: 7,
    ranking: {
      topK: 4,
      maxPerFamily: 2,
      minExpectedValue: 0.6,
      contactPolicy: { maxExposures: 1, withinDays: 60 },
    },
    tables: {
      customers: {
        columns: {
          ...{
            age: 'integer',
            income: 'decimal',
            region: 'text',
            segment: 'text',
            joined: 'date',
            worth: 'decimal',
          },
          ...{
            isDigital: 'boolean',
            optOut: 'boolean',
            consent: 'boolean',
            hardship: 'boolean',
            fraud: 'boolean',
            complaint: 'boolean',
          },
        },
        rows: rows.customers,
      },
      accounts: {
        columns: {
          balance: { type: 'decimal', aggregate: 'sum' },
          isOverdrawn: { type: 'boolean', aggregate: 'any' },
          creditLimit: { type: 'integer', aggregate: 'maximum' },
          worst: { type: 'text', aggregate: 'minimum' },
        },
        rows: rows.accounts,
      },
      exposures: { columns: { disposition: 'text' }, rows: rows.exposures },
      purchases: { columns: { at: 'timestamp', endedAt: 'timestamp' }, rows: rows.purchases },
      serviceAlerts: {
        columns: { offer: 'text', openedAt: 'timestamp', closedAt: 'timestamp' },
        rows: rows.serviceAlerts,
      },
    },
  };
}

/** The market as a bench, and what the reference is told of it. */
export function marketBench(
  customers: number,
  seed: number,
): { readonly bench: RankingBench; readonly input: ReferenceInput } {
  const { options, reference } = randomMarket(customers, seed);
  const bench = new RankingBench(options);
  return { bench, input: { ...reference, settings: bench.settings() } };
}
