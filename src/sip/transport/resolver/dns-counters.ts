// What name resolution counts, for metrics.

export class DnsCounters {
  /** Questions put to DNS. */
  queries = 0;
  /** Questions that had records as answer. */
  answered = 0;
  /** Questions whose answer was that there is no such record. */
  negative = 0;
  /** Questions that DNS refused, or could not answer. */
  failed = 0;
  /** Questions without an answer in time. */
  timedOut = 0;
  /** Times that an answer that had run out served. */
  stale = 0;
  /** URIs whose targets were not found. */
  unresolved = 0;
}
