// A fingerprint of training data: two models with the same one were trained on the same numbers.
import { createHash } from 'node:crypto';
import type { TrainingTable } from './training-table.js';

/** SHA-256 in hexadecimal over the names and values of the columns, the labels, the times and who the customers are. */
export function dataHash(table: TrainingTable): string {
  const hash = createHash('sha256');
  hash.update(`rows ${table.rowCount}\n`);
  for (const column of table.columns) {
    if (column.kind === 'numeric')
      hash.update(`numeric ${JSON.stringify(column.column)}\n`).update(canonical(column.values));
    else {
      hash.update(`categorical ${JSON.stringify([column.column, column.levels])}\n`);
      hash.update(bytes(column.codes));
    }
  }
  hash.update('labels\n').update(table.labels);
  if (table.times !== null) hash.update('times\n').update(bytes(table.times));
  if (table.customers !== null) hash.update('customers\n').update(bytes(table.customers));
  return hash.digest('hex');
}

/** NaN has many bit patterns, and -0 equals 0. */
function canonical(values: Float64Array): Uint8Array {
  return bytes(values.map((value) => (Number.isNaN(value) ? NaN : value + 0)));
}

function bytes(array: Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
