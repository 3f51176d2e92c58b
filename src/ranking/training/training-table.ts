// What a model is trained on, column by column. Rows are in order of time: whoever makes a table sorts it.

export interface NumericColumn {
  readonly kind: 'numeric';
  readonly column: string;
  /** NaN: no value. */
  readonly values: Float64Array;
}

export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly column: string;
  /** In order of their UTF-16 code units. */
  readonly levels: readonly string[];
  /** Index into levels; -1: no value. */
  readonly codes: Int32Array;
}

export type TableColumn = NumericColumn | CategoricalColumn;

/** Columns of equal length. */
export interface FeatureTable {
  readonly rowCount: number;
  readonly columns: readonly TableColumn[];
}

export interface TrainingTable extends FeatureTable {
  /** 1: took the offer; 0: did not. */
  readonly labels: Uint8Array;
  /** Milliseconds since 1970, never decreasing; null: the order of the rows is the order of time. */
  readonly times: Float64Array | null;
  /** Equal numbers are the same customer; -1: nobody knows who. Null: rows have no customer. */
  readonly customers: Int32Array | null;
}

/** Row numbers of a table from 0, ascending. */
export type RowNumbers = Int32Array;

/** @param end exclusive */
export function rowRange(start: number, end: number): RowNumbers {
  return Int32Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}

export function labelsOf(table: TrainingTable, rows: RowNumbers): Uint8Array {
  return Uint8Array.from(rows, (row) => table.labels[row] ?? 0);
}

export function countPositives(labels: Uint8Array): number {
  let positives = 0;
  for (const label of labels) positives += label;
  return positives;
}

/** When a row was: ISO 8601, or its number from 1 where rows have no time. */
export function timeWords(table: TrainingTable, row: number): string {
  const time = table.times?.[row];
  return time === undefined ? String(row + 1) : new Date(time).toISOString();
}
