// What the records database has learned, written to files that ranking and training read. Page by page, each page a statement of its
// own: memory is that of one page, and nobody waits behind a long transaction, which the embedded database would make them do.
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errorMessage } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';
import { ExportFileError } from '../errors.js';
import { historyQueries } from './history-queries.js';
import type { HistoryQuery, HistoryRows } from './history-queries.js';

export interface HistoryExportOptions {
  readonly partner: string;
  /** Made, and replaced when it is there: CSV in UTF-8 with a header, texts in quotes, no value as an empty field. */
  readonly file: string;
  readonly signal?: AbortSignal | undefined;
}

interface HistoryRow {
  readonly isWanted: boolean;
  /** Columns, all of them text. */
  readonly [column: string]: unknown;
}

/** Customer data: for nobody else on the machine. */
const FILE_MODE = 0o600;
const PAGE_ROWS = 10_000;

/** What was learned up to one instant. */
export class LearnedPast {
  readonly place: string;
  readonly #database: Sql;
  readonly #instant: string;
  readonly #asked: string;
  readonly #pageRows: number;

  /**
   * @param options.instant nothing that happened later is exported
   * @param options.asked nothing that was recorded later is exported: with microseconds, as the database's clock had it
   */
  constructor(
    database: Sql,
    options: {
      readonly place: string;
      readonly instant: string;
      readonly asked: string;
      readonly pageRows: number;
    },
  ) {
    this.#database = database;
    this.place = options.place;
    this.#instant = options.instant;
    this.#asked = options.asked;
    this.#pageRows = options.pageRows;
  }

  /** Wall clock, in milliseconds. */
  get learnedThrough(): number {
    return Date.parse(this.#instant);
  }

  /**
   * Writes the rows of one kind and partner. Gives their number and the columns.
   * @throws RecordsUnavailableError, StatementRefusedError, ExportFileError, or the reason of the signal
   */
  async exportRows(
    kind: HistoryRows,
    { partner, file, signal }: HistoryExportOptions,
  ): Promise<{ readonly rows: number; readonly columns: readonly string[] }> {
    const { columns, queries } = historyQueries[kind];
    const handle: FileHandle = await open(file, 'w', FILE_MODE).catch(fileFailure(file));
    let rows = 0;
    try {
      await handle.writeFile(`${columns.join(',')}\n`).catch(fileFailure(file));
      for (const query of queries) {
        for await (const page of this.#pages(query, partner)) {
          signal?.throwIfAborted();
          await handle.writeFile(csvLines(page, columns)).catch(fileFailure(file));
          rows += page.length;
        }
      }
    } finally {
      await handle.close();
    }
    return { rows, columns };
  }

  async *#pages({ text, key, start }: HistoryQuery, partner: string): AsyncGenerator<readonly HistoryRow[]> {
    let after = start;
    for (;;) {
      const values = [partner, this.#instant, this.#asked, this.#pageRows, ...after];
      const page = await this.#database.query<HistoryRow>(text, values);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page.filter(({ isWanted }) => isWanted);
      after = key.map((column) => textOf(last[column]) ?? '');
    }
  }
}

/** The past as a migrated database has it. */
export class RecordsHistory {
  readonly #database: Sql;
  readonly #place: string;
  readonly #pageRows: number;

  /** @param place where the database is, for people */
  constructor(database: Sql, place: string, { pageRows = PAGE_ROWS } = {}) {
    this.#database = database;
    this.#place = place;
    this.#pageRows = pageRows;
  }

  /**
   * Undefined when the database has none of our tables.
   * @param at nothing later is wanted, in milliseconds; undefined: all that there is now
   * @throws RecordsUnavailableError, StatementRefusedError
   */
  async upTo(at?: number): Promise<LearnedPast | undefined> {
    const [found] = await this.#database.query<{ isThere: boolean; asked: string }>(
      `SELECT to_regclass('proffer.exposures') IS NOT NULL AND to_regclass('proffer.offers_history') IS NOT NULL AS "isThere",
         to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS asked`,
    );
    if (found?.isThere !== true) return undefined;
    const { asked } = found;
    const instant = at === undefined || at >= Date.parse(asked) ? asked : new Date(at).toISOString();
    return new LearnedPast(this.#database, {
      place: this.#place,
      instant,
      asked,
      pageRows: this.#pageRows,
    });
  }
}

function csvLines(rows: readonly HistoryRow[], columns: readonly string[]): string {
  return rows.map((row) => `${columns.map((column) => csvField(textOf(row[column]))).join(',')}\n`).join('');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function csvField(value: string | undefined): string {
  return value === undefined ? '' : `"${value.replaceAll('"', '""')}"`;
}

function fileFailure(file: string): (error: unknown) => never {
  return (error) => {
    throw new ExportFileError(`${file} cannot be written: ${errorMessage(error)}`, error);
  };
}
