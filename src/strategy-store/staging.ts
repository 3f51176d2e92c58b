// A generation on its way into a store: its records in memory, compact, so that the store is written in its own best order
// and numbers that several customers share are known before the first write. About 68 bytes a number with five offers, 50 of
// them once it is finished.
import { DictionaryBuilder, MAX_OFFER_CODES, MAX_REFERENCE_PREFIXES } from './codec/dictionary.js';
import {
  headByte,
  CUSTOMER_RECORD_ROOM,
  decodeRecord,
  MAX_SHARED_CUSTOMERS,
  RecordEncoder,
  SHARED_RECORD_ROOM,
} from './codec/record.js';
import { ContentHash } from './content-hash.js';
import { CODEC_VERSION } from './generation.js';
import type { Generation, GenerationIdentity } from './generation.js';
import { phoneNumberOf } from './phone-key.js';
import { RecordArena } from './record-arena.js';
import { PhoneTable } from './phone-table.js';
import { StagedGeneration } from './staged-generation.js';
import { checkShape, rowProblem } from './strategy-batch.js';
import type { StrategyBatch } from './strategy-batch.js';
import type { RefusedRow, RowRefusal, StrategyRow } from './strategy-row.js';

/** A value longer than this turns a Redis hash into its large form (hash-max-listpack-value). */
const LONG_RECORD_BYTES = 64;
/** Records hashed without a turn of the event loop: about 20 ms. */
const RECORDS_A_TURN = 50_000;

export class Staging {
  readonly #offers: DictionaryBuilder;
  /** Offers that batches name by index. */
  readonly #batchOffers: number;
  readonly #prefixes = new DictionaryBuilder(MAX_REFERENCE_PREFIXES);
  readonly #encoder: RecordEncoder;
  #arena = new RecordArena();
  #table = new PhoneTable();
  /** Customers of the numbers that more than one has. */
  readonly #shared = new Map<number, string[]>();
  #strategies = 0;

  /** @param offers what batches name by index: distinct, at most `MAX_OFFER_CODES` */
  constructor(offers: readonly string[] = []) {
    this.#batchOffers = offers.length;
    this.#offers = new DictionaryBuilder(MAX_OFFER_CODES, offers);
    this.#encoder = new RecordEncoder(this.#offers, this.#prefixes);
  }

