// The record of one phone number at one partner, in as few bytes as it takes (design, section 6: 64 bytes a customer all in).
//   byte 0    CRC-8 of the rest
//   byte 1    0x80 for a shared number; else the five flags in the lower bits
//   customer  reference, count of offers, then for each: index (one or two bytes), propensity and value (decimal16)
//   shared    count of references, then the references
// A customer with a reference of nine digits and five offers takes 34 bytes.
import type { RankedOffer, StrategyFlags } from '../../offers/index.js';
import { crc8 } from './crc8.js';
import { ReferenceReader, writeReference, MAX_REFERENCE_ROOM } from './customer-reference.js';
import { propensityScale, valueScale } from './decimal16.js';
import type { Dictionaries, DictionaryBuilder } from './dictionary.js';
import { flagsFromBits, flagBits } from './flags.js';

const SHARED = 0x80;
const FLAG_BITS = 0x1f;

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
      readonly offers: readonly RankedOffer[];
    }
  | { readonly kind: 'shared'; readonly customers: readonly string[] }
  | { readonly kind: 'corrupt'; readonly reason: string };

export interface CustomerRecord {
  readonly customer: string;
  readonly flags: StrategyFlags;
  readonly offers: readonly RankedOffer[];
}

const scratch = Buffer.alloc(4 + Math.max(MAX_SHARED_CUSTOMERS, 1) * MAX_REFERENCE_ROOM + MAX_OFFERS * 6);
const references = new ReferenceReader();

/** Builds the dictionaries of a generation while its records are encoded. */
export class RecordEncoder {
  readonly #offers: DictionaryBuilder;
  readonly #prefixes: DictionaryBuilder;

  constructor(offers: DictionaryBuilder, prefixes: DictionaryBuilder) {
    this.#offers = offers;
    this.#prefixes = prefixes;
  }

  /**
   * The record of one customer; valid until the next call. Undefined when the offer dictionary is full.
   * Limits: `MAX_OFFERS` offers, `MAX_REFERENCE_BYTES` bytes of reference; the caller has checked them.
   */
  encodeCustomer(record: CustomerRecord): Buffer | undefined {
    scratch[1] = flagBits(record.flags);
    let at = writeReference(scratch, 2, record.customer, this.#prefixes);
    scratch[at++] = record.offers.length;
    for (const offer of record.offers) {
      const index = this.#offers.indexOf(offer.offerCode);
      if (index === undefined) return undefined;
      if (index >= 0x80) scratch[at++] = 0x80 | (index >>> 7);
      scratch[at++] = index & 0x7f;
      at = scratch.writeUInt16BE(propensityScale.encode(offer.propensity), at);
      at = scratch.writeUInt16BE(valueScale.encode(offer.value), at);
    }
    return finish(at);
  }

  /** The record of a number that several customers share; valid until the next call. */
  encodeShared(customers: readonly string[]): Buffer {
    const listed = customers.slice(0, MAX_SHARED_CUSTOMERS);
    scratch[1] = SHARED;
    scratch[2] = listed.length;
    let at = 3;
    for (const customer of listed) at = writeReference(scratch, at, customer, this.#prefixes);
    return finish(at);
  }
}

/** Reads a record. Never throws, whatever the bytes are; keeps no reference to them. */
export function decodeRecord(bytes: Buffer, dictionaries: Dictionaries): DecodedRecord {
  if (bytes.length < 3) return corrupt('record is cut short');
  if (crc8(bytes, 1, bytes.length) !== bytes[0]) return corrupt('record fails its checksum');
  const head = bytes[1] ?? 0;
  if (head === SHARED) return decodeShared(bytes, dictionaries);
  if ((head & ~FLAG_BITS) !== 0) return corrupt('record is of an unknown kind');
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
  return { kind: 'customer', customer, flags: flagsFromBits(head), offers };
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

function finish(end: number): Buffer {
  scratch[0] = crc8(scratch, 1, end);
  return scratch.subarray(0, end);
}

function corrupt(reason: string): DecodedRecord {
  return { kind: 'corrupt', reason };
}
