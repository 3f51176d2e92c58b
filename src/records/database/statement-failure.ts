// What a statement of ours that fails means: the database is not to be had now, or the statement is wrong. SQLSTATE: PostgreSQL
// documentation, appendix A.
import { DatabaseError } from 'pg';
import { AppError, errorMessage } from '../../kernel/index.js';
import { RecordsUnavailableError, StatementRefusedError } from '../errors.js';

/** Connection, authorisation, database, transaction (rolled back, deadlock), resources, operator, system, configuration, internal. */
const unavailableClasses = new Set(['08', '28', '3D', '40', '53', '55', '57', '58', 'F0', 'XX']);
/** The server takes no changes: a standby, or read-only by its operator. */
const readOnly = '25006';

export function statementFailure(error: unknown, place: string): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof DatabaseError && error.code !== undefined) {
    const { code } = error;
    if (code !== readOnly && !unavailableClasses.has(code.slice(0, 2))) {
      return new StatementRefusedError(code, error.constraint, error);
    }
  }
  return new RecordsUnavailableError(
    `the database at ${place} does not serve: ${errorMessage(error)}`,
    error,
  );
}
