// The records database over its wire protocol: PostgreSQL, or the embedded one (PGlite), which speaks the same.
import { Pool, types } from 'pg';
import type { CustomTypesConfig, PoolClient, QueryConfig } from 'pg';
import { errorMessage } from '../../kernel/index.js';
import type { Logger } from '../../kernel/index.js';
import { RecordsUnavailableError } from '../errors.js';
import { copyRows } from './copy-rows.js';
import type { CopyRow, Sql, SqlSession, SqlValue } from './sql.js';
import { statementFailure } from './statement-failure.js';

export interface RecordsDatabaseOptions {
  /** DATABASE_URL, or the URL of the embedded server's socket. */
  readonly url: string;
  /** `embedded` knows no COPY and runs one statement at a time, of all connections. */
  readonly kind: 'postgresql' | 'embedded';
  /** Where it is, for people; never a password. */
  readonly place: string;
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  /** A statement ends by then, in the server and here. */
  readonly statementTimeoutMs: number;
  readonly log: Logger;
  /** Why no statement may be sent now; then it fails at once, without waiting. Default: always may. */
  readonly refuses?: () => RecordsUnavailableError | undefined;
  /** How long a statement or a transaction took, and how it ended. */
  readonly onStatement?: (milliseconds: number, end: StatementEnd) => void;
}

export type StatementEnd = 'ok' | 'refused' | 'unavailable';

/** How much later than the server this side gives a statement up, in milliseconds: the server's word is the better one. */
const GRACE_MS = 500;
/** The longest that a timer takes. */
const NEVER_MS = 2 ** 31 - 1;
const INT8 = 20;
const NUMERIC = 1700;

/** Whole numbers and money as numbers: none of ours comes near 2^53. */
const standardParser: (id: number, format?: 'text' | 'binary') => unknown = types.getTypeParser;

const typeParsers: CustomTypesConfig = {
  getTypeParser: ((id, format) => (isNumber(id) ? Number : standardParser(id, format))) as (
    id: number,
    format?: 'text' | 'binary',
  ) => (value: string) => unknown,
};

function isNumber(id: number): boolean {
  return id === INT8 || id === NUMERIC;
}

export class RecordsDatabase implements Sql {
  readonly kind: 'postgresql' | 'embedded';
  readonly place: string;
  readonly #pool: Pool;
  readonly #refuses: () => RecordsUnavailableError | undefined;
  readonly #onStatement: (milliseconds: number, end: StatementEnd) => void;

  constructor(options: RecordsDatabaseOptions) {
    const { url, kind, place, maxConnections, connectTimeoutMs, statementTimeoutMs, log } = options;
    this.kind = kind;
    this.place = place;
    this.#refuses = options.refuses ?? (() => undefined);
    this.#onStatement = options.onStatement ?? (() => undefined);
    this.#pool = poolOf({
      connectionString: url,
      application_name: 'proffer',
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      // The embedded server knows no timeouts: there the client's own counts.
      ...(kind === 'postgresql' ? { statement_timeout: statementTimeoutMs } : {}),
      query_timeout: statementTimeoutMs + GRACE_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      idleTimeoutMillis: 30_000,
      types: typeParsers,
    });
    this.#pool.on('error', (error) => log.debug({ reason: error.message }, 'idle database connection lost'));
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async query<Row extends object = Record<string, unknown>>(
    text: string,
    values: readonly SqlValue[] = [],
  ): Promise<readonly Row[]> {
    return this.#withClient((client) => run<Row>(client, text, values));
  }

  /** Commits what `work` did, or nothing of it when it throws. @throws what `work` throws; RecordsUnavailableError */
  async transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    return this.#withClient(async (client) => {
      await client.query('BEGIN');
      try {
        const result = await work(this.#sessionOf(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // On a connection that is lost it fails too; the first failure is the one that counts.
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /** Connections that do something, that do nothing, and statements that wait for one. */
  get connections(): { readonly busy: number; readonly idle: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  /** Waits for statements under way. */
  async close(): Promise<void> {
    await this.#pool.end();
  }

  #sessionOf(client: PoolClient): SqlSession {
    const { kind } = this;
    return {
      query: (text, values = []) => run(client, text, values),
      script: async (text) => {
        // However long it takes: a table may be large. The client takes 0 for the timeout of the connection.
        const unhurried: QueryConfig & { readonly query_timeout: number } = { text, query_timeout: NEVER_MS };
        await client.query(unhurried);
      },
      copyIn: (table, columns, rows: AsyncIterable<readonly CopyRow[]>) =>
        copyRows(client, { table, columns, hasCopy: kind === 'postgresql' }, rows),
    };
  }

  async #withClient<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const refusal = this.#refuses();
    if (refusal !== undefined) throw refusal;
    const started = performance.now();
    const ended = (end: StatementEnd): void => this.#onStatement(performance.now() - started, end);
    const client = await this.#pool.connect().catch((error: unknown): never => {
      ended('unavailable');
      throw new RecordsUnavailableError(
        `the database at ${this.place} cannot be reached: ${errorMessage(error)}`,
        error,
      );
    });
    let failure: unknown;
    try {
      return await work(client);
    } catch (error) {
      failure = error;
      throw statementFailure(error, this.place);
    } finally {
      const isGood = isOfStatement(failure);
      // A connection that failed by itself, or whose answer is still to come, is not used again.
      client.release(isGood ? undefined : true);
      if (failure === undefined) ended('ok');
      else ended(isGood ? 'refused' : 'unavailable');
    }
  }
}

async function run<Row extends object>(
  client: PoolClient,
  text: string,
  values: readonly SqlValue[],
): Promise<readonly Row[]> {
  return (await client.query<Row>(text, [...values])).rows;
}

/** The server answered, if with an error, or we stopped by ourselves: the connection itself is good. */
function isOfStatement(failure: unknown): boolean {
  return failure === undefined || statementFailure(failure, '').code !== 'RECORDS_UNAVAILABLE';
}

function poolOf(config: ConstructorParameters<typeof Pool>[0]): Pool {
  try {
    return new Pool(config);
  } catch (error) {
    // Such as a sslrootcert that is not there. The cause may hold the URL.
    throw new RecordsUnavailableError(`DATABASE_URL cannot be used: ${errorMessage(error)}`);
  }
}
