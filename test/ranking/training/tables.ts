// Small training tables; simulated ones are the same every time.
import type {
  CategoricalColumn,
  NumericColumn,
  TableColumn,
  TrainingTable,
} from '../../../src/ranking/training/training-table.js';
import { seededRandom } from '../../callcenter/simulated-queue.js';

/** Null: no value. */
export function numeric(column: string, values: readonly (number | null)[]): NumericColumn {
  return { kind: 'numeric', column, values: Float64Array.from(values, (value) => value ?? NaN) };
}

export function categorical(column: string, values: readonly (string | null)[]): CategoricalColumn {
  const levels = [...new Set(values.filter((value) => value !== null))].sort();
  return {
    kind: 'categorical',
    column,
    levels,
    codes: Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value))),
  };
}

export function trainingTable(
  columns: readonly TableColumn[],
  labels: readonly number[],
  more: { readonly times?: readonly number[]; readonly customers?: readonly number[] } = {},
): TrainingTable {
  return {
    rowCount: labels.length,
    columns,
    labels: Uint8Array.from(labels),
    times: more.times === undefined ? null : Float64Array.from(more.times),
    customers: more.customers === undefined ? null : Int32Array.from(more.customers),
  };
}

/** A standard normal variate of two uniform ones (Box and Muller 1958). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export const logistic = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Rows of a known model: logit = intercept + slope x + (level of `group`), some values of `x` missing. */
export function simulated(
  rows: number,
  { seed = 1, intercept = -2, slope = 1, missingShare = 0 }: Partial<SimulationSettings> = {},
): TrainingTable {
  const random = seededRandom(seed);
  const effects = { a: -0.5, b: 0, c: 0.5 } as const;
  const x: (number | null)[] = [];
  const group: (keyof typeof effects)[] = [];
  const labels: number[] = [];
  for (let i = 0; i < rows; i++) {
    const value = normal(random);
    const level = (['a', 'b', 'c'] as const)[Math.floor(3 * random())]!;
    x.push(random() < missingShare ? null : value);
    group.push(level);
    labels.push(random() < logistic(intercept + slope * value + effects[level]) ? 1 : 0);
  }
  return trainingTable([numeric('x', x), categorical('group', group)], labels);
}

interface SimulationSettings {
  readonly seed: number;
  readonly intercept: number;
  readonly slope: number;
  readonly missingShare: number;
}
