// A partner to rank in a temporary directory: settings in memory, sources as CSV, runs in this process, and what they would publish.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSettings, readTexts } from '../../src/config/load.js';
import type { FileText } from '../../src/config/load.js';
import { formatProblem, readEnvironment } from '../../src/config/index.js';
import type {
  Column,
  ModelSettings,
  Offer,
  PartnerRanking,
  Product,
  RankedOfferSettings,
  RankingSettings,
  Settings,
  SourceName,
} from '../../src/config/index.js';
import { makeDirectory } from '../../src/kernel/index.js';
import { RankingDatabase } from '../../src/ranking/database.js';
import { ModelError } from '../../src/ranking/errors.js';
import type { LogisticModel } from '../../src/ranking/model/logistic-model.js';
import { GATES } from '../../src/ranking/report/run-report.js';
import type { RankingGate, RunReport } from '../../src/ranking/report/run-report.js';
import { explainCustomer } from '../../src/ranking/run/explain-customer.js';
import type { CustomerExplanation } from '../../src/ranking/run/explain-customer.js';
import { rankPartner } from '../../src/ranking/run/rank-partner.js';
import type { RankPartnerOptions } from '../../src/ranking/run/rank-partner.js';
import { tableGlob } from '../../src/ranking/run/run-directory.js';
import { Stages } from '../../src/ranking/run/stages.js';
import { text } from '../../src/ranking/sql.js';
import { repositoryRoot } from './repository-root.js';
import type { Draft } from './router-settings.js';
import { StrategyRecorder } from './strategy-recorder.js';
import type { PublishedOffer, PublishedStrategy } from './strategy-recorder.js';

/** The partner whose customers are ranked, one of the shipped settings. */
export const PARTNER = 'acme';
/** The time of the run unless a test says another. */
export const AT = Date.parse('2026-11-26T12:00:00Z');

export type CellValue = string | number | boolean | null;
export type TableRow = Readonly<Record<string, CellValue | undefined>>;

/** Further columns of a source, beside those that the ranking itself needs. */
export type ColumnTypes = Readonly<Record<string, Column['type'] | Draft<Omit<Column, 'column'>>>>;

export interface Table {
  readonly columns?: ColumnTypes;
  readonly rows: readonly TableRow[];
}

export interface BenchOffer extends Draft<Omit<RankedOfferSettings, 'offer'>> {
  /** What offers.yaml says of it; the product is named like the offer unless it says another. */
  readonly configured?: Draft<Omit<Offer, 'offer' | 'presentations' | 'url' | 'name'>>;
}

type SourceDraft = Draft<PartnerRanking['sources'][number]>;
/** Undefined takes a key away, such as the file of a source that is a query. */
export type SourceChange = { readonly [key in keyof SourceDraft]?: SourceDraft[key] | undefined };

export interface BenchOptions {
  /** By code, in configured order. */
  readonly offers: Readonly<Record<string, BenchOffer>>;
  /** Further offers of the partner that are not ranked, such as service offers, with their values. */
  readonly unranked?: Readonly<
    Record<string, Draft<Omit<Offer, 'offer' | 'presentations' | 'url' | 'name'>>>
  >;
  /** By id; those of offers that are not here are open everywhere. */
  readonly products?: Readonly<Record<string, Draft<Omit<Product, 'product' | 'name'>>>>;
  readonly ranking?: Draft<Omit<PartnerRanking, 'partner' | 'sources' | 'offers'>>;
  readonly tables: Partial<Readonly<Record<SourceName, Table>>>;
  /** Changes of sources, such as maxRejected. */
  readonly sources?: Partial<Readonly<Record<SourceName, SourceChange>>>;
  readonly models?: Readonly<Record<string, LogisticModel>>;
  readonly onnxModels?: Readonly<Record<string, Draft<Omit<ModelSettings, 'model' | 'partner' | 'kind'>>>>;
  readonly run?: Draft<RankingSettings['run']>;
  readonly controlArmPercent?: number;
  /** Partners of the shipped settings. */
  readonly affiliates?: readonly string[];
}

/** A row of the full ranking table. */
export interface KeptRow {
  readonly customer: string;
  readonly flags: number;
  /** Null: ranked. */
  readonly gates: Readonly<Record<string, RankingGate | null>>;
  readonly ranked: readonly (PublishedOffer & { readonly expectedValue: number })[];
}

export interface BenchRun {
  readonly report: RunReport;
  readonly strategies: ReadonlyMap<string, PublishedStrategy>;
  readonly kept: ReadonlyMap<string, KeptRow>;
}

