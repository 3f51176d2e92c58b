// Who a caller is by digits entered: the port that matches them. Digits come in and never come out again.
import type { StrategyLookup } from './strategy.js';

/**
 * What an identification says, as CTI data that goes with the call from then on. Nothing personal: codes, URLs and an opaque
 * reference.
 */
export interface CtiPairs {
  /** Of the person; absent where only the account is known. */
  readonly customerRef?: string;
  /** The sales offer of the customer. */
  readonly offerCode?: string;
  readonly offerUrl?: string;
  /** The offer that answers a critical alert which is open on the account. */
  readonly serviceOfferCode?: string;
  readonly serviceOfferUrl?: string;
}

export type DigitsMatch =
  /** The account and its secret: one person, whose strategy it is. */
  | { readonly kind: 'person'; readonly lookup: StrategyLookup; readonly pairs?: CtiPairs }
  /** The account is there, the secret is not its own. */
  | { readonly kind: 'account'; readonly lookup: StrategyLookup; readonly pairs?: CtiPairs }
  | { readonly kind: 'no-match' }
  /** Whoever matches has its own bound on tries. */
  | { readonly kind: 'blocked'; readonly reason: 'too-many-tries' }
  | { readonly kind: 'failure'; readonly reason: string };

export interface DigitsMatcher {
  /**
   * Never rejects. Takes as long for a wrong account as for a wrong secret.
   * @param caller E.164, for the bound on tries; undefined for a caller without a number
   */
  match(partner: string, account: string, secret: string, caller?: string): Promise<DigitsMatch>;
}
