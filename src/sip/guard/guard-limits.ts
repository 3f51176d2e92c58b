// Bounds on what one source may ask of us before anything of it is read.

export interface GuardLimits {
  /** The time over which messages and INVITEs are counted, in milliseconds. Default 2000. */
  readonly windowMs: number;
  /** Messages of one source in a window; above it the source is not heard. 0: no limit, the default. */
  readonly messagesPerWindow: number;
  /** New INVITEs of one source in a window; those above it get 503. 0: no limit, the default. */
  readonly invitesPerWindow: number;
  /** Server transactions that one source may have open; a new request above it gets 503. 0: no limit, the default. */
  readonly openTransactions: number;
  /** A source that sent too much is heard again when it has kept below its limit for so long. Default 10,000 ms. */
  readonly quietMs: number;
  /** Sources that are remembered; those not heard of for longest are forgotten. Default 16,384. */
  readonly sources: number;
  /** For how long a source that proved its address counts as proved, since its last proof. Default 600,000 ms. */
  readonly provedMs: number;
  /** Whether what goes to a UDP source that is not let in is held to the bytes that came from it. Default true. */
  readonly isMetered: boolean;
}

export const defaultGuardLimits: GuardLimits = {
  windowMs: 2000,
  messagesPerWindow: 0,
  invitesPerWindow: 0,
  openTransactions: 0,
  quietMs: 10_000,
  sources: 16_384,
  provedMs: 600_000,
  isMetered: true,
};
