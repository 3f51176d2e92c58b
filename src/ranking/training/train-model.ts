// Training of one model from a table: split by time and customer, choose columns and penalty, fit, calibrate, test.
//
//   |-------------------- training window --------------------|------ test ------|
//   |  1  |  2  |  3  |  4  |  5  |  6  |   folds: train on 1..k, validate on k+1
//
// The test rows are looked at once, at the end. The model that is written is the one that was tested.
import type { ModelSettings } from '../../config/index.js';
import type { LogisticModel, ModelFile, TrainingRecord } from '../model/logistic-model.js';
import type { ModelReport, WalkForward } from '../report/model-report.js';
import { buildModel } from './build-model.js';
import { chooseCalibration } from './calibrate.js';
import { usefulColumns } from './choose-columns.js';
import type { DroppedColumn } from './choose-columns.js';
import { dataHash } from './data-hash.js';
import { encode } from './encoding.js';
import { TrainingDataError } from './errors.js';
import { fitLogistic } from './fit.js';
import { PENALTIES, searchPenalty } from './penalty-search.js';
import type { PenaltySearch } from './penalty-search.js';
import { priorShift } from './prior-correction.js';
import { testModel } from './test-model.js';
import { cutAt, splitAt, timeFolds } from './time-split.js';
import type { TimeSplit } from './time-split.js';
import { countPositives, labelsOf, timeWords } from './training-table.js';
import type { TrainingTable } from './training-table.js';
import { walkForward } from './walk-forward.js';

export type TrainingSettings = Pick<
  ModelSettings,
  'model' | 'partner' | 'testPercent' | 'windowRows' | 'folds' | 'populationRate'
>;

export type TrainingStage = 'cross-validation' | 'walk-forward';

export interface TrainingOptions {
  /** ISO 8601 */
  readonly trainedAt: string;
  /** Columns that were left out before the rows were read. */
  readonly dropped?: readonly DroppedColumn[];
  /** What reading the rows had to tell. */
  readonly notes?: readonly string[];
  /** Adds a walk-forward evaluation. */
  readonly isWalkForward?: boolean;
  /** Rows after which the walk-forward evaluation trains anew; default: a twentieth of its window. */
  readonly blockRows?: number;
  readonly onProgress?: (stage: TrainingStage, done: number, of: number) => void;
}

export interface TrainedModel {
  readonly file: ModelFile;
  readonly report: ModelReport;
}

export const MIN_ROWS = 200;
export const MIN_OF_EACH_LABEL = 20;

/** @throws TrainingDataError when there is not enough to learn from; FitError */
export function trainModel(
  table: TrainingTable,
  settings: TrainingSettings,
  options: TrainingOptions,
): TrainedModel {
  const window = windowOf(table, settings);
  const useful = usefulColumns(table, window.split.earlier);
  if (useful.kept.length === 0) {
    throw new TrainingDataError(settings.model, `no feature is left: ${listed(useful.dropped)}`);
  }
  const chosen: TrainingTable = { ...table, columns: useful.kept };
  const fitted = fitModel(chosen, window, { settings, options });
  const dropped = [...(options.dropped ?? []), ...useful.dropped];
  const training = trainingRecord(table, window, {
    settings,
    options,
    dropped,
    penalty: fitted.search.penalty,
  });
  const notes = [
    ...(options.notes ?? []),
    ...dropped.map(({ column, why }) => `${column} is not used: ${why}`),
    ...useful.warnings,
    ...windowNotes(window, settings),
    ...penaltyNotes(fitted.search),
    fitted.calibrationWords,
    ...correctionNotes(settings),
  ];
  const report = testModel({
    settings,
    training,
    table: chosen,
    split: window.split,
    model: fitted.asSampled,
    penalties: fitted.search.rows,
    notes,
  });
  const walk = walkOf(table, window, { settings, options, penalty: fitted.search.penalty });
  return {
    file: {
      format: 'proffer-model',
      version: 1,
      kind: 'logistic',
      model: settings.model,
      partner: settings.partner,
      training,
      ...fitted.corrected,
    },
    report: walk === null ? report : { ...report, walkForward: walk },
  };
}

interface TrainingWindow {
  /** First row of the window. */
  readonly from: number;
  /** First row of the test. */
  readonly testStart: number;
  readonly split: TimeSplit;
}

function windowOf(table: TrainingTable, settings: TrainingSettings): TrainingWindow {
  const { model, testPercent, windowRows } = settings;
  if (table.rowCount < MIN_ROWS) {
    throw new TrainingDataError(
      model,
      `${table.rowCount} rows with a label; training needs at least ${MIN_ROWS}`,
    );
  }
  const testStart = cutAt(table, Math.floor(table.rowCount * (1 - testPercent / 100)));
  const from = windowRows === undefined ? 0 : Math.max(0, testStart - windowRows);
  const split = splitAt(table, { from, cut: testStart, until: table.rowCount });
  checkEnough(table, split, model);
  return { from, testStart, split };
}

