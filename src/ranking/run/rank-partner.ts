// One ranking run of one partner: sources, gates, scores, the best K, published as one generation, told in a report.
import { join } from 'node:path';
import type { PartnerRanking, Settings } from '../../config/index.js';
import { RankingEngineError, ReportNotKeptError, RunInterruptedError } from '../errors.js';
import type { RankingPlan } from '../plan/ranking-plan.js';
import { baseSql } from '../plan/base-sql.js';
import { scoreSql, tableSql } from '../plan/score-sql.js';
import { loadReportPages } from '../report/pages.js';
import type { ReportPages } from '../report/pages.js';
import type { BestOffersReport, Comparison, RunReport } from '../report/run-report.js';
import { text } from '../sql.js';
import { writeBestOffers } from './best-offers.js';
import type { BestOfferWriter } from './best-offers.js';
import { compareRuns } from './compare-runs.js';
import { OnnxScores } from './onnx-scores.js';
import { prepare } from './prepare.js';
import type { Prepared, PrepareOptions } from './prepare.js';
import { partitionRows, smallerPartition } from './partition-size.js';
import type { PublishedRun, RunPublication, RunPublisher } from './publisher.js';
import { RunDirectory, tableGlob } from './run-directory.js';
import type { KeptRun } from './run-directory.js';
import { ScoreCounts } from './score-counts.js';
import { readExtraPhones, StrategyBatches } from './strategy-batches.js';

export interface RankPartnerOptions extends Omit<PrepareOptions, 'directory' | 'customer'> {
  readonly dataDir: string;
  /** Undefined: a dry run, which publishes nothing. */
  readonly publisher: RunPublisher | undefined;
  /** Undefined: the best offers are not written to the records. */
  readonly bestOffers?: BestOfferWriter | undefined;
}

const HOUR_MS = 3_600_000;

/**
 * Ranks the partner's customers. The generation that served before serves on whatever is thrown but ReportNotKeptError.
 * @throws RuleError, ModelError, SourceError, TooManyRejectedError, RankingEngineError, RunInterruptedError,
 *   ReportNotKeptError, and what publishing throws
 */
export async function rankPartner(options: RankPartnerOptions): Promise<RunReport> {
  const { settings, partner } = options;
  const runs = new RunDirectory(options.dataDir, partner);
  const previous = runs.published();
  const { runId, directory, tables } = runs.begin(Date.now());
  try {
    const ended = await published(options, { runs, previous, runId, directory, tables });
    keep(ended, { runs, directory, keepRuns: settings.ranking.run.keepRuns });
    return ended.report;
  } catch (error) {
    if (!(error instanceof ReportNotKeptError)) runs.abandon(directory);
    throw error;
  }
}

interface RunPlace {
  readonly runs: RunDirectory;
  readonly previous: KeptRun | undefined;
  readonly runId: string;
  readonly directory: string;
  readonly tables: string;
}

interface EndedRun {
  readonly report: RunReport;
  /** Loaded before the swap: what may be missing is found while nothing is published yet. */
  readonly pages: ReportPages;
}

/** The run itself, up to the swap. */
async function published(options: RankPartnerOptions, place: RunPlace): Promise<EndedRun> {
  const { database, settings, partner, stages } = options;
  const { previous, runId, directory, tables } = place;
  const prepared = await prepare({ ...options, directory, customer: undefined });
  const batches = new StrategyBatches(
    prepared.plan,
    controlArmPercent(settings, partner),
    await readExtraPhones(database),
  );
  const counts = new ScoreCounts(prepared.plan);
  const publication = await begin(options, { ranking: prepared.ranking, runId, batches });
  try {
    await score(prepared, { ...options, tables, publication, batches, counts });
    const comparison = await compared(prepared.plan, { options, previous, directory });
    const pages = await loadReportPages();
    throwIfInterrupted(options);
    const run = await stages.run('publish', () => commit(publication, options));
    const bestOffers = run === undefined ? null : await best(options, directory);
    const parts = { options, runId, batches, counts, published: run, comparison, bestOffers };
    const report = reportOf(prepared, parts);
    return { report, pages };
  } finally {
    await publication?.abort();
  }
}