  /** Takes a row that `parseRow` accepted; gives back why not when it contradicts an earlier one. */
  add(row: StrategyRow): RowRefusal | undefined {
    const numbers: number[] = [];
    for (const [index, phone] of row.phones.entries()) {
      const number = phoneNumberOf(phone);
      if (number === undefined)
        return { field: `phones[${index}]`, reason: 'must be a number in E.164 form' };
      if (this.#isCustomerOf(number, row.customer)) return alreadyGiven(index);
      numbers.push(number);
    }
    for (const key of row.accountKeys ?? []) {
      if (this.#isCustomerOf(key, row.customer))
        return { field: 'accounts', reason: 'an earlier line gives one of them of this customer already' };
      numbers.push(key);
    }
    const arena = this.#arena;
    arena.open(CUSTOMER_RECORD_ROOM);
    const length = this.#encoder.encodeCustomer(arena.chunk, arena.offset, row);
    if (length === undefined) {
      return { field: 'offers', reason: `a generation names at most ${MAX_OFFER_CODES} different offers` };
    }
    const address = arena.close(length);
    for (const number of numbers) this.#place(number, address, row.customer);
    this.#strategies += 1;
    return undefined;
  }

  /** Takes the rows of a batch that are sound and contradict no earlier one; gives back the others. @throws BatchShapeError */
  addBatch(batch: StrategyBatch): readonly RefusedRow[] {
    checkShape(batch);
    const refused: RefusedRow[] = [];
    for (let row = 0; row < batch.count; row++) {
      const refusal = rowProblem(batch, row, this.#batchOffers) ?? this.#addRow(batch, row);
      if (refusal !== undefined) refused.push({ row: row + 1, ...refusal });
    }
    return refused;
  }

  get strategies(): number {
    return this.#strategies;
  }

  /**
   * Nothing can be added after it. Lets the event loop turn now and then.
   * @param buckets how many buckets so many records are to be spread over
   */
  async finish(identity: GenerationIdentity, buckets: (phones: number) => number): Promise<StagedGeneration> {
    const arena = this.#arena;
    for (const [number, customers] of this.#shared) {
      arena.open(SHARED_RECORD_ROOM);
      const length = this.#encoder.encodeShared(arena.chunk, arena.offset, customers.toSorted());
      this.#table.set(number, arena.close(length));
    }
    const table = this.#table;
    const phones = table.sortedNumbers();
    const addresses = new Uint32Array(phones.length);
    this.#table = new PhoneTable();
    this.#arena = new RecordArena();
    const dictionaries = { offers: [...this.#offers.entries], prefixes: [...this.#prefixes.entries] };
    const hash = new ContentHash(dictionaries);
    let recordBytes = 0;
    let longRecords = 0;
    let address = 0;
    const copy = (target: Buffer, offset: number): number => {
      const end = arena.copy(address, target, offset);
      recordBytes += end - offset;
      if (end - offset > LONG_RECORD_BYTES) longRecords += 1;
      return end;
    };
    for (let position = 0; position < phones.length; position++) {
      const number = phones[position] ?? 0;
      address = table.get(number);
      addresses[position] = address;
      hash.add(number, copy);
      if (position % RECORDS_A_TURN === RECORDS_A_TURN - 1) await new Promise(setImmediate);
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
      contentHash: hash.digest(),
      ...dictionaries,
    };
    return new StagedGeneration(generation, { phones, addresses, arena });
  }

  /** A row that is sound by itself. The hot loop of a bulk load: what it allocates is what it refuses or finds shared. */
  #addRow(batch: StrategyBatch, row: number): RowRefusal | undefined {
    const { phones, phoneEnds, topK } = batch;
    const customer = batch.customers[row] ?? '';
    const firstPhone = row === 0 ? 0 : (phoneEnds[row - 1] ?? 0);
    const endPhone = phoneEnds[row] ?? 0;
    for (let at = firstPhone; at < endPhone; at++) {
      if (this.#isCustomerOf(phones[at] ?? 0, customer)) return alreadyGiven(at - firstPhone);
    }
    const arena = this.#arena;
    const encoder = this.#encoder;
    arena.open(CUSTOMER_RECORD_ROOM);
    encoder.beginCustomer(
      arena.chunk,
      arena.offset,
      customer,
      headByte(batch.flagBits[row] ?? 0, batch.arms[row] ?? 0),
    );
    const first = row * topK;
    const end = first + (batch.offerCounts[row] ?? 0);
    for (let at = first; at < end; at++)
      encoder.addOffer(batch.offers[at] ?? 0, batch.propensities[at] ?? 0, batch.values[at] ?? 0);
    const address = arena.close(encoder.end());
    for (let at = firstPhone; at < endPhone; at++) this.#place(phones[at] ?? 0, address, customer);
    this.#strategies += 1;
    return undefined;
  }

  #isCustomerOf(number: number, customer: string): boolean {
    const address = this.#table.get(number);
    return address !== -1 && this.#customersAt(number, address).includes(customer);
  }

  #customersAt(number: number, address: number): readonly string[] {
    const shared = this.#shared.get(number);
    if (shared !== undefined) return shared;
    const record = decodeRecord(this.#arena.read(address), {
      offers: this.#offers.entries,
      prefixes: this.#prefixes.entries,
    });
    return record.kind === 'customer' ? [record.customer] : [];
  }

  #place(number: number, address: number, customer: string): void {
    const known = this.#table.get(number);
    if (known === -1) {
      this.#table.set(number, address);
      return;
    }
    // The same number twice in one row.
    if (known === address) return;
    const customers = this.#customersAt(number, known);
    if (customers.length < MAX_SHARED_CUSTOMERS && !customers.includes(customer))
      this.#shared.set(number, [...customers, customer]);
  }
}

function alreadyGiven(index: number): RowRefusal {
  return { field: `phones[${index}]`, reason: 'an earlier line gives this number of this customer already' };
}
