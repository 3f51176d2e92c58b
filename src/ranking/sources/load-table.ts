// One configured table into DuckDB: typed, checked row by row, rejected rows set apart and written out.
import { AppError, errorMessage } from '../../kernel/index.js';
import { plainMessage } from '../database.js';
import { RankingEngineError, SourceError, TooManyRejectedError } from '../errors.js';
import type { SourceProblem, SourceReport } from '../report/run-report.js';
import { list, name, text } from '../sql.js';
import { columnChecks, typedValue } from './column-checks.js';
import type { Check } from './column-checks.js';
import { openRelation, orderSetting, sourceColumns } from './relation.js';
import type { Relation, RelationOptions, TableSettings } from './relation.js';

export interface LoadTableOptions extends RelationOptions {
  /** The DuckDB table that is made: the declared columns and `row`, a BIGINT from 1 in the order of the source. */
  readonly table: string;
  /** Columns that no row may lack, whatever the settings say. */
  readonly requiredColumns?: readonly string[];
  /** The column that no two rows may share; the first row counts. */
  readonly key?: string;
  /** Further checks, over the declared columns under their names in quotes. */
  readonly checks?: readonly Check[];
  /** Where rejected rows are written, as CSV with what the source said; made when there are any. */
  readonly rejectedFile: string;
  /** Columns whose values are masked in samples. */
  readonly personalColumns?: readonly string[];
}

const SAMPLES = 5;

/**
 * Rows that are wrong are left out, told in the report and written to `rejectedFile`.
 * @throws SourceError when the source cannot be read or lacks a column; TooManyRejectedError; RunInterruptedError
 */
export async function loadTable(settings: TableSettings, options: LoadTableOptions): Promise<SourceReport> {
  const relation = await openRelation(settings, options);
  checkColumns(settings, relation, options.label);
  const checks = checksOf(settings, relation, options);
  await createTable(settings, relation, { ...options, problem: problemSql(checks) });
  await rejectDuplicates(options, checks.length + 1);
  const report = await reject(settings, relation, { ...options, problems: problemWords(checks, options) });
  if (report.rejected > settings.maxRejected) {
    throw new TooManyRejectedError(options.label, report.rejected, {
      maxRejected: settings.maxRejected,
      file: report.rejectedFile,
    });
  }
  return report;
}

function checkColumns(settings: TableSettings, relation: Relation, label: string): void {
  for (const { column, from } of settings.columns) {
    const wanted = from ?? column;
    if (relation.types.has(wanted)) continue;
    const there = [...relation.types.keys()];
    const shown = there.length > 30 ? `${there.slice(0, 30).join(', ')}, ...` : there.join(', ');
    throw new SourceError(label, `${relation.from} has no column ${wanted}; its columns are ${shown}`);
  }
}

function checksOf(settings: TableSettings, relation: Relation, options: LoadTableOptions): readonly Check[] {
  const required = new Set(options.requiredColumns);
  return [
    ...settings.columns.flatMap((column) =>
      columnChecks(
        column,
        relation.types.get(column.from ?? column.column) ?? '',
        required.has(column.column),
      ),
    ),
    ...(options.checks ?? []).map(({ problem, sql }) => ({
      problem,
      sql: inSource(sql, settings, relation),
    })),
  ];
}

/** A check over declared columns, as one over the source. */
function inSource(sql: string, settings: TableSettings, relation: Relation): string {
  return settings.columns.reduce(
    (here, column) =>
      here.replaceAll(
        name(column.column),
        `(${typedValue(column, relation.types.get(column.from ?? column.column) ?? '')})`,
      ),
    sql,
  );
}

/** The number of the first check that a row fails, from 1; 0 when it fails none. */
function problemSql(checks: readonly Check[]): string {
  if (checks.length === 0) return '0';
  return `CASE ${checks.map(({ sql }, index) => `WHEN ${sql} THEN ${index + 1}`).join(' ')} ELSE 0 END`;
}

