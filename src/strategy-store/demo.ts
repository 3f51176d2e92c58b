// Customers for trying Proffer out: invented, the same ones for the same seed, and among them callers that documents and
// tests rely on. Their offers are those of the settings that are shipped.
import { isInControlArm } from '../decision/index.js';
import type { RankedOffer } from '../offers/index.js';
import { flagsFromNames, noFlags } from './codec/flags.js';
import type { FlagName } from './codec/flags.js';
import { StrategyLoad } from './load.js';
import type { LoadResult } from './load.js';
import type { StrategyRow } from './strategy-row.js';
import type { StrategyWriter } from './writer.js';

export const DEMO_PARTNERS = ['acme', 'borealis'] as const;
export type DemoPartner = (typeof DEMO_PARTNERS)[number];

/** What each fixed caller is there for. All dial `acme`, but for the last. */
export const demoCallers = {
  /** Best offer ACME-PLATINUM, presented by agents. */
  agentOffer: '+15550100001',
  /** Best offer ACME-TRAVEL, presented by an IVR program. */
  ivrOffer: '+15550100002',
  /** An open service alert on the account, and sales offers. */
  serviceAlert: '+15550100003',
  /** A household number of two customers. */
  household: '+15550100004',
  /** Opted out of offers. */
  optedOut: '+15550100005',
  /** A customer with no eligible offer. */
  noOffer: '+15550100006',
  /** In the control arm of 5 %. */
  controlArm: '+15550100007',
  /** In no strategy. */
  nobody: '+15550100099',
  /** At `borealis`, where it is a different customer than at `acme`: best offer BOR-FIBRE. */
  borealis: '+15550100001',
} as const;

export type DemoCaller = Exclude<keyof typeof demoCallers, 'nobody'>;

/** Who a fixed caller is. A household number has several customers. */
export interface DemoCustomer {
  readonly partner: string;
  readonly caller: DemoCaller;
  readonly customer: string;
  readonly phones: readonly string[];
}

export interface DemoOptions {
  /** Customers over both partners; default 20,000, at least the fixed ones. */
  readonly customers?: number;
  /** Default 1. */
  readonly seed?: number;
}

interface CatalogueOffer {
  readonly offerCode: string;
  readonly propensity: number;
  readonly value: number;
}

const catalogue: Readonly<Record<DemoPartner, readonly CatalogueOffer[]>> = {
  acme: [
    { offerCode: 'ACME-PLATINUM', propensity: 0.06, value: 180 },
    { offerCode: 'ACME-TRAVEL', propensity: 0.18, value: 45 },
    { offerCode: 'ACME-SAVER', propensity: 0.12, value: 60 },
  ],
  borealis: [
    { offerCode: 'BOR-FIBRE', propensity: 0.08, value: 220 },
    { offerCode: 'BOR-MOBILE', propensity: 0.12, value: 90 },
    { offerCode: 'BOR-TV', propensity: 0.16, value: 70 },
  ],
};

/** The percentage of the shipped settings, and one well above it that the other fixed callers stay out of. */
const CONTROL_ARM_PERCENT = 5;
const OUTSIDE_CONTROL_ARM_PERCENT = 20;
const ACME_SHARE = 0.6;

/** The fixed callers' strategies first, then invented ones up to `customers`. */
export function* demoRows(options: DemoOptions = {}): Generator<StrategyRow> {
  const customers = options.customers ?? 20_000;
  const random = randomFrom(options.seed ?? 1);
  const fixed = fixedRows();
  yield* fixed;
  const numbers = new DemoNumbers(customers);
  const households = new Map<DemoPartner, string>();
  for (let index = fixed.length; index < customers; index++) {
    const partner: DemoPartner = random() < ACME_SHARE ? 'acme' : 'borealis';
    const phones = [numbers.next()];
    if (random() < 0.2) {
      const home = numbers.next();
      phones.push(home);
      households.set(partner, home);
    } else if (random() < 0.05) {
      const home = households.get(partner);
      if (home !== undefined) phones.push(home);
    }
    yield {
      partner,
      customer: reference(partner, 200_000 + index),
      phones,
      flags: flagsFromNames(randomFlags(random)),
      offers: random() < 0.05 ? [] : randomOffers(catalogue[partner], random),
    };
  }
}

/** The customers behind the fixed callers, for demonstration data of other kinds. */
export function demoCustomers(): readonly DemoCustomer[] {
  return fixedRows().map(({ partner, customer, phones }) => {
    const caller = callerOf(partner, phones);
    return { partner, caller, customer, phones };
  });
}

function callerOf(partner: string, phones: readonly string[]): DemoCaller {
  if (partner === 'borealis') return 'borealis';
  const { nobody: _, borealis: __, ...callers } = demoCallers;
  const names = Object.keys(callers) as (keyof typeof callers)[];
  const found = names.find((name) => phones.includes(callers[name]));
  if (found === undefined) throw new RangeError(`no fixed caller has ${phones.join(', ')}`);
  return found;
}

