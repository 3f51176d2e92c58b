// The record of one phone number at one partner, in as few bytes as it takes (design, section 6: 64 bytes a customer all in).
//   byte 0    CRC-8 of the rest
//   byte 1    0x80 for a shared number; else the first five flags in the lower bits, and the arm in the upper ones: 0x20 control, 0x40
//             offer (version 2); with the flag affiliateOptOut 0x60 no arm, 0xa0 control, 0xc0 offer. Readers that do not know that flag
//             find such a record of an unknown kind: its customer gets plain service from them, never an offer that was refused.
//   customer  reference, count of offers, then for each: index (one or two bytes), propensity and value (decimal16)
//   shared    count of references, then the references
// A customer with a reference of nine digits and five offers takes 34 bytes.
import type { AssignedArm, RankedOffer, StrategyFlags } from '../../offers/index.js';
import { crc8 } from './crc8.js';
import { ReferenceReader, writeReference, MAX_REFERENCE_ROOM } from './customer-reference.js';
import { propensityScale, valueScale } from './decimal16.js';
import type { Dictionaries, DictionaryBuilder } from './dictionary.js';
import { flagsFromBits, flagBits } from './flags.js';

const SHARED = 0x80;
const FLAG_BITS = 0x1f;
const KIND_BITS = 0xe0;
const AFFILIATE_OPT_OUT = 0x20;

/** Offers of one strategy. */
export const MAX_OFFERS = 31;
/** Customers that a shared number names; more share it than are listed then. */
export const MAX_SHARED_CUSTOMERS = 32;

/** What a record says. `corrupt` is a value that is no sound record: damaged, cut short, or of another generation. */
export type DecodedRecord =
  | {
      readonly kind: 'customer';
      readonly customer: string;
      readonly flags: StrategyFlags;
      /** Absent when the ranking assigned none. */
      readonly arm?: AssignedArm;
      readonly offers: readonly RankedOffer[];
    }
  | { readonly kind: 'shared'; readonly customers: readonly string[] }
  | { readonly kind: 'corrupt'; readonly reason: string };

export interface CustomerRecord {
  readonly customer: string;
  readonly flags: StrategyFlags;
  readonly arm?: AssignedArm | undefined;
  readonly offers: readonly RankedOffer[];
}

const OFFER_ROOM = 6;
/** Room that the record of one customer needs at most, of a shared number, and of either. */
export const CUSTOMER_RECORD_ROOM = 3 + MAX_REFERENCE_ROOM + MAX_OFFERS * OFFER_ROOM;
export const SHARED_RECORD_ROOM = 3 + MAX_SHARED_CUSTOMERS * MAX_REFERENCE_ROOM;
export const MAX_RECORD_BYTES = Math.max(CUSTOMER_RECORD_ROOM, SHARED_RECORD_ROOM);

/** Arms by number, as columns give them; 0: not assigned. */
export const ARMS: readonly (AssignedArm | undefined)[] = [undefined, 'offer', 'control'];

/** Upper bits of the second byte by arm (position in `ARMS`), without and with the flag affiliateOptOut. */
const KINDS = [0x00, 0x40, 0x20] as const;
const OPTED_OUT_KINDS = [0x60, 0xc0, 0xa0] as const;

/** The second byte of the record of one customer. @param flags `flagBits` @param arm position in `ARMS` */
export function headByte(flags: number, arm: number): number {
  const kinds = (flags & AFFILIATE_OPT_OUT) === 0 ? KINDS : OPTED_OUT_KINDS;
  return (flags & FLAG_BITS) | (kinds[arm] ?? 0);
}

const references = new ReferenceReader();

/**
 * Writes records where the caller has room for them, and builds the dictionaries of a generation meanwhile. A record of one
 * customer is `beginCustomer`, `addOffer` for each, best first, then `end`. Limits: `MAX_OFFERS` offers,
 * `MAX_REFERENCE_BYTES` bytes of reference; the caller has checked them.
 */
export class RecordEncoder {
  readonly #offers: DictionaryBuilder;
  readonly #prefixes: DictionaryBuilder;
  #target: Buffer = Buffer.alloc(0);
  #start = 0;
  #at = 0;
  #countAt = 0;

  constructor(offers: DictionaryBuilder, prefixes: DictionaryBuilder) {
    this.#offers = offers;
    this.#prefixes = prefixes;
  }

