// What the API under /v1/reports, /v1/models and /v1/rankings reads of a running router: the records database on a connection of its own,
// so that a long question keeps no disposition waiting for one, and files of the data directory.
import type { Environment, Settings } from '../config/index.js';
import { didYouMean } from '../config/index.js';
import type {
  ModelSummaryView,
  ReportQuestion,
  ReportResult,
  ReportsOperations,
  RunSummaryView,
} from '../console/index.js';
import { openExistingRecords, RecordsUnavailableError } from '../records/index.js';
import type { ReportPeriod, Sql } from '../records/index.js';
import type { ModelReport, RunReport } from '../ranking/index.js';
import { ReportFiles } from './report-files.js';
import { reports } from './report-outputs.js';
import { endOf, momentOf, momentWords } from './report-period.js';

export interface ReportsParts {
  readonly settings: () => Settings;
  readonly environment: Pick<Environment, 'dataDir' | 'databaseUrl'>;
  /** Undefined where the records cannot be asked now. */
  readonly database: () => Sql | undefined;
  /** Default: opens a connection for the report, and closes it. For tests. */
  readonly ask?: <Result>(work: (database: Sql) => Promise<Result>) => Promise<Result>;
}

/** A report ends by then, in the database too where that is PostgreSQL. Shorter than a browser waits. */
const statementTimeoutMs = 12_000;
/** Of everybody together. */
const maxAtOnce = 2;

export function reportsOperations(parts: ReportsParts): ReportsOperations {
  const files = new ReportFiles(parts.environment.dataDir);
  const running = new Set<string>();
  return {
    report: async (question) => {
      const asked = periodOf(question, parts.settings());
      if ('kind' in asked) return asked;
      const { actor } = question;
      if (running.has(actor) || running.size >= maxAtOnce) return { kind: 'report-running' };
      running.add(actor);
      try {
        return await made(question, asked, parts);
      } finally {
        running.delete(actor);
      }
    },
    models: () => modelsOf(files, parts.settings()),
    model: (model) => files.model(model),
    rankings: (sees) => rankingsOf(files, sees),
    ranking: (partner, run) => files.run(partner, run),
  };
}

function periodOf(
  { from, to, partner }: ReportQuestion,
  { partners }: Settings,
): ReportPeriod | Exclude<ReportResult, { kind: 'report' }> {
  const first = from === undefined ? undefined : momentOf(from);
  const last = to === undefined ? undefined : momentOf(to);
  if (from !== undefined && first === undefined)
    return { kind: 'bad-period', message: `from: ${momentWords}` };
  if (to !== undefined && last === undefined) return { kind: 'bad-period', message: `to: ${momentWords}` };
  if (first !== undefined && last !== undefined && first.at >= endOf(last))
    return { kind: 'bad-period', message: `from: ${first.text} is after to: ${last.text}` };
  const known = partners.partners.map((one) => one.partner);
  if (partner !== undefined && !known.includes(partner)) {
    const hint = didYouMean(partner, known) || `; there are ${known.join(', ')}`;
    return { kind: 'unknown-partner', message: `partner: there is no ${partner}${hint}` };
  }
  return {
    from: first === undefined ? undefined : new Date(first.at),
    to: last === undefined ? undefined : new Date(endOf(last)),
    partner,
  };
}

/** @throws RecordsUnavailableError */
async function made(
  { report, from, to, partner }: ReportQuestion,
  period: ReportPeriod,
  parts: ReportsParts,
): Promise<ReportResult> {
  if (parts.database() === undefined) throw new RecordsUnavailableError('the records are not ready');
  const ask = parts.ask ?? ((work) => withConnection(parts.environment, work));
  const { json } = await ask((database) => reports[report](database, period, parts.settings()));
  const asked = { from: from ?? null, to: to ?? null, partner: partner ?? null };
  return { kind: 'report', report: { period: asked, ...json } };
}

async function withConnection<Result>(
  { dataDir, databaseUrl }: ReportsParts['environment'],
  work: (database: Sql) => Promise<Result>,
): Promise<Result> {
  const records = await openExistingRecords({ dataDir, databaseUrl, statementTimeoutMs });
  if (records === undefined) throw new RecordsUnavailableError('there are no records yet');
  try {
    return await work(records.database);
  } finally {
    // A statement that was given up may still hold its connection; nobody waits for it.
    void records.close().catch(() => undefined);
  }
}

async function modelsOf(files: ReportFiles, { ranking }: Settings): Promise<readonly ModelSummaryView[]> {
  const configured = new Map(ranking.models.map((one) => [one.model, one]));
  const names = new Set([...configured.keys(), ...(await files.models())]);
  const models: ModelSummaryView[] = [];
  for (const model of [...names].toSorted()) {
    const report = await files.model(model);
    const partner = configured.get(model)?.partner ?? report?.partner;
    if (partner === undefined) continue;
    const kind = configured.get(model)?.kind ?? null;
    models.push({ model, partner, kind, trained: report === undefined ? null : trainedOf(report) });
  }
  return models;
}

function trainedOf({ training, testMetrics, calibrationError }: ModelReport): ModelSummaryView['trained'] {
  const { auc, logLoss, brier, topDecileLift, rows } = testMetrics;
  const { trainedAt } = training;
  return {
    trainedAt,
    rows: training.rows,
    testRows: rows,
    auc,
    logLoss,
    brier,
    topDecileLift,
    calibrationError,
  };
}

async function rankingsOf(
  files: ReportFiles,
  sees: (partner: string) => boolean,
): Promise<readonly RunSummaryView[]> {
  const runs: RunSummaryView[] = [];
  for (const partner of (await files.rankedPartners()).filter(sees)) {
    for await (const { runId, report } of files.runs(partner))
      runs.push({ partner, runId, ended: report === undefined ? null : endedOf(report) });
  }
  return runs.toSorted((a, b) => b.runId.localeCompare(a.runId));
}

function endedOf(report: RunReport): RunSummaryView['ended'] {
  const { at, generation, isDryRun, customers, withOffers, firstExpectedValue, comparison } = report;
  return {
    at,
    generation,
    isDryRun,
    customers,
    withOffers,
    firstExpectedValue,
    firstChanged: comparison?.firstChanged ?? null,
    seconds: report.stages.reduce((sum, one) => sum + one.seconds, 0),
    rejected: report.sources.reduce((sum, one) => sum + one.rejected, 0),
  };
}
