// Whoever waits for the database at an edge gets its word or a failure by a deadline.
import { withDeadline } from '../kernel/index.js';
import type { Clock } from '../kernel/index.js';
import { RecordsUnavailableError } from './errors.js';

/** @throws what `work` rejects with; RecordsUnavailableError after `ms` milliseconds, whatever comes of `work` then */
export function byDeadline<Result>(clock: Clock, ms: number, work: Promise<Result>): Promise<Result> {
  return withDeadline(
    clock,
    ms,
    work,
    () => new RecordsUnavailableError(`the database did not answer within ${ms} ms`),
  );
}
