// Timer values of the transaction layer: RFC 3261 table 4, RFC 6026 7.1 (L) and 8.4 (M).

/** The base values, in milliseconds. */
export interface BaseTimers {
  /** Round-trip estimate. Default 500. */
  readonly t1: number;
  /** Longest interval between retransmissions of a non-INVITE request or an INVITE response. Default 4000. */
  readonly t2: number;
  /** Longest time a message stays in the network. Default 5000. */
  readonly t4: number;
}

export const defaultBaseTimers: BaseTimers = { t1: 500, t2: 4000, t4: 5000 };

/** What the shells start, in milliseconds, for one kind of transport. 0: the state is left at once. */
export interface TimerValues extends BaseTimers {
  readonly isReliable: boolean;
  /** Timers B, F, H, and the wait after a CANCEL (RFC 3261 9.1). */
  readonly patience: number;
  /** Timer D: at least 32 s over UDP, 0 over TCP. */
  readonly d: number;
  readonly i: number;
  readonly j: number;
  readonly k: number;
  /** Timers L and M run over every transport. */
  readonly l: number;
  readonly m: number;
}

export function timerValues(base: BaseTimers, isReliable: boolean): TimerValues {
  const patience = 64 * base.t1;
  return {
    ...base,
    isReliable,
    patience,
    d: isReliable ? 0 : patience,
    i: isReliable ? 0 : base.t4,
    j: isReliable ? 0 : patience,
    k: isReliable ? 0 : base.t4,
    l: patience,
    m: patience,
  };
}
