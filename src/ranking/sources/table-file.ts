// A CSV or Parquet file as rows of text, whatever its size: read twice, first for what is wrong with it as a whole, then for its rows.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { AppError, errorCode, errorMessage } from '../../kernel/index.js';
import { plainMessage, RankingDatabase } from '../database.js';
import { SourceError } from '../errors.js';
import { list, name, text } from '../sql.js';
import { CsvRecords } from './csv-records.js';
import { fileText } from './file-text.js';
import type { Packing } from './file-text.js';
import { headerNames } from './relation.js';
import { repeatedRows } from './repeated-rows.js';
import type { Repeat, RepeatedRows } from './repeated-rows.js';

export interface TableFileOptions {
  /** Where data goes that memory does not hold; made when missing. */
  readonly workDirectory: string;
  /** Of CSV, one character; undefined: whichever of comma, semicolon, tab and bar the header has most of. */
  readonly delimiter?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the first reading found. */
export interface TableFileScan {
  /** Broken ones included. */
  readonly rows: number;
  readonly broken: number;
}

export interface TableFileScanOptions {
  /** What no two rows may share; undefined: this row has none. */
  readonly keyOf: (row: TableRow) => string | undefined;
  /** Columns that the key is made of, by their place: rows of one key are compared by the others. */
  readonly keyColumns: ReadonlySet<number>;
  /** Called now and then with the share of the file that has been read, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** One value a column; none and an empty text are ''. */
export type TableRow = readonly string[];

export interface TableBatch {
  readonly rows: readonly TableRow[];
  /** Of each row: its line in a CSV file, the header being line 1; its number in a Parquet file, from 1. */
  readonly numbers: readonly number[];
  /** Rows whose key another row has too, by their place in the batch: `same` after the first of alike rows, else all of them. */
  readonly repeats: ReadonlyMap<number, Repeat>;
  /** Lines between the rows that are no rows. */
  readonly broken: readonly { readonly number: number; readonly problem: string }[];
}

export interface TableFile {
  readonly format: 'CSV' | 'Parquet';
  /** No name twice. */
  readonly columns: readonly string[];
  /** Reads all of it once. @throws SourceError, RankingEngineError, RunInterruptedError */
  scan(options: TableFileScanOptions): Promise<TableFileScan>;
  /** Rows in their order, after a scan; the next batch is read when it is asked for. @throws as `scan` */
  batches(): AsyncGenerator<TableBatch, void>;
  close(): void;
}

export const MAX_COLUMNS = 1000;
/** Of each of the two databases: one reads while the other compares. */
const MEMORY_LIMIT_MB = 128;
const FIRST_BYTES = 4;

/** @throws SourceError when it is no such file; RankingEngineError when the work directory cannot be used */
export async function openTableFile(file: string, options: TableFileOptions): Promise<TableFile> {
  const { bytes, start } = lookAt(file);
  const { signal, workDirectory: directory } = options;
  const settings = { threads: 1, memoryLimitMb: MEMORY_LIMIT_MB, directory, ...(signal && { signal }) };
  const database = await RankingDatabase.open(settings);
  const hashes = await RankingDatabase.open(settings);
  try {
    const table = { file, bytes, database, hashes };
    return start.toString('latin1') === 'PAR1'
      ? await ParquetFile.open(table)
      : await CsvFile.open({ ...table, packing: packingOf(start), delimiter: options.delimiter });
  } catch (error) {
    database.close();
    hashes.close();
    throw error;
  }
}

function lookAt(file: string): { readonly bytes: number; readonly start: Buffer } {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw new SourceError(file, 'is no file but a directory, pipe or device');
    if (stats.size === 0) throw new SourceError(file, 'is empty; its first line names the columns');
    const handle = openSync(file, 'r');
    const start = Buffer.alloc(FIRST_BYTES);
    try {
      const length = readSync(handle, start, 0, FIRST_BYTES, 0);
      return { bytes: stats.size, start: start.subarray(0, length) };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    const why = errorCode(error) === 'ENOENT' ? 'there is no such file' : errorMessage(error);
    throw new SourceError(file, why, error);
  }
}

function packingOf(start: Buffer): Packing {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  return start.toString('hex') === '28b52ffd' ? 'zstd' : 'none';
}

interface OpenFile {
  readonly file: string;
  readonly bytes: number;
  readonly database: RankingDatabase;
  readonly hashes: RankingDatabase;
}

/** What both formats have in common. */
abstract class RepeatsFile implements TableFile {
  abstract readonly format: 'CSV' | 'Parquet';
  abstract readonly columns: readonly string[];
  protected readonly open: OpenFile;
  #repeats: RepeatedRows | undefined;

