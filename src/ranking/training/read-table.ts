// A table of DuckDB as a training table: rows with a label, in order of time, numbers and level codes in typed arrays.
import type { RankingDatabase } from '../database.js';
import { counted } from '../report/number-text.js';
import { list, name, text } from '../sql.js';
import type { DroppedColumn, TypedColumn } from './choose-columns.js';
import { TrainingDataError } from './errors.js';
import type { TableColumn, TrainingTable } from './training-table.js';

export interface TrainingRelation {
  /** Stands after FROM; it has the columns and `row`, a number that tells all rows apart. */
  readonly sql: string;
  /** Columns to learn from. */
  readonly columns: readonly TypedColumn[];
  readonly label: string;
  /** The label of those who took the offer, as text. */
  readonly positive: string;
  readonly timeColumn?: string;
  readonly customerColumn?: string;
}

export interface ReadTable {
  readonly table: TrainingTable;
  readonly dropped: readonly DroppedColumn[];
  readonly notes: readonly string[];
}

/** Texts of more different values tell rows apart, not kinds of rows. */
const MAX_VALUES = 1000;

/**
 * Rows without a label or a time are left out and counted. Equal times keep the order of `row`, so the result does not depend on
 * how many threads DuckDB has.
 * @throws TrainingDataError when no row has the positive label; RankingEngineError, RunInterruptedError
 */
export async function readTable(
  database: RankingDatabase,
  model: string,
  relation: TrainingRelation,
): Promise<ReadTable> {
  const notes = await leftOut(database, model, relation);
  const { columns, dropped } = await levelled(database, model, relation);
  const rowCount = await countRows(database, model, relation);
  const target = new TableTarget(rowCount, columns, relation);
  let at = 0;
  for await (const chunk of database.chunks(`model ${model}`, selectSql(columns, relation))) {
    target.put(at, chunk.getColumns());
    at += chunk.rowCount;
  }
  return { table: target.table, dropped, notes };
}

const isUsable = ({ label, timeColumn }: TrainingRelation): string =>
  [label, ...(timeColumn === undefined ? [] : [timeColumn])]
    .map((column) => `${name(column)} IS NOT NULL`)
    .join(' AND ');

async function leftOut(
  database: RankingDatabase,
  model: string,
  relation: TrainingRelation,
): Promise<readonly string[]> {
  const [rows = 0, unlabelled = 0, used = 0, takers = 0] = await database.numbers(
    `model ${model}`,
    `SELECT count(*), count(*) FILTER (${name(relation.label)} IS NULL), count(*) FILTER (${isUsable(relation)}),
       count(*) FILTER (${isUsable(relation)} AND ${name(relation.label)}::VARCHAR = ${text(relation.positive)})
     FROM ${relation.sql}`,
  );
  if (takers === 0) await refuseLabel(database, model, relation);
  const untimed = rows - unlabelled - used;
  return [
    ...(unlabelled === 0 ? [] : [`${counted(unlabelled, 'row')} without a label left out`]),
    ...(untimed === 0 ? [] : [`${counted(untimed, 'row')} without a time left out`]),
  ];
}

async function refuseLabel(
  database: RankingDatabase,
  model: string,
  { sql, label, positive }: TrainingRelation,
): Promise<never> {
  const found = await database.rows(
    `model ${model}`,
    `SELECT ${name(label)}::VARCHAR AS value, count(*) AS rows FROM ${sql} WHERE ${name(label)} IS NOT NULL
     GROUP BY ALL ORDER BY rows DESC, value LIMIT 5`,
  );
  const values = found.map(([value, rows]) => `${String(value)} (${String(rows)})`).join(', ');
  const there = values === '' ? 'no row has a label' : `its values are ${values}`;
  throw new TrainingDataError(model, `no row has the label ${label} = ${positive}; ${there}. Set positive`);
}

async function countRows(
  database: RankingDatabase,
  model: string,
  relation: TrainingRelation,
): Promise<number> {
  const sql = `SELECT count(*) FROM ${relation.sql} WHERE ${isUsable(relation)}`;
  const [rows = 0] = await database.numbers(`model ${model}`, sql);
  return rows;
}

