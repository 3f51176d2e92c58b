// What every form of `proffer rank` begins with: settings, partners, the database of the run, an end by Ctrl-C.
import { join } from 'node:path';
import type { Environment, Settings } from '../config/index.js';
import { didYouMean } from '../config/index.js';
import { AppError } from '../kernel/index.js';
import { ModelError, RankingDatabase, readModel } from '../ranking/index.js';
import type { LogisticModel, QueryExport } from '../ranking/index.js';
import { PostgresExport } from '../records/index.js';
import type { RankOptions } from './rank-options.js';
import { RankingRecords } from './ranking-records.js';
import { readSettings } from './read-settings.js';

/** Thrown when a partner that is named has no ranking, or no ranking is configured. */
export class NoRankingError extends AppError {
  constructor(message: string) {
    super('NO_RANKING', message);
  }
}

export interface RankSession {
  readonly settings: Settings;
  readonly environment: Environment;
  /** In the order of ranking.yaml, or as named. */
  readonly partners: readonly string[];
  readonly database: RankingDatabase;
  readonly workDirectory: string;
  readonly models: (model: string) => LogisticModel;
  readonly queries: QueryExport | undefined;
  /** Undefined with --without-records. */
  readonly records: RankingRecords | undefined;
  readonly signal: AbortSignal;
}

/** Opens a session, has `work` done with it, and closes it whatever happens. @throws SettingsError, NoRankingError */
export async function withRanking<T>(
  named: readonly string[],
  options: RankOptions,
  work: (session: RankSession) => Promise<T>,
): Promise<T> {
  const { settings, environment } = readSettings(options.config);
  const partners = partnersOf(named, settings);
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const { run } = settings.ranking;
  const database = await RankingDatabase.open({
    threads: options.threads ?? run.threads,
    memoryLimitMb: run.memoryLimitMb,
    directory: join(environment.dataDir, 'rankings', 'work'),
    signal: controller.signal,
  });
  const records = options.withoutRecords === true ? undefined : new RankingRecords(environment);
  try {
    return await work({
      settings,
      environment,
      partners,
      database,
      workDirectory: database.directory,
      models: (model) => trained(model, settings, environment),
      queries: queriesOf(environment),
      records,
      signal: controller.signal,
    });
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    database.close();
    await records?.close();
  }
}

function partnersOf(named: readonly string[], settings: Settings): readonly string[] {
  const known = settings.ranking.rankings.map((one) => one.partner);
  if (known.length === 0) {
    throw new NoRankingError(
      'ranking.yaml has no rankings; there is nothing to rank (docs/ranking.md shows how)',
    );
  }
  const missing = named.find((one) => !known.includes(one));
  if (missing !== undefined) {
    const hint = didYouMean(missing, known) || `; there are ${known.join(', ')}`;
    throw new NoRankingError(`ranking.yaml has no ranking of partner ${JSON.stringify(missing)}${hint}`);
  }
  return named.length === 0 ? known : named;
}

function trained(model: string, settings: Settings, environment: Environment): LogisticModel {
  const found = settings.ranking.models.find((one) => one.model === model);
  if (found === undefined) throw new ModelError(model, 'is not among the models of ranking.yaml');
  return readModel(environment.dataDir, found);
}

function queriesOf({ databaseUrl }: Environment): QueryExport | undefined {
  return databaseUrl === undefined ? undefined : new PostgresExport(databaseUrl);
}
