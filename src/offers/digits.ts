// Who a caller is by digits entered: the port that matches them. Digits come in and never come out again.
import type { StrategyLookup } from './strategy.js';

export type DigitsMatch =
  /** The account and its secret: one person, whose strategy it is. */
  | { readonly kind: 'person'; readonly lookup: StrategyLookup }
  /** The account is there, the secret is not its own. */
  | { readonly kind: 'account'; readonly lookup: StrategyLookup }
  | { readonly kind: 'no-match' }
  /** Whoever matches has its own bound on tries. */
  | { readonly kind: 'blocked'; readonly reason: 'too-many-tries' }
  | { readonly kind: 'failure'; readonly reason: string };

export interface DigitsMatcher {
  /** Never rejects. Takes as long for a wrong account as for a wrong secret. */
  match(partner: string, account: string, secret: string): Promise<DigitsMatch>;
}
