// From scored rows to strategies: columns in, columns out, one chunk of DuckDB's at a time, in the order of the customers.
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { isInControlArm } from '../../decision/index.js';
import type { RankingDatabase } from '../database.js';
import { RankingEngineError } from '../errors.js';
import { SERVICE_ALERT_BIT } from '../plan/base-sql.js';
import type { RankingPlan } from '../plan/ranking-plan.js';
import { ranksOf } from '../plan/score-sql.js';
import { list } from '../sql.js';
import type { PublishedBatch } from './publisher.js';

/** Rows of one DuckDB vector. */
const CHUNK_ROWS = 2048;
const OFFER_ARM = 1;
const CONTROL_ARM = 2;
const FIXED_COLUMNS = ['_cid', 'customer', '_number', '_phones', '_flags', '_service_offers'] as const;

/** What was seen on the way. */
export interface StrategyCounts {
  customers: number;
  /** Customers without a phone number; they are ranked and not published. */
  unreachable: number;
  withOffers: number;
  withServiceAlert: number;
  optedOut: number;
  controlArm: number;
}

/** Numbers of customers beyond their first, by customer in rising order. */
export interface ExtraPhones {
  readonly cids: Float64Array;
  readonly numbers: Float64Array;
}

export async function readExtraPhones(database: RankingDatabase): Promise<ExtraPhones> {
  const [count = 0] = await database.numbers('further numbers', 'SELECT count(*) FROM extra_phones');
  const cids = new Float64Array(count);
  const numbers = new Float64Array(count);
  const result = await database.stream(
    'further numbers',
    'SELECT cid::DOUBLE, number::DOUBLE FROM extra_phones ORDER BY cid, number',
  );
  let at = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const [cid, number] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
    for (let row = 0; row < chunk.rowCount; row++, at++) {
      cids[at] = cid.getItem(row) as number;
      numbers[at] = number.getItem(row) as number;
    }
  }
  return { cids, numbers };
}

export class StrategyBatches {
  readonly counts: StrategyCounts = {
    customers: 0,
    unreachable: 0,
    withOffers: 0,
    withServiceAlert: 0,
    optedOut: 0,
    controlArm: 0,
  };
  readonly #plan: RankingPlan;
  readonly #controlArmPercent: number;
  readonly #extra: ExtraPhones;
  readonly #ranks: number;
  readonly #stride: number;
  #extraAt = 0;
  #lastCid = -1;
  #phones = new Float64Array(CHUNK_ROWS * 2);
  readonly #customers: string[] = [];
  readonly #phoneEnds = new Uint32Array(CHUNK_ROWS);
  readonly #flagBits = new Uint8Array(CHUNK_ROWS);
  readonly #arms = new Uint8Array(CHUNK_ROWS);
  readonly #offerCounts = new Uint8Array(CHUNK_ROWS);
  readonly #offers: Uint16Array;
  readonly #propensities: Float64Array;
  readonly #values: Float64Array;

  constructor(plan: RankingPlan, controlArmPercent: number, extra: ExtraPhones) {
    this.#plan = plan;
    this.#controlArmPercent = controlArmPercent;
    this.#extra = extra;
    this.#ranks = ranksOf(plan);
    this.#stride = this.#ranks + plan.serviceOffers.length;
    this.#offers = new Uint16Array(CHUNK_ROWS * this.#stride);
    this.#propensities = new Float64Array(CHUNK_ROWS * this.#stride);
    this.#values = new Float64Array(CHUNK_ROWS * this.#stride);
  }

  /** Offers as batches name them: the ranked ones in configured order, then the service offers. */
  get offerCodes(): readonly string[] {
    return [
      ...this.#plan.offers.map((one) => one.offer),
      ...this.#plan.serviceOffers.map((one) => one.offer),
    ];
  }