export type RunChange = Partial<
  Pick<RankPartnerOptions, 'at' | 'signal' | 'publisher' | 'sampleShare' | 'queries' | 'records' | 'models'>
> & {
  readonly threads?: number;
  readonly partitionRows?: number;
  readonly onProgress?: ConstructorParameters<typeof Stages>[1];
};

const ownColumns: Readonly<Record<SourceName, ColumnTypes>> = {
  customers: { customer: 'text' },
  phones: { customer: 'text', phone: 'text' },
  accounts: { account: 'text', customer: 'text' },
  exposures: { customer: 'text', offer: 'text', at: 'timestamp' },
  purchases: { customer: 'text', product: 'text' },
  serviceAlerts: { account: 'text' },
};

export class RankingBench {
  readonly directory = mkdtempSync(join(tmpdir(), 'proffer-ranking-'));
  readonly dataDir = join(this.directory, 'data');
  readonly #options: BenchOptions;

  /** Phones that are not given are one a customer, in the order of the customers, from +15550000000. */
  constructor(options: BenchOptions) {
    this.#options = options;
    makeDirectory(this.dataDir);
    for (const [source, table] of this.#tables()) this.write(source, csvOf(table, ownColumns[source]));
  }

  /** Puts a text in place of the file of a source. */
  write(source: SourceName, content: string | Uint8Array): void {
    writeFileSync(this.fileOf(source), content);
  }

  fileOf(source: SourceName): string {
    return join(this.directory, `${source}.csv`);
  }

  /** @throws Error with what the settings check says */
  settings(run: Draft<RankingSettings['run']> = {}): Settings {
    const texts = readTexts(join(repositoryRoot, 'config'));
    const asText = (file: string, value: unknown) => ({ file, text: JSON.stringify(value) });
    const result = parseSettings(
      {
        ...texts,
        partners: this.#withAffiliates(texts.partners),
        offers: asText('offers.yaml', this.offersSettings()),
        ranking: asText('ranking.yaml', this.rankingSettings(run)),
      },
      readEnvironment({ PROFFER_DATA_DIR: this.dataDir }),
    );
    if (!result.ok) throw new Error(result.problems.map((one) => formatProblem(one)).join('\n'));
    const { controlArmPercent } = this.#options;
    if (controlArmPercent === undefined) return result.settings;
    const partners = result.settings.partners.partners.map((one) => ({ ...one, controlArmPercent }));
    return { ...result.settings, partners: { ...result.settings.partners, partners } };
  }

  #withAffiliates(partners: FileText): FileText {
    const { affiliates } = this.#options;
    if (affiliates === undefined || !('text' in partners)) return partners;
    const at = `  - partner: ${PARTNER}\n`;
    return {
      ...partners,
      text: partners.text.replace(at, `${at}    affiliates: [${affiliates.join(', ')}]\n`),
    };
  }

  offersSettings(): Draft<Settings['offers']> {
    const { offers, unranked = {}, products = {} } = this.#options;
    const presentations = [{ presentation: 'agent', kind: 'agent', destinations: ['east/acme-sales'] }];
    const url = 'https://scripts.example.com/offer';
    const all = [
      ...Object.entries(offers).map(([offer, { configured = {} }]) => ({
        offer,
        partner: PARTNER,
        product: offer,
        value: 100,
        ...configured,
      })),
      ...Object.entries(unranked).map(([offer, one]) => ({
        offer,
        partner: PARTNER,
        product: offer,
        value: 100,
        ...one,
      })),
    ];
    const named = new Set([...all.map((one) => one.product), ...Object.keys(products)]);
    return {
      products: [...named].map((product) => ({ product, name: `Product ${product}`, ...products[product] })),
      offers: all.map((one) => ({ name: `Offer ${one.offer}`, url, presentations, ...one })),
    } as Draft<Settings['offers']>;
  }

  rankingSettings(run: Draft<RankingSettings['run']> = {}): Draft<RankingSettings> {
    const { offers, ranking = {}, models = {}, onnxModels = {} } = this.#options;
    const unused = { file: 'unused.csv', columns: [{ column: 'label', type: 'text' as const }] };
    return {
      run: { memoryLimitMb: 256, ...this.#options.run, ...run },
      models: [
        ...Object.keys(models).map((model) => ({ model, partner: PARTNER, label: 'label', data: unused })),
        ...Object.entries(onnxModels).map(([model, one]) => ({
          model,
          partner: PARTNER,
          kind: 'onnx' as const,
          ...one,
        })),
      ],
      rankings: [
        {
          country: 'US',
          ...ranking,
          partner: PARTNER,
          sources: this.#tables().map(([source, table]) => this.#sourceSettings(source, table)),
          offers: Object.entries(offers).map(([offer, { configured: _, ...ranked }]) => ({
            offer,
            ...ranked,
          })),
        },
      ],
    };
  }

  #sourceSettings(source: SourceName, { columns = {} }: Table): SourceDraft {
    const settings: SourceChange = {
      source,
      file: this.fileOf(source),
      columns: Object.entries({ ...ownColumns[source], ...columns }).map(([column, type]) =>
        typeof type === 'string' ? { column, type } : { column, ...type },
      ),
      ...this.#options.sources?.[source],
    };
    const there = Object.entries(settings).filter(([, value]) => value !== undefined);
    return Object.fromEntries(there);
  }

