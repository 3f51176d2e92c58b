// What was learned of a customer since the ranking ran: dispositions and service alerts, laid over the strategy at every look-up until
// they expire. A ranking swaps strategies as a whole; what was learned stays on top of the new ones.
import type { RankedOffer } from './ranked-offer.js';

/** Why an offer is not made now, or is made first. */
export type LearnedReason = 'accepted' | 'held' | 'declined' | 'callback' | 'presented';

/** The offer is not made before `until`. */
export interface WithheldOffer {
  readonly effect: 'withheld';
  readonly offerCode: string;
  readonly reason: LearnedReason;
  /** Wall clock, milliseconds since the Unix epoch. */
  readonly at: number;
  /** Wall clock, in milliseconds. */
  readonly until: number;
}

/** The customer asked to be offered this between `from` and `until`: it goes ahead of the ranking then. Before `from` it is withheld. */
export interface BoostedOffer {
  readonly effect: 'boosted';
  readonly offerCode: string;
  readonly reason: 'callback';
  readonly at: number;
  readonly from: number;
  readonly until: number;
  /** 0..1; the ranked one counts where it is higher. */
  readonly propensity: number;
  /** In the partner's currency; what the ranking says counts where it says something. */
  readonly value: number;
}

export type LearnedOffer = WithheldOffer | BoostedOffer;

/** A service offer that answers an alert which is open on an account of the customer. */
export interface AlertedOffer {
  readonly offerCode: string;
  /** In the partner's currency. */
  readonly value: number;
}

/** All that holds of one customer now. A later revision replaces an earlier one as a whole. */
export interface Learned {
  readonly partner: string;
  /** The customer's reference at the partner. */
  readonly customer: string;
  /** Rises with every change in the records database; 0 for what no database has confirmed yet. */
  readonly revision: number;
  /** At most one entry an offer. */
  readonly offers: readonly LearnedOffer[];
  /** Undefined: what the ranking says of service alerts counts; empty: none is open any more. */
  readonly alerts: readonly AlertedOffer[] | undefined;
  /** Wall clock, in milliseconds, after which nothing of this holds. */
  readonly expiresAt: number;
}

/** An offer of the strategy that is not made now. */
export interface SuppressedOffer extends RankedOffer {
  readonly reason: LearnedReason;
  /** Wall clock, in milliseconds: when it was learned, and until when it holds. */
  readonly at: number;
  readonly until: number;
}