  /** What has to be selected from `scored`. */
  get select(): string {
    const ranks = Array.from({ length: this.#ranks }, (_, rank) => `_o_${rank}, _q_${rank}, _w_${rank}`);
    return `SELECT _cid::DOUBLE, customer, _number::DOUBLE, _phones::DOUBLE, _flags, _service_offers::DOUBLE, ${list(ranks)} FROM scored ORDER BY _cid`;
  }

  /**
   * The strategies of one chunk of `select`, good until the next call; undefined when none of its customers has a number.
   * @throws RankingEngineError when rows come in another order than the customers have: then the same input would not give the
   *   same generation
   */
  take(chunk: DuckDBDataChunk): PublishedBatch | undefined {
    const vectors = Array.from({ length: FIXED_COLUMNS.length + 3 * this.#ranks }, (_, column) =>
      chunk.getColumnVector(column),
    );
    const at = (column: number, row: number): unknown => vectors[column]?.getItem(row);
    let count = 0;
    let phones = 0;
    for (let row = 0; row < chunk.rowCount; row++) {
      const cid = at(0, row) as number;
      if (cid <= this.#lastCid) throw new RankingEngineError('scoring', 'customers came out of order');
      this.#lastCid = cid;
      const customer = at(1, row) as string;
      const arm = this.#armOf(customer);
      const flags = at(4, row) as number;
      const offers = this.#takeOffers(at, { row, count, flags, service: at(5, row) as number });
      this.#count(flags, arm, offers);
      const extra = this.#extraOf(cid);
      if ((at(3, row) as number) === 0) {
        this.counts.unreachable += 1;
        continue;
      }
      if (phones + 1 + extra.length > this.#phones.length) this.#growPhones();
      this.#phones[phones++] = at(2, row) as number;
      for (const number of extra) this.#phones[phones++] = number;
      this.#customers[count] = customer;
      this.#phoneEnds[count] = phones;
      this.#flagBits[count] = flags;
      this.#arms[count] = arm;
      this.#offerCounts[count] = offers;
      count += 1;
    }
    return count === 0 ? undefined : this.#batch(count);
  }

  #batch(count: number): PublishedBatch {
    return {
      count,
      customers: this.#customers,
      phones: this.#phones,
      phoneEnds: this.#phoneEnds,
      flagBits: this.#flagBits,
      arms: this.#arms,
      topK: this.#stride,
      offerCounts: this.#offerCounts,
      offers: this.#offers,
      propensities: this.#propensities,
      values: this.#values,
    };
  }

  #armOf(customer: string): number {
    return isInControlArm(this.#plan.partner, customer, this.#controlArmPercent) ? CONTROL_ARM : OFFER_ARM;
  }

  #count(flags: number, arm: number, offers: number): void {
    const { counts } = this;
    counts.customers += 1;
    if (offers > 0) counts.withOffers += 1;
    if ((flags & SERVICE_ALERT_BIT) !== 0) counts.withServiceAlert += 1;
    if ((flags & 1) !== 0) counts.optedOut += 1;
    if (arm === CONTROL_ARM) counts.controlArm += 1;
  }

  /** Service offers of open alerts first, then the ranked ones; returns how many. */
  #takeOffers(
    at: (column: number, row: number) => unknown,
    place: { readonly row: number; readonly count: number; readonly flags: number; readonly service: number },
  ): number {
    const { row, count, service } = place;
    const start = count * this.#stride;
    let taken = 0;
    const { serviceOffers, offers } = this.#plan;
    if (service !== 0) {
      for (let index = 0; index < serviceOffers.length; index++) {
        if (Math.floor(service / 2 ** index) % 2 === 0) continue;
        this.#put(start + taken++, {
          offer: offers.length + index,
          propensity: 1,
          value: serviceOffers[index]?.value ?? 0,
        });
      }
    }
    for (let rank = 0; rank < this.#ranks; rank++) {
      const column = FIXED_COLUMNS.length + 3 * rank;
      const offer = at(column, row) as number | null;
      if (offer === null) break;
      const propensity = at(column + 1, row) as number;
      this.#put(start + taken++, { offer, propensity, value: at(column + 2, row) as number });
    }
    return taken;
  }

  #put(
    place: number,
    ranked: { readonly offer: number; readonly propensity: number; readonly value: number },
  ): void {
    this.#offers[place] = ranked.offer;
    this.#propensities[place] = ranked.propensity;
    this.#values[place] = ranked.value;
  }

  #extraOf(cid: number): Float64Array {
    const { cids, numbers } = this.#extra;
    while ((cids[this.#extraAt] ?? Infinity) < cid) this.#extraAt += 1;
    const first = this.#extraAt;
    while (cids[this.#extraAt] === cid) this.#extraAt += 1;
    return numbers.subarray(first, this.#extraAt);
  }

  #growPhones(): void {
    const grown = new Float64Array(this.#phones.length * 2);
    grown.set(this.#phones);
    this.#phones = grown;
  }
}
