// How the columns of a table become the terms of a logistic regression: numbers standardised, a term for each level.
//
// Terms are numbered: numeric columns first, then the intercept, then "missing" of each column that had missing values in
// training, then the levels. So a row is a few numbers in front and a few positions whose value is 1 behind.
import type { CategoricalColumn, FeatureTable, NumericColumn, RowNumbers } from './training-table.js';

export interface EncodedNumeric {
  readonly source: NumericColumn;
  readonly mean: number;
  readonly standardDeviation: number;
  /** Term of "missing"; -1: training has none. */
  readonly missingTerm: number;
}

export interface EncodedCategorical {
  readonly source: CategoricalColumn;
  /** Term of each level by its code; -1: too rare, counts as a level that training did not see. */
  readonly termOfCode: Int32Array;
  /** Rows of training with each level by its code. */
  readonly rowsOfCode: Int32Array;
  readonly missingTerm: number;
}

export interface Encoding {
  readonly numerics: readonly EncodedNumeric[];
  readonly categoricals: readonly EncodedCategorical[];
  /** Terms with the intercept. */
  readonly termCount: number;
  /** Term of the intercept: the number of numeric columns. */
  readonly interceptTerm: number;
}

/** Levels on fewer rows of training are not told from levels that were never seen: nothing can be learned from them. */
export const MIN_LEVEL_ROWS = 10;
/** Levels a column has at most; the commonest stay. */
export const MAX_LEVELS = 100;

/** The encoding as the training rows suggest it. Columns that do not vary over them are left out. */
export function encode(table: FeatureTable, rows: RowNumbers): Encoding {
  const numerics: { source: NumericColumn; mean: number; standardDeviation: number; missing: number }[] = [];
  const categoricals: { source: CategoricalColumn; kept: readonly number[]; counts: Int32Array }[] = [];
  for (const column of table.columns) {
    if (column.kind === 'numeric') {
      const moments = momentsOf(column.values, rows);
      if (isVaried(moments)) numerics.push({ source: column, ...moments });
    } else {
      const counts = countCodes(column, rows);
      const kept = commonLevels(counts);
      if (kept.length + (countMissing(column, rows) > 0 ? 1 : 0) > 1) {
        categoricals.push({ source: column, kept, counts });
      }
    }
  }
  let next = numerics.length + 1;
  const encodedNumerics = numerics.map(({ source, mean, standardDeviation, missing }) => ({
    source,
    mean,
    standardDeviation,
    missingTerm: missing > 0 ? next++ : -1,
  }));
  const encodedCategoricals = categoricals.map(({ source, kept, counts }) => {
    const termOfCode = new Int32Array(source.levels.length).fill(-1);
    const missingTerm = countMissing(source, rows) > 0 ? next++ : -1;
    for (const code of kept) termOfCode[code] = next++;
    return { source, termOfCode, rowsOfCode: counts, missingTerm };
  });
  return {
    numerics: encodedNumerics,
    categoricals: encodedCategoricals,
    termCount: next,
    interceptTerm: numerics.length,
  };
}

export interface Moments {
  /** Over the rows that have a value. */
  readonly mean: number;
  readonly standardDeviation: number;
  readonly missing: number;
}

/** Two passes: the second is exact where the first would cancel. Mean 0 and deviation 0 when no row has a value. */
export function momentsOf(values: Float64Array, rows: RowNumbers): Moments {
  let sum = 0;
  let missing = 0;
  for (const row of rows) {
    const value = values[row] ?? NaN;
    if (Number.isNaN(value)) missing++;
    else sum += value;
  }
  const present = rows.length - missing;
  if (present === 0) return { mean: 0, standardDeviation: 0, missing };
  const mean = sum / present;
  let squares = 0;
  for (const row of rows) {
    const value = values[row] ?? NaN;
    if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  }
  return { mean, standardDeviation: Math.sqrt(squares / present), missing };
}

/** A spread that rounding alone explains is none. */
function isVaried({ mean, standardDeviation }: Moments): boolean {
  return standardDeviation > 1e-12 * Math.max(1, Math.abs(mean));
}

export function countCodes(column: CategoricalColumn, rows: RowNumbers): Int32Array {
  const counts = new Int32Array(column.levels.length);
  for (const row of rows) {
    const code = column.codes[row] ?? -1;
    if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

export function countMissing(column: CategoricalColumn, rows: RowNumbers): number {
  let missing = 0;
  for (const row of rows) if ((column.codes[row] ?? -1) < 0) missing++;
  return missing;
}

/** Codes in order of the levels' names. */
function commonLevels(counts: Int32Array): readonly number[] {
  return Array.from(counts, (rows, code) => ({ rows, code }))
    .filter(({ rows }) => rows >= MIN_LEVEL_ROWS)
    .sort((a, b) => b.rows - a.rows || a.code - b.code)
    .slice(0, MAX_LEVELS)
    .map(({ code }) => code)
    .sort((a, b) => a - b);
}

/** Reads rows as the terms of an encoding, one at a time into buffers of its own. */
export class RowReader {
  /** The standardised numbers, then 1 for the intercept. */
  readonly front: Float64Array;
  /** Terms whose value is 1, ascending; `backCount` of them count. */
  readonly back: Int32Array;
  backCount = 0;
  readonly #encoding: Encoding;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
    this.front = new Float64Array(encoding.interceptTerm + 1);
    this.front[encoding.interceptTerm] = 1;
    this.back = new Int32Array(encoding.numerics.length + encoding.categoricals.length);
  }

  read(row: number): void {
    const { numerics, categoricals } = this.#encoding;
    let count = 0;
    for (let i = 0; i < numerics.length; i++) {
      const numeric = numerics[i] as EncodedNumeric;
      const value = numeric.source.values[row] ?? NaN;
      if (value === value) {
        this.front[i] = (value - numeric.mean) / numeric.standardDeviation;
      } else {
        this.front[i] = 0;
        if (numeric.missingTerm >= 0) this.back[count++] = numeric.missingTerm;
      }
    }
    for (let i = 0; i < categoricals.length; i++) {
      const categorical = categoricals[i] as EncodedCategorical;
      const code = categorical.source.codes[row] ?? -1;
      const term = code < 0 ? categorical.missingTerm : (categorical.termOfCode[code] ?? -1);
      if (term >= 0) this.back[count++] = term;
    }
    this.backCount = count;
  }
}
