// Port: reservations that several routers share (design, section 5 step 7). A router that has no ledger, or whose ledger is down,
// works with its own reservations alone.

/** One call on its way to a destination. */
export interface LedgerEntry {
  /** `Destination.id` */
  readonly destination: string;
  readonly decisionId: string;
  readonly partner: string;
}

/** Asks for one of the free servers of a destination. */
export interface Claim extends LedgerEntry {
  /** Free servers as the board sees them before anybody's reservation. */
  readonly free: number;
  /**
   * Other destinations of the centre that the same free servers serve, and how many of them: their reservations count too, each
   * destination at most so many.
   */
  readonly overlaps: readonly { readonly destination: string; readonly shared: number }[];
}

export type ClaimAnswer =
  | { readonly kind: 'granted' }
  /** All spoken for; `reserved` is what all routers hold there now. */
  | { readonly kind: 'taken'; readonly reserved: number }
  /** Not known in time: the caller goes on with what it knows by itself. */
  | { readonly kind: 'failure'; readonly reason: string };

export interface ReservationLedger {
  /** Never rejects, never takes longer than its deadline. A granted claim is a reservation until `release` or its lifetime's end. */
  claim(claim: Claim): Promise<ClaimAnswer>;
  /** Reserves without asking: the call goes there to wait. Returns at once; a failure is counted, not told. */
  note(entry: LedgerEntry): void;
  /** Ends a reservation early; unknown ones are ignored. Returns at once. */
  release(entry: Pick<LedgerEntry, 'destination' | 'decisionId'>): void;
  /** Reservations of other routers by destination, as last read; empty while unknown. */
  readonly others: ReadonlyMap<string, number>;
}
