// A plain ranking in memory, one customer and one offer at a time, by what the settings and the docs say. It knows no SQL: rules and
// formulas come as functions beside their texts. The plan of src/ranking has to agree with it.
import type {
  Offer,
  PartnerRanking,
  Product,
  RankedOfferSettings,
  Settings,
} from '../../src/config/index.js';
import { isInControlArm } from '../../src/decision/index.js';
import type { LogisticModel } from '../../src/ranking/model/logistic-model.js';
import type { RankingGate } from '../../src/ranking/report/run-report.js';
import type { CellValue, TableRow } from './ranking-bench.js';
import type { PublishedOffer } from './strategy-recorder.js';

const DAY_MICROS = 86_400_000_000;

/** What rules, formulas and models may name: columns of the customer, `accounts.NAME` and `history.NAME`. */
export type Facts = Readonly<Record<string, CellValue>>;

export interface ReferenceInput {
  readonly settings: Settings;
  readonly partner: string;
  readonly at: number;
  readonly customers: readonly TableRow[];
  readonly accounts: readonly TableRow[];
  readonly exposures: readonly TableRow[];
  readonly purchases: readonly TableRow[];
  readonly serviceAlerts: readonly TableRow[];
  /** By name, what becomes of the values of several accounts; none when there are no accounts. */
  readonly aggregates: Readonly<Record<string, (accounts: readonly TableRow[]) => CellValue>>;
  /** By offer, what its rule says; null is unknown. */
  readonly rules: Readonly<Record<string, (facts: Facts) => boolean | null>>;
  /** By offer, what its formula gives; null is unknown. */
  readonly formulas: Readonly<Record<string, (facts: Facts) => number | null>>;
  readonly models: Readonly<Record<string, LogisticModel>>;
}

export interface ReferenceRow {
  readonly gates: Readonly<Record<string, RankingGate | null>>;
  readonly ranked: readonly (PublishedOffer & { readonly expectedValue: number })[];
  readonly flags: readonly string[];
  readonly serviceOffers: readonly string[];
  readonly arm: 'offer' | 'control';
}

interface KnownOffer {
  readonly index: number;
  readonly ranked: RankedOfferSettings;
  readonly configured: Offer;
  readonly product: Product;
  readonly family: string;
}

interface Exposure {
  readonly offer: string;
  readonly family: string | undefined;
  readonly at: number;
  readonly disposition: string | null;
  readonly isPresented: boolean;
}

