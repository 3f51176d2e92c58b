// Errors of training. A column that is of no use is a note; these end the training of one model, and its old file stays.
import { AppError } from '../../kernel/index.js';

/** Thrown when there is not enough to learn from: too few rows, too few takers, labels of one kind, no feature left. */
export class TrainingDataError extends AppError {
  constructor(model: string, message: string) {
    super('TRAINING_DATA', `model ${model}: ${message}`, { fields: { model } });
  }
}

/** Thrown when a fit does not settle, or the model has more coefficients than can be solved for. */
export class FitError extends AppError {
  constructor(message: string) {
    super('TRAINING_FIT', message);
  }
}

/** Thrown when a table lacks a column that a model looks at, or has it in another kind. */
export class MissingFeatureError extends AppError {
  constructor(column: string, wanted: string) {
    super('TRAINING_FEATURE', `the model needs the column ${column}, ${wanted}`, { fields: { column } });
  }
}

/** Thrown when a model file or report cannot be written. */
export class ModelWriteError extends AppError {
  constructor(file: string, message: string, cause: unknown) {
    super('TRAINING_WRITE', `${file}: ${message}`, { cause, fields: { file } });
  }
}
