// What the parts of the records need of a database: statements with values, whole transactions, rows in bulk.

/** Values of $1, $2, ...: null, numbers, text, booleans, dates, buffers, arrays of them, or JSON text. */
export type SqlValue = unknown;

export interface Sql {
  /**
   * The rows of one statement. int8 and numeric come as numbers, json as what it holds, timestamptz as Date.
   * @throws RecordsUnavailableError when the database is down, slow, read-only or full; StatementRefusedError when it refuses
   */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly SqlValue[],
  ): Promise<readonly Row[]>;
}

/** One transaction, on a connection of its own. */
export interface SqlSession extends Sql {
  /** Statements without values, several at a time: migrations. */
  script(text: string): Promise<void>;
  /**
   * Rows in bulk into a table: COPY where the database can, else statements of some thousand rows. Reads ahead no more than a few
   * batches. Gives the number of rows.
   * @param columns with their types, such as `{ customer: 'text', opened_on: 'date' }`
   * @param rows one text or null a column, in the order of `columns`, as PostgreSQL reads the type
   */
  copyIn(
    table: string,
    columns: Readonly<Record<string, string>>,
    rows: AsyncIterable<readonly CopyRow[]>,
  ): Promise<number>;
}

export type CopyRow = readonly (string | null)[];
