// proffer rank: one run a partner, each published or refused by itself.
import { join } from 'node:path';
import {
  RankingDatabase,
  rankPartner,
  ReportNotKeptError,
  runReportText,
  RunInterruptedError,
  Stages,
} from '../ranking/index.js';
import type { RunPublisher, RunReport } from '../ranking/index.js';
import type { StrategyStore } from '../strategy-store/index.js';
import { failureLines } from './failure.js';
import type { RankOptions } from './rank-options.js';
import { RankProgress } from './rank-progress.js';
import { withRanking } from './rank-session.js';
import type { RankSession } from './rank-session.js';
import { openStore } from './strategies-session.js';

interface Outcome {
  readonly partner: string;
  readonly report?: RunReport;
  readonly error?: unknown;
}

/** Sets `process.exitCode`: 1 when a partner was not published, or the run not kept. @throws SettingsError, StoreOpenError, NoRankingError */
export async function rankAll(named: readonly string[], options: RankOptions): Promise<void> {
  await withRanking(named, options, async (session) => {
    const store = isDry(options) ? undefined : await openStore(session.settings, session.environment);
    const progress = new RankProgress();
    try {
      const outcomes: Outcome[] = [];
      for (const partner of session.partners) {
        outcomes.push(await rankOne(partner, { session, store, options, progress }));
        if (outcomes.at(-1)?.error instanceof RunInterruptedError) break;
      }
      progress.stop();
      print(outcomes, session, options);
      process.exitCode = outcomes.every(isWell) ? 0 : 1;
    } finally {
      progress.stop();
      await store?.close();
    }
  });
}

/** Published, and all that was to be written after it is. */
function isWell({ report }: Outcome): boolean {
  return report !== undefined && report.bestOffers?.state !== 'failed';
}

function isBestWanted(partner: string, { settings }: RankSession, { bestOffers }: RankOptions): boolean {
  const ranking = settings.ranking.rankings.find((one) => one.partner === partner);
  return bestOffers ?? ranking?.records.bestOffer ?? false;
}

function isDry({ dryRun, sample }: RankOptions): boolean {
  return dryRun === true || sample !== undefined;
}

async function rankOne(
  partner: string,
  parts: {
    readonly session: RankSession;
    readonly store: StrategyStore | undefined;
    readonly options: RankOptions;
    readonly progress: RankProgress;
  },
): Promise<Outcome> {
  const { session, store, options, progress } = parts;
  const { settings, environment } = session;
  let database: RankingDatabase | undefined;
  try {
    // A database a partner: nothing of one partner's data is near another's.
    database = await RankingDatabase.open({
      threads: options.threads ?? settings.ranking.run.threads,
      memoryLimitMb: settings.ranking.run.memoryLimitMb,
      directory: session.workDirectory,
      signal: session.signal,
    });
    const report = await rankPartner({
      database,
      settings,
      partner,
      at: options.at ?? Date.now(),
      models: session.models,
      queries: session.queries,
      records: session.records,
      workDirectory: database.directory,
      dataDir: environment.dataDir,
      signal: session.signal,
      sampleShare: options.sample ?? 1,
      stages: new Stages(partner, (one) => progress.tell(one)),
      publisher: store === undefined ? undefined : publisherOf(store),
      bestOffers: isBestWanted(partner, session, options) ? session.records : undefined,
    });
    return { partner, report };
  } catch (error) {
    return { partner, error };
  } finally {
    progress.stop();
    database?.close();
  }
}

function publisherOf(store: StrategyStore): RunPublisher {
  return {
    describe: () => store.describe(),
    begin: (partner, options) => store.writer.begin(partner, options),
  };
}

function print(outcomes: readonly Outcome[], session: RankSession, options: RankOptions): void {
  if (options.json === true) {
    const reports = outcomes.map(({ partner, report, error }) =>
      report === undefined ? { partner, error: failureLines(error).join('\n') } : report,
    );
    process.stdout.write(`${JSON.stringify({ reports }, null, 2)}\n`);
    return;
  }
  outcomes.forEach(({ partner, report, error }, index) => {
    if (index > 0) process.stdout.write('\n');
    if (report === undefined) {
      for (const line of failureLines(error)) process.stderr.write(`${line}\n`);
      if (!(error instanceof ReportNotKeptError))
        process.stderr.write(`${partner}: nothing was published; what was current before still serves\n`);
      return;
    }
    if (report.bestOffers?.state === 'failed') {
      const { problem } = report.bestOffers;
      process.stderr.write(
        `proffer: ${partner} is published; its best offers are not in the records: ${problem}\n`,
      );
    }
    const directory = join(session.environment.dataDir, 'rankings', partner, report.runId);
    process.stdout.write(`${runReportText(report)}\n\nreport: ${join(directory, 'report.html')}\n`);
  });
}
