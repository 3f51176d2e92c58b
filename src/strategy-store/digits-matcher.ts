// Digits that a caller entered, matched against the store: account and secret by the keys that a load made of them.
import type { DigitsMatch, DigitsMatcher, StrategyLookup } from '../offers/index.js';
import { accountKey } from './account-key.js';

/** What it needs of the reader. */
export interface AccountReader {
  lookupAccount(partner: string, key: number): StrategyLookup | Promise<StrategyLookup>;
}

export class StoreDigitsMatcher implements DigitsMatcher {
  readonly #reader: AccountReader;
  readonly #identityKey: string | undefined;

  /** @param identityKey PROFFER_IDENTITY_KEY; without it nothing can be matched */
  constructor(reader: AccountReader, identityKey: string | undefined) {
    this.#reader = reader;
    this.#identityKey = identityKey;
  }

  async match(partner: string, account: string, secret: string): Promise<DigitsMatch> {
    const identityKey = this.#identityKey;
    if (identityKey === undefined) return { kind: 'failure', reason: 'PROFFER_IDENTITY_KEY is not set' };
    // Both are always looked up, so that a wrong account takes as long as a wrong secret.
    const [person, known] = await Promise.all([
      this.#reader.lookupAccount(partner, accountKey(identityKey, partner, { account, secret })),
      this.#reader.lookupAccount(partner, accountKey(identityKey, partner, { account })),
    ]);
    if (isFound(person)) return { kind: 'person', lookup: person };
    if (person.kind === 'failure') return person;
    if (isFound(known)) return { kind: 'account', lookup: known };
    return known.kind === 'failure' ? known : { kind: 'no-match' };
  }
}

/** Found also when several customers have it: whose it is then, the look-up says. */
function isFound(lookup: StrategyLookup): boolean {
  const { kind } = lookup.kind === 'stale' ? lookup.lookup : lookup;
  return kind === 'hit' || kind === 'ambiguous';
}