/** From here on the run is published: nothing may say that it is not. */
function keep(
  { report, pages }: EndedRun,
  parts: { readonly runs: RunDirectory; readonly directory: string; readonly keepRuns: number },
): void {
  const { runs, directory, keepRuns } = parts;
  try {
    runs.finish(directory, report, pages.runReportHtml(report));
    runs.prune(keepRuns, report.runId);
  } catch (error) {
    throw new ReportNotKeptError(directory, report.generation, error);
  }
}

/** Against the run before; null when there is none, and for a sample. */
async function compared(
  plan: RankingPlan,
  parts: {
    readonly options: RankPartnerOptions;
    readonly previous: KeptRun | undefined;
    readonly directory: string;
  },
): Promise<Comparison | null> {
  const { options, previous, directory } = parts;
  const { report } = previous ?? {};
  if (previous === undefined || report === undefined || options.sampleShare < 1) return null;
  const { runId, directory: before } = previous;
  return options.stages.run('compare', () =>
    compareRuns(options.database, {
      plan,
      previous: { runId, tables: tableGlob(before), offers: report.offers },
      tables: tableGlob(directory),
    }),
  );
}

function throwIfInterrupted({ signal }: RankPartnerOptions): void {
  if (signal?.aborted === true) throw new RunInterruptedError();
}

/** What the router would take for the partner's control arm. */
export function controlArmPercent(settings: Settings, partner: string): number {
  const own = settings.partners.partners.find((one) => one.partner === partner)?.controlArmPercent;
  return own ?? settings.process.decision.controlArmPercent;
}

async function begin(
  { publisher }: RankPartnerOptions,
  parts: { readonly ranking: PartnerRanking; readonly runId: string; readonly batches: StrategyBatches },
): Promise<RunPublication | undefined> {
  const { ranking, runId, batches } = parts;
  return publisher?.begin(ranking.partner, {
    offers: batches.offerCodes,
    maxAgeMs: Math.round(ranking.maxAgeHours * HOUR_MS),
    keepRetired: ranking.keepRetired,
    runId,
  });
}

async function best(
  { database, settings, partner, stages, bestOffers }: RankPartnerOptions,
  directory: string,
): Promise<BestOffersReport | null> {
  if (bestOffers === undefined) return null;
  const tables = tableGlob(directory);
  const percent = controlArmPercent(settings, partner);
  return stages.run('best offers', () =>
    writeBestOffers(bestOffers, { database, partner, tables, controlArmPercent: percent }),
  );
}

interface ScoreParts extends RankPartnerOptions {
  readonly tables: string;
  readonly publication: RunPublication | undefined;
  readonly batches: StrategyBatches;
  readonly counts: ScoreCounts;
}

/** Partition by partition: scores in DuckDB, then the table, the counts and the strategies of it. */
async function score(prepared: Prepared, parts: ScoreParts): Promise<void> {
  const { database, stages, settings } = parts;
  const { plan, lastCid, customers } = prepared;
  const onnx = await OnnxScores.open(plan, database);
  const scored = { ...prepared.score, hasOnnx: onnx !== undefined };
  stages.tell('score', 0, lastCid);
  try {
    let partition = 0;
    let rows = partitionRows(plan, settings.ranking.run);
    for (let first = 1; first <= lastCid; partition++) {
      rows = await stages.measure('score', () => scoreFrom(first, rows));
      await stages.measure('keep table', () => keepTable(prepared, parts, partition));
      await stages.measure('count', () => parts.counts.add(database));
      await stages.measure('stage', () => stage(parts));
      first += rows;
      stages.tell('score', Math.min(first - 1, lastCid), lastCid);
    }
  } finally {
    await onnx?.close();
  }
  for (const one of ['score', 'keep table', 'count', 'stage']) stages.rows(one, customers);

  /** Makes `scored` of the customers from `first` on: as many as `rows`, or fewer when memory is short; returns how many. */
  async function scoreFrom(first: number, rows: number): Promise<number> {
    try {
      await database.run('base', baseSql(plan, first, first + rows - 1));
      await onnx?.score();
      await database.run('score', scoreSql(plan, scored));
      return rows;
    } catch (error) {
      const fewer = smallerPartition(rows, error);
      if (fewer === undefined) throw error;
      await database.run('score', 'DROP TABLE IF EXISTS scored');
      return scoreFrom(first, fewer);
    }
  }
}