function checkEnough(table: TrainingTable, split: TimeSplit, model: string): void {
  const rows = split.earlier.length;
  const takers = countPositives(labelsOf(table, split.earlier));
  if (split.later.length === 0) {
    throw new TrainingDataError(model, 'all rows have the same time; there is nothing later to test on');
  }
  if (takers >= MIN_OF_EACH_LABEL && rows - takers >= MIN_OF_EACH_LABEL) return;
  const why =
    split.sameCustomer > 0
      ? `; ${split.sameCustomer} rows were left out because their customer is in the test rows as well; a smaller testPercent leaves more`
      : '';
  throw new TrainingDataError(
    model,
    `${takers} of ${rows} training rows took the offer; training needs at least ${MIN_OF_EACH_LABEL} who did and ${MIN_OF_EACH_LABEL} who did not${why}`,
  );
}

interface TrainingContext {
  readonly settings: TrainingSettings;
  readonly options: TrainingOptions;
}

interface FittedModel {
  /** At the rate of takers of the data, which the test rows share. */
  readonly asSampled: LogisticModel;
  /** At the rate of the population, when that is known to be another one. */
  readonly corrected: LogisticModel;
  readonly search: PenaltySearch;
  readonly calibrationWords: string;
}

function fitModel(
  table: TrainingTable,
  { from, testStart, split }: TrainingWindow,
  { settings, options }: TrainingContext,
): FittedModel {
  const folds = timeFolds(table, { from, until: testStart }, settings.folds);
  const fits = folds.length * PENALTIES.length + 1;
  let done = 0;
  const onFit = (): void => options.onProgress?.('cross-validation', ++done, fits);
  const search = searchPenalty(table, folds, onFit);
  const { scaling, words } = chooseCalibration(search.outOfTime);
  const encoding = encode(table, split.earlier);
  const { weights } = fitLogistic(encoding, split.earlier, table.labels, { penalty: search.penalty });
  onFit();
  const parts = { columns: table.columns, encoding, weights, scaling };
  const rate = countPositives(labelsOf(table, split.earlier)) / split.earlier.length;
  const { populationRate } = settings;
  const shift = populationRate === undefined ? 0 : priorShift(rate, populationRate);
  return {
    asSampled: buildModel({ ...parts, shift: 0 }),
    corrected: buildModel({ ...parts, shift }),
    search,
    calibrationWords: words,
  };
}

function trainingRecord(
  table: TrainingTable,
  { split }: TrainingWindow,
  made: TrainingContext & { readonly dropped: readonly DroppedColumn[]; readonly penalty: number },
): TrainingRecord {
  const rows = split.earlier;
  const { populationRate } = made.settings;
  return {
    trainedAt: made.options.trainedAt,
    rows: rows.length,
    positives: countPositives(labelsOf(table, rows)),
    from: timeWords(table, rows[0] ?? 0),
    until: timeWords(table, rows[rows.length - 1] ?? 0),
    dataHash: dataHash(table),
    penalty: made.penalty,
    droppedColumns: made.dropped.map(({ column }) => column),
    ...(populationRate === undefined ? {} : { populationRate }),
  };
}

function walkOf(
  table: TrainingTable,
  { testStart }: TrainingWindow,
  { settings, options, penalty }: TrainingContext & { readonly penalty: number },
): WalkForward | null {
  if (options.isWalkForward !== true) return null;
  const windowRows = settings.windowRows ?? testStart;
  const blockRows = options.blockRows ?? Math.max(1, Math.round(windowRows / 20));
  const onBlock = (done: number, of: number): void => options.onProgress?.('walk-forward', done, of);
  return walkForward(table, { testStart, windowRows, blockRows, penalty, onBlock });
}

function windowNotes({ split }: TrainingWindow, { windowRows }: TrainingSettings): readonly string[] {
  const notes: string[] = [];
  if (windowRows !== undefined) notes.push(`trained on the latest ${windowRows} rows before the test rows`);
  if (split.sameCustomer > 0) {
    notes.push(`${split.sameCustomer} training rows left out: their customer is in the test rows`);
  }
  return notes;
}

function penaltyNotes({ penalty, rows }: PenaltySearch): readonly string[] {
  if (rows.length === 0) return [`penalty ${penalty}: there is no fold with both labels to choose by`];
  const lowest = rows.reduce((best, row) => (row.logLoss < best.logLoss ? row : best));
  if (lowest.isChosen) return [];
  return [
    `penalty ${lowest.penalty} has a lower mean log loss over the folds than ${penalty}, but not on enough of them, or not on the latest`,
  ];
}

function correctionNotes({ populationRate }: TrainingSettings): readonly string[] {
  if (populationRate === undefined) return [];
  return [
    `propensities in use are corrected to a rate of takers of ${(100 * populationRate).toPrecision(3)} %; the figures here are at the rate of the data`,
  ];
}

function listed(dropped: readonly DroppedColumn[]): string {
  return dropped.map(({ column, why }) => `${column} ${why}`).join('; ');
}
