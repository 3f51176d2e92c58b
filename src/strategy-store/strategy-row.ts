// One strategy to publish, and the check that untrusted data is one.
import type { AssignedArm, RankedOffer, StrategyFlags } from '../offers/index.js';
import { FLAG_NAMES, flagsFromNames, noFlags } from './codec/flags.js';
import type { FlagName } from './codec/flags.js';
import { MAX_REFERENCE_BYTES } from './codec/customer-reference.js';
import { MAX_OFFERS } from './codec/record.js';
import { parseAccounts } from './account-key.js';
import { phoneNumberOf } from './phone-key.js';

/** A customer's strategy with the numbers it is found by. */
export interface StrategyRow {
  readonly partner: string;
  /** The customer's reference at the partner; opaque, at most 64 bytes of UTF-8 without control characters. */
  readonly customer: string;
  /** E.164 */
  readonly phones: readonly string[];
  /** Keys of `account-key.ts`: what a caller who enters digits is found by. Absent: nothing. */
  readonly accountKeys?: readonly number[] | undefined;
  readonly flags: StrategyFlags;
  /** Absent: the settings' percentage decides. */
  readonly arm?: AssignedArm | undefined;
  /** Best first; propensity 0..1, value 0..1,000,000. */
  readonly offers: readonly RankedOffer[];
}

/** Why a row was refused: the field, and what would be right. */
export interface RowRefusal {
  readonly field: string;
  readonly reason: string;
}

export interface RefusedRow extends RowRefusal {
  /** Position among the rows that were given together, from 1. */
  readonly row: number;
}

/** The offers that rows may name. */
export interface KnownOffer {
  readonly partner: string;
  readonly kind: 'sales' | 'service';
}

export interface RowRules {
  /** Partners there are; undefined: any. */
  readonly partners?: ReadonlySet<string>;
  /** Offers there are by code; undefined: any. */
  readonly offers?: ReadonlyMap<string, KnownOffer>;
  /** PROFFER_IDENTITY_KEY; undefined: rows with accounts are refused. */
  readonly identityKey?: string | undefined;
  /** By partner: those whose sales offers its customers may have too. */
  readonly affiliates?: ReadonlyMap<string, ReadonlySet<string>>;
}

export const MAX_PHONES = 50;
export const MAX_VALUE = 1_000_000;
/** What is said of a row, whichever way it came. */
export const problems = {
  phones: `must be a list of 1 to ${MAX_PHONES} numbers`,
  phone: 'must be a number in E.164 form, such as "+15550100001"',
  arm: 'must be control or offer, or be left out',
  propensity: 'must be a number from 0 to 1',
  value: `must be a number from 0 to ${MAX_VALUE}`,
} as const;
/** Ids of partners and codes of offers. */
export const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const controlPattern = /[\u0000-\u001f\u007f-\u009f]/;
const loneSurrogatePattern = /\p{Surrogate}/u;
const rowFields = new Set(['partner', 'customer', 'phones', 'accounts', 'flags', 'arm', 'offers']);
const offerFields = new Set(['offer', 'propensity', 'value']);
const flagNames: ReadonlySet<string> = new Set(FLAG_NAMES);

/** Checks one row of `{"partner","customer","phones","accounts","flags","arm","offers"}`; gives back the row or the first thing that is wrong. */
export function parseRow(value: unknown, rules: RowRules): StrategyRow | RowRefusal {
  if (!isObject(value)) return refuse('', 'must be a JSON object');
  for (const field of Object.keys(value)) {
    if (!rowFields.has(field)) return refuse(field, `is unknown; known are ${[...rowFields].join(', ')}`);
  }
  const { partner, customer } = value;
  if (typeof partner !== 'string' || !idPattern.test(partner)) {
    return refuse('partner', 'must be the id of a partner: letters, digits, "-", "_" and "."');
  }
  if (rules.partners?.has(partner) === false) return refuse('partner', `${partner} is not in the settings`);
  const problem = customerProblem(customer);
  if (problem !== undefined) return refuse('customer', problem);
  const phones = parsePhones(value['phones']);
  if ('reason' in phones) return phones;
  const accountKeys = parseAccounts(value['accounts'], partner, rules.identityKey);
  if ('reason' in accountKeys) return accountKeys;
  const flags = parseFlags(value['flags']);
  if ('reason' in flags) return flags;
  const arm = value['arm'];
  if (arm !== undefined && arm !== 'control' && arm !== 'offer') return refuse('arm', problems.arm);
  const offers = parseOffers(value['offers'], (code) =>
    checkKnown(code, { partner, isServiceOpen: flags.serviceAlert }, rules),
  );
  if ('reason' in offers) return offers;
  return {
    partner,
    customer: customer as string,
    phones,
    flags,
    offers,
    ...(accountKeys.length === 0 ? {} : { accountKeys }),
    ...(arm === undefined ? {} : { arm }),
  };
}

