// Splits that never show the future to the past: what is tested or validated on happened after everything that was trained on.
//
// Rows of the same time stay on one side of a cut, so that a day is not in both. A customer of the later side is taken out of the
// earlier one: what is known about a person must not be tested on the same person.
import { rowRange } from './training-table.js';
import type { RowNumbers, TrainingTable } from './training-table.js';

export interface TimeSplit {
  readonly earlier: RowNumbers;
  readonly later: RowNumbers;
  /** Rows taken out of `earlier` because their customer is in `later`. */
  readonly sameCustomer: number;
}

/**
 * The first row at the time of a wanted row, or the first of the next time where nothing would be left before it.
 * @param from first row of the earlier side
 */
export function cutAt(table: TrainingTable, wanted: number, from = 0): number {
  const { times, rowCount } = table;
  if (times === null || wanted <= from || wanted >= rowCount)
    return Math.min(Math.max(wanted, from), rowCount);
  let cut = wanted;
  while (cut > from && times[cut - 1] === times[cut]) cut--;
  if (cut > from) return cut;
  cut = wanted;
  while (cut < rowCount && times[cut] === times[cut - 1]) cut++;
  return cut;
}

/** @param from first row of the earlier side; @param cut first row of the later side; @param until exclusive */
export function splitAt(
  table: TrainingTable,
  { from, cut, until }: { readonly from: number; readonly cut: number; readonly until: number },
): TimeSplit {
  const later = rowRange(cut, until);
  const all = rowRange(from, cut);
  const earlier = withoutCustomersOf(table, all, later);
  return { earlier, later, sameCustomer: all.length - earlier.length };
}

function withoutCustomersOf(table: TrainingTable, rows: RowNumbers, others: RowNumbers): RowNumbers {
  const { customers } = table;
  if (customers === null) return rows;
  const taken = new Set<number>();
  for (const row of others) taken.add(customers[row] ?? -1);
  taken.delete(-1);
  return rows.filter((row) => !taken.has(customers[row] ?? -1));
}

/**
 * Folds of time-ordered cross-validation with a window that grows: the rows are cut into `folds` + 1 periods of equal size, and
 * each period but the first is validated on after training on all before it (Bergmeir and Benitez 2012). Folds whose training
 * lacks one of the labels, or that have nothing to validate on, are left out.
 */
export function timeFolds(
  table: TrainingTable,
  range: { readonly from: number; readonly until: number },
  folds: number,
): readonly TimeSplit[] {
  const { from, until } = range;
  const cuts = Array.from({ length: folds + 2 }, (_, i) =>
    i === 0
      ? from
      : i > folds
        ? until
        : cutAt(table, from + Math.floor((i * (until - from)) / (folds + 1)), from),
  );
  return Array.from({ length: folds }, (_, i) =>
    splitAt(table, { from, cut: cuts[i + 1] ?? until, until: cuts[i + 2] ?? until }),
  ).filter(({ earlier, later }) => later.length > 0 && hasBothLabels(table, earlier));
}

export function hasBothLabels(table: TrainingTable, rows: RowNumbers): boolean {
  let positives = 0;
  for (const row of rows) positives += table.labels[row] ?? 0;
  return positives > 0 && positives < rows.length;
}
