// Which columns a model may look at. What is left out is told with its reason.
import type { Column, ModelSettings } from '../../config/index.js';
import { countCodes, encode, MIN_LEVEL_ROWS } from './encoding.js';
import { areaUnderRoc } from './metrics.js';
import { labelsOf } from './training-table.js';
import type { RowNumbers, TableColumn, TrainingTable } from './training-table.js';

export interface DroppedColumn {
  readonly column: string;
  readonly why: string;
}

export type TypedColumn = Pick<Column, 'column' | 'type'>;

/** What the settings say of the columns of the data; no row has been looked at yet. */
export type ColumnRoles = Pick<
  ModelSettings,
  'features' | 'leaks' | 'label' | 'timeColumn' | 'customerColumn'
>;

export interface ChosenColumns<T> {
  readonly kept: readonly T[];
  readonly dropped: readonly DroppedColumn[];
}

/** By the settings: leaks, the label, the time and the customer are no features, and dates are none either. */
export function candidateColumns(
  columns: readonly TypedColumn[],
  roles: ColumnRoles,
): ChosenColumns<TypedColumn> {
  const asked =
    roles.features.length === 0
      ? columns
      : roles.features.flatMap((feature) => columns.filter((one) => one.column === feature));
  const isNamed = roles.features.length > 0;
  const kept: TypedColumn[] = [];
  const dropped: DroppedColumn[] = [];
  for (const column of asked) {
    const role = roleOf(column, roles);
    if (role === undefined) kept.push(column);
    else if (role.isTold || isNamed) dropped.push({ column: column.column, why: role.why });
  }
  return { kept, dropped };
}

function roleOf(
  { column, type }: TypedColumn,
  roles: ColumnRoles,
): { readonly why: string; readonly isTold: boolean } | undefined {
  if (roles.leaks.includes(column)) return { why: 'known only after the call (leaks)', isTold: true };
  if (column === roles.label) return { why: 'is the label', isTold: false };
  if (column === roles.timeColumn) return { why: 'is the time of the row', isTold: false };
  if (column === roles.customerColumn) return { why: 'is the customer', isTold: false };
  if (type === 'date' || type === 'timestamp') {
    return { why: 'is a date; give the number of days up to the call instead', isTold: true };
  }
  return undefined;
}

export interface UsefulColumns extends ChosenColumns<TableColumn> {
  /** Columns that are kept and deserve a second look. */
  readonly warnings: readonly string[];
}

/** A single column that ranks this well is seldom known before the call. */
const suspiciousAuc = 0.9;

/** By the training rows: columns that do not vary over them, and columns that give the label away. */
export function usefulColumns(table: TrainingTable, rows: RowNumbers): UsefulColumns {
  const labels = labelsOf(table, rows);
  const kept: TableColumn[] = [];
  const dropped: DroppedColumn[] = [];
  const warnings: string[] = [];
  for (const column of table.columns) {
    const why = uselessness(column, rows);
    const auc = why === undefined ? aloneAuc(column, rows, labels) : 0.5;
    if (why !== undefined) {
      dropped.push({ column: column.column, why });
    } else if (auc === 1) {
      dropped.push({
        column: column.column,
        why: 'tells the label without fail; is it known before the call?',
      });
    } else {
      kept.push(column);
      if (auc >= suspiciousAuc) {
        warnings.push(
          `${column.column} alone has an AUC of ${auc.toFixed(3)}; if it is known only after the call, add it to leaks`,
        );
      }
    }
  }
  return { kept, dropped, warnings };
}

function uselessness(column: TableColumn, rows: RowNumbers): string | undefined {
  const { numerics, categoricals } = encode({ rowCount: lengthOf(column), columns: [column] }, rows);
  if (numerics.length + categoricals.length > 0) return undefined;
  if (column.kind === 'numeric') return 'has the same value in all training rows';
  const counts = countCodes(column, rows);
  const levels = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  return levels > 1
    ? `has ${levels} values of which at most one is on ${MIN_LEVEL_ROWS} training rows or more`
    : 'has the same value in all training rows';
}

function lengthOf(column: TableColumn): number {
  return column.kind === 'numeric' ? column.values.length : column.codes.length;
}

/** AUC of the column on its own, in the better direction; levels stand for their rate of takers. */
function aloneAuc(column: TableColumn, rows: RowNumbers, labels: Uint8Array): number {
  const scores =
    column.kind === 'numeric' ? numericScores(column.values, rows) : levelRates(column.codes, rows, labels);
  const auc = areaUnderRoc(scores, labels) ?? 0.5;
  return Math.max(auc, 1 - auc);
}

/** Missing values below all others. */
function numericScores(values: Float64Array, rows: RowNumbers): Float64Array {
  return Float64Array.from(rows, (row) => {
    const value = values[row] ?? NaN;
    return Number.isNaN(value) ? -Infinity : value;
  });
}

/** Rare levels are taken together with each other, so that a reference number is not mistaken for an answer. */
function levelRates(codes: Int32Array, rows: RowNumbers, labels: Uint8Array): Float64Array {
  const counts = new Map<number, { rows: number; takers: number }>();
  const rare = { rows: 0, takers: 0 };
  rows.forEach((row, i) => {
    const code = codes[row] ?? -1;
    const count = counts.get(code) ?? { rows: 0, takers: 0 };
    count.rows++;
    count.takers += labels[i] ?? 0;
    counts.set(code, count);
  });
  for (const [code, count] of counts) {
    if (count.rows >= MIN_LEVEL_ROWS) continue;
    rare.rows += count.rows;
    rare.takers += count.takers;
    counts.set(code, rare);
  }
  return Float64Array.from(rows, (row) => {
    const count = counts.get(codes[row] ?? -1) ?? rare;
    return count.takers / Math.max(count.rows, 1);
  });
}