/** What is wrong with a customer's reference; undefined when nothing is. */
export function customerProblem(customer: unknown): string | undefined {
  if (typeof customer !== 'string' || customer === '')
    return 'must be the reference of the customer, a string';
  if (isShortAscii(customer)) return undefined;
  if (controlPattern.test(customer)) return 'must not contain control characters';
  if (loneSurrogatePattern.test(customer)) return 'must be well-formed Unicode';
  if (customer.length > MAX_REFERENCE_BYTES || Buffer.byteLength(customer) > MAX_REFERENCE_BYTES) {
    return `must be at most ${MAX_REFERENCE_BYTES} bytes long`;
  }
  return undefined;
}

/** Text without control characters and lone surrogates, at least one character of it. */
export function isWellFormedText(text: string): boolean {
  return text !== '' && !controlPattern.test(text) && !loneSurrogatePattern.test(text);
}

/** Printable ASCII of allowed length, which nearly every reference is: no pattern need look at it. */
function isShortAscii(text: string): boolean {
  const { length } = text;
  if (length > MAX_REFERENCE_BYTES) return false;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

function parsePhones(value: unknown): readonly string[] | RowRefusal {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_PHONES) {
    return refuse('phones', problems.phones);
  }
  const phones: readonly unknown[] = value;
  for (const [index, phone] of phones.entries()) {
    if (typeof phone !== 'string' || phoneNumberOf(phone) === undefined) {
      return refuse(`phones[${index}]`, problems.phone);
    }
  }
  return phones as readonly string[];
}

function parseFlags(value: unknown): StrategyFlags | RowRefusal {
  if (value === undefined) return noFlags;
  if (Array.isArray(value)) {
    const names: readonly unknown[] = value;
    const unknownName = names.find((name) => typeof name !== 'string' || !flagNames.has(name));
    if (unknownName !== undefined) return refuse('flags', unknownFlag(unknownName));
    return flagsFromNames(names as readonly FlagName[]);
  }
  if (!isObject(value)) return refuse('flags', 'must be a list of names, or an object of true and false');
  const set: FlagName[] = [];
  for (const [name, isSet] of Object.entries(value)) {
    if (!flagNames.has(name)) return refuse('flags', unknownFlag(name));
    if (typeof isSet !== 'boolean') return refuse(`flags.${name}`, 'must be true or false');
    if (isSet) set.push(name as FlagName);
  }
  return flagsFromNames(set);
}

function parseOffers(
  value: unknown,
  check: (offerCode: string) => string | undefined,
): readonly RankedOffer[] | RowRefusal {
  if (!Array.isArray(value) || value.length > MAX_OFFERS) {
    return refuse('offers', `must be a list of at most ${MAX_OFFERS} offers, best first`);
  }
  const items: readonly unknown[] = value;
  const offers: RankedOffer[] = [];
  for (const [index, item] of items.entries()) {
    const offer = parseOffer(item, `offers[${index}]`);
    if ('reason' in offer) return offer;
    if (offers.some((other) => other.offerCode === offer.offerCode)) {
      return refuse(`offers[${index}].offer`, `${offer.offerCode} is listed twice`);
    }
    const problem = check(offer.offerCode);
    if (problem !== undefined) return refuse(`offers[${index}].offer`, problem);
    offers.push(offer);
  }
  return offers;
}

function parseOffer(item: unknown, path: string): RankedOffer | RowRefusal {
  if (!isObject(item)) return refuse(path, 'must be an object of offer, propensity and value');
  for (const field of Object.keys(item)) {
    if (!offerFields.has(field))
      return refuse(`${path}.${field}`, `is unknown; known are ${[...offerFields].join(', ')}`);
  }
  const { offer, propensity, value } = item;
  if (typeof offer !== 'string' || !idPattern.test(offer))
    return refuse(`${path}.offer`, 'must be the code of an offer');
  if (!isWithin(propensity, 1)) return refuse(`${path}.propensity`, problems.propensity);
  if (!isWithin(value, MAX_VALUE)) return refuse(`${path}.value`, problems.value);
  return { offerCode: offer, propensity, value };
}

function checkKnown(
  code: string,
  row: { readonly partner: string; readonly isServiceOpen: boolean },
  { offers: known, affiliates }: RowRules,
): string | undefined {
  if (known === undefined) return undefined;
  const offer = known.get(code);
  if (offer === undefined) return `${code} is not in the settings`;
  if (offer.partner !== row.partner) {
    const isAffiliate = affiliates?.get(row.partner)?.has(offer.partner) === true;
    if (!isAffiliate) return `${code} is an offer of ${offer.partner}, not of ${row.partner}`;
    if (offer.kind === 'service')
      return `${code} is a service offer of ${offer.partner}; faults are answered by ${row.partner}`;
  }
  if (offer.kind === 'service' && !row.isServiceOpen)
    return `${code} is a service offer; only a customer with the flag serviceAlert may have it`;
  return undefined;
}

function isWithin(value: unknown, max: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= max;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownFlag(name: unknown): string {
  return `${typeof name === 'string' ? name : 'that'} is no flag; known are ${FLAG_NAMES.join(', ')}`;
}

function refuse(field: string, reason: string): RowRefusal {
  return { field, reason };
}
