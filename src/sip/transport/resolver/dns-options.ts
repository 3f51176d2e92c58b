// Bounds of name resolution: how long it may take and how much it keeps.

export interface DnsOptions {
  /** DNS servers, `address` or `address:port`. Default none: those of the system, with /etc/hosts. */
  readonly servers: readonly string[];
  /** A call whose target is not found by then is not sent there. Default 2,000 ms. */
  readonly timeoutMs: number;
  /** Names kept, of each kind of record. Default 2,000. */
  readonly maxEntries: number;
  /** Names looked up at once; a further one is not looked up. Default 500. */
  readonly maxLookups: number;
  /** Time to live where nobody tells it: SRV, NAPTR, and what the system's resolver says. Default 60,000 ms. */
  readonly defaultTtlMs: number;
  /** Bounds on what records say. Defaults 1,000 ms and one hour. */
  readonly minTtlMs: number;
  readonly maxTtlMs: number;
  /** That a name has no record of a kind is believed so long. Default 15,000 ms. */
  readonly negativeTtlMs: number;
  /** After a failure the name is not asked for again so long. Default 5,000 ms. */
  readonly failureTtlMs: number;
  /** Answers that ran out serve so much longer when DNS does not answer (RFC 8767). Default 24 h. */
  readonly maxStaleMs: number;
  /** With such an answer in hand DNS gets this long to give a new one. Default 200 ms. */
  readonly staleAfterMs: number;
  /** A target that failed is tried last for so long. Default 30,000 ms. */
  readonly avoidMs: number;
}

export const defaultDnsOptions: DnsOptions = {
  servers: [],
  timeoutMs: 2000,
  maxEntries: 2000,
  maxLookups: 500,
  defaultTtlMs: 60_000,
  minTtlMs: 1000,
  maxTtlMs: 3_600_000,
  negativeTtlMs: 15_000,
  failureTtlMs: 5000,
  maxStaleMs: 86_400_000,
  staleAfterMs: 200,
  avoidMs: 30_000,
};
