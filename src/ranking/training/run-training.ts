// One model from its settings: rows loaded and checked in a database of their own, then trained on.
import { rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelSettings, RankingSettings } from '../../config/index.js';
import { makeDirectory } from '../../kernel/index.js';
import { RankingDatabase } from '../database.js';
import type { QueryExport } from '../sources/query-export.js';
import type { RecordedHistory } from '../sources/recorded-history.js';
import { TrainingDataError } from './errors.js';
import { trainModel } from './train-model.js';
import type { TrainedModel, TrainingOptions } from './train-model.js';
import { loadTrainingData } from './training-data.js';
import type { TrainingData } from './training-data.js';

export interface RunTrainingOptions extends Pick<
  TrainingOptions,
  'trainedAt' | 'isWalkForward' | 'blockRows'
> {
  readonly ranking: RankingSettings;
  /** PROFFER_DATA_DIR. */
  readonly dataDir: string;
  readonly queries: QueryExport | undefined;
  /** Undefined: what was learned on calls is left out. */
  readonly records: RecordedHistory | undefined;
  /** Ends the loading of rows. Fitting holds the process until it is done. */
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (stage: string, done: number, of: number) => void;
  /** Called when the rows are there and the database is closed again. */
  readonly onLoaded?: () => void;
}

/** @throws TrainingDataError, FitError, SourceError, TooManyRejectedError, RankingEngineError, RunInterruptedError */
export async function runTraining(
  settings: ModelSettings,
  options: RunTrainingOptions,
): Promise<TrainedModel> {
  if (/\.(report|previous)$/.test(settings.model)) {
    throw new TrainingDataError(
      settings.model,
      'a model whose id ends in .report or .previous would overwrite the files of another',
    );
  }
  options.onProgress('reading rows', 0, 1);
  const { table, dropped, notes } = await loadRows(settings, options);
  options.onProgress('reading rows', 1, 1);
  options.onLoaded?.();
  return trainModel(table, settings, { ...options, dropped, notes });
}

/** Rejected rows stay in DATA/models/ID.rejected; all else that loading wrote is removed. */
async function loadRows(
  settings: ModelSettings,
  { ranking, dataDir, queries, records, signal }: RunTrainingOptions,
): Promise<TrainingData> {
  const { threads, memoryLimitMb } = ranking.run;
  const directory = join(dataDir, 'models', `${settings.model}.rejected`);
  rmSync(directory, { recursive: true, force: true });
  makeDirectory(directory);
  const database = await RankingDatabase.open({
    threads,
    memoryLimitMb,
    directory: join(dataDir, 'rankings', 'work'),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    return await loadTrainingData(settings, {
      database,
      queries,
      records,
      directory,
      workDirectory: database.directory,
      signal,
      rankings: ranking.rankings,
    });
  } finally {
    database.close();
    removeIfEmpty(directory);
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // It holds rejected rows.
  }
}
