// From scored rows to strategies: columns in, columns out, one chunk of DuckDB's at a time, in the order of the customers.
import { DuckDBDoubleVector, DuckDBVarCharVector } from '@duckdb/node-api';
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
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
/** What a strategy holds. */
const MOST_OFFERS = 31;
const OFFER_ARM = 1;
const CONTROL_ARM = 2;
/** Columns of numbers before those of the ranks. */
const NUMBER_COLUMNS = 4;

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
  const rows = 'SELECT cid::DOUBLE, number::DOUBLE FROM extra_phones ORDER BY cid, number';
  let at = 0;
  for await (const chunk of database.chunks('further numbers', rows)) {
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
    this.#stride = Math.min(this.#ranks + plan.serviceOffers.length, MOST_OFFERS);
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

  /** What has to be selected from `scored`: all but the reference as DOUBLE, so that reading a value is one kind of call. */
  get select(): string {
    const fixed = ['_cid', '_number', '_flags', '_service_offers'].map((column) => `${column}::DOUBLE`);
    const ranks = Array.from({ length: this.#ranks }, (_, rank) => [
      `coalesce(_o_${rank}, -1)::DOUBLE`,
      `coalesce(_q_${rank}, 0)::DOUBLE`,
      `coalesce(_w_${rank}, 0)::DOUBLE`,
    ]);
    return `SELECT customer, ${list([...fixed, ...ranks.flat()])} FROM scored ORDER BY _cid`;
  }

  /**
   * The strategies of one chunk of `select`, good until the next call; undefined when none of its customers has a number.
   * @throws RankingEngineError when rows come in another order than the customers have: then the same input would not give the
   *   same generation
   */
  take(chunk: DuckDBDataChunk): PublishedBatch | undefined {
    const customers = vectorAt(chunk, 0, DuckDBVarCharVector);
    const columns = Array.from({ length: NUMBER_COLUMNS + 3 * this.#ranks }, (_, column) =>
      vectorAt(chunk, column + 1, DuckDBDoubleVector),
    );
    let count = 0;
    let phones = 0;
    for (let row = 0; row < chunk.rowCount; row++) {
      const cid = numberAt(columns, 0, row);
      if (cid <= this.#lastCid) throw new RankingEngineError('scoring', 'customers came out of order');
      this.#lastCid = cid;
      const customer = customers.getItem(row) ?? '';
      const arm = this.#armOf(customer);
      const flags = numberAt(columns, 2, row);
      const offers = this.#takeOffers(columns, row, count);
      this.#count(flags, arm, offers);
      const extra = this.#extraOf(cid);
      const number = numberAt(columns, 1, row);
      if (number === 0) {
        this.counts.unreachable += 1;
        continue;
      }
      if (phones + 1 + extra.length > this.#phones.length) this.#growPhones();
      this.#phones[phones++] = number;
      for (const further of extra) this.#phones[phones++] = further;
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
  #takeOffers(columns: readonly DuckDBDoubleVector[], row: number, count: number): number {
    const { serviceOffers, offers } = this.#plan;
    const start = count * this.#stride;
    const service = numberAt(columns, 3, row);
    let taken = 0;
    for (let index = 0; service !== 0 && index < serviceOffers.length && taken < this.#stride; index++) {
      if (Math.floor(service / 2 ** index) % 2 === 0) continue;
      const value = serviceOffers[index]?.value ?? 0;
      this.#put(start + taken++, offers.length + index, 1, value);
    }
    for (let column = NUMBER_COLUMNS; column < columns.length && taken < this.#stride; column += 3) {
      const offer = numberAt(columns, column, row);
      if (offer < 0) break;
      this.#put(
        start + taken++,
        offer,
        numberAt(columns, column + 1, row),
        numberAt(columns, column + 2, row),
      );
    }
    return taken;
  }

  #put(place: number, offer: number, propensity: number, value: number): void {
    this.#offers[place] = offer;
    this.#propensities[place] = propensity;
    this.#values[place] = value;
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

function numberAt(columns: readonly DuckDBDoubleVector[], column: number, row: number): number {
  return columns[column]?.getItem(row) ?? 0;
}

/** @throws RankingEngineError when the column is of another type than was selected */
function vectorAt<T extends DuckDBVector>(
  chunk: DuckDBDataChunk,
  column: number,
  type: abstract new (...parts: never[]) => T,
): T {
  const vector = chunk.getColumnVector(column);
  if (vector instanceof type) return vector;
  throw new RankingEngineError('scoring', `column ${column} is of an unexpected type`);
}
