// What the API under /v1/generations tells: types alone, for the pages too.

export interface GenerationView {
  readonly partner: string;
  readonly generation: number;
  /** `current`: calls are decided by it; `retired`: kept for a way back; `loading`: being written, or left by a load that died. */
  readonly state: 'loading' | 'current' | 'retired';
  /** ISO 8601 */
  readonly createdAt: string;
  readonly retiredAt: string | null;
  readonly ageMs: number;
  readonly maxAgeMs: number | null;
  /** Older than its maxAge: no offer is made from it. */
  readonly isOutdated: boolean;
  /** Customers with a strategy. */
  readonly strategies: number;
  readonly phones: number;
  readonly sharedPhones: number;
  readonly recordBytes: number;
  readonly offers: readonly string[];
  /** Equal ones hold equal strategies. */
  readonly contentHash: string;
  readonly runId: string | null;
}

/** The latest publication that was asked for here. */
export interface PublicationView {
  readonly partner: string;
  readonly generation: number;
  readonly replaced: number | null;
  readonly by: string;
  readonly at: string;
  readonly state: 'running' | 'published' | 'refused';
  /** Look-ups of this router read it. */
  readonly isSeen: boolean;
  /** Why it was refused. */
  readonly message: string | null;
}

export interface GenerationsView {
  /** Where, for people. */
  readonly store: string;
  readonly generations: readonly GenerationView[];
  readonly publication: PublicationView | null;
}

export interface OfferChangeView {
  readonly offer: string;
  readonly a: number;
  readonly b: number;
  readonly gained: number;
  readonly lost: number;
  readonly firstInA: number;
  readonly firstInB: number;
}

export interface ComparisonView {
  readonly a: GenerationView;
  readonly b: GenerationView;
  /** Share of the numbers that was read, 0..1. */
  readonly share: number;
  readonly customers: number;
  readonly customersGone: number;
  readonly customersNew: number;
  readonly firstSame: number;
  readonly firstChanged: number;
  readonly rankingChanged: number;
  readonly unreadable: number;
  readonly offers: readonly OfferChangeView[];
  readonly moves: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly customers: number;
  }[];
}