async function keepTable(
  { plan }: Prepared,
  { database, tables }: ScoreParts,
  partition: number,
): Promise<void> {
  const file = join(tables, `part-${String(partition).padStart(5, '0')}.parquet`);
  await database.run(
    'keep table',
    // A dictionary of propensities, nearly all of them different, would only cost time.
    `COPY (${tableSql(plan)}) TO ${text(file)} (FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 100)`,
  );
}

async function stage({ database, batches, publication }: ScoreParts): Promise<void> {
  for await (const chunk of database.chunks('stage', batches.select)) {
    const batch = batches.take(chunk);
    if (batch === undefined) continue;
    const [refused] = publication?.addBatch(batch) ?? [];
    // Whatever the store may refuse was checked when the sources were read.
    if (refused !== undefined) throw new RankingEngineError('publish', `${refused.field} ${refused.reason}`);
  }
}

async function commit(
  publication: RunPublication | undefined,
  { stages }: RankPartnerOptions,
): Promise<PublishedRun | undefined> {
  const published = await publication?.commit((written, of) => stages.tell('publish', written, of));
  if (published !== undefined) stages.rows('publish', published.phones);
  return published;
}

function reportOf(
  prepared: Prepared,
  parts: {
    readonly options: RankPartnerOptions;
    readonly runId: string;
    readonly batches: StrategyBatches;
    readonly counts: ScoreCounts;
    readonly published: PublishedRun | undefined;
    readonly comparison: Comparison | null;
    readonly bestOffers: BestOffersReport | null;
  },
): RunReport {
  const { options, batches, counts, published } = parts;
  const { plan } = prepared;
  const { customers, withOffers, withServiceAlert, optedOut, controlArm, unreachable } = batches.counts;
  return {
    partner: plan.partner,
    runId: parts.runId,
    at: new Date(plan.at).toISOString(),
    generation: published?.generation ?? null,
    isDryRun: options.publisher === undefined,
    sampleShare: options.sampleShare,
    topK: plan.topK,
    minExpectedValue: plan.minExpectedValue,
    maxPerFamily: plan.maxPerFamily ?? null,
    customers,
    unreachable,
    phones: published?.phones ?? 0,
    sharedPhones: published?.sharedPhones ?? 0,
    withOffers,
    withServiceAlert,
    optedOut,
    controlArm,
    controlArmPercent: controlArmPercent(options.settings, plan.partner),
    firstExpectedValue: counts.firstExpectedValue,
    sources: prepared.sources,
    records: prepared.records,
    offers: counts.funnels(customers),
    propensityHistogram: counts.propensityHistogram,
    expectedValueHistogram: counts.expectedValueHistogram,
    comparison: parts.comparison,
    publication:
      published === undefined || options.publisher === undefined
        ? null
        : {
            store: options.publisher.describe(),
            contentHash: published.contentHash,
            recordBytes: published.recordBytes,
            verified: verifiedWords(published),
          },
    bestOffers: parts.bestOffers,
    stages: options.stages.times,
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    tableFiles: [tableGlob(join('rankings', plan.partner, parts.runId))],
  };
}

function verifiedWords({ verification, phones }: PublishedRun): string {
  const { records, sampled } = verification;
  return `${records} of ${phones} records counted, checksum agrees, ${sampled} records read back`;
}
