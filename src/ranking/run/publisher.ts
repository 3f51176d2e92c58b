// The port to the strategy store: what a run needs to publish. src/strategy-store has it.

/** Strategies as columns; see the strategy store's StrategyBatch. */
export interface PublishedBatch {
  readonly count: number;
  readonly customers: readonly string[];
  /** E.164 digits, all rows one after the other; row i has `phones[phoneEnds[i - 1] ?? 0 .. phoneEnds[i])`. */
  readonly phones: Float64Array;
  readonly phoneEnds: Uint32Array;
  readonly flagBits: Uint8Array;
  /** 1: offer arm, 2: control arm. */
  readonly arms: Uint8Array;
  /** Columns that a row has in the next three. */
  readonly topK: number;
  readonly offerCounts: Uint8Array;
  /** Index into the offers given to `begin`. */
  readonly offers: Uint16Array;
  readonly propensities: Float64Array;
  readonly values: Float64Array;
}

/** The generation that a run became. */
export interface PublishedRun {
  readonly generation: number;
  readonly phones: number;
  readonly sharedPhones: number;
  readonly recordBytes: number;
  readonly contentHash: string;
  readonly verification: { readonly records: number; readonly checksum: string; readonly sampled: number };
}

export interface RunPublication {
  addBatch(
    batch: PublishedBatch,
  ): readonly { readonly row: number; readonly field: string; readonly reason: string }[];
  /** @throws an AppError when the store is full, down or damaged; what served before serves on */
  commit(onProgress?: (written: number, of: number) => void): Promise<PublishedRun>;
  abort(): Promise<void>;
}

export interface RunPublisher {
  /** Such as `LMDB in ./data/strategies`. */
  describe(): string;
  /** @throws an AppError when another load of the partner is under way or the store is down */
  begin(
    partner: string,
    options: {
      readonly offers: readonly string[];
      readonly maxAgeMs: number;
      readonly keepRetired: number;
      readonly runId: string;
    },
  ): Promise<RunPublication>;
}
