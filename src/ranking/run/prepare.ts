// From sources to the tables that partitions are made of: the part of a run that scoring, explaining and dry runs share.
import type { PartnerRanking, Settings } from '../../config/index.js';
import type { RankingDatabase } from '../database.js';
import type { LogisticModel } from '../model/logistic-model.js';
import { factStatements } from '../plan/base-sql.js';
import { compilePlan } from '../plan/compile-plan.js';
import { historyStatements } from '../plan/history-sql.js';
import type { RankingPlan } from '../plan/ranking-plan.js';
import type { ScoreOptions } from '../plan/score-sql.js';
import type { RecordsReport, SourceReport } from '../report/run-report.js';
import { planColumns } from '../rules/columns.js';
import { loadSources } from '../sources/load-sources.js';
import type { QueryExport } from '../sources/query-export.js';
import type { RecordedHistory } from '../sources/recorded-history.js';
import { name, text } from '../sql.js';
import type { Stages } from './stages.js';

export interface PrepareOptions {
  readonly database: RankingDatabase;
  readonly settings: Settings;
  readonly partner: string;
  readonly at: number;
  readonly models: (model: string) => LogisticModel;
  readonly queries: QueryExport | undefined;
  /** Undefined: what was learned on calls is left out. */
  readonly records: RecordedHistory | undefined;
  /** Where rejected rows are written. */
  readonly directory: string;
  readonly workDirectory: string;
  readonly signal: AbortSignal | undefined;
  readonly stages: Stages;
  /** Ranks this customer only. */
  readonly customer: string | undefined;
  /** Ranks about this share of the customers, the same ones each time; 1: all. */
  readonly sampleShare: number;
}

export interface Prepared {
  readonly ranking: PartnerRanking;
  readonly plan: RankingPlan;
  readonly sources: readonly SourceReport[];
  readonly records: RecordsReport;
  readonly score: Omit<ScoreOptions, 'hasOnnx'>;
  /** The last row of `customers`, which partitions are cut from. */
  readonly lastCid: number;
  readonly customers: number;
}

/** @throws RuleError, ModelError, SourceError, TooManyRejectedError, RecordedHistoryError, RankingEngineError, RunInterruptedError */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const { database, settings, partner, stages } = options;
  const plan = await stages.run('plan', () => compilePlan(partner, options));
  const ranking = settings.ranking.rankings.find((one) => one.partner === partner);
  if (ranking === undefined) throw new RangeError(`no ranking of ${partner}`);
  const { sources, records } = await stages.run('load', () =>
    loadSources(ranking, { ...options, onSource: (source) => stages.tell(`load ${source}`) }),
  );
  stages.rows(
    'load',
    sources.reduce((sum, one) => sum + one.rows, 0),
  );
  // Rows have their numbers now. What keeps the order of rows runs on one thread; where order matters it is asked for.
  await database.run('prepare', 'SET preserve_insertion_order = false');
  const rates = await stages.run('prepare', async () => {
    for (const { what, sql } of historyStatements(plan)) await database.run(what, sql);
    const found = await ratesOf(plan, database);
    await drop(database, ['exposures', 'purchases', 'offer_history', 'family_history']);
    for (const { what, sql } of factStatements(plan, ranking)) await database.run(what, sql);
    await drop(database, ['phones', 'accounts', 'serviceAlerts']);
    await choose(options);
    return found;
  });
  const [customers = 0, lastCid = 0] = await database.numbers(
    'customers',
    'SELECT count(*), max(row) FROM customers',
  );
  stages.rows('prepare', customers);
  const score = { rates, columns: planColumns(ranking) };
  return { ranking, plan, sources, records, score, lastCid, customers };
}

/** Tables that were read for the last time make room for the next. */
async function drop(database: RankingDatabase, tables: readonly string[]): Promise<void> {
  for (const table of tables) await database.run('prepare', `DROP TABLE IF EXISTS ${name(table)}`);
}

/** Leaves the customers that are to be ranked. After the past was summed up: rates are those of all customers. */
async function choose({ database, customer, sampleShare }: PrepareOptions): Promise<void> {
  if (customer !== undefined) {
    await database.run('customers', `DELETE FROM customers WHERE customer <> ${text(customer)}`);
  }
  if (sampleShare < 1) {
    const most = Math.round(sampleShare * 1_000_000);
    await database.run('customers', `DELETE FROM customers WHERE hash(customer) % 1000000 >= ${most}`);
  }
}

/**
 * The propensity of offers of kind `rate`: the mean of a Beta distribution with the starting evidence as its prior,
 * (accepted + startingPropensity x startingEvidence) / (exposures + startingEvidence). Source: Gelman et al., Bayesian Data Analysis,
 * section 2.4.
 */
async function ratesOf(plan: RankingPlan, database: RankingDatabase): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<string, { readonly accepted: number; readonly exposures: number }>();
  if (plan.sources.has('exposures')) {
    const rows = await database.rows(
      'rates',
      'SELECT offer, sum(accepted), sum(exposures) FROM offer_history JOIN offer_families USING (code) GROUP BY offer',
    );
    for (const [offer, accepted, exposures] of rows) {
      counts.set(String(offer), { accepted: Number(accepted), exposures: Number(exposures) });
    }
  }
  const rates = new Map<number, number>();
  for (const { index, offer, propensity } of plan.offers) {
    if (propensity.kind !== 'rate') continue;
    const { accepted, exposures } = counts.get(offer) ?? { accepted: 0, exposures: 0 };
    const { startingPropensity, startingEvidence } = propensity;
    const evidence = exposures + startingEvidence;
    const rate =
      evidence === 0 ? startingPropensity : (accepted + startingPropensity * startingEvidence) / evidence;
    rates.set(index, Math.min(1, rate));
  }
  return rates;
}
