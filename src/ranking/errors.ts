// Errors of the ranking. Rejected rows and ineligible customers are values; these end a run, and nothing is published.
import { AppError, errorMessage } from '../kernel/index.js';

/** Thrown when a source cannot be read at all: missing, unreadable, no such column. */
export class SourceError extends AppError {
  constructor(source: string, message: string, cause?: unknown) {
    super('RANKING_SOURCE', `source ${source}: ${message}`, { cause, fields: { source } });
  }
}

/** Thrown when there is a records database and it cannot be read: what was learned on calls would be missing. */
export class RecordedHistoryError extends AppError {
  constructor(partner: string, message: string, cause: unknown) {
    super(
      'RANKING_RECORDS',
      `what was learned on calls of ${partner} cannot be read: ${message}; without it offers would be made again that were declined. Mend the database, or leave it out with --without-records (for good: records in ranking.yaml)`,
      { cause, fields: { partner } },
    );
  }
}

/** Thrown when more rows of a source were rejected than its maxRejected. */
export class TooManyRejectedError extends AppError {
  constructor(source: string, rejected: number, options: { maxRejected: number; file: string | null }) {
    const { maxRejected, file } = options;
    const where = file === null ? '' : `; they are in ${file}`;
    super(
      'RANKING_TOO_MANY_REJECTED',
      `source ${source}: ${rejected} rows were rejected, maxRejected is ${maxRejected}${where}`,
      { fields: { source, rejected, maxRejected } },
    );
  }
}

/** Thrown when a rule or formula cannot be used: syntax, a column that is not there, something it may not do. */
export class RuleError extends AppError {
  constructor(place: string, message: string, cause?: unknown) {
    super('RANKING_RULE', `ranking.yaml: ${place}: ${message}`, {
      cause,
      fields: { place, problem: message },
    });
  }
}

/** Thrown when a propensity model that an offer needs is not there or cannot be used. */
export class ModelError extends AppError {
  constructor(model: string, message: string, cause?: unknown) {
    super('RANKING_MODEL', `model ${model}: ${message}`, { cause, fields: { model } });
  }
}

/** Thrown when a model is of kind onnx and the optional package that runs such models is not there or does not load. */
export class OnnxAbsentError extends AppError {
  constructor(model: string, message: string, cause?: unknown) {
    super('RANKING_ONNX_ABSENT', `model ${model}: ${message}`, { cause, fields: { model } });
  }
}

/** Thrown when DuckDB fails for another reason than a bad rule: no memory, no disk, a file that vanished. */
export class RankingEngineError extends AppError {
  constructor(what: string, message: string, cause?: unknown) {
    super('RANKING_ENGINE', `${what}: ${message}`, { cause });
  }
}

/** Thrown when a run was published (or, dry, ended) and what is kept of it cannot be written: no disk, no right to. */
export class ReportNotKeptError extends AppError {
  constructor(directory: string, generation: number | null, cause: unknown) {
    const outcome = generation === null ? '' : `published as generation ${generation}, but `;
    super(
      'RANKING_REPORT_NOT_KEPT',
      `${outcome}the run cannot be kept in ${directory}: ${errorMessage(cause)}`,
      {
        cause,
        fields: { generation },
      },
    );
  }
}

/** Thrown when a run is interrupted by its signal. */
export class RunInterruptedError extends AppError {
  constructor() {
    super('RANKING_INTERRUPTED', 'interrupted; nothing was published');
  }
}
