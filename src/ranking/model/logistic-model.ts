// A logistic regression as plain data: what `proffer train` writes and the ranking plan turns into SQL.
//
//   logit = intercept + sum over numeric features of coefficient x (x - mean) / standardDeviation
//                     + sum over categorical features of the coefficient of the level
//   propensity = 1 / (1 + exp(-(calibration.slope x logit + calibration.intercept)))
//
// A numeric value that is missing adds missingCoefficient and nothing else; a category that is missing adds missingCoefficient,
// one that training did not see adds 0.

/** Standardised so that coefficients compare: the odds ratio of one standard deviation is exp(coefficient). */
export interface NumericFeature {
  readonly kind: 'numeric';
  readonly column: string;
  readonly mean: number;
  /** Above 0. */
  readonly standardDeviation: number;
  readonly coefficient: number;
  readonly missingCoefficient: number;
}

export interface CategoricalFeature {
  readonly kind: 'categorical';
  readonly column: string;
  /** In order of their names; a boolean column has the levels `false` and `true`. */
  readonly levels: readonly { readonly level: string; readonly coefficient: number; readonly rows: number }[];
  readonly missingCoefficient: number;
}

export type ModelFeature = NumericFeature | CategoricalFeature;

/** The linear part of a model: all that scoring needs. */
export interface LogisticModel {
  readonly intercept: number;
  readonly features: readonly ModelFeature[];
  /** Platt scaling: 1 and 0 when there is none. */
  readonly calibration: { readonly slope: number; readonly intercept: number };
}

/** How a model came to be. Everything but `trainedAt` is the same whenever the same data is trained on. */
export interface TrainingRecord {
  /** ISO 8601 */
  readonly trainedAt: string;
  /** Rows and takers the final model was fitted on. */
  readonly rows: number;
  readonly positives: number;
  /** First and last time of the training window, ISO 8601, or row numbers from 1 where rows have no time. */
  readonly from: string;
  readonly until: string;
  /** SHA-256 over the columns, rows and labels, in hexadecimal. */
  readonly dataHash: string;
  /** The L2 penalty that cross-validation chose. */
  readonly penalty: number;
  readonly droppedColumns: readonly string[];
  /** The true share of takers that the intercept was corrected to; absent when it was not. */
  readonly populationRate?: number;
}

/** The content of DATA/models/ID.json. */
export interface ModelFile extends LogisticModel {
  readonly format: 'proffer-model';
  readonly version: 1;
  readonly kind: 'logistic';
  readonly model: string;
  readonly partner: string;
  readonly training: TrainingRecord;
}