  /** One run, published into a recorder unless another publisher is given. */
  async rank(change: RunChange = {}): Promise<BenchRun> {
    const recorder = new StrategyRecorder();
    const database = await this.#open(change);
    try {
      const report = await rankPartner({
        ...this.#runOptions(database, change),
        dataDir: this.dataDir,
        sampleShare: change.sampleShare ?? 1,
        publisher: 'publisher' in change ? change.publisher : recorder,
      });
      const kept = await this.#kept(database, report);
      return { report, strategies: recorder.strategies, kept };
    } finally {
      database.close();
    }
  }

  async explain(customer: string, change: RunChange = {}): Promise<CustomerExplanation | undefined> {
    const database = await this.#open(change);
    try {
      return await explainCustomer({
        ...this.#runOptions(database, change),
        directory: this.directory,
        customer,
      });
    } finally {
      database.close();
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #open({ threads = 2, signal }: RunChange): Promise<RankingDatabase> {
    const directory = join(this.dataDir, 'rankings', 'work');
    return RankingDatabase.open({
      threads,
      memoryLimitMb: 512,
      directory,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #runOptions(database: RankingDatabase, change: RunChange) {
    const { models = {} } = this.#options;
    const { partitionRows, onProgress = () => undefined } = change;
    return {
      database,
      settings: this.settings(partitionRows === undefined ? {} : { partitionRows }),
      partner: PARTNER,
      at: change.at ?? AT,
      models:
        change.models ??
        ((model: string): LogisticModel => {
          const found = models[model];
          if (found === undefined) throw new ModelError(model, 'is not there');
          return found;
        }),
      queries: change.queries,
      records: change.records,
      workDirectory: database.directory,
      signal: change.signal,
      stages: new Stages(PARTNER, onProgress),
    };
  }

  async #kept(database: RankingDatabase, report: RunReport): Promise<ReadonlyMap<string, KeptRow>> {
    const directory = join(this.dataDir, 'rankings', PARTNER, report.runId);
    const result = await database.connection.runAndReadAll(
      `SELECT * FROM read_parquet(${text(tableGlob(directory))})`,
    );
    const offers = report.offers.map((one) => one.offer);
    return new Map(
      result.getRowObjects().map((row) => [String(row['customer']), keptRow(row, offers)] as const),
    );
  }

  #tables(): readonly (readonly [SourceName, Table])[] {
    const { tables } = this.#options;
    const phones: Table = tables.phones ?? {
      rows: (tables.customers?.rows ?? []).map(({ customer = null }, index) => ({
        customer,
        phone: `+${15_550_000_000 + index}`,
      })),
    };
    return Object.entries({ ...tables, phones }) as [SourceName, Table][];
  }
}

function keptRow(row: Readonly<Record<string, unknown>>, offers: readonly string[]): KeptRow {
  const ranked: KeptRow['ranked'][number][] = [];
  for (let rank = 1; typeof row[`offer_${rank}`] === 'string'; rank++) {
    ranked.push({
      offer: row[`offer_${rank}`] as string,
      propensity: Number(row[`propensity_${rank}`]),
      value: Number(row[`value_${rank}`]),
      expectedValue: Number(row[`expected_value_${rank}`]),
    });
  }
  const gateOf = (offer: string): RankingGate | null => GATES[Number(row[`gate.${offer}`]) - 1] ?? null;
  return {
    customer: String(row['customer']),
    flags: Number(row['flags']),
    gates: Object.fromEntries(offers.map((offer) => [offer, gateOf(offer)])),
    ranked,
  };
}

function csvOf({ columns = {}, rows }: Table, own: ColumnTypes): string {
  const names = Object.keys({ ...own, ...columns });
  const cell = (value: CellValue | undefined): string =>
    value === null || value === undefined
      ? ''
      : typeof value === 'string'
        ? `"${value.replaceAll('"', '""')}"`
        : String(value);
  return `${[names.join(','), ...rows.map((row) => names.map((name) => cell(row[name])).join(','))].join('\n')}\n`;
}
