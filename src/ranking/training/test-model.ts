// The report of a model: what it does on the rows that it was not trained on.
import type { LogisticModel, TrainingRecord } from '../model/logistic-model.js';
import { MUCH_DRIFT } from '../report/model-report.js';
import type { ModelReport, PenaltyRow } from '../report/model-report.js';
import { coefficientRows } from './build-model.js';
import { calibrationBins, calibrationVerdict, expectedCalibrationError } from './calibration-bins.js';
import { driftOf } from './drift.js';
import { metricsOf, rocCurve } from './metrics.js';
import { scoreRows } from './score.js';
import type { TimeSplit } from './time-split.js';
import { labelsOf, timeWords } from './training-table.js';
import type { TrainingTable } from './training-table.js';

export interface TestInput {
  readonly settings: { readonly model: string; readonly partner: string };
  readonly training: TrainingRecord;
  readonly table: TrainingTable;
  /** What it was trained on, and what it is tested on. */
  readonly split: TimeSplit;
  readonly model: LogisticModel;
  readonly penalties: readonly PenaltyRow[];
  readonly notes: readonly string[];
}

export function testModel(input: TestInput): ModelReport {
  const { table, split, model, settings } = input;
  const labels = labelsOf(table, split.later);
  const propensities = scoreRows(model, table, split.later);
  const trainMetrics = metricsOf(scoreRows(model, table, split.earlier), labelsOf(table, split.earlier));
  const testMetrics = metricsOf(propensities, labels);
  const calibration = calibrationBins(propensities, labels);
  const drift = driftOf(table, split.earlier, split.later);
  const [most] = drift;
  return {
    model: settings.model,
    partner: settings.partner,
    training: input.training,
    testFrom: timeWords(table, split.later[0] ?? 0),
    testUntil: timeWords(table, split.later[split.later.length - 1] ?? 0),
    notes: input.notes,
    trainMetrics,
    testMetrics,
    calibration,
    calibrationError: expectedCalibrationError(calibration),
    calibrationVerdict: calibrationVerdict({
      bins: calibration,
      train: trainMetrics,
      test: testMetrics,
      drifted: most !== undefined && most.psi > MUCH_DRIFT ? `${most.column} (${most.change})` : null,
    }),
    coefficients: coefficientRows(model),
    drift,
    penalties: input.penalties,
    roc: rocCurve(propensities, labels),
  };
}
