// Where the rows of a configured table are, as something DuckDB can select from, with the columns there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../../config/index.js';
import { AppError, errorMessage } from '../../kernel/index.js';
import { plainMessage } from '../database.js';
import type { RankingDatabase } from '../database.js';
import { RunInterruptedError, SourceError } from '../errors.js';
import { text } from '../sql.js';
import { exportedRows } from './query-export.js';
import type { QueryExport } from './query-export.js';

export type TableSettings = Pick<
  Source,
  'file' | 'query' | 'format' | 'delimiter' | 'nullText' | 'columns' | 'maxRejected'
>;

export interface Relation {
  /** Stands after FROM. */
  readonly sql: string;
  /** The number of a row in the source, from 1: to be selected beside its columns. */
  readonly rowNumber: string;
  /** The reader gives row numbers, so that rows need not be read in order: several threads can. */
  readonly isNumbered: boolean;
  /** For people: the file, or `query`. */
  readonly from: string;
  /** Type by column name, as DuckDB names it; VARCHAR for all of a CSV. */
  readonly types: ReadonlyMap<string, string>;
  /** CSV: lines that are no rows are left out and remembered. */
  readonly isCsv: boolean;
}

/** The column that DuckDB's Parquet reader numbers rows in, from 0. */
const FILE_ROW = 'file_row_number';
/** Right only while DuckDB keeps the order of rows. */
const COUNTED = 'row_number() OVER ()';

/** What DuckDB is to be told before rows are read, so that `rowNumber` is right and no slower than it must be. */
export function orderSetting({ isNumbered }: Relation): string {
  return `SET preserve_insertion_order = ${String(!isNumbered)}`;
}

/** Every column as the source has it. */
export function sourceColumns({ isNumbered }: Relation): string {
  return isNumbered ? `* EXCLUDE (${FILE_ROW})` : '*';
}

export interface RelationOptions {
  readonly database: RankingDatabase;
  /** How errors call the table. */
  readonly label: string;
  readonly queries: QueryExport | undefined;
  /** Where the result of a query is written. */
  readonly workDirectory: string;
  readonly signal: AbortSignal | undefined;
}

/** @throws SourceError when there is no such file, it is none of its format, or the database refuses the query */
export async function openRelation(settings: TableSettings, options: RelationOptions): Promise<Relation> {
  if (settings.query !== undefined) return exported(settings.query, options);
  const { database, label } = options;
  const file = checkedFile(settings.file ?? '', label);
  const isCsv = isCsvFile(file, settings.format);
  try {
    const sql = isCsv ? await csvReader(file, settings, options) : `read_parquet(${text(file)})`;
    const rows = (await database.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${sql}`)).getRows();
    const types = new Map(rows.map((row) => [String(row[0]), String(row[1])]));
    const isNumbered = !isCsv && !file.includes('*') && !types.has(FILE_ROW);
    return {
      sql: isNumbered ? `read_parquet(${text(file)}, file_row_number = true)` : sql,
      rowNumber: isNumbered ? `${FILE_ROW} + 1` : COUNTED,
      isNumbered,
      from: file,
      types,
      isCsv,
    };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const kind = isCsv ? 'CSV' : 'Parquet';
    throw new SourceError(label, `${file} cannot be read as ${kind}: ${plainMessage(error)}`, error);
  }
}

function checkedFile(file: string, label: string): string {
  if (!file.includes('*') && !existsSync(file)) {
    const hint = file.startsWith('data/demo/') ? '; proffer demo-data makes it' : '';
    throw new SourceError(label, `there is no file ${file}${hint}`);
  }
  return file;
}

async function exported(query: string, options: RelationOptions): Promise<Relation> {
  const { label, queries, signal } = options;
  if (queries === undefined) {
    throw new SourceError(
      label,
      'is a query, but DATABASE_URL is not set; such as postgres://user@127.0.0.1/bank',
    );
  }
  const file = join(options.workDirectory, `${label.replaceAll(/[^A-Za-z0-9]+/g, '-')}.csv`);
  try {
    const { columns } = await queries.exportQuery(query, file, signal === undefined ? {} : { signal });
    const types = new Map(columns.map((column) => [column, 'VARCHAR']));
    const sql = exportedRows(file, columns);
    return { sql, rowNumber: COUNTED, isNumbered: false, from: 'query', types, isCsv: false };
  } catch (error) {
    if (signal?.aborted === true) throw new RunInterruptedError();
    throw new SourceError(label, errorMessage(error), error);
  }
}

function isCsvFile(file: string, format: TableSettings['format']): boolean {
  return format === 'csv' || (format === 'auto' && /\.(csv|tsv|txt)(\.gz|\.zst)?$/i.test(file));
}

/**
 * All values as text, so that what does not fit its type is told row by row. DuckDB's sniffer gives up where a line is damaged, so
 * the names of the columns are read here; lines that are no rows are left out and remembered in `reject_errors`.
 */
async function csvReader(file: string, settings: TableSettings, options: RelationOptions): Promise<string> {
  const { delimiter } = settings;
  const header = await headerLine(file, options);
  const columns = headerNames(header, delimiter).map((one) => `${text(one)}: 'VARCHAR'`);
  const parts = [
    text(file),
    `delim = ${text(delimiter)}`,
    `nullstr = ${text(settings.nullText)}`,
    `columns = {${columns.join(', ')}}`,
    `quote = '"'`,
    `escape = '"'`,
    'header = true',
    'auto_detect = false',
    'allow_quoted_nulls = false',
    'store_rejects = true',
  ];
  return `read_csv(${parts.join(', ')})`;
}

async function headerLine(file: string, { database, label }: RelationOptions): Promise<string> {
  // A delimiter that no text has makes the line one value, whatever is in it.
  const reader = `read_csv(${text(file)}, delim = '\u0001', quote = '', escape = '', columns = {'line': 'VARCHAR'}, header = false, auto_detect = false, strict_mode = false, ignore_errors = true)`;
  const [row] = (await database.connection.runAndReadAll(`SELECT line FROM ${reader} LIMIT 1`)).getRows();
  const line = row?.[0];
  if (typeof line !== 'string' || line === '')
    throw new SourceError(label, `${file} is empty; its first line names the columns`);
  return line.replace(/^\uFEFF/, '').replace(/\r$/, '');
}

/** Names of a header line, which may stand in quotes (RFC 4180 section 2). */
export function headerNames(line: string, delimiter: string): readonly string[] {
  const names: string[] = [];
  let name = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '"') {
      if (isQuoted && line.charAt(at + 1) === '"') name += line.charAt(++at);
      else isQuoted = !isQuoted;
    } else if (character === delimiter && !isQuoted) {
      names.push(name);
      name = '';
    } else name += character;
  }
  return [...names, name];
}
