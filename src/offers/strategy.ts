// A strategy: what was worked out about one customer before the call, as the router reads it.
import type { SuppressedOffer } from './learned.js';
import type { RankedOffer } from './ranked-offer.js';

/** Facts about the customer that the gates look at. */
export interface StrategyFlags {
  /** Opted out of offers. */
  readonly optOut: boolean;
  /** A service alert is open on an account of the customer. */
  readonly serviceAlert: boolean;
  readonly hardship: boolean;
  readonly fraud: boolean;
  readonly complaint: boolean;
  /** Opted out of offers of other partners than the one called. */
  readonly affiliateOptOut: boolean;
}

/** The comparison arm that a ranking put a customer in: `control` gets plain service. */
export type AssignedArm = 'control' | 'offer';

export interface Strategy {
  readonly partner: string;
  /**
   * The customer's reference at the partner; opaque, not personal data. Empty where only an account is known, and that an alert is open
   * on it: then the strategy is of the service offer alone.
   */
  readonly customer: string;
  /** The published run that this was read from; 0: of none, an alert that the records told of. */
  readonly generation: number;
  readonly flags: StrategyFlags;
  /** Absent when the ranking assigned none: then the settings' percentage decides. */
  readonly arm?: AssignedArm;
  /** Best first; offers that answer a service alert may stand ahead of the sales. */
  readonly offers: readonly RankedOffer[];
  /** Offers of the ranking that are not made now for what was learned since (learned.ts). Absent: none. */
  readonly suppressed?: readonly SuppressedOffer[];
}

/** How old strategies are, and from which age on nothing may be offered by them. */
export interface StrategyAge {
  /** Since the ranking run, in milliseconds. */
  readonly ageMs: number;
  readonly maxAgeMs: number;
}

export function isOutdated({ ageMs, maxAgeMs }: StrategyAge): boolean {
  return ageMs > maxAgeMs;
}

/** What a look-up by partner and phone number says. A miss and a failure are different values. */
export type StrategyLookup =
  | {
      readonly kind: 'hit';
      readonly strategy: Strategy;
      /** Since it was read from the store. */
      readonly ageMs: number;
      /** Of the generation; absent when that may be of any age. */
      readonly strategyAge?: StrategyAge;
    }
  /** Several customers share the number; no customer-specific offer until digits single one out. */
  | {
      readonly kind: 'ambiguous';
      readonly customers: readonly string[];
      readonly generation: number;
      readonly ageMs: number;
    }
  | { readonly kind: 'miss' }
  /** The store is down or slow; what the cache still had serves. */
  | { readonly kind: 'stale'; readonly lookup: StaleLookup; readonly ageMs: number; readonly reason: string }
  | { readonly kind: 'failure'; readonly reason: string };

export type StaleLookup = Extract<StrategyLookup, { kind: 'hit' | 'ambiguous' | 'miss' }>;

/** What the router needs of a strategy store. Never throws or rejects, and never takes longer than its deadline. */
export interface StrategyReader {
  /**
   * The answer itself where it is at hand (a cache, a memory map), so that a call need not wait a turn; else a promise of it.
   * @param phone E.164, such as `+15550100001`
   */
  lookup(partner: string, phone: string): StrategyLookup | Promise<StrategyLookup>;
}