interface LevelledColumn {
  readonly column: string;
  /** Null: numbers. */
  readonly levels: readonly string[] | null;
}

/** The levels of each text column. */
async function levelled(
  database: RankingDatabase,
  model: string,
  relation: TrainingRelation,
): Promise<{ readonly columns: readonly LevelledColumn[]; readonly dropped: readonly DroppedColumn[] }> {
  const columns: LevelledColumn[] = [];
  const dropped: DroppedColumn[] = [];
  for (const { column, type } of relation.columns) {
    if (type === 'integer' || type === 'decimal') {
      columns.push({ column, levels: null });
      continue;
    }
    const rows = await database.rows(
      `model ${model}`,
      `SELECT DISTINCT ${name(column)}::VARCHAR FROM ${relation.sql}
       WHERE ${name(column)} IS NOT NULL AND ${isUsable(relation)} LIMIT ${MAX_VALUES + 1}`,
    );
    if (rows.length > MAX_VALUES) {
      dropped.push({ column, why: `has more than ${MAX_VALUES} different values` });
    } else {
      columns.push({ column, levels: rows.map(([level]) => String(level)).sort() });
    }
  }
  return { columns, dropped };
}

function selectSql(columns: readonly LevelledColumn[], relation: TrainingRelation): string {
  const { sql, label, positive, timeColumn, customerColumn } = relation;
  const values = columns.map(({ column, levels }) =>
    levels === null
      ? `${name(column)}::DOUBLE`
      : `(coalesce(list_position([${list(levels.map(text))}]::VARCHAR[], ${name(column)}::VARCHAR), 0) - 1)::INTEGER`,
  );
  const customer =
    customerColumn === undefined
      ? []
      : [
          `(CASE WHEN ${name(customerColumn)} IS NULL THEN -1
             ELSE dense_rank() OVER (ORDER BY ${name(customerColumn)}) END)::INTEGER`,
        ];
  const time = timeColumn === undefined ? [] : [`epoch_ms(${name(timeColumn)}::TIMESTAMP)::DOUBLE`];
  const order = timeColumn === undefined ? 'row' : `${name(timeColumn)}, row`;
  return `SELECT ${list([`(${name(label)}::VARCHAR = ${text(positive)})::UTINYINT`, ...values, ...time, ...customer])}
    FROM ${sql} WHERE ${isUsable(relation)} ORDER BY ${order}`;
}

/** Typed arrays that are filled chunk by chunk. */
class TableTarget {
  readonly table: TrainingTable;
  readonly #arrays: readonly (Uint8Array | Float64Array | Int32Array)[];

  constructor(rowCount: number, columns: readonly LevelledColumn[], relation: TrainingRelation) {
    const tableColumns: readonly TableColumn[] = columns.map(({ column, levels }) =>
      levels === null
        ? { kind: 'numeric', column, values: new Float64Array(rowCount) }
        : { kind: 'categorical', column, levels, codes: new Int32Array(rowCount) },
    );
    const labels = new Uint8Array(rowCount);
    const times = relation.timeColumn === undefined ? null : new Float64Array(rowCount);
    const customers = relation.customerColumn === undefined ? null : new Int32Array(rowCount);
    this.table = { rowCount, columns: tableColumns, labels, times, customers };
    this.#arrays = [
      labels,
      ...tableColumns.map((one) => (one.kind === 'numeric' ? one.values : one.codes)),
      ...(times === null ? [] : [times]),
      ...(customers === null ? [] : [customers]),
    ];
  }

  put(at: number, columns: readonly (readonly unknown[])[]): void {
    for (const [i, array] of this.#arrays.entries()) {
      const values = columns[i] ?? [];
      for (let row = 0; row < values.length; row++) array[at + row] = finite(values[row]);
    }
  }
}

/** No value and infinity both count as missing. */
function finite(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : NaN;
}