/** Microseconds since the Unix epoch of `2026-11-26 12:00:00.000001`. */
export function microsOf(time: CellValue | undefined): number {
  if (typeof time !== 'string') return NaN;
  const [seconds = '', fraction = ''] = time.split('.');
  return Date.parse(`${seconds.replace(' ', 'T')}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}

/** By customer. */
export function referenceRanking(input: ReferenceInput): ReadonlyMap<string, ReferenceRow> {
  return new ReferenceRanking(input).all();
}

class ReferenceRanking {
  readonly #input: ReferenceInput;
  readonly #ranking: PartnerRanking;
  readonly #offers: readonly KnownOffer[];
  readonly #services: readonly Offer[];
  readonly #now: number;
  readonly #accounts: ReadonlyMap<string, readonly TableRow[]>;
  readonly #exposures: ReadonlyMap<string, readonly Exposure[]>;
  readonly #purchases: ReadonlyMap<string, readonly TableRow[]>;
  readonly #alerts: ReadonlyMap<string, readonly TableRow[]>;
  readonly #rates: ReadonlyMap<string, number>;

  constructor(input: ReferenceInput) {
    this.#input = input;
    const { settings, partner } = input;
    const ranking = settings.ranking.rankings.find((one) => one.partner === partner);
    if (ranking === undefined) throw new Error(`no ranking of ${partner}`);
    this.#ranking = ranking;
    const mine = settings.offers.offers.filter((one) => one.partner === partner);
    const productOf = (offer: Offer): Product | undefined =>
      settings.offers.products.find((one) => one.product === offer.product);
    const familyOf = (offer: Offer): string => productOf(offer)?.family ?? offer.product;
    this.#offers = ranking.offers.map((ranked, index) => {
      const configured = mine.find((one) => one.offer === ranked.offer);
      const product = configured === undefined ? undefined : productOf(configured);
      if (configured === undefined || product === undefined) throw new Error(`no offer ${ranked.offer}`);
      return { index, ranked, configured, product, family: familyOf(configured) };
    });
    this.#services = mine.filter((one) => one.kind === 'service');
    this.#now = input.at * 1000;
    const families = new Map(mine.map((one) => [one.offer, familyOf(one)]));
    const known = new Set(input.customers.map((one) => String(one['customer'])));
    this.#accounts = grouped(input.accounts, 'customer');
    this.#purchases = grouped(input.purchases, 'customer');
    this.#exposures = new Map(
      [...grouped(input.exposures, 'customer')]
        .filter(([customer]) => known.has(customer))
        .map(([customer, rows]) => [customer, rows.map((row) => exposureOf(row, families))] as const)
        .map(([customer, rows]) => [customer, rows.filter(({ at }) => at <= this.#now)] as const),
    );
    const owners = new Map(input.accounts.map((one) => [one['account'], one['customer']]));
    this.#alerts = grouped(
      input.serviceAlerts.map((alert) => ({ ...alert, customer: owners.get(alert['account']) })),
      'customer',
    );
    this.#rates = this.#ratesOf();
  }

  all(): ReadonlyMap<string, ReferenceRow> {
    return new Map(this.#input.customers.map((row) => [String(row['customer']), this.#rank(row)] as const));
  }

  #ratesOf(): ReadonlyMap<string, number> {
    const all = [...this.#exposures.values()].flat();
    return new Map(
      this.#offers.map(({ ranked: { offer, propensity } }) => {
        const mine = all.filter((one) => one.offer === offer);
        const accepted = mine.filter((one) => one.disposition === 'accepted').length;
        const presented = mine.filter((one) => one.isPresented).length;
        const { startingPropensity: start, startingEvidence: evidence } = propensity;
        const weight = presented + evidence;
        return [offer, weight === 0 ? start : (accepted + start * evidence) / weight] as const;
      }),
    );
  }

  #rank(row: TableRow): ReferenceRow {
    const customer = String(row['customer']);
    const gates: Record<string, RankingGate | null> = {};
    const scored: (ReferenceRow['ranked'][number] & { readonly known: KnownOffer })[] = [];
    for (const known of this.#offers) {
      const { offer } = known.ranked;
      const facts = this.#factsOf(row, known);
      const gate = this.#gateOf(known, { row, customer, facts });
      gates[offer] = gate;
      if (gate !== null) continue;
      const propensity = this.#propensityOf(known, facts);
      const value = Math.min(Math.max(this.#valueOf(known, facts) ?? 0, 0), 1_000_000);
      const expectedValue = propensity * value * known.ranked.contextWeight * known.ranked.lever;
      if (expectedValue < this.#ranking.minExpectedValue && !known.configured.mandatory)
        gates[offer] = 'min-value';
      else scored.push({ offer, propensity, value, expectedValue, known });
    }
    const ranked = this.#best(scored, gates).map(({ known: _, ...one }) => one);
    const open = this.#openAlerts(customer);
    const flags = ['optOut', 'serviceAlert', 'hardship', 'fraud', 'complaint'].filter((flag) =>
      flag === 'serviceAlert' ? open.length > 0 : row[flag] === true,
    );
    return {
      gates,
      ranked,
      flags,
      serviceOffers: this.#services
        .map((one) => one.offer)
        .filter((offer) => open.some((one) => one['offer'] === offer)),
      arm: this.#armOf(customer),
    };
  }

  #armOf(customer: string): 'offer' | 'control' {
    const { partner, settings } = this.#input;
    const own = settings.partners.partners.find((one) => one.partner === partner)?.controlArmPercent;
    return isInControlArm(partner, customer, own ?? settings.process.decision.controlArmPercent)
      ? 'control'
      : 'offer';
  }

  /** In order, family after family no more than its cap, no more than topK; the others get their gate. */
  #best<T extends { readonly offer: string; readonly expectedValue: number; readonly known: KnownOffer }>(
    scored: readonly T[],
    gates: Record<string, RankingGate | null>,
  ): readonly T[] {
    const { topK, maxPerFamily = Infinity } = this.#ranking;
    // What differs by less than 0.00001 is equal.
    const units = (one: T): number => Math.round(one.expectedValue * 1e5);
    const ordered = scored.toSorted(
      (a, b) =>
        Number(b.known.configured.mandatory) - Number(a.known.configured.mandatory) ||
        units(b) - units(a) ||
        a.known.index - b.known.index,
    );
    const perFamily = new Map<string, number>();
    const best: T[] = [];
    for (const one of ordered) {
      const { family } = one.known;
      const there = perFamily.get(family) ?? 0;
      if (there >= maxPerFamily) gates[one.offer] = 'family-cap';
      else {
        perFamily.set(family, there + 1);
        if (best.length < topK) best.push(one);
        else gates[one.offer] = 'top-k';
      }
    }
    return best;
  }

  #gateOf(
    known: KnownOffer,
    of: { readonly row: TableRow; readonly customer: string; readonly facts: Facts },
  ): RankingGate | null {
    const { row, customer, facts } = of;
    const { eligibility, offer } = known.ranked;
    if (!this.#isOpen(known.product)) return 'product';
    if (known.product.regions.length > 0 && !known.product.regions.includes(String(row['region'])))
      return 'region';
    if (row['optOut'] === true || ('consent' in row && row['consent'] !== true)) return 'consent';
    if (eligibility.notHeld && this.#holds(customer, known.configured.product)) return 'held';
    const rule = this.#input.rules[offer];
    if (rule !== undefined && rule(facts) !== true) return 'rule';
    const all = this.#exposures.get(customer) ?? [];
    const own = all.filter((one) => one.offer === offer);
    const family = all.filter((one) => one.family === known.family);
    if (this.#isOver(eligibility.offerExposure, own)) return 'exposure';
    if (this.#isOver(eligibility.familyExposure, family)) return 'family-exposure';
    if (this.#isCooling(eligibility.coolOffDays, eligibility.coolOffScope === 'offer' ? own : family))
      return 'cool-off';
    const { maxExposures = Infinity, withinDays } = this.#ranking.contactPolicy;
    const lately = all.filter((one) => one.isPresented && one.at > this.#daysAgo(withinDays));
    return lately.length > maxExposures ? 'contact-policy' : null;
  }

  #daysAgo(days: number): number {
    return this.#now - days * DAY_MICROS;
  }

  #isOpen({ active, availableFrom, availableUntil }: Product): boolean {
    const today = new Date(this.#input.at).toISOString().slice(0, 10);
    return active && today >= (availableFrom ?? '') && today <= (availableUntil ?? '9999');
  }

  #holds(customer: string, product: string): boolean {
    return (this.#purchases.get(customer) ?? []).some(
      (one) =>
        one['product'] === product &&
        !(microsOf(one['at']) > this.#now) &&
        !(microsOf(one['endedAt']) <= this.#now),
    );
  }

  #isOver(
    limit: { readonly maxTimes?: number; readonly notWithinDays?: number },
    exposures: readonly Exposure[],
  ): boolean {
    const presented = exposures.filter((one) => one.isPresented);
    const { maxTimes = Infinity, notWithinDays } = limit;
    if (presented.length > maxTimes) return true;
    return notWithinDays !== undefined && presented.some((one) => one.at > this.#daysAgo(notWithinDays));
  }

  /** Of dispositions at one moment a refusal is the last. */
  #isCooling(days: number, exposures: readonly Exposure[]): boolean {
    if (days === 0) return false;
    const said = exposures.filter((one) => one.disposition !== null && one.isPresented);
    const last = Math.max(...said.map((one) => one.at));
    const lastSaid = said.filter((one) => one.at === last);
    return last > this.#daysAgo(days) && lastSaid.some((one) => one.disposition === 'declined');
  }

  #openAlerts(customer: string): readonly TableRow[] {
    return (this.#alerts.get(customer) ?? []).filter(
      (one) => !(microsOf(one['openedAt']) > this.#now) && !(microsOf(one['closedAt']) <= this.#now),
    );
  }

  #factsOf(row: TableRow, known: KnownOffer): Facts {
    const customer = String(row['customer']);
    const accounts = this.#accounts.get(customer) ?? [];
    const all = (this.#exposures.get(customer) ?? []).filter((one) => one.isPresented);
    const own = all.filter((one) => one.offer === known.ranked.offer);
    const said = (disposition: string): number => own.filter((one) => one.disposition === disposition).length;
    const facts: Record<string, CellValue> = {
      'accounts.count': accounts.length,
      'history.exposures': own.length,
      'history.daysSinceExposure': this.#daysSince(own),
      'history.accepted': said('accepted'),
      'history.declined': said('declined'),
      'history.familyExposures': all.filter((one) => one.family === known.family).length,
      'history.contacts': all.length,
      'history.daysSinceContact': this.#daysSince(all),
    };
    for (const [name, value] of Object.entries(row)) facts[name] = value ?? null;
    for (const [name, aggregate] of Object.entries(this.#input.aggregates))
      facts[`accounts.${name}`] = accounts.length === 0 ? null : aggregate(accounts);
    return facts;
  }

  /** Midnights since the last of them. */
  #daysSince(exposures: readonly Exposure[]): number | null {
    if (exposures.length === 0) return null;
    const last = Math.max(...exposures.map((one) => one.at));
    return Math.floor(this.#now / DAY_MICROS) - Math.floor(last / DAY_MICROS);
  }

  #propensityOf({ ranked: { offer, propensity } }: KnownOffer, facts: Facts): number {
    if (propensity.kind === 'rate') return this.#rates.get(offer) ?? NaN;
    const model = this.#input.models[propensity.model ?? ''];
    if (model === undefined) throw new Error(`no model of ${offer}`);
    let logit = model.intercept;
    for (const feature of model.features) {
      const value = facts[feature.column] ?? null;
      if (value === null) logit += feature.missingCoefficient;
      else if (feature.kind === 'numeric')
        logit += (feature.coefficient * (Number(value) - feature.mean)) / feature.standardDeviation;
      else logit += feature.levels.find((one) => one.level === String(value))?.coefficient ?? 0;
    }
    return 1 / (1 + Math.exp(-(model.calibration.slope * logit + model.calibration.intercept)));
  }

  #valueOf({ ranked: { offer, value }, configured }: KnownOffer, facts: Facts): number | null {
    switch (value.kind) {
      case 'configured':
        return configured.value;
      case 'column': {
        const found = facts[value.column ?? ''];
        return typeof found === 'number' ? found : null;
      }
      case 'formula':
        return this.#input.formulas[offer]?.(facts) ?? null;
      case 'npv': {
        let sum = -value.costOfSale;
        for (const { fromMonth, toMonth = fromMonth, amount } of value.cashFlows) {
          for (let month = fromMonth; month <= toMonth; month++) {
            const survival = (1 - value.monthlyChurnPercent / 100) ** month;
            sum += (amount * survival) / (1 + value.annualDiscountPercent / 100) ** (month / 12);
          }
        }
        return sum;
      }
    }
  }
}

function exposureOf(row: TableRow, families: ReadonlyMap<string, string>): Exposure {
  const offer = String(row['offer']);
  const disposition = typeof row['disposition'] === 'string' ? row['disposition'] : null;
  return {
    offer,
    family: families.get(offer),
    at: microsOf(row['at']),
    disposition,
    isPresented: disposition !== 'not-presented',
  };
}

function grouped(rows: readonly TableRow[], key: string): ReadonlyMap<string, readonly TableRow[]> {
  const groups = new Map<string, TableRow[]>();
  for (const row of rows) {
    const of = String(row[key]);
    const group = groups.get(of);
    if (group === undefined) groups.set(of, [row]);
    else group.push(row);
  }
  return groups;
}
