// How far each column has moved between the training window and now.
//
// Population stability index: sum over bins of (now - then) x ln(now / then), the shares of the rows in each bin (Siddiqi 2006,
// Credit Risk Scorecards). Numbers are put into tenths of the training window (a value that fills several is a bin of its own), texts into their levels; "no value" is a bin of
// its own. An empty bin counts as one row in ten thousand.
import type { DriftRow } from '../report/model-report.js';
import { countCodes, momentsOf } from './encoding.js';
import type { CategoricalColumn, FeatureTable, NumericColumn, RowNumbers } from './training-table.js';

const smallestShare = 0.0001;
const tenths = 10;

/** The most drifted column first. */
export function driftOf(table: FeatureTable, then: RowNumbers, now: RowNumbers): readonly DriftRow[] {
  return table.columns
    .map((column) =>
      column.kind === 'numeric' ? numericDrift(column, then, now) : categoricalDrift(column, then, now),
    )
    .sort((a, b) => b.psi - a.psi || (a.column < b.column ? -1 : 1));
}

/** @param then and @param now are counts by bin */
export function stabilityIndex(then: ArrayLike<number>, now: ArrayLike<number>): number {
  const [thenRows, nowRows] = [total(then), total(now)];
  let index = 0;
  for (let bin = 0; bin < then.length; bin++) {
    const [thenCount, nowCount] = [then[bin] ?? 0, now[bin] ?? 0];
    if (thenCount === 0 && nowCount === 0) continue;
    const thenShare = Math.max(thenCount / Math.max(thenRows, 1), smallestShare);
    const nowShare = Math.max(nowCount / Math.max(nowRows, 1), smallestShare);
    index += (nowShare - thenShare) * Math.log(nowShare / thenShare);
  }
  return index;
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i] ?? 0;
  return sum;
}

function numericDrift(column: NumericColumn, then: RowNumbers, now: RowNumbers): DriftRow {
  const edges = tenthsOf(column.values, then);
  const psi = stabilityIndex(countBins(column.values, then, edges), countBins(column.values, now, edges));
  const [before, after] = [momentsOf(column.values, then), momentsOf(column.values, now)];
  const means = `mean ${shortNumber(before.mean)} -> ${shortNumber(after.mean)}`;
  const spreads = `deviation ${shortNumber(before.standardDeviation)} -> ${shortNumber(after.standardDeviation)}`;
  const hasSpread =
    Math.abs(after.standardDeviation - before.standardDeviation) > before.standardDeviation / 10;
  return {
    column: column.column,
    psi,
    change: withMissing(
      hasSpread ? `${means}, ${spreads}` : means,
      before.missing / then.length,
      after.missing / now.length,
    ),
  };
}

function categoricalDrift(column: CategoricalColumn, then: RowNumbers, now: RowNumbers): DriftRow {
  const [before, after] = [countCodes(column, then), countCodes(column, now)];
  const [missingBefore, missingAfter] = [then.length - total(before), now.length - total(after)];
  const psi = stabilityIndex([...before, missingBefore], [...after, missingAfter]);
  let widest = -1;
  let moved = '';
  for (const [code, level] of column.levels.entries()) {
    const [was, is] = [(before[code] ?? 0) / then.length, (after[code] ?? 0) / now.length];
    if (Math.abs(is - was) <= widest) continue;
    widest = Math.abs(is - was);
    moved = `${level} ${percent(was)} -> ${percent(is)}`;
  }
  return {
    column: column.column,
    psi,
    change: withMissing(moved, missingBefore / then.length, missingAfter / now.length),
  };
}

interface Edge {
  readonly value: number;
  /** Several tenths end here: rows with exactly this value are a bin of their own. */
  readonly isHeap: boolean;
}

/** Upper edges of the tenths, each once, ascending. */
function tenthsOf(values: Float64Array, rows: RowNumbers): readonly Edge[] {
  const sorted = Float64Array.from(rows, (row) => values[row] ?? NaN)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const edges: Edge[] = [];
  for (let i = 1; i < tenths; i++) {
    const value = sorted[Math.floor((i * sorted.length) / tenths)];
    if (value === undefined) continue;
    if (edges.at(-1)?.value === value) edges[edges.length - 1] = { value, isHeap: true };
    else edges.push({ value, isHeap: false });
  }
  return edges;
}

/** Two bins an edge: up to it, and at it where it is a heap. Then what is above the last one, and what has no value. */
function countBins(values: Float64Array, rows: RowNumbers, edges: readonly Edge[]): Float64Array {
  const above = 2 * edges.length;
  const counts = new Float64Array(above + 2);
  for (const row of rows) {
    const value = values[row] ?? NaN;
    let bin = above + 1;
    if (!Number.isNaN(value)) {
      const found = edges.findIndex((edge) => value <= edge.value);
      const isAtHeap = edges[found]?.isHeap === true && edges[found].value === value;
      bin = found === -1 ? above : 2 * found + (isAtHeap ? 1 : 0);
    }
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function withMissing(change: string, was: number, is: number): string {
  if (Math.abs(is - was) < 0.005) return change;
  const missing = `missing ${percent(was)} -> ${percent(is)}`;
  return change === '' ? missing : `${change}, ${missing}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** Three significant digits or all those before the point. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  return size >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