  /** @param head `headByte` */
  beginCustomer(target: Buffer, offset: number, customer: string, head: number): void {
    this.#target = target;
    this.#start = offset;
    target[offset + 1] = head;
    this.#countAt = writeReference(target, offset + 2, customer, this.#prefixes);
    target[this.#countAt] = 0;
    this.#at = this.#countAt + 1;
  }

  /** @param index of the offer in the dictionary */
  addOffer(index: number, propensity: number, value: number): void {
    const target = this.#target;
    let at = this.#at;
    if (index >= 0x80) target[at++] = 0x80 | (index >>> 7);
    target[at++] = index & 0x7f;
    const codedPropensity = propensityScale.encode(propensity);
    const codedValue = valueScale.encode(value);
    target[at] = codedPropensity >>> 8;
    target[at + 1] = codedPropensity & 0xff;
    target[at + 2] = codedValue >>> 8;
    target[at + 3] = codedValue & 0xff;
    this.#at = at + 4;
    target[this.#countAt] = (target[this.#countAt] ?? 0) + 1;
  }

  /** Closes the record; returns its length. */
  end(): number {
    this.#target[this.#start] = crc8(this.#target, this.#start + 1, this.#at);
    return this.#at - this.#start;
  }

  /** A whole record of one customer; returns its length, undefined when the offer dictionary is full. */
  encodeCustomer(target: Buffer, offset: number, record: CustomerRecord): number | undefined {
    const head = headByte(flagBits(record.flags), ARMS.indexOf(record.arm));
    this.beginCustomer(target, offset, record.customer, head);
    for (const { offerCode, propensity, value } of record.offers) {
      const index = this.#offers.indexOf(offerCode);
      if (index === undefined) return undefined;
      this.addOffer(index, propensity, value);
    }
    return this.end();
  }

  /** The record of a number that several customers share; returns its length. */
  encodeShared(target: Buffer, offset: number, customers: readonly string[]): number {
    const listed = customers.slice(0, MAX_SHARED_CUSTOMERS);
    target[offset + 1] = SHARED;
    target[offset + 2] = listed.length;
    this.#target = target;
    this.#start = offset;
    this.#at = offset + 3;
    for (const customer of listed) this.#at = writeReference(target, this.#at, customer, this.#prefixes);
    return this.end();
  }
}

/** Reads a record. Never throws, whatever the bytes are; keeps no reference to them. */
export function decodeRecord(bytes: Buffer, dictionaries: Dictionaries): DecodedRecord {
  if (bytes.length < 3) return corrupt('record is cut short');
  if (crc8(bytes, 1, bytes.length) !== bytes[0]) return corrupt('record fails its checksum');
  const head = bytes[1] ?? 0;
  if (head === SHARED) return decodeShared(bytes, dictionaries);
  const kind = head & KIND_BITS;
  const plainArm = KINDS.indexOf(kind as (typeof KINDS)[number]);
  const armIndex =
    plainArm === -1 ? OPTED_OUT_KINDS.indexOf(kind as (typeof OPTED_OUT_KINDS)[number]) : plainArm;
  if (armIndex === -1) return corrupt('record is of an unknown kind');
  const customer = references.read(bytes, 2, dictionaries.prefixes);
  if (customer === undefined) return corrupt('record has no readable customer reference');
  let at = references.end;
  const count = bytes[at++] ?? 0;
  const offers: RankedOffer[] = [];
  for (let rank = 0; rank < count; rank++) {
    let index = bytes[at++] ?? 0;
    if (index >= 0x80) index = ((index & 0x7f) << 7) | (bytes[at++] ?? 0);
    const offerCode = dictionaries.offers[index];
    if (at + 4 > bytes.length) return corrupt('record is cut short');
    if (offerCode === undefined) return corrupt('record names an offer that its generation lacks');
    offers.push({
      offerCode,
      propensity: propensityScale.decode(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)),
      value: valueScale.decode(((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)),
    });
    at += 4;
  }
  if (at !== bytes.length) return corrupt('record is longer than its contents');
  const flags = flagsFromBits((head & FLAG_BITS) | (plainArm === -1 ? AFFILIATE_OPT_OUT : 0));
  const arm = ARMS[armIndex];
  return arm === undefined
    ? { kind: 'customer', customer, flags, offers }
    : { kind: 'customer', customer, flags, arm, offers };
}

function decodeShared(bytes: Buffer, dictionaries: Dictionaries): DecodedRecord {
  const customers: string[] = [];
  let at = 3;
  for (let left = bytes[2] ?? 0; left > 0; left--) {
    const customer = references.read(bytes, at, dictionaries.prefixes);
    if (customer === undefined) return corrupt('record has no readable customer reference');
    customers.push(customer);
    at = references.end;
  }
  if (at !== bytes.length) return corrupt('record is longer than its contents');
  return { kind: 'shared', customers };
}

function corrupt(reason: string): DecodedRecord {
  return { kind: 'corrupt', reason };
}
