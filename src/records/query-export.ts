// Rows of a query on PostgreSQL to a CSV file, streamed: COPY (query) TO STDOUT in a READ ONLY transaction.
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errorMessage } from '../kernel/index.js';
import { CsvRowCount } from './csv-rows.js';
import { ExportFileError } from './errors.js';
import { ReadOnlySession } from './read-only-session.js';

export interface PostgresExportOptions {
  /** Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** The longest an export may take, writing the file included; 0: for ever. Default 3,600,000. */
  readonly statementTimeoutMs?: number;
}

interface ExportOptions {
  /** Called as the export goes on with the rows so far. */
  readonly onRows?: (rows: number) => void;
  readonly signal?: AbortSignal;
}

/** Customer data: for nobody else on the machine. */
const FILE_MODE = 0o600;

export class PostgresExport {
  readonly #databaseUrl: string;
  readonly #options: Required<PostgresExportOptions>;

  /** @param databaseUrl as `Environment` has checked it */
  constructor(databaseUrl: string, options: PostgresExportOptions = {}) {
    this.#databaseUrl = databaseUrl;
    this.#options = { connectTimeoutMs: 10_000, statementTimeoutMs: 3_600_000, ...options };
  }

  /**
   * Writes the rows of a query to `file`, which is there afterwards only when it is whole.
   * @param query one SELECT, WITH, VALUES or TABLE; nothing that changes data
   * @throws QueryRefusedError, QueryStoppedError, RecordsUnavailableError, ExportFileError, or the reason of the signal
   */
  async exportQuery(
    query: string,
    file: string,
    options: ExportOptions = {},
  ): Promise<{ readonly rows: number; readonly columns: readonly string[] }> {
    const { signal } = options;
    signal?.throwIfAborted();
    const session = new ReadOnlySession({ databaseUrl: this.#databaseUrl, ...this.#options });
    const onAbort = (): void => session.cancel();
    signal?.addEventListener('abort', onAbort, { once: true });
    const statement = query.trim().replace(/;$/, '');
    const partial = `${file}.part`;
    try {
      await session.open();
      const columns = await session.columnsOf(statement);
      const rows = await writeRows(session.csv(statement), partial, options.onRows);
      await rename(partial, file).catch(fileFailure(file));
      return { rows, columns: columns.map((one) => one.name) };
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      await session.close();
    }
  }
}

/** Writes chunk by chunk: while the disk is behind, nothing is read from the database. */
async function writeRows(
  chunks: AsyncIterable<Buffer>,
  file: string,
  onRows: ((rows: number) => void) | undefined,
): Promise<number> {
  const count = new CsvRowCount();
  const handle: FileHandle = await open(file, 'w', FILE_MODE).catch(fileFailure(file));
  try {
    for await (const chunk of chunks) {
      await handle.writeFile(chunk).catch(fileFailure(file));
      count.add(chunk);
      onRows?.(count.rows);
    }
  } finally {
    await handle.close();
  }
  return count.rows;
}

function fileFailure(file: string): (error: unknown) => never {
  return (error) => {
    throw new ExportFileError(`${file} cannot be written: ${errorMessage(error)}`, error);
  };
}
