// Which of two states of a customer counts, and how one entry is added.
import type { Learned, LearnedOffer } from '../../offers/index.js';
import { decodeLearned, headOf } from './learned-codec.js';

/** Does a state of revision `next` replace one of revision `old`, undefined where there is none? */
export function replaces(next: number, old: number | undefined): boolean {
  return old === undefined || next > old || (next === 0 && old === 0);
}

export interface Addition {
  readonly partner: string;
  readonly customer: string;
  readonly offer: LearnedOffer;
  readonly expiresAt: number;
}

/**
 * The state with one entry more, in place of the one of the same offer. Of an expired one, and of one that cannot be read, nothing but
 * the revision is left.
 * @param text of the state that is there, undefined where there is none
 */
export function withOffer(text: string | undefined, addition: Addition, wallNow: number): Learned {
  const { partner, customer, offer, expiresAt } = addition;
  const old = text === undefined ? undefined : decodeLearned(partner, customer, text);
  const kept = old !== undefined && wallNow < old.expiresAt ? old : undefined;
  const others = (kept?.offers ?? []).filter(
    (one) => one.offerCode !== offer.offerCode && wallNow < one.until,
  );
  return {
    partner,
    customer,
    revision: text === undefined ? 0 : (headOf(text)?.revision ?? 0),
    offers: [...others, offer],
    alerts: kept?.alerts,
    expiresAt: Math.max(expiresAt, kept?.expiresAt ?? 0),
  };
}
