// From settings to a plan: rules and formulas compiled and checked against the declared columns, models found, values worked out.
// No row is read, so that `proffer check` can say beforehand what a run would stumble over.
import type { Offer, PartnerRanking, Product, RankedOfferSettings, Settings } from '../../config/index.js';
import type { RankingDatabase } from '../database.js';
import { ModelError, RuleError } from '../errors.js';
import type { LogisticModel } from '../model/logistic-model.js';
import {
  baseName,
  isRecorded,
  planColumns,
  productColumns,
  recordedColumns,
  recordedSources,
  TODAY,
} from '../rules/columns.js';
import type { PlanColumn, RecordedSource } from '../rules/columns.js';
import { compileExpression, typeOf } from '../rules/expression.js';
import type { CompiledExpression, NameResolver } from '../rules/expression.js';
import { sqlType } from '../sources/column-checks.js';
import { DAY_MS, double, list, name, text } from '../sql.js';
import { netPresentValue } from '../value/npv.js';
import type { PlannedOffer, PlannedPropensity, PlannedValue, RankingPlan } from './ranking-plan.js';
import { MAX_RANKED_OFFERS, MOST_VALUE } from './score-sql.js';

const SHAPE = 'plan_shape';
const MAX_SERVICE_OFFERS = 31;

export interface CompileOptions {
  readonly database: RankingDatabase;
  readonly settings: Settings;
  /** The time of the run, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** The trained model of that id. @throws ModelError when there is none that can be used */
  readonly models: (model: string) => LogisticModel;
  /** Takes the problems of offers, so that all are found; without it the first is thrown. */
  readonly onProblem?: (problem: RuleError) => void;
}

/** @throws RuleError naming the place in ranking.yaml; ModelError */
export async function compilePlan(partner: string, options: CompileOptions): Promise<RankingPlan> {
  const { settings } = options;
  const place = settings.ranking.rankings.findIndex((one) => one.partner === partner);
  const ranking = settings.ranking.rankings[place];
  if (ranking === undefined) throw new RuleError(`rankings`, `there is no ranking of partner ${partner}`);
  return new PlanCompiler(ranking, `rankings[${place}]`, options).compile();
}

class PlanCompiler {
  readonly #ranking: PartnerRanking;
  readonly #place: string;
  readonly #options: CompileOptions;
  readonly #columns: ReadonlyMap<string, PlanColumn>;
  readonly #products: ReadonlyMap<string, Product>;
  readonly #offers: readonly Offer[];
  readonly #customerColumns = new Map<string, PlanColumn>();
  readonly #offerColumns = new Map<string, { readonly column: PlanColumn; readonly offer: number }>();

