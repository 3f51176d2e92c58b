// A decision: which offer (or none), which destinations in order, and why.
import type { Board, Destination } from '../callcenter/index.js';
import type { StrategyLookup } from '../offers/index.js';

/** Where a caller's number came from and how far it is believed. */
export type IdentityConfidence = 'none' | 'claimed' | 'trusted' | 'verified';

export type Identity =
  | {
      readonly kind: 'number';
      /** E.164 */
      readonly phone: string;
      /** `contact`: the partner's system said it. */
      readonly source: 'From' | 'P-Asserted-Identity' | 'digits' | 'contact';
      readonly confidence: Exclude<IdentityConfidence, 'none'>;
    }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'unparsable' };

/** The comparison arm of a customer: `control` always gets plain service. */
export type Arm = 'offer' | 'control' | 'none';

export interface DecisionInput {
  readonly decisionId: string;
  /** Partner id; the caller of `decide` has found it from the dialled number. */
  readonly partner: string;
  readonly identity: Identity;
  readonly lookup: StrategyLookup;
  readonly board: Board;
  /** Calls routed for an offer among the last ones, 0..1, for the diversion cap. */
  readonly divertedShare: number;
  /** Clock.now(), for the age of the board. */
  readonly now: number;
  /** 0..1, the same for the same caller (`seedOf`): spreads callers over equals by weight, each to the same place every time. */
  readonly seed: number;
}

/** One destination to try, in order. */
export interface RouteStep {
  /** A queue or program, or the partner's overflow URI. */
  readonly target:
    | { readonly kind: 'destination'; readonly destination: Destination }
    | { readonly kind: 'overflow'; readonly uri: string };
  /** Present when this step presents the offer; a step without one is plain service. */
  readonly offer: OfferOnCall | undefined;
}

/** The CTI data of an offer on a call. */
export interface OfferOnCall {
  readonly offerCode: string;
  readonly offerUrl: string;
  readonly kind: 'sales' | 'service';
  readonly presentation: string;
}

/** Names of the gates, in the order they are passed (design, section 5 step 5). */
export type GateName =
  | 'store'
  | 'identity'
  | 'kill-switch'
  | 'strategy-age'
  | 'service-first'
  | 'opt-out'
  | 'control-arm'
  | 'diversion-cap'
  | 'entitlement'
  | 'suppression'
  | 'confidence'
  | 'offer-kill-switch'
  | 'resources'
  | 'wait-cap'
  | 'skill'
  | 'arbitration';

export interface GateTrace {
  readonly gate: GateName;
  readonly passed: boolean;
  /** Words for people: `customer 81f2 opted out of offers`. */
  readonly detail: string;
}

/** One (offer, presentation, destination) that was weighed, or the gate that removed it. Plain service has no offerCode. */
export interface CandidateTrace {
  readonly offerCode: string | undefined;
  readonly presentation: string | undefined;
  /** Empty when the offer was removed as a whole, before its destinations were looked at. */
  readonly destination: string;
  readonly removedBy: GateName | undefined;
  /** What the gate found, where its name does not say it: `centre down`. */
  readonly removedWhy?: string | undefined;
  /** The customer asked to be offered this now. */
  readonly isBoosted?: true | undefined;
  readonly propensity: number | undefined;
  readonly offerValue: number | undefined;
  readonly conversion: number | undefined;
  /** Estimated wait, in seconds; undefined when unknown. */
  readonly waitSeconds: number | undefined;
  readonly patience: number | undefined;
  readonly cost: number | undefined;
  /** `propensity x offerValue x conversion x patience - cost`; undefined when removed before it was computed. */
  readonly value: number | undefined;
}

export interface Decision {
  readonly decisionId: string;
  readonly partner: string;
  /** Opaque customer reference, when one customer is known. */
  readonly customer: string | undefined;
  readonly generation: number | undefined;
  readonly arm: Arm;
  readonly offer: OfferOnCall | undefined;
  /**
   * Never empty: offer destinations, then service queues at other centres, then the overflow URI, and after it the service queues
   * that nobody staffs, whose centre is down, or that are in maintenance.
   */
  readonly steps: readonly RouteStep[];
  /** Why in one phrase: `offer`, `mandatory`, `service-alert`, or the name of the gate that led to plain service. */
  readonly reason: string;
  /**
   * Set when something failed and the fail-open ladder served: `store-failure`, `store-stale`, `strategy-outdated`, `board-stale`,
   * `deadline`.
   */
  readonly failOpen: readonly string[];
  readonly gates: readonly GateTrace[];
  readonly candidates: readonly CandidateTrace[];
}
