// A contact that is not a phone call: who it is, what is offered, where it goes, and what became of it.
import type { Medium } from '../decision/index.js';

export type ContactMedium = Exclude<Medium, 'call'>;
export type SaidConfidence = 'claimed' | 'trusted' | 'verified';

/** Who the partner's system says it is: by a phone number, by the customer's reference, by an account with its secret, or nobody. */
export interface ContactIdentity {
  /** E.164 */
  readonly phone?: string | undefined;
  readonly customer?: string | undefined;
  readonly account?: string | undefined;
  readonly secret?: string | undefined;
  /** How sure the partner's system is; its settings say how far it is believed. Default claimed. */
  readonly confidence?: SaidConfidence | undefined;
}

export interface ContactRequest {
  readonly partner: string;
  readonly medium: ContactMedium;
  readonly identity: ContactIdentity;
  /** Comes back among the pairs; kept nowhere. */
  readonly context: Readonly<Record<string, string>>;
  /** Who asks, for the record; nothing secret. */
  readonly source: string;
}

export type ContactTarget =
  | { readonly kind: 'page'; readonly url: string }
  /** A queue of a centre, as centre/queue with its SIP URI, or the name of another system's. */
  | { readonly kind: 'chat'; readonly queue: string; readonly uri: string }
  | { readonly kind: 'chat'; readonly target: string }
  | { readonly kind: 'callback'; readonly queue: string; readonly uri: string }
  | { readonly kind: 'queue'; readonly queue: string; readonly uri: string };

export interface ContactOffer {
  readonly offer: string;
  readonly name: string;
  readonly kind: 'sales' | 'service';
  readonly url: string;
}

export const contactStates = ['open', 'presented', 'accepted', 'declined', 'left'] as const;
/** `left` before anything was presented, or after it without a word on it. */
export type ContactState = (typeof contactStates)[number];

export const contactEvents = ['presented', 'accepted', 'declined', 'left'] as const;
export type ContactEvent = (typeof contactEvents)[number];

/** The routing control signal, and how the contact stands. Times are milliseconds since the Unix epoch. */
export interface ContactView {
  readonly contactId: string;
  readonly partner: string;
  readonly medium: ContactMedium;
  readonly state: ContactState;
  /** Null: plain service. */
  readonly offer: ContactOffer | null;
  readonly presentation: string | null;
  readonly target: ContactTarget;
  /** What other systems call key-value pairs: decisionId, offerCode, offerUrl, customerRef, ... */
  readonly pairs: Readonly<Record<string, string>>;
  /** Of the decision: `offer`, or the gate that led to plain service. */
  readonly reason: string;
  readonly failOpen: readonly string[];
  readonly createdAt: number;
  /** Until then it takes events. */
  readonly expiresAt: number;
}

export type CreateAnswer =
  | { readonly kind: 'created'; readonly contact: ContactView }
  | { readonly kind: 'unknown-partner' }
  /** The partner has no place for contacts of the medium. */
  | { readonly kind: 'medium-not-taken' };

export interface GivenEvent {
  readonly event: ContactEvent;
  /** One of the partner's disposition codes; default the one that the partner's ivrCodes have for the event. */
  readonly code?: string | undefined;
  readonly note?: string | undefined;
}

export type EventAnswer =
  | { readonly kind: 'recorded' | 'unchanged'; readonly contact: ContactView }
  /** It was accepted or declined before. */
  | { readonly kind: 'conflict'; readonly contact: ContactView }
  | { readonly kind: 'no-offer' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown-contact' }
  | { readonly kind: 'unknown-code'; readonly codes: readonly string[] }
  | { readonly kind: 'note-required' | 'code-unwanted' };