  constructor(ranking: PartnerRanking, place: string, options: CompileOptions) {
    this.#ranking = ranking;
    this.#place = place;
    this.#options = options;
    this.#columns = planColumns(ranking);
    const { products, offers } = options.settings.offers;
    this.#products = new Map(products.map((one) => [one.product, one]));
    const { partners } = options.settings.partners;
    const affiliates = partners.find((one) => one.partner === ranking.partner)?.affiliates ?? [];
    this.#offers = offers.filter(
      (one) => one.partner === ranking.partner || (one.kind === 'sales' && affiliates.includes(one.partner)),
    );
  }

  async compile(): Promise<RankingPlan> {
    const ranking = this.#ranking;
    if (ranking.offers.length > MAX_RANKED_OFFERS) {
      throw new RuleError(
        `${this.#place}.offers`,
        `${ranking.offers.length} offers are ranked; at most ${MAX_RANKED_OFFERS} can be`,
      );
    }
    const serviceOffers = this.#offers.filter((one) => one.kind === 'service');
    if (serviceOffers.length > MAX_SERVICE_OFFERS) {
      throw new RuleError(
        this.#place,
        `${ranking.partner} has ${serviceOffers.length} service offers; at most ${MAX_SERVICE_OFFERS} fit a strategy`,
      );
    }
    await this.#makeShape();
    const offers: PlannedOffer[] = [];
    for (const [index, offer] of ranking.offers.entries()) {
      try {
        offers.push(await this.#offer(offer, index));
      } catch (error) {
        const { onProblem } = this.#options;
        if (onProblem === undefined || !(error instanceof RuleError)) throw error;
        onProblem(error);
      }
    }
    await this.#options.database.run('plan', `DROP TABLE ${SHAPE}`);
    return {
      partner: ranking.partner,
      at: this.#options.at,
      topK: ranking.topK,
      minExpectedValue: ranking.minExpectedValue,
      maxPerFamily: ranking.maxPerFamily,
      contactPolicy: {
        maxExposures: ranking.contactPolicy.maxExposures,
        withinDays: ranking.contactPolicy.withinDays,
      },
      offers,
      families: this.#families(),
      serviceOffers: serviceOffers.map(({ offer, value }) => ({ offer, value })),
      sources: new Set([...ranking.sources.map((one) => one.source), ...this.#recorded()]),
      customerColumns: [...this.#customerColumns.values()],
      offerColumns: [...this.#offerColumns.values()],
      declared: this.#declared(),
    };
  }

  /** An empty table with every column that rules can name: what types are checked against. */
  async #makeShape(): Promise<void> {
    const columns = [...this.#columns.values()].map(
      (column) => `${name(column.name)} ${sqlType(column.type)}`,
    );
    await this.#options.database.run('plan', `CREATE OR REPLACE TEMP TABLE ${SHAPE} (${list(columns)})`);
  }

  #families(): ReadonlyMap<string, string> {
    const sales = this.#offers.filter((one) => one.kind === 'sales');
    return new Map(sales.map(({ offer, product }) => [offer, this.#familyOf(product)]));
  }

  #familyOf(product: string): string {
    return this.#products.get(product)?.family ?? product;
  }

  /** Customers' columns by name, those of other sources as `source.column`. */
  #declared(): ReadonlySet<string> {
    return new Set([
      ...this.#ranking.sources.flatMap(({ source, columns }) =>
        columns.map(({ column }) => (source === 'customers' ? column : `${source}.${column}`)),
      ),
      ...this.#recorded().flatMap((source) =>
        recordedColumns[source].map(({ column }) => `${source}.${column}`),
      ),
    ]);
  }

  #recorded(): readonly RecordedSource[] {
    return recordedSources.filter((source) => isRecorded(this.#ranking, source));
  }

  async #offer(ranked: RankedOfferSettings, index: number): Promise<PlannedOffer> {
    const place = `${this.#place}.offers[${index}]`;
    const configured = this.#offers.find((one) => one.offer === ranked.offer);
    if (configured === undefined) throw new RuleError(place, `${ranked.offer} is not in offers.yaml`);
    const product = this.#products.get(configured.product);
    const { rule } = ranked.eligibility;
    const ruleSql =
      rule === undefined
        ? undefined
        : await this.#rule(rule, `${place}.eligibility.rule`, { index, configured });
    this.#checkRegion(product, place);
    return {
      index,
      offer: ranked.offer,
      product: configured.product,
      family: this.#familyOf(configured.product),
      isMandatory: configured.mandatory,
      isAffiliate: configured.partner !== this.#ranking.partner,
      isProductOpen: isOpen(product, this.#options.at),
      regions: product?.regions ?? [],
      eligibility: ranked.eligibility,
      ruleSql,
      propensity: this.#propensity(ranked, index, place),
      value: await this.#value(ranked, `${place}.value`, { index, configured }),
      factor: ranked.contextWeight * ranked.lever,
    };
  }

  #checkRegion(product: Product | undefined, place: string): void {
    if ((product?.regions ?? []).length === 0 || this.#columns.has('region')) return;
    throw new RuleError(
      place,
      `product ${product?.product ?? ''} is sold in some regions only, but customers have no column region`,
    );
  }

  async #rule(rule: string, place: string, offer: OfferPlace): Promise<string> {
    const compiled = await this.#compiled(rule, place, offer);
    const type = await typeOf(this.#options.database, this.#overShape(compiled), { place, table: SHAPE });
    if (type !== 'BOOLEAN') throw new RuleError(place, `is a value of type ${type}, not a condition`);
    return compiled.sql;
  }

  async #value(ranked: RankedOfferSettings, place: string, offer: OfferPlace): Promise<PlannedValue> {
    const { value } = ranked;
    switch (value.kind) {
      case 'configured': {
        const { value: worth } = offer.configured;
        return { ...constantValue(worth), words: `${worth} (offers.yaml)`, npv: undefined };
      }
      case 'npv': {
        const npv = netPresentValue(value);
        const flows = `${npv.lines.length} cash flow${npv.lines.length === 1 ? '' : 's'}`;
        const words = `${npv.netPresentValue.toFixed(2)} (net present value of ${flows})`;
        return { ...constantValue(npv.netPresentValue), words, npv };
      }
      case 'column': {
        const column = this.#columns.get(value.column ?? '');
        if (column === undefined || (column.type !== 'decimal' && column.type !== 'integer')) {
          throw new RuleError(`${place}.column`, `${value.column ?? ''} is no column of numbers`);
        }
        this.#use(column, offer.index);
        return {
          constant: undefined,
          sql: `${name(baseName(column, offer.index))}::DOUBLE`,
          words: `column ${column.name}`,
          npv: undefined,
        };
      }
      case 'formula': {
        const formula = value.formula ?? '';
        const compiled = await this.#compiled(formula, `${place}.formula`, offer);
        const where = { place: `${place}.formula`, table: SHAPE };
        const type = await typeOf(this.#options.database, this.#overShape(compiled), where);
        if (!/^(DOUBLE|FLOAT|DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)/.test(type)) {
          throw new RuleError(where.place, `is a value of type ${type}, not a number`);
        }
        return {
          constant: undefined,
          sql: finite(`(${compiled.sql})::DOUBLE`),
          words: `formula ${formula}`,
          npv: undefined,
        };
      }
    }
  }

  #propensity({ propensity }: RankedOfferSettings, index: number, place: string): PlannedPropensity {
    const { kind, startingPropensity, startingEvidence } = propensity;
    if (kind === 'rate') return { kind, startingPropensity, startingEvidence };
    const settings = this.#options.settings.ranking.models.find((one) => one.model === propensity.model);
    if (settings === undefined) throw new RuleError(`${place}.propensity.model`, 'there is no such model');
    const { model } = settings;
    if (kind === 'onnx') {
      const features = settings.features.map((feature) => this.#feature(feature, model, index));
      return { kind, model, file: settings.onnxFile ?? '', features };
    }
    const logistic = this.#options.models(model);
    for (const { column } of logistic.features) this.#feature(column, model, index);
    return { kind, model, logistic };
  }

  /** The base column of a feature. */
  #feature(feature: string, model: string, index: number): string {
    const column = this.#columns.get(feature);
    if (column === undefined) {
      throw new ModelError(
        model,
        `its feature ${feature} is no column of the sources of ${this.#ranking.partner}`,
      );
    }
    this.#use(column, index);
    return baseName(column, index);
  }

  #use(column: PlanColumn, offer: number): void {
    if (column.scope === 'customer') this.#customerColumns.set(column.name, column);
    else this.#offerColumns.set(baseName(column, offer), { column, offer });
  }

  async #compiled(expression: string, place: string, offer: OfferPlace): Promise<CompiledExpression> {
    const { database } = this.#options;
    const compiled = await compileExpression(database, expression, { place, names: this.#names(offer) });
    for (const written of compiled.columns) {
      const column = this.#columns.get(written);
      if (column !== undefined) this.#use(column, offer.index);
    }
    return compiled;
  }

  #names({ index, configured }: OfferPlace): NameResolver {
    const product = this.#products.get(configured.product);
    const constants = new Map<string, string>([
      [TODAY, `DATE ${text(new Date(this.#options.at).toISOString().slice(0, 10))}`],
      ['product.product', text(configured.product)],
      ['product.name', text(product?.name ?? '')],
      ['product.family', text(this.#familyOf(configured.product))],
    ]);
    return {
      known: [...this.#columns.keys(), ...productColumns, TODAY],
      resolve: (written) => {
        const column = this.#columns.get(written);
        return column === undefined ? constants.get(written) : name(baseName(column, index));
      },
    };
  }

  /** History columns have the offer in their name in the base table, but not in the shape. */
  #overShape({ sql, columns }: CompiledExpression): string {
    return columns
      .flatMap((written) => this.#columns.get(written) ?? [])
      .filter((column) => column.scope === 'offer')
      .reduce(
        (here, column) => here.replaceAll(new RegExp(`"${column.name}#\\d+"`, 'g'), name(column.name)),
        sql,
      );
  }
}

function constantValue(value: number): { readonly constant: number; readonly sql: string } {
  const constant = Math.min(Math.max(value, 0), MOST_VALUE);
  return { constant, sql: double(constant) };
}

interface OfferPlace {
  readonly index: number;
  readonly configured: Offer;
}

/** DuckDB takes NaN for the greatest of all numbers: a value that is none would be the greatest value there may be. */
function finite(sql: string): string {
  return `CASE WHEN isfinite(${sql}) THEN ${sql} END`;
}

/** Active, and the day of the run (UTC) is within its dates, first and last included. */
function isOpen(product: Product | undefined, at: number): boolean {
  if (product === undefined || !product.active) return false;
  const day = Math.floor(at / DAY_MS) * DAY_MS;
  const from = product.availableFrom === undefined ? -Infinity : Date.parse(product.availableFrom);
  const until = product.availableUntil === undefined ? Infinity : Date.parse(product.availableUntil);
  return day >= from && day <= until;
}
