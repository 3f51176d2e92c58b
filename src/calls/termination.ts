// How calls and attempts end. Every call ends with exactly one termination, decided where the failure happened.

export type CallResult = 'success' | 'client-error' | 'server-error' | 'upstream-error' | 'indeterminate';

export interface Termination {
  readonly result: CallResult;
  /** Stable word: `answered`, `redirected`, `cancelled`, `unknown-number`, `overload`, `no-destination`, ... */
  readonly reason: string;
}

/** What the final response of one destination means for the search. */
export type AttemptVerdict = 'answered' | 'next' | 'stop';

/**
 * 2xx ends the search well; 6xx ends it since the answer holds everywhere (RFC 3261 21.6); anything else tries the next one:
 * 3xx too, because the Contacts of a 3xx from a centre are not followed.
 */
export function verdictOf(status: number): AttemptVerdict {
  if (status >= 200 && status < 300) return 'answered';
  return status >= 600 ? 'stop' : 'next';
}

/** Whether the status means that nobody was there, as opposed to somebody who said no. */
export function isUnreachable(status: number): boolean {
  return status === 408 || (status >= 500 && status < 600);
}

/**
 * The status that the caller gets once every destination refused: a 6xx, else the lowest class (RFC 3261 16.7 step 6), with the
 * earlier one winning in a class. Challenges and redirections of our own centres mean nothing to the caller and become 503, so
 * that the trunk uses its next route.
 */
export function bestStatus(statuses: readonly number[]): number {
  const stop = statuses.find((status) => status >= 600);
  if (stop !== undefined) return stop;
  const refusals = statuses.filter((status) => !isUnreachable(status) && status >= 400);
  return refusals.find((status) => status !== 401 && status !== 407) ?? 503;
}

/** The termination of a call whose search ended with `status` without an answer. */
export function terminationOf(status: number): Termination {
  if (status === 487) return { result: 'client-error', reason: 'cancelled' };
  if (status >= 600) return { result: 'upstream-error', reason: 'declined-everywhere' };
  return { result: 'upstream-error', reason: isUnreachable(status) ? 'no-destination' : 'refused' };
}
