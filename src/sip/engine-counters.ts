// What the engine counts, for metrics.

export class EngineCounters {
  /** Requests received, by method. Methods that we do not know are counted as OTHER. */
  readonly requestsIn = new Map<string, number>();
  /** Responses received, by status. */
  readonly responsesIn = new Map<number, number>();
  /** Requests sent as a user agent, by method. */
  readonly requestsOut = new Map<string, number>();
  /** Responses sent as a user agent, by status. */
  readonly responsesOut = new Map<number, number>();
  /** Messages that could not be read. */
  malformed = 0;
  /** New requests that got no answer because of where they came from. */
  screened = 0;
  /** Requests of known scanners. */
  spam = 0;
  /** Requests with the tags of a dialog that came from where its peer cannot be. */
  implausible = 0;
  /** Requests that the engine refused by itself, by status. */
  readonly refused = new Map<number, number>();
  /** INVITEs that no application answered in time. */
  unanswered = 0;
  /** 2xx that never got their ACK. */
  ackTimeouts = 0;
  /** Reliable provisional responses that never got their PRACK. */
  prackTimeouts = 0;
  /** Sessions that the engine refreshed by itself (RFC 4028). */
  sessionRefreshes = 0;
  /** Calls that were ended because nobody refreshed them, or a refresh failed. */
  sessionsExpired = 0;
}

export function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
