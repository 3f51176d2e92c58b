// Account numbers and their secrets as keys: keyed hashes in the number space of the phone keys, above every E.164 number, so that
// buckets, records and both stores hold them as they hold phone numbers, and nobody can read them back without the key.
import { createHmac } from 'node:crypto';

/** The first number that is the key of an account; E.164 ends at 10^15, below 2^50. */
const LEAST_ACCOUNT_KEY = 2 ** 52;

/** Is the number the key of an account, alone or with its secret? */
export function isAccountKey(number: number): boolean {
  return number >= LEAST_ACCOUNT_KEY;
}

/** What is hashed and stored: never in the clear. */
export interface AccountDigits {
  readonly account: string;
  /** Absent: the account alone, which says who is claimed and not that it is true. */
  readonly secret?: string | undefined;
}

/**
 * 2^52 and the first 52 bits of HMAC-SHA256 over `partner NUL account` or `partner NUL account NUL secret`: 2^53 - 1 is the
 * greatest whole number that a double holds exactly. Among a million keys two are the same with a probability of about 1 in
 * 9,000; such a key is ambiguous, as a phone number is that two customers share.
 * @param identityKey PROFFER_IDENTITY_KEY
 */
export function accountKey(identityKey: string, partner: string, { account, secret }: AccountDigits): number {
  const text = secret === undefined ? `${partner}\0${account}` : `${partner}\0${account}\0${secret}`;
  const hash = createHmac('sha256', identityKey).update(text).digest();
  return LEAST_ACCOUNT_KEY + hash.readUIntBE(0, 6) * 16 + ((hash[6] ?? 0) >>> 4);
}

export const MAX_ACCOUNTS = 20;
const digitsPattern = /^\d{1,32}$/;
const accountFields = new Set(['account', 'secret']);

export interface AccountRefusal {
  readonly field: string;
  readonly reason: string;
}

/**
 * The keys of a row's `accounts`; or what is wrong, without the digits.
 * @param identityKey undefined: no account can be stored
 */
export function parseAccounts(
  value: unknown,
  partner: string,
  identityKey: string | undefined,
): readonly number[] | AccountRefusal {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_ACCOUNTS) {
    return { field: 'accounts', reason: `must be a list of at most ${MAX_ACCOUNTS} accounts` };
  }
  if (value.length > 0 && identityKey === undefined) {
    const reason = 'can only be stored as hashes under a key of yours; set PROFFER_IDENTITY_KEY';
    return { field: 'accounts', reason };
  }
  const items: readonly unknown[] = value;
  const keys: number[] = [];
  for (const [index, item] of items.entries()) {
    const digits = parseAccount(item, `accounts[${index}]`);
    if ('reason' in digits) return digits;
    const { account, secret } = digits;
    keys.push(accountKey(identityKey ?? '', partner, { account }));
    if (secret !== undefined) keys.push(accountKey(identityKey ?? '', partner, { account, secret }));
  }
  return keys;
}

function parseAccount(item: unknown, field: string): AccountDigits | AccountRefusal {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return { field, reason: 'must be an object of account and secret' };
  }
  for (const name of Object.keys(item)) {
    if (!accountFields.has(name))
      return { field: `${field}.${name}`, reason: 'is unknown; known are account, secret' };
  }
  const { account, secret } = item as { readonly account?: unknown; readonly secret?: unknown };
  if (!isDigits(account)) return { field: `${field}.account`, reason: wrongDigits };
  if (secret !== undefined && !isDigits(secret)) return { field: `${field}.secret`, reason: wrongDigits };
  return { account, secret };
}

const wrongDigits = 'must be 1 to 32 digits in quotes, such as "12345678"';

function isDigits(value: unknown): value is string {
  return typeof value === 'string' && digitsPattern.test(value);
}
