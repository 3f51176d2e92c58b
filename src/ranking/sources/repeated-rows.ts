// Which rows of a file have a key that another row of it has too, for any number of rows: DuckDB compares hashes of 64 bits, on disk
// when memory is short.
import type { DuckDBAppender } from '@duckdb/node-api';
import type { RankingDatabase } from '../database.js';

export type Repeat = 'same' | 'contradicting';

/** Takes the rows in rising order of their numbers. */
export class RowHashes {
  readonly #appender: DuckDBAppender;

  constructor(appender: DuckDBAppender) {
    this.#appender = appender;
  }

  /** @param key what no two rows may share @param rest the other values, by which rows of one key agree or not */
  add(row: number, key: string, rest: readonly string[]): void {
    const appender = this.#appender;
    appender.appendDouble(row);
    hash(key, SEED);
    appender.appendUInteger(high);
    appender.appendUInteger(low);
    high = SEED;
    low = SEED;
    for (const value of rest) mix(value);
    appender.appendUInteger(high);
    appender.appendUInteger(low);
    appender.endRow();
  }
}

const TABLE = 'row_hashes';
const SEED = 0x2545f491;

/** Has `write` tell all rows, and gives those that share a key, in rising order. */
export async function repeatedRows(
  database: RankingDatabase,
  label: string,
  write: (hashes: RowHashes) => Promise<void>,
): Promise<RepeatedRows> {
  await database.run(
    label,
    `CREATE OR REPLACE TABLE ${TABLE} (row DOUBLE, k1 UINTEGER, k2 UINTEGER, r1 UINTEGER, r2 UINTEGER)`,
  );
  await database.append(label, TABLE, (appender) => write(new RowHashes(appender)));
  await database.run(
    label,
    `CREATE OR REPLACE TABLE repeated_rows AS
     SELECT hashed.row, contradicts FROM ${TABLE} AS hashed JOIN (
       SELECT k1, k2, min(row) AS first, max(r1) <> min(r1) OR max(r2) <> min(r2) AS contradicts
       FROM ${TABLE} GROUP BY k1, k2 HAVING count(*) > 1) AS repeated USING (k1, k2)
     WHERE contradicts OR hashed.row <> first ORDER BY hashed.row`,
  );
  await database.run(label, `DROP TABLE ${TABLE}`);
  return new RepeatedRows(database, label);
}

/** Read as the rows themselves are, a page ahead. */
export class RepeatedRows {
  readonly #database: RankingDatabase;
  readonly #label: string;
  #page: readonly (readonly [number, boolean])[] = [];
  #at = 0;
  #isAll = false;

  constructor(database: RankingDatabase, label: string) {
    this.#database = database;
    this.#label = label;
  }

  /** From the first row on. */
  rewind(): void {
    this.#page = [];
    this.#at = 0;
    this.#isAll = false;
  }

  /** Must be called before `of` is asked for rows up to `row`. Rows are asked for in rising order. */
  async reach(row: number): Promise<void> {
    while (!this.#isAll && (this.#page.at(-1)?.[0] ?? -1) < row) await this.#nextPage();
  }

  of(row: number): Repeat | undefined {
    while ((this.#page[this.#at]?.[0] ?? Infinity) < row) this.#at += 1;
    const found = this.#page[this.#at];
    if (found?.[0] !== row) return undefined;
    return found[1] ? 'contradicting' : 'same';
  }

  async #nextPage(): Promise<void> {
    const last = this.#page.at(-1)?.[0] ?? -1;
    const rows = await this.#database.rows(
      this.#label,
      `SELECT row, contradicts FROM repeated_rows WHERE row > ${last} ORDER BY row LIMIT ${PAGE_ROWS}`,
    );
    this.#page = [
      ...this.#page.slice(this.#at),
      ...rows.map(([row, contradicts]) => [Number(row), contradicts === true] as const),
    ];
    this.#at = 0;
    this.#isAll = rows.length < PAGE_ROWS;
  }
}

const PAGE_ROWS = 10_000;

let high = 0;
let low = 0;

function hash(text: string, seed: number): void {
  high = seed;
  low = seed;
  mix(text);
}

/** Two lanes of 32 bits by multiplication (MurmurHash3's finaliser between texts); for finding alike rows, not for secrets. */
function mix(text: string): void {
  let h1 = high ^ 0x9e3779b9;
  let h2 = low ^ text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    h1 = Math.imul(h1 ^ code, 2654435761);
    h2 = Math.imul(h2 ^ code, 1597334677);
    h2 = (h2 << 13) | (h2 >>> 19);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  high = h1 >>> 0;
  low = h2 >>> 0;
}
