// The port to a PostgreSQL database: what a source that is a query needs. src/records has the adapter.

export interface QueryExport {
  /**
   * Runs one SELECT and writes its rows to `file` as CSV with a header; texts in quotes, no value unquoted and empty.
   * @throws what the adapter throws when the database refuses the query or goes away; the file is gone then
   */
  exportQuery(
    query: string,
    file: string,
    options: { readonly onRows?: (rows: number) => void; readonly signal?: AbortSignal },
  ): Promise<{ readonly rows: number; readonly columns: readonly string[] }>;
}