  constructor(open: OpenFile) {
    this.open = open;
  }

  async scan({ keyOf, keyColumns, onProgress }: TableFileScanOptions): Promise<TableFileScan> {
    const { hashes: database, file } = this.open;
    let rows = 0;
    let broken = 0;
    const others = this.columns.map((_, column) => column).filter((column) => !keyColumns.has(column));
    this.#repeats = await repeatedRows(database, file, async (hashes) => {
      for await (const batch of this.read(onProgress)) {
        rows += batch.rows.length + batch.broken.length;
        broken += batch.broken.length;
        batch.rows.forEach((row, place) => {
          const key = keyOf(row);
          if (key === undefined) return;
          hashes.add(
            batch.numbers[place] ?? 0,
            key,
            others.map((column) => row[column] ?? ''),
          );
        });
      }
    });
    return { rows, broken };
  }

  async *batches(): AsyncGenerator<TableBatch, void> {
    const repeats = this.#repeats;
    repeats?.rewind();
    for await (const batch of this.read(undefined)) {
      await repeats?.reach(batch.numbers.at(-1) ?? 0);
      const marks = new Map<number, Repeat>();
      batch.numbers.forEach((number, place) => {
        const repeat = repeats?.of(number);
        if (repeat !== undefined) marks.set(place, repeat);
      });
      yield { ...batch, repeats: marks };
    }
  }

  close(): void {
    this.open.database.close();
    this.open.hashes.close();
  }

  protected abstract read(
    onProgress: ((share: number) => void) | undefined,
  ): AsyncGenerator<Omit<TableBatch, 'repeats'>, void>;
}

class CsvFile extends RepeatsFile {
  readonly format = 'CSV';
  readonly columns: readonly string[];
  readonly #packing: Packing;
  readonly #delimiter: string;

  private constructor(open: OpenFile & { readonly packing: Packing }, header: Header) {
    super(open);
    this.columns = header.columns;
    this.#packing = open.packing;
    this.#delimiter = header.delimiter;
  }

  static async open(
    open: OpenFile & { readonly packing: Packing; readonly delimiter: string | undefined },
  ): Promise<CsvFile> {
    let start = '';
    try {
      for await (const piece of fileText({ ...open, label: open.file })) {
        start += piece;
        if (start.includes('\n') || start.length > HEADER_LENGTH) break;
      }
    } catch (error) {
      throw unreadable(open.file, 'CSV', error);
    }
    return new CsvFile(open, headerOf(start, open.file, open.delimiter));
  }

