// Rows of a query of ranking.yaml: a database writes them to a file, DuckDB reads the file.

export interface ExportedQuery {
  /** Rows in the file; the header is none. */
  readonly rows: number;
  /** Names of the columns in their order, no name twice. */
  readonly columns: readonly string[];
}

export interface QueryExportOptions {
  /** Called as the export goes on with the rows so far. */
  readonly onRows?: (rows: number) => void;
  /** Stops the export; it then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** What the ranking needs of a database. An export that fails rejects and leaves no file. */
export interface QueryExport {
  /**
   * Runs one query that changes nothing, and writes its rows as CSV in UTF-8: a header, commas, quotes doubled, and no value as
   * an empty field without quotes, where an empty text has them. Times are in UTC. `exportedRows` reads it.
   */
  exportQuery(query: string, file: string, options?: QueryExportOptions): Promise<ExportedQuery>;
}

/** The rows of an exported file as a DuckDB table function; every column is VARCHAR, no value is NULL and an empty text is ''. */
export function exportedRows(file: string, columns: readonly string[]): string {
  const types = columns.map((name) => `${quoted(name)}: 'VARCHAR'`).join(', ');
  // Without auto_detect nothing is guessed from the first rows. What is in quotes is never NULL.
  return (
    `read_csv(${quoted(file)}, auto_detect = false, header = true, columns = {${types}}, delim = ',', quote = '"', ` +
    `escape = '"', nullstr = '', allow_quoted_nulls = false, max_line_size = ${MAX_LINE_BYTES})`
  );
}

/** The longest row that is read: DuckDB holds some of them in memory for each thread. */
const MAX_LINE_BYTES = 4_194_304;

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
