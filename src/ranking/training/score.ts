// Propensities of rows: by the weights of a fit, or by a model as it is written to its file. The latter is the plain reference
// for every other way of scoring.
import type { CategoricalFeature, LogisticModel, NumericFeature } from '../model/logistic-model.js';
import { RowReader } from './encoding.js';
import type { Encoding } from './encoding.js';
import { MissingFeatureError } from './errors.js';
import { logitOf } from './fit.js';
import { scaled, sigmoid } from './platt.js';
import type { FeatureTable, RowNumbers } from './training-table.js';

/** Logits of the rows, before calibration. */
export function logitsOf(encoding: Encoding, weights: Float64Array, rows: RowNumbers): Float64Array {
  const reader = new RowReader(encoding);
  return Float64Array.from(rows, (row) => {
    reader.read(row);
    return logitOf(reader, weights);
  });
}

/**
 * Propensities of the rows of a table, calibrated.
 * @param rows default: all of them
 * @throws MissingFeatureError when the table lacks a column of the model, or has it in another kind
 */
export function scoreRows(model: LogisticModel, table: FeatureTable, rows?: RowNumbers): Float64Array {
  const terms = model.features.map((feature) =>
    feature.kind === 'numeric' ? numericTerm(feature, table) : categoricalTerm(feature, table),
  );
  const chosen = rows ?? Int32Array.from({ length: table.rowCount }, (_, i) => i);
  return Float64Array.from(chosen, (row) => {
    let logit = model.intercept;
    for (const term of terms) logit += term(row);
    return sigmoid(scaled(logit, model.calibration));
  });
}

type Term = (row: number) => number;

function numericTerm(feature: NumericFeature, table: FeatureTable): Term {
  const column = table.columns.find((one) => one.column === feature.column);
  if (column?.kind !== 'numeric') throw new MissingFeatureError(feature.column, 'a number');
  const { mean, standardDeviation, coefficient, missingCoefficient } = feature;
  return (row) => {
    const value = column.values[row] ?? NaN;
    return Number.isNaN(value) ? missingCoefficient : (coefficient * (value - mean)) / standardDeviation;
  };
}

function categoricalTerm(feature: CategoricalFeature, table: FeatureTable): Term {
  const column = table.columns.find((one) => one.column === feature.column);
  if (column?.kind !== 'categorical') throw new MissingFeatureError(feature.column, 'a text or boolean');
  const known = new Map(feature.levels.map(({ level, coefficient }) => [level, coefficient]));
  const coefficients = column.levels.map((level) => known.get(level) ?? 0);
  return (row) => {
    const code = column.codes[row] ?? -1;
    return code < 0 ? feature.missingCoefficient : (coefficients[code] ?? 0);
  };
}