function problemWords(checks: readonly Check[], options: LoadTableOptions): readonly string[] {
  return [...checks.map((one) => one.problem), `${options.key ?? 'row'} is there twice`];
}

async function createTable(
  settings: TableSettings,
  relation: Relation,
  options: LoadTableOptions & { readonly problem: string },
): Promise<void> {
  const columns = settings.columns.map((column) => {
    const value = typedValue(column, relation.types.get(column.from ?? column.column) ?? '');
    return `${value} AS ${name(column.column)}`;
  });
  const { database, label, table, problem } = options;
  try {
    await database.run(label, orderSetting(relation));
    await database.run(
      label,
      `CREATE OR REPLACE TABLE ${name(table)} AS
       SELECT ${relation.rowNumber} AS row, ${list(columns)}, (${problem})::USMALLINT AS problem
       FROM ${relation.sql}`,
    );
  } catch (error) {
    if (error instanceof RankingEngineError && !isOfTheRun(plainMessage(error.cause))) {
      throw new SourceError(label, `${relation.from} cannot be read: ${plainMessage(error.cause)}`, error);
    }
    throw error;
  }
}

/** No memory or no disk for what is read: nothing is wrong with the source. */
function isOfTheRun(message: string): boolean {
  return /^(Out of Memory Error|IO Error: (Could not write|Failed to write|No space left))/i.test(message);
}

/** Marks all but the first row of each key. */
async function rejectDuplicates(options: LoadTableOptions, code: number): Promise<void> {
  const { database, label, table, key } = options;
  if (key === undefined) return;
  const from = `${name(table)} WHERE problem = 0`;
  const [rows = 0, keys = 0] = await database.numbers(
    label,
    `SELECT count(*), count(DISTINCT ${name(key)}) FROM ${from}`,
  );
  if (rows === keys) return;
  await database.run(
    label,
    `UPDATE ${name(table)} SET problem = ${code} WHERE row IN (
       SELECT row FROM ${name(table)} JOIN (
         SELECT ${name(key)}, min(row) AS first FROM ${from} GROUP BY ALL HAVING count(*) > 1
       ) USING (${name(key)}) WHERE problem = 0 AND row > first)`,
  );
}

/** Tells, writes out and removes what is marked. */
async function reject(
  settings: TableSettings,
  relation: Relation,
  options: LoadTableOptions & { readonly problems: readonly string[] },
): Promise<SourceReport> {
  const { database, label, table, rejectedFile } = options;
  const counts = await database.rows(
    label,
    `SELECT problem, count(*) FROM ${name(table)} GROUP BY problem ORDER BY problem`,
  );
  const problems: SourceProblem[] = [];
  for (const [code, rows] of counts) {
    if (code === 0) continue;
    problems.push({
      problem: options.problems[Number(code) - 1] ?? 'is wrong',
      rows: Number(rows),
      samples: await samples(Number(code), settings, options),
    });
  }
  problems.push(...(relation.isCsv ? await brokenLines(options) : []));
  const rejected = problems.reduce((sum, one) => sum + one.rows, 0);
  const total = counts.reduce((sum, [, rows]) => sum + Number(rows), 0);
  const marked = problems.reduce((sum, one) => sum + (one.isLine === true ? 0 : one.rows), 0);
  if (rejected > 0) await writeRejected(relation, options);
  if (marked > 0) await database.run(label, `DELETE FROM ${name(table)} WHERE problem > 0`);
  await database.run(label, `ALTER TABLE ${name(table)} DROP COLUMN problem`);
  if (relation.isCsv) await forgetBrokenLines(options);
  return {
    source: label,
    from: relation.from,
    rows: total + rejected - marked,
    accepted: total - marked,
    rejected,
    ignored: 0,
    duplicates: 0,
    maxRejected: settings.maxRejected,
    rejectedFile: rejected > 0 ? rejectedFile : null,
    problems: problems.toSorted((a, b) => b.rows - a.rows || (a.problem < b.problem ? -1 : 1)),
  };
}