/** Publishes the demonstration customers of both partners. @throws LoadInProgressError */
export async function publishDemo(
  writer: StrategyWriter,
  options: DemoOptions = {},
  onProgress?: (partner: string, written: number, of: number) => void,
): Promise<LoadResult> {
  const load = new StrategyLoad(writer);
  try {
    for (const row of demoRows(options)) await load.add(row);
    return await load.commit(onProgress);
  } finally {
    await load.abort();
  }
}

function fixedRows(): readonly StrategyRow[] {
  const acme = (
    ordinal: number,
    phones: readonly string[],
    flags: readonly FlagName[],
    offers: readonly RankedOffer[],
  ) => fixedRow('acme', { ordinal, phones, flags, offers });
  const sales = [
    offer('ACME-PLATINUM', 0.3, 180),
    offer('ACME-SAVER', 0.2, 60),
    offer('ACME-TRAVEL', 0.1, 45),
  ];
  return [
    acme(1, [demoCallers.agentOffer], [], [offer('ACME-PLATINUM', 0.35, 180), offer('ACME-SAVER', 0.2, 60)]),
    acme(2, [demoCallers.ivrOffer], [], [offer('ACME-TRAVEL', 0.6, 45), offer('ACME-SAVER', 0.05, 60)]),
    acme(3, [demoCallers.serviceAlert], ['serviceAlert'], sales),
    acme(4, [demoCallers.household, '+15550100014'], [], sales),
    acme(8, [demoCallers.household, '+15550100018'], [], [offer('ACME-TRAVEL', 0.4, 45)]),
    acme(5, [demoCallers.optedOut], ['optOut'], sales),
    acme(6, [demoCallers.noOffer], [], []),
    acme(7, [demoCallers.controlArm], [], sales),
    fixedRow('borealis', {
      ordinal: 1,
      phones: [demoCallers.borealis],
      flags: [],
      offers: [offer('BOR-FIBRE', 0.3, 220), offer('BOR-TV', 0.25, 70), offer('BOR-MOBILE', 0.15, 90)],
    }),
  ];
}

function fixedRow(
  partner: DemoPartner,
  row: {
    readonly ordinal: number;
    readonly phones: readonly string[];
    readonly flags: readonly FlagName[];
    readonly offers: readonly RankedOffer[];
  },
): StrategyRow {
  const isControl = row.phones.includes(demoCallers.controlArm);
  return {
    partner,
    customer: fixedReference(partner, row.ordinal, isControl),
    phones: row.phones,
    flags: row.flags.length === 0 ? noFlags : flagsFromNames(row.flags),
    offers: row.offers,
  };
}

/** The first reference of the caller's own thousand that is in the control arm, or well out of it. */
function fixedReference(partner: DemoPartner, ordinal: number, isControl: boolean): string {
  for (let suffix = 0; suffix < 1000; suffix++) {
    const candidate = reference(partner, 100_000 + ordinal * 1000 + suffix);
    const isIn = isInControlArm(
      partner,
      candidate,
      isControl ? CONTROL_ARM_PERCENT : OUTSIDE_CONTROL_ARM_PERCENT,
    );
    if (isIn === isControl) return candidate;
  }
  throw new RangeError(`no reference of caller ${ordinal} suits its arm`);
}

function reference(partner: DemoPartner, number: number): string {
  return `${partner === 'acme' ? 'A' : 'B'}${String(number).padStart(8, '0')}`;
}

function offer(offerCode: string, propensity: number, value: number): RankedOffer {
  return { offerCode, propensity, value };
}

function randomFlags(random: () => number): readonly FlagName[] {
  const chances: readonly (readonly [FlagName, number])[] = [
    ['optOut', 0.03],
    ['serviceAlert', 0.02],
    ['hardship', 0.01],
    ['fraud', 0.003],
    ['complaint', 0.015],
  ];
  return chances.filter(([, chance]) => random() < chance).map(([name]) => name);
}

/** Each offer with three chances in four, its propensity spread about the usual one; best expected value first. */
function randomOffers(offers: readonly CatalogueOffer[], random: () => number): readonly RankedOffer[] {
  return offers
    .filter(() => random() < 0.75)
    .map(({ offerCode, propensity, value }) => ({
      offerCode,
      propensity: rounded(Math.min(0.95, propensity * Math.exp(random() + random() + random() - 1.5)), 3),
      value: rounded(value * (0.8 + 0.4 * random()), 0),
    }))
    .sort((a, b) => b.propensity * b.value - a.propensity * a.value);
}

function rounded(x: number, digits: number): number {
  const unit = 10 ** digits;
  return Math.round(x * unit) / unit;
}

/** Numbers +155502..., each once, scattered over the range; with more digits where five cannot hold them. */
class DemoNumbers {
  readonly #digits: number;
  #next = 0;

  constructor(customers: number) {
    this.#digits = customers * 2 <= 100_000 ? 5 : 8;
  }

  next(): string {
    const range = 10 ** this.#digits;
    // 48,271 has no factor in common with a power of ten, so no number comes twice.
    const number = (this.#next++ * 48_271) % range;
    return `+155502${String(number).padStart(this.#digits, '0')}`;
  }
}

/** Mulberry32: the same numbers from 0 to 1 for the same seed. Not for secrets. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
