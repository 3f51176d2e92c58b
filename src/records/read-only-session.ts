// One connection to PostgreSQL with one READ ONLY transaction, for one query whose text we did not write.
import { Client } from 'pg';
import type { ClientConfig, FieldDef, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { errorMessage } from '../kernel/index.js';
import { connectFailure, databaseFailure, databasePlace } from './database-failure.js';
import { QueryRefusedError, RecordsUnavailableError } from './errors.js';

export interface SessionOptions {
  readonly databaseUrl: string;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** How long the server has to be told that a query is no longer wanted. */
const CANCEL_WITHIN_MS = 5000;

export class ReadOnlySession {
  readonly place: string;
  readonly #options: SessionOptions;
  readonly #client: Client;
  #backend: number | undefined;
  #isIdle = false;

  constructor(options: SessionOptions) {
    this.place = databasePlace(options.databaseUrl);
    this.#options = options;
    this.#client = clientOf(options, { connectionTimeoutMillis: options.connectTimeoutMs });
    // A connection that is lost fails the query under way, and that failure is the one that is reported.
    this.#client.on('error', () => undefined);
  }

  /** @throws RecordsUnavailableError */
  async open(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      throw connectFailure(error, this.place);
    }
    const { statementTimeoutMs } = this.#options;
    // The forms of values that exports promise, whatever the settings of the role or the database.
    await this.#run(
      `BEGIN READ ONLY; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres';
       SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = ${statementTimeoutMs}`,
    );
    this.#backend = (await this.#run<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  }

  /**
   * The columns of a query, without running it. After this the text is known to be one whole statement, so it can stand in
   * brackets: COPY goes by the simple protocol, where `SELECT 1) TO PROGRAM '...' --` and `...; COMMIT; DELETE ...` would get out
   * of them.
   * @throws QueryRefusedError
   */
  async columnsOf(query: string): Promise<readonly FieldDef[]> {
    await this.#runOne(`EXPLAIN ${query}`);
    const { fields } = await this.#runOne(`SELECT * FROM (\n${query}\n) AS exported LIMIT 0`);
    if (fields.length === 0)
      throw new QueryRefusedError('the query gives no column; name those that are wanted');
    const names = fields.map((one) => one.name);
    const repeated = names.find((name, index) => names.indexOf(name) < index);
    if (repeated !== undefined) {
      throw new QueryRefusedError(
        `the query gives the column ${JSON.stringify(repeated)} twice; name one of them otherwise with AS`,
      );
    }
    return fields;
  }

  /** The rows of a query that `columnsOf` has checked, as CSV in chunks of any size. */
  async *csv(query: string): AsyncGenerator<Buffer, void> {
    const stream = this.#client.query(
      copyTo(`COPY (\n${query}\n) TO STDOUT (FORMAT csv, HEADER true, ENCODING 'UTF8')`),
    );
    // It may fail once more after its reader has gone.
    stream.on('error', () => undefined);
    try {
      for await (const chunk of stream) yield chunk as Buffer;
      // The rows end before the server says that they were all. A function that changes something though it may not is undone.
      await this.#client.query('ROLLBACK');
    } catch (error) {
      throw databaseFailure(error, this.place, 'rows were read');
    }
    this.#isIdle = true;
  }

  /** Ends the query under way, here at once and in the server as soon as it hears of it. */
  cancel(): void {
    this.#client.connection.stream.destroy();
    if (this.#backend !== undefined) void this.#cancelBackend(this.#backend);
  }

  /** A server that sorts does not notice that its client has gone. */
  async #cancelBackend(backend: number): Promise<void> {
    const client = clientOf(this.#options, {
      connectionTimeoutMillis: CANCEL_WITHIN_MS,
      query_timeout: CANCEL_WITHIN_MS,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT pg_cancel_backend($1)', [backend]);
    } catch {
      // Then the query ends by its statement timeout.
    } finally {
      client.connection.stream.destroy();
    }
  }

  async close(): Promise<void> {
    if (this.#isIdle) await this.#client.end();
    else this.#client.connection.stream.destroy();
  }

  /** By the extended protocol, which takes one statement and no more. */
  #runOne(text: string): Promise<QueryResult> {
    const one: QueryConfig & { readonly queryMode: 'extended' } = { text, queryMode: 'extended' };
    return this.#run(one);
  }

  async #run<Row extends QueryResultRow>(query: string | QueryConfig): Promise<QueryResult<Row>> {
    try {
      return await this.#client.query<Row>(query);
    } catch (error) {
      throw databaseFailure(error, this.place, 'the query was prepared');
    }
  }
}

function clientOf({ databaseUrl }: SessionOptions, timeouts: ClientConfig): Client {
  try {
    return new Client({
      connectionString: databaseUrl,
      fallback_application_name: 'proffer',
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...timeouts,
    });
  } catch (error) {
    // Such as a sslrootcert that is not there. The cause may hold the URL.
    throw new RecordsUnavailableError(`DATABASE_URL cannot be used: ${errorMessage(error)}`);
  }
}