async function samples(
  code: number,
  settings: TableSettings,
  options: LoadTableOptions,
): Promise<SourceProblem['samples']> {
  const { database, label, table } = options;
  const personal = new Set(options.personalColumns);
  const shown = settings.columns.map(({ column }) => {
    const value = `${name(column)}::VARCHAR`;
    const safe = personal.has(column)
      ? `repeat('*', greatest(length(${value}) - 2, 0)) || right(${value}, 2)`
      : value;
    return `coalesce(left(${safe}, 40), '')`;
  });
  const rows = await database.rows(
    label,
    `SELECT row, concat_ws(', ', ${list(shown)}) FROM ${name(table)} WHERE problem = ${code} ORDER BY row LIMIT ${SAMPLES}`,
  );
  return rows.map(([row, shownText]) => ({ row: Number(row), text: String(shownText) }));
}

/** Lines of a CSV that are no rows: too many values, too few, a quote that is not closed. */
async function brokenLines(options: LoadTableOptions): Promise<readonly SourceProblem[]> {
  const { database, label } = options;
  if (!(await hasRejects(options))) return [];
  const counts = await database.rows(
    label,
    `SELECT error_type::VARCHAR, count(*) FROM ${currentRejects} GROUP BY ALL ORDER BY ALL`,
  );
  const problems: SourceProblem[] = [];
  for (const [type, rows] of counts) {
    const found = await database.rows(
      label,
      `SELECT line, left(csv_line, 80) FROM ${currentRejects}
       WHERE error_type::VARCHAR = ${text(String(type))} ORDER BY line LIMIT ${SAMPLES}`,
    );
    problems.push({
      problem: `line is no row: ${String(type).toLowerCase()}`,
      rows: Number(rows),
      samples: found.map(([line, shown]) => ({ row: Number(line), text: String(shown).trim() })),
      isLine: true,
    });
  }
  return problems;
}

/** Each line once, whatever is wrong with it, and each scan once. */
const currentRejects = `(SELECT line, any_value(error_type) AS error_type, any_value(csv_line) AS csv_line
  FROM reject_errors WHERE scan_id = (SELECT min(scan_id) FROM reject_errors) GROUP BY line)`;

async function hasRejects({ database, label }: LoadTableOptions): Promise<boolean> {
  const [count = 0] = await database.numbers(
    label,
    `SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'`,
  );
  return count > 0;
}

async function forgetBrokenLines(options: LoadTableOptions): Promise<void> {
  if (!(await hasRejects(options))) return;
  await options.database.run(options.label, 'DROP TABLE reject_errors');
  await options.database.run(options.label, 'DROP TABLE reject_scans');
}

/** The rows as the source has them, with their numbers and problems. */
async function writeRejected(
  relation: Relation,
  options: LoadTableOptions & { readonly problems: readonly string[] },
): Promise<void> {
  const { database, label, table, rejectedFile, problems } = options;
  const words = `[${list(problems.map(text))}]`;
  const broken = relation.isCsv && (await hasRejects(options));
  const lines = broken
    ? ` UNION ALL BY NAME SELECT line AS "#row", 'line is no row: ' || lower(error_type::VARCHAR) AS "#problem", csv_line AS "#line" FROM ${currentRejects}`
    : '';
  try {
    await database.run(
      label,
      `COPY (
         SELECT "#row", "#problem", source.* EXCLUDE ("#row")
         FROM (SELECT row AS "#row", ${words}[problem] AS "#problem" FROM ${name(table)} WHERE problem > 0) AS marked
         JOIN (SELECT ${relation.rowNumber} AS "#row", ${sourceColumns(relation)} FROM ${relation.sql}) AS source USING ("#row")${lines}
       ORDER BY "#row") TO ${text(rejectedFile)} (FORMAT csv, HEADER)`,
    );
  } catch (error) {
    if (error instanceof AppError && !(error instanceof RankingEngineError)) throw error;
    throw new SourceError(
      label,
      `rejected rows cannot be written to ${rejectedFile}: ${errorMessage(error)}`,
      error,
    );
  }
}
