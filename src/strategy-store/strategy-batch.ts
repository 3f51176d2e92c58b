// Strategies as columns: what a ranking run hands over, without an object a row; and the check that columns hold what rows may.
import { BatchShapeError } from './errors.js';
import { FLAG_NAMES } from './codec/flags.js';
import { ARMS, MAX_OFFERS } from './codec/record.js';
import { isPhoneNumber } from './phone-key.js';
import { customerProblem, MAX_PHONES, MAX_VALUE, problems } from './strategy-row.js';
import type { RowRefusal } from './strategy-row.js';

/** All strategies of a batch are of the publication's partner. Columns may be longer than `count` needs. */
export interface StrategyBatch {
  /** Rows. */
  readonly count: number;
  /** References of the customers, as in `StrategyRow`. */
  readonly customers: readonly string[];
  /** E.164 digits as numbers, all rows one after the other. */
  readonly phones: Float64Array;
  /** Row i has `phones[phoneEnds[i - 1] ?? 0 .. phoneEnds[i])`. */
  readonly phoneEnds: Uint32Array;
  /** Bit n is `FLAG_NAMES[n]`. */
  readonly flagBits: Uint8Array;
  /** 0: not assigned, 1: offer arm, 2: control arm. */
  readonly arms: Uint8Array;
  /** Columns that a row has in the next three, at most `MAX_OFFERS`. */
  readonly topK: number;
  /** Offers of each row, 0..topK, best first in the row's columns. */
  readonly offerCounts: Uint8Array;
  /** Index into the offers given to `StrategyWriter.begin`. */
  readonly offers: Uint16Array;
  /** 0..1 */
  readonly propensities: Float64Array;
  /** 0..1,000,000 */
  readonly values: Float64Array;
}

/** @throws BatchShapeError when a column is too short for `count` rows: a mistake of the program, not of the data */
export function checkShape(batch: StrategyBatch): void {
  const { count, topK } = batch;
  if (!Number.isInteger(count) || count < 0) throw new BatchShapeError('count', 'is no count of rows');
  if (!Number.isInteger(topK) || topK < 0 || topK > MAX_OFFERS)
    throw new BatchShapeError('topK', `must be from 0 to ${MAX_OFFERS}`);
  for (const column of ['customers', 'phoneEnds', 'flagBits', 'arms', 'offerCounts'] as const) {
    if (batch[column].length < count) throw new BatchShapeError(column, `is shorter than ${count} rows`);
  }
  for (const column of ['offers', 'propensities', 'values'] as const) {
    if (batch[column].length < count * topK)
      throw new BatchShapeError(column, `is shorter than ${count} rows of ${topK}`);
  }
  let start = 0;
  for (let row = 0; row < count; row++) {
    const end = batch.phoneEnds[row] ?? 0;
    if (end < start) throw new BatchShapeError('phoneEnds', `falls at row ${row}`);
    start = end;
  }
  if (start > batch.phones.length) throw new BatchShapeError('phoneEnds', 'goes past the end of phones');
}

/**
 * The first thing that is wrong with a row by itself, by the rules of `parseRow`; undefined when nothing is.
 * @param offerCount offers there are to name
 */
export function rowProblem(batch: StrategyBatch, row: number, offerCount: number): RowRefusal | undefined {
  const customer = customerProblem(batch.customers[row]);
  if (customer !== undefined) return { field: 'customer', reason: customer };
  return phonesProblem(batch, row) ?? headProblem(batch, row) ?? offersProblem(batch, row, offerCount);
}

function phonesProblem({ phones, phoneEnds }: StrategyBatch, row: number): RowRefusal | undefined {
  const start = row === 0 ? 0 : (phoneEnds[row - 1] ?? 0);
  const end = phoneEnds[row] ?? 0;
  if (end === start || end - start > MAX_PHONES) return { field: 'phones', reason: problems.phones };
  for (let at = start; at < end; at++) {
    if (!isPhoneNumber(phones[at] ?? NaN)) return { field: `phones[${at - start}]`, reason: problems.phone };
  }
  return undefined;
}

function headProblem({ flagBits, arms }: StrategyBatch, row: number): RowRefusal | undefined {
  if ((flagBits[row] ?? 0) >= 1 << FLAG_NAMES.length)
    return { field: 'flags', reason: `has a bit that is no flag; known are ${FLAG_NAMES.join(', ')}` };
  if ((arms[row] ?? 0) >= ARMS.length) return { field: 'arm', reason: problems.arm };
  return undefined;
}

function offersProblem(batch: StrategyBatch, row: number, offerCount: number): RowRefusal | undefined {
  const { offers, propensities, values, topK } = batch;
  const count = batch.offerCounts[row] ?? 0;
  if (count > topK)
    return { field: 'offers', reason: `must be a list of at most ${topK} offers, best first` };
  const start = row * topK;
  for (let at = start; at < start + count; at++) {
    const rank = at - start;
    const offer = offers[at] ?? 0;
    if (offer >= offerCount)
      return { field: `offers[${rank}].offer`, reason: `${offer} is none of ${offerCount} offers` };
    for (let other = start; other < at; other++) {
      if (offers[other] === offer)
        return { field: `offers[${rank}].offer`, reason: `${offer} is listed twice` };
    }
    // Written so that NaN is refused.
    const propensity = propensities[at] ?? NaN;
    if (!(propensity >= 0 && propensity <= 1))
      return { field: `offers[${rank}].propensity`, reason: problems.propensity };
    const value = values[at] ?? NaN;
    if (!(value >= 0 && value <= MAX_VALUE))
      return { field: `offers[${rank}].value`, reason: problems.value };
  }
  return undefined;
}
