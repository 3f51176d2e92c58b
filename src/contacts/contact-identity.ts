// Who a contact is, as a decision wants it: an identity, and what the strategy store says of it. Never rejects.
import type { Partner } from '../config/index.js';
import type { Identity } from '../decision/index.js';
import { errorMessage } from '../kernel/index.js';
import type { Logger } from '../kernel/index.js';
import type { CtiPairs, DigitsMatcher, StrategyLookup, StrategyReader } from '../offers/index.js';
import { believed } from './confidence.js';
import type { ContactIdentity } from './contact.js';

export interface IdentitySources {
  readonly store: StrategyReader;
  /** Who they are by account and secret. */
  readonly matcher: DigitsMatcher;
  /** The phone numbers of a customer, by which strategies are kept; rejects where nobody can tell. */
  readonly phonesOf: (partner: string, customer: string) => Promise<readonly string[]>;
  readonly log: Logger;
}

export interface Identified {
  readonly identity: Identity;
  readonly lookup: StrategyLookup;
  readonly pairs?: CtiPairs | undefined;
}

const nobody: Identified = { identity: { kind: 'anonymous' }, lookup: { kind: 'miss' } };

export async function identifyContact(
  given: ContactIdentity,
  { partner, web }: Partner,
  sources: IdentitySources,
): Promise<Identified> {
  const confidence = believed(given.confidence, web?.maxConfidence ?? 'claimed');
  const { phone = '', customer, account, secret } = given;
  const identity: Identity = { kind: 'number', phone, source: 'contact', confidence };
  try {
    if (account !== undefined && secret !== undefined) return await byDigits(given, partner, sources);
    if (customer !== undefined)
      return { identity, lookup: await ofCustomer(given, customer, partner, sources) };
    if (given.phone === undefined) return nobody;
    return { identity, lookup: await sources.store.lookup(partner, phone) };
  } catch (error) {
    sources.log.warn({ reason: errorMessage(error) }, 'a contact could not be identified');
    return { identity, lookup: { kind: 'failure', reason: 'identification' } };
  }
}

async function byDigits(
  { account = '', secret = '', phone }: ContactIdentity,
  partner: string,
  { matcher }: IdentitySources,
): Promise<Identified> {
  const match = await matcher.match(partner, account, secret, phone);
  const digits = { kind: 'number', phone: phone ?? '', source: 'digits' } as const;
  switch (match.kind) {
    case 'person':
      return { identity: { ...digits, confidence: 'verified' }, lookup: match.lookup, pairs: match.pairs };
    case 'account':
      return { identity: { ...digits, confidence: 'claimed' }, lookup: match.lookup, pairs: match.pairs };
    case 'no-match':
    case 'blocked':
      return nobody;
    case 'failure':
      return { identity: { ...digits, confidence: 'claimed' }, lookup: match };
  }
}

/** The strategy of that customer alone, by any of their numbers. */
async function ofCustomer(
  { phone }: ContactIdentity,
  customer: string,
  partner: string,
  { store, phonesOf }: IdentitySources,
): Promise<StrategyLookup> {
  const phones = phone === undefined ? await phonesOf(partner, customer) : [phone];
  const lookups = await Promise.all(phones.map(async (one) => store.lookup(partner, one)));
  const isTheirs = (lookup: StrategyLookup): boolean => {
    const found = lookup.kind === 'stale' ? lookup.lookup : lookup;
    return found.kind === 'hit' && found.strategy.customer === customer;
  };
  return lookups.find(isTheirs) ?? lookups.find(({ kind }) => kind === 'failure') ?? { kind: 'miss' };
}
