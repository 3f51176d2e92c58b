// A generation on its way into a store: its records in memory, compact, so that the store is written in its own best order
// and numbers that several customers share are known before the first write. About 60 bytes a number.
import { createHash } from 'node:crypto';
import { DictionaryBuilder, MAX_OFFER_CODES, MAX_REFERENCE_PREFIXES } from './codec/dictionary.js';
import { decodeRecord, MAX_SHARED_CUSTOMERS, RecordEncoder } from './codec/record.js';
import { CODEC_VERSION } from './generation.js';
import type { Generation } from './generation.js';
import { phoneNumberOf } from './phone-key.js';
import { RecordArena } from './record-arena.js';
import { PhoneTable } from './phone-table.js';
import type { RowRefusal, StrategyRow } from './strategy-row.js';

/** A value longer than this turns a Redis hash into its large form (hash-max-listpack-value). */
const LONG_RECORD_BYTES = 64;

/** Everything a store writes for one generation. */
export interface StagedGeneration {
  readonly generation: Generation;
  /** The numbers in rising order. */
  readonly phones: Float64Array;
  /** The record of one of `phones`; valid until the next call. */
  readonly recordOf: (phoneNumber: number) => Buffer;
}

export class Staging {
  readonly #offers = new DictionaryBuilder(MAX_OFFER_CODES);
  readonly #prefixes = new DictionaryBuilder(MAX_REFERENCE_PREFIXES);
  readonly #encoder = new RecordEncoder(this.#offers, this.#prefixes);
  readonly #arena = new RecordArena();
  readonly #table = new PhoneTable();
  /** Customers of the numbers that more than one has. */
  readonly #shared = new Map<number, string[]>();
  #strategies = 0;

  /** Takes a row that `parseRow` accepted; gives back why not when it contradicts an earlier one. */
  add(row: StrategyRow): RowRefusal | undefined {
    const numbers = row.phones.map((phone) => phoneNumberOf(phone));
    for (const [index, number] of numbers.entries()) {
      if (number === undefined)
        return { field: `phones[${index}]`, reason: 'must be a number in E.164 form' };
      if (this.#customersOf(number).includes(row.customer)) {
        return {
          field: `phones[${index}]`,
          reason: 'an earlier line gives this number of this customer already',
        };
      }
    }
    const record = this.#encoder.encodeCustomer(row);
    if (record === undefined) {
      return { field: 'offers', reason: `a generation names at most ${MAX_OFFER_CODES} different offers` };
    }
    const address = this.#arena.append(record);
    for (const number of new Set(numbers)) {
      if (number !== undefined) this.#place(number, address, row.customer);
    }
    this.#strategies += 1;
    return undefined;
  }

  get strategies(): number {
    return this.#strategies;
  }

  /** @param buckets how many buckets so many records are to be spread over */
  finish(
    identity: { generation: number; partner: string; createdAt: number },
    buckets: (phones: number) => number,
  ): StagedGeneration {
    for (const [number, customers] of this.#shared) {
      this.#table.set(number, this.#arena.append(this.#encoder.encodeShared([...customers].sort())));
    }
    const phones = this.#table.keys().sort();
    const dictionaries = { offers: this.#offers.entries, prefixes: this.#prefixes.entries };
    const hash = createHash('sha256').update(JSON.stringify(dictionaries));
    let recordBytes = 0;
    let longRecords = 0;
    for (const number of phones) {
      const record = this.#recordOf(number);
      hash.update(`${number}:${record.length}:`).update(record);
      recordBytes += record.length;
      if (record.length > LONG_RECORD_BYTES) longRecords += 1;
    }
    const generation: Generation = {
      ...identity,
      codecVersion: CODEC_VERSION,
      strategies: this.#strategies,
      phones: phones.length,
      sharedPhones: this.#shared.size,
      recordBytes,
      longRecords,
      buckets: buckets(phones.length),
      contentHash: hash.digest('hex'),
      ...dictionaries,
    };
    return { generation, phones, recordOf: (number) => this.#recordOf(number) };
  }

  #recordOf(number: number): Buffer {
    return this.#arena.read(this.#table.get(number) ?? 0);
  }

  #customersOf(number: number): readonly string[] {
    const shared = this.#shared.get(number);
    if (shared !== undefined) return shared;
    const address = this.#table.get(number);
    if (address === undefined) return [];
    const record = decodeRecord(this.#arena.read(address), {
      offers: this.#offers.entries,
      prefixes: this.#prefixes.entries,
    });
    return record.kind === 'customer' ? [record.customer] : [];
  }

  #place(number: number, address: number, customer: string): void {
    const customers = this.#customersOf(number);
    if (customers.length === 0) {
      this.#table.set(number, address);
    } else if (customers.length < MAX_SHARED_CUSTOMERS) {
      this.#shared.set(number, [...customers, customer]);
    }
  }
}
