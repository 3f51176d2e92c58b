// Training of the models that are named, or of all: one after the other, each written or refused by itself.
import { didYouMean } from '../config/index.js';
import type { Environment, ModelSettings, Settings } from '../config/index.js';
import { AppError } from '../kernel/index.js';
import { modelReportText, runTraining, RunInterruptedError, writeModel } from '../ranking/index.js';
import type { ModelPaths, ModelReport } from '../ranking/index.js';
import { PostgresExport } from '../records/index.js';
import { failureLines } from './failure.js';
import { RankingRecords } from './ranking-records.js';
import { readSettings } from './read-settings.js';
import { TrainProgress } from './train-progress.js';

export interface TrainOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly walkForward?: boolean;
  readonly blockRows?: number;
  readonly withoutRecords?: boolean;
}

/** Thrown when a model that is named is not there or is not trained here, or there is none to train. */
export class NothingToTrainError extends AppError {
  constructor(message: string) {
    super('NOTHING_TO_TRAIN', message);
  }
}

interface Outcome {
  readonly model: string;
  readonly report?: ModelReport;
  /** Undefined when nothing was written. */
  readonly paths?: ModelPaths | undefined;
  readonly error?: unknown;
}

/** Sets `process.exitCode`. @throws SettingsError, NothingToTrainError */
export async function trainModels(named: readonly string[], options: TrainOptions): Promise<void> {
  const { settings, environment } = readSettings(options.config);
  const outcomes: Outcome[] = [];
  const models = chosen(named, settings.ranking.models);
  const records = options.withoutRecords === true ? undefined : new RankingRecords(environment);
  try {
    for (const model of models) {
      const outcome = await trainOne(model, { settings, environment, options, records });
      if (options.json !== true) print(outcome, outcomes.length > 0);
      outcomes.push(outcome);
      if (outcome.error instanceof RunInterruptedError) break;
    }
  } finally {
    await records?.close();
  }
  if (options.json === true) printJson(outcomes);
  process.exitCode = outcomes.every(({ error }) => error === undefined) ? 0 : 1;
}

function chosen(named: readonly string[], models: readonly ModelSettings[]): readonly ModelSettings[] {
  const trainable = models.filter(({ kind }) => kind === 'logistic');
  if (named.length === 0) {
    if (trainable.length > 0) return trainable;
    throw new NothingToTrainError('ranking.yaml has no model of kind logistic; there is nothing to train');
  }
  return named.map((name) => {
    const model = models.find((one) => one.model === name);
    if (model?.kind === 'logistic') return model;
    if (model !== undefined) {
      throw new NothingToTrainError(
        `model ${name} is of kind ${model.kind}: it is brought as a file, not trained`,
      );
    }
    const known = trainable.map((one) => one.model);
    const hint = didYouMean(name, known) || (known.length === 0 ? '' : `; there are ${known.join(', ')}`);
    throw new NothingToTrainError(`ranking.yaml has no model ${JSON.stringify(name)}${hint}`);
  });
}

async function trainOne(
  model: ModelSettings,
  parts: {
    readonly settings: Settings;
    readonly environment: Environment;
    readonly options: TrainOptions;
    readonly records: RankingRecords | undefined;
  },
): Promise<Outcome> {
  const { settings, environment, options, records } = parts;
  const { dataDir, databaseUrl } = environment;
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  // While a model is fitted nothing is open, and the signals end the process as they do by default.
  const letGo = (): void => {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  };
  const progress = new TrainProgress(model.model);
  try {
    const trained = await runTraining(model, {
      ranking: settings.ranking,
      dataDir,
      queries: databaseUrl === undefined ? undefined : new PostgresExport(databaseUrl),
      records,
      signal: controller.signal,
      trainedAt: new Date().toISOString(),
      isWalkForward: options.walkForward === true || options.blockRows !== undefined,
      ...(options.blockRows === undefined ? {} : { blockRows: options.blockRows }),
      onProgress: (stage, done, of) => progress.tell(stage, done, of),
      onLoaded: letGo,
    });
    const paths = options.dryRun === true ? undefined : await writeModel(dataDir, trained);
    return { model: model.model, report: trained.report, paths };
  } catch (error) {
    return { model: model.model, error };
  } finally {
    letGo();
    progress.stop();
  }
}

function print({ model, report, paths, error }: Outcome, isFurther: boolean): void {
  if (isFurther) process.stdout.write('\n');
  if (report === undefined) {
    for (const line of failureLines(error)) process.stderr.write(`${line}\n`);
    process.stderr.write(`${model}: was not trained; its file from before is untouched\n`);
    return;
  }
  const where =
    paths === undefined ? 'dry run: nothing was written' : `model:  ${paths.model}\nreport: ${paths.page}`;
  process.stdout.write(`${modelReportText(report)}\n\n${where}\n`);
}

function printJson(outcomes: readonly Outcome[]): void {
  const models = outcomes.map(({ model, report, paths, error }) =>
    report === undefined
      ? { model, error: failureLines(error).join('\n') }
      : { model, file: paths?.model ?? null, report },
  );
  process.stdout.write(`${JSON.stringify({ models }, null, 2)}\n`);
}
