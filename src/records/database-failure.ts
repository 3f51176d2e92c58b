// What PostgreSQL and its client report, as errors of ours. SQLSTATE codes: PostgreSQL documentation, appendix A.
import { DatabaseError } from 'pg';
import { AppError, errorCode, errorMessage } from '../kernel/index.js';
import { QueryRefusedError, QueryStoppedError, RecordsUnavailableError } from './errors.js';

/** Connection, authorisation, database, resources, operator intervention, system: no fault of the query. */
const unavailableClasses = new Set(['08', '28', '3D', '53', '57', '58', 'XX']);
const queryCanceled = '57014';
/** Syntax error, a feature that is not there, a change inside a read-only transaction, a parameter ($1). */
const notOneQuery = new Set(['42601', '0A000', '25006', '08P01']);

/** Where a database is, for people: host, port and database of its URL. */
export function databasePlace(databaseUrl: string): string {
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname}:${port === '' ? '5432' : port}${pathname}`;
}

/** Anything that the client throws; `doing` completes "the database at ... broke off while". */
export function databaseFailure(error: unknown, place: string, doing: string): AppError {
  if (error instanceof AppError) return error;
  const state = error instanceof DatabaseError ? error.code : undefined;
  if (state === undefined) {
    return new RecordsUnavailableError(
      `the database at ${place} broke off while ${doing}: ${words(error)}`,
      error,
    );
  }
  if (state === queryCanceled) {
    return new QueryStoppedError(`the database at ${place} stopped the query: ${words(error)}`, error);
  }
  if (unavailableClasses.has(state.slice(0, 2)) && !notOneQuery.has(state)) {
    return new RecordsUnavailableError(
      `the database at ${place} failed while ${doing}: ${words(error)}`,
      error,
    );
  }
  const hint = notOneQuery.has(state)
    ? '; what can be exported is one SELECT, WITH, VALUES or TABLE that changes nothing'
    : '';
  return new QueryRefusedError(`the database at ${place} refused the query: ${words(error)}${hint}`, error);
}

/** A connection that could not be made. */
export function connectFailure(error: unknown, place: string): AppError {
  if (error instanceof DatabaseError) {
    return new RecordsUnavailableError(
      `the database at ${place} refused the connection: ${words(error)}`,
      error,
    );
  }
  const message = `the database at ${place} cannot be reached: ${words(error)}; check DATABASE_URL and the server`;
  return new RecordsUnavailableError(message, error);
}

/** Node reports a name with several addresses that all refuse by a code and no message. */
function words(error: unknown): string {
  return errorMessage(error) || (errorCode(error) ?? 'unknown error');
}