  protected async *read(
    onProgress: ((share: number) => void) | undefined,
  ): AsyncGenerator<Omit<TableBatch, 'repeats'>, void> {
    const { file, bytes } = this.open;
    let done = 0;
    const onBytes = (read: number): void => {
      done += read;
      onProgress?.(done / bytes);
    };
    const batch = new CsvBatch(this.columns.length);
    const records = new CsvRecords(
      this.#delimiter,
      (fields, line) => batch.record(fields, line),
      (problem, line) => batch.fail(problem, line),
    );
    try {
      for await (const piece of fileText({ ...this.open, packing: this.#packing, label: file, onBytes })) {
        records.add(piece);
        yield batch.take();
      }
    } catch (error) {
      throw unreadable(file, 'CSV', error);
    }
    records.end();
    yield batch.take();
  }
}

/** Gathers records into a batch. */
class CsvBatch {
  readonly #columns: number;
  #rows: TableRow[] = [];
  #numbers: number[] = [];
  #broken: { number: number; problem: string }[] = [];

  constructor(columns: number) {
    this.#columns = columns;
  }

  record(fields: readonly string[], line: number): void {
    if (line === 1) return;
    if (fields.length === this.#columns) {
      this.#rows.push(fields);
      this.#numbers.push(line);
    } else this.fail(`has ${fields.length} columns, the header has ${this.#columns}`, line);
  }

  fail(problem: string, line: number): void {
    this.#broken.push({ number: line, problem });
  }

  take(): Omit<TableBatch, 'repeats'> {
    const batch = { rows: this.#rows, numbers: this.#numbers, broken: this.#broken };
    this.#rows = [];
    this.#numbers = [];
    this.#broken = [];
    return batch;
  }
}

interface Header {
  readonly columns: readonly string[];
  readonly delimiter: string;
}

const HEADER_LENGTH = 1_048_576;
const delimiters = [',', ';', '\t', '|'];

function headerOf(start: string, file: string, wanted: string | undefined): Header {
  const [top = ''] = start.split('\n', 1);
  const line = top.replace(/\r$/, '');
  // eslint-disable-next-line no-control-regex -- control characters are what tells other files
  if (/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(line) || start.length > HEADER_LENGTH) {
    // Half of the bytes of Latin text in UTF-16 are zero.
    const first = start.slice(0, 100);
    const isWide = first.split('\u0000').length > first.length / 3;
    const hint = isWide ? '; is it UTF-16? save it as UTF-8' : '';
    throw new SourceError(file, `is neither CSV in UTF-8 nor Parquet${hint}`);
  }
  const delimiter = wanted ?? likeliest(line);
  const columns = headerNames(line, delimiter).map((one) => one.trim());
  checkNames(columns, file);
  return { columns, delimiter };
}

function likeliest(line: string): string {
  const bare = line.replaceAll(/"[^"]*"/g, '');
  const counts = delimiters.map((one) => bare.split(one).length - 1);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

function checkNames(columns: readonly string[], file: string): void {
  if (columns.length > MAX_COLUMNS) {
    throw new SourceError(file, `has ${columns.length} columns; at most ${MAX_COLUMNS} are read`);
  }
  const unnamed = columns.indexOf('');
  if (unnamed >= 0) {
    throw new SourceError(file, `names no column ${unnamed + 1} in its first line, which names the columns`);
  }
  const repeated = columns.find((one, place) => columns.indexOf(one) < place);
  if (repeated !== undefined) throw new SourceError(file, `has the column ${JSON.stringify(repeated)} twice`);
}

function unreadable(file: string, format: string, error: unknown): unknown {
  if (error instanceof AppError) return error;
  return new SourceError(file, `cannot be read as ${format}: ${plainMessage(error)}`, error);
}

class ParquetFile extends RepeatsFile {
  readonly format = 'Parquet';
  readonly columns: readonly string[];
  readonly #rows: number;

  private constructor(open: OpenFile, columns: readonly string[], rows: number) {
    super(open);
    this.columns = columns;
    this.#rows = rows;
  }

  static async open(open: OpenFile): Promise<ParquetFile> {
    const { database, file } = open;
    try {
      const { connection } = database;
      const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${text(file)})`);
      const columns = described.getRows().map(([column]) => String(column));
      checkNames(columns, file);
      const [rows = 0] = await database.numbers(file, `SELECT count(*) FROM read_parquet(${text(file)})`);
      return new ParquetFile(open, columns, rows);
    } catch (error) {
      throw unreadable(file, 'Parquet', error);
    }
  }

  protected async *read(
    onProgress: ((share: number) => void) | undefined,
  ): AsyncGenerator<Omit<TableBatch, 'repeats'>, void> {
    const { database, file } = this.open;
    const values = this.columns.map((column) => `coalesce(CAST(${name(column)} AS VARCHAR), '')`);
    const select = `SELECT ${list(values)} FROM read_parquet(${text(file)})`;
    let number = 0;
    for await (const chunk of database.chunks(file, select)) {
      const rows = chunk.getRows() as readonly TableRow[];
      const numbers = rows.map((_, place) => number + place + 1);
      number += rows.length;
      onProgress?.(number / Math.max(1, this.#rows));
      yield { rows, numbers, broken: [] };
    }
  }
}
