// DuckDB in process: one database a run, in memory, spilling to a directory of its own, which is removed at the end.
import { rmSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { AppError, errorMessage } from '../kernel/index.js';
import { RankingEngineError, RunInterruptedError } from './errors.js';
import { makeSpillDirectory } from './spill-directory.js';

export interface RankingDatabaseOptions {
  /** 0: one a core. */
  readonly threads: number;
  readonly memoryLimitMb: number;
  /** Where the directory for spilled data is made; made itself when missing. */
  readonly directory: string;
  /** Ends what is running with RunInterruptedError. */
  readonly signal?: AbortSignal;
}

export type Row = readonly DuckDBValue[];

export class RankingDatabase {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #spill: string;
  readonly #signal: AbortSignal | undefined;
  readonly #interrupt: () => void;
  readonly #memoryLimitMb: number;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    options: {
      readonly spill: string;
      readonly signal: AbortSignal | undefined;
      readonly memoryLimitMb: number;
    },
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#spill = options.spill;
    this.#signal = options.signal;
    this.#memoryLimitMb = options.memoryLimitMb;
    this.#interrupt = () => connection.interrupt();
    this.#signal?.addEventListener('abort', this.#interrupt);
  }

  /** @throws RankingEngineError when the directory cannot be used */
  static async open(options: RankingDatabaseOptions): Promise<RankingDatabase> {
    let spill = '';
    try {
      spill = makeSpillDirectory(options.directory);
      const instance = await DuckDBInstance.create(':memory:', {
        memory_limit: `${options.memoryLimitMb}MB`,
        temp_directory: spill,
        // What a run reads and writes is named by its settings alone: nothing is fetched or loaded.
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        // A division by zero is unknown (null) like all else that cannot be worked out, not infinite.
        ieee_floating_point_ops: 'false',
        ...(options.threads > 0 ? { threads: String(options.threads) } : {}),
      });
      const connection = await instance.connect();
      await connection.run("SET TimeZone = 'UTC'");
      return new RankingDatabase(instance, connection, {
        spill,
        signal: options.signal,
        memoryLimitMb: options.memoryLimitMb,
      });
    } catch (error) {
      if (spill !== '') rmSync(spill, { recursive: true, force: true });
      throw new RankingEngineError(options.directory, errorMessage(error), error);
    }
  }

  get connection(): DuckDBConnection {
    return this.#connection;
  }

  /** A directory of this run alone, for data in between; gone after `close`. */
  get directory(): string {
    return this.#spill;
  }

  /** Runs one statement. @throws RankingEngineError with `what`; RunInterruptedError */
  async run(what: string, sql: string): Promise<void> {
    await this.#guard(what, () => this.#connection.run(sql));
  }

  /** All rows of a query, which are few. */
  async rows(what: string, sql: string): Promise<readonly Row[]> {
    return this.#guard(what, async () => (await this.#connection.runAndReadAll(sql)).getRows());
  }

  /** The first row of a query, as numbers; null becomes 0. */
  async numbers(what: string, sql: string): Promise<readonly number[]> {
    const [row] = await this.rows(what, sql);
    return (row ?? []).map((value) => (value === null ? 0 : Number(value)));
  }

  /**
   * The result of a query chunk by chunk, in order, with no more than one chunk read ahead. A further statement ends it: run none
   * until all of it has been read.
   * @throws RankingEngineError with `what`, RunInterruptedError, whichever chunk is next
   */
  async *chunks(what: string, sql: string): AsyncGenerator<DuckDBDataChunk, void> {
    const result = await this.#guard(what, () => this.#connection.stream(sql));
    for (;;) {
      const chunk = await this.#guard(what, () => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk;
    }
  }

  /**
   * Has `write` append rows to a table, which must not be temporary. The appender has a connection of its own: on that of the
   * statements it would, as it flushes, end a stream that is being read, as if there were no more rows.
   * @throws RankingEngineError with `what`; RunInterruptedError; what `write` throws
   */
  async append(
    what: string,
    table: string,
    write: (appender: DuckDBAppender) => Promise<void>,
  ): Promise<void> {
    await this.#guard(what, async () => {
      const connection = await this.#instance.connect();
      try {
        const appender = await connection.createAppender(table);
        await write(appender);
        appender.closeSync();
      } finally {
        connection.closeSync();
      }
    });
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#interrupt);
    this.#connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.#spill, { recursive: true, force: true });
  }

  async #guard<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#throwIfInterrupted();
    try {
      return await work();
    } catch (error) {
      this.#throwIfInterrupted();
      if (error instanceof AppError) throw error;
      throw new RankingEngineError(what, this.#withRemedy(plainMessage(error)), error);
    }
  }

  #withRemedy(message: string): string {
    if (!/Out of Memory/i.test(message)) return message;
    return `${message.replace(/[;\s]+$/, '')}; raise run.memoryLimitMb (now ${this.#memoryLimitMb})`;
  }

  #throwIfInterrupted(): void {
    if (this.#signal?.aborted === true) throw new RunInterruptedError();
  }
}

/** DuckDB's message without the statement that it quotes and the list of what it was set to, on one line. */
export function plainMessage(error: unknown): string {
  const [first = ''] = errorMessage(error).split(/\n\nLINE |\nPossible |\n+ *file = /);
  return first.replaceAll(/\s*\n\s*/g, '; ');
}
