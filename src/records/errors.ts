// Errors of the records database. None of them shows a password: of DATABASE_URL only host, port and database are named.
import { AppError } from '../kernel/index.js';

/** Thrown when the database cannot be reached or does not let us in, or when it goes away in the middle. */
export class RecordsUnavailableError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('RECORDS_UNAVAILABLE', message, { cause });
  }
}

/** Thrown before it is known whether the database works: a start, not a fault. */
export class RecordsStartingError extends RecordsUnavailableError {}

/** Thrown when the database refuses a query, or a query is none that can be exported. */
export class QueryRefusedError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('RECORDS_QUERY_REFUSED', message, { cause });
  }
}

/** Thrown when a query was stopped because it took too long, or was stopped in the database. */
export class QueryStoppedError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('RECORDS_QUERY_STOPPED', message, { cause });
  }
}

/** Thrown when the file that rows are written to cannot be written. */
export class ExportFileError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('RECORDS_EXPORT_FILE', message, { cause });
  }
}

/** Thrown when the database refuses a statement of ours: a broken promise, or data that a caller should have checked. */
export class StatementRefusedError extends AppError {
  /** SQLSTATE */
  readonly state: string;
  readonly constraint: string | undefined;

  constructor(state: string, constraint: string | undefined, cause: unknown) {
    // The server's message may quote values; it goes along as the cause and is not shown.
    super('RECORDS_STATEMENT_REFUSED', `the database refused a statement (SQLSTATE ${state})`, {
      cause,
      fields: { state, constraint },
    });
    this.state = state;
    this.constraint = constraint;
  }
}

/** Thrown when the tables of the database are of a newer Proffer, or a migration that ran is not the one of this Proffer. */
export class MigrationError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('RECORDS_MIGRATION', message, { cause });
  }
}
