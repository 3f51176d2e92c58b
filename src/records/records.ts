// The records database of one process: connected, migrated and filled with the settings in the background, again and again if need
// be. Nothing waits for it: while it is not there, statements fail at once.
import type { Environment, Settings } from '../config/index.js';
import { errorCode, TimerSet, TypedEmitter, withDeadline } from '../kernel/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import { syncCatalogue } from './catalogue.js';
import { databasePlace } from './database-failure.js';
import { migrate } from './database/migrations.js';
import { RecordsDatabase } from './database/records-database.js';
import type { StatementEnd } from './database/records-database.js';
import { EmbeddedServer } from './embedded/embedded-server.js';
import { embeddedPlace } from './embedded/place.js';
import { RecordsStartingError, RecordsUnavailableError } from './errors.js';
import { unusableReason, unusableServer } from './unusable.js';

export type RecordsState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  /** `reason`: one line that names the fix where there is one. */
  | { readonly kind: 'down'; readonly reason: string };

export interface RecordsOptions {
  readonly settings: Settings;
  readonly environment: Pick<Environment, 'databaseUrl' | 'dataDir'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onStatement?: (milliseconds: number, end: StatementEnd) => void;
  /** How long `start` waits for the database, in milliseconds. Default 3000. */
  readonly startWithinMs?: number;
  /** Between two looks at a database that works, in milliseconds. Default 3000. */
  readonly checkIntervalMs?: number;
  /** The first pause before a further try, in milliseconds; it doubles up to ten times as much. Default 1000. */
  readonly retryMs?: number;
}

interface RecordsEvents {
  ready: [];
  down: [reason: string];
}

const CONNECT_TIMEOUT_MS = 5000;
const CHECK_TIMEOUT_MS = 5000;
const STOP_WITHIN_MS = 3000;
/** A database of a newer Proffer does not become older by itself. */
const MIGRATION_RETRY_FACTOR = 30;

export class Records implements Part {
  readonly name = 'records';
  readonly kind: 'postgresql' | 'embedded';
  /** Where it is, for people. */
  readonly place: string;
  /** Always there; while the state is not `ready` every statement throws RecordsUnavailableError at once. */
  readonly database: RecordsDatabase;
  readonly events: TypedEmitter<RecordsEvents>;
  readonly #options: RecordsOptions;
  readonly #timers: TimerSet;
  /** A connection of its own: a pool that is busy is not a database that is down. */
  readonly #own: RecordsDatabase;
  #settings: Settings;
  #state: RecordsState = { kind: 'starting' };
  #server: EmbeddedServer | undefined;
  #work: Promise<void> | undefined;
  #attempts = 0;
  readonly #stopping = new AbortController();

  constructor(options: RecordsOptions) {
    const { settings, environment, clock, log, onStatement } = options;
    this.#options = options;
    this.#settings = settings;
    this.#timers = new TimerSet(clock);
    this.events = new TypedEmitter<RecordsEvents>((error) => log.error({ err: error }, 'listener failed'));
    const embedded = environment.databaseUrl === undefined ? embeddedPlace(environment.dataDir) : undefined;
    const url = environment.databaseUrl ?? embedded?.url ?? '';
    this.kind = embedded === undefined ? 'postgresql' : 'embedded';
    this.place = embedded?.description ?? databasePlace(url);
    const common = { url, kind: this.kind, place: this.place, connectTimeoutMs: CONNECT_TIMEOUT_MS, log };
    const { maxConnections, statementTimeoutMs } = settings.process.records;
    this.database = new RecordsDatabase({
      ...common,
      maxConnections: maxConnections - 1,
      statementTimeoutMs,
      refuses: () => this.#refusal(),
      onStatement: (milliseconds, end) => {
        onStatement?.(milliseconds, end);
        if (end === 'unavailable') this.#suspect();
      },
    });
    this.#own = new RecordsDatabase({ ...common, maxConnections: 1, statementTimeoutMs: CHECK_TIMEOUT_MS });
  }

  get state(): RecordsState {
    return this.#state;
  }

  /** Calls `listener` each time the database has become ready, and now if it is. Gives what removes the listener. */
  onReady(listener: () => void): () => void {
    const remove = this.events.on('ready', listener);
    if (this.#state.kind === 'ready') listener();
    return remove;
  }

  /** Begins without waiting, ahead of `start`. */
  begin(): void {
    void this.#try();
  }

  /** Waits for the database a little, and starts without it then. Never fails. */
  async start(): Promise<void> {
    const { startWithinMs = 3000 } = this.#options;
    await this.#within(startWithinMs, this.#try());
  }

  /** New settings: the catalogue follows them. */
  applySettings(settings: Settings): void {
    this.#settings = settings;
    if (this.#state.kind === 'ready') void this.#sync();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#timers.cancelAll();
    const closed = Promise.all([this.database.close(), this.#own.close()]).then(() => undefined);
    await this.#within(STOP_WITHIN_MS, closed);
    await this.#work;
    await this.#server?.close();
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #refusal(): RecordsUnavailableError | undefined {
    const state = this.#state;
    if (this.#isStopped) return new RecordsUnavailableError(`the database at ${this.place} is being closed`);
    if (state.kind === 'starting') {
      return new RecordsStartingError(`the database at ${this.place} is not ready yet`);
    }
    return state.kind === 'down' ? new RecordsUnavailableError(state.reason) : undefined;
  }

  /** One attempt at a time. */
  #try(): Promise<void> {
    this.#work ??= this.#attempt().finally(() => {
      this.#work = undefined;
    });
    return this.#work;
  }

  async #attempt(): Promise<void> {
    try {
      await this.#connect();
      if (this.#isStopped) return;
      this.#attempts = 0;
      const wasReady = this.#state.kind === 'ready';
      this.#state = { kind: 'ready' };
      this.#timers.start('check', this.#options.checkIntervalMs ?? 3000, () => void this.#check());
      if (wasReady) return;
      this.#options.log.info({ place: this.place }, 'records ready');
      this.events.emit('ready');
    } catch (error) {
      this.#fail(error);
    }
  }

  async #connect(): Promise<void> {
    if (this.kind === 'embedded' && this.#server === undefined) {
      const server = await EmbeddedServer.open(this.#options.environment.dataDir, {
        signal: this.#stopping.signal,
      });
      // Stopped meanwhile: nobody would close it.
      if (this.#isStopped) return server.close();
      this.#server = server;
      void server.gone.then(() => this.#lose(server));
    }
    await this.#look();
    await migrate(this.#own);
    await syncCatalogue(this.#own, this.#settings);
  }

  #lose(server: EmbeddedServer): void {
    if (this.#server !== server) return;
    this.#server = undefined;
    if (this.#isStopped || this.#state.kind !== 'ready') return;
    this.#fail(new RecordsUnavailableError(`the process of the database at ${this.place} has ended`));
  }

  async #look(): Promise<void> {
    const [server] = await this.#own.query<{ version: number; isReadOnly: boolean }>(
      `SELECT current_setting('server_version_num')::integer AS version,
         pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "isReadOnly"`,
    );
    const reason = server === undefined ? undefined : unusableServer(server, this.place);
    if (reason !== undefined) throw new RecordsUnavailableError(reason);
  }

  /** A statement failed: looked at at once, not only when it is time. */
  #suspect(): void {
    if (this.#state.kind === 'ready' && !this.#isStopped) {
      this.#timers.start('check', 0, () => void this.#check());
    }
  }

  async #check(): Promise<void> {
    try {
      await this.#look();
      if (this.#isStopped || this.#state.kind !== 'ready') return;
      this.#timers.start('check', this.#options.checkIntervalMs ?? 3000, () => void this.#check());
    } catch (error) {
      this.#fail(error);
    }
  }

  async #sync(): Promise<void> {
    try {
      const changed = await syncCatalogue(this.#own, this.#settings);
      this.#options.log.debug({ changed }, 'catalogue follows the settings');
    } catch (error) {
      // The next connection brings the settings along.
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    const { log, retryMs = 1000 } = this.#options;
    const before = this.#state;
    const reason = unusableReason(error, this.place);
    this.#state = { kind: 'down', reason };
    const isMigration = errorCode(error) === 'RECORDS_MIGRATION';
    if (before.kind !== 'down' || before.reason !== reason) {
      if (isMigration) log.error({ reason }, 'records unavailable');
      else log.warn({ reason }, 'records unavailable');
    }
    const pause = isMigration
      ? retryMs * MIGRATION_RETRY_FACTOR
      : retryMs * Math.min(10, 2 ** this.#attempts);
    this.#attempts++;
    this.#timers.cancel('check');
    this.#timers.start('retry', pause, () => void this.#try());
    if (before.kind !== 'down') this.events.emit('down', reason);
  }

  async #within(ms: number, work: Promise<void>): Promise<void> {
    const late = new RecordsUnavailableError(`the database at ${this.place} takes long`);
    await withDeadline(this.#options.clock, ms, work, () => late).catch(() => undefined);
  }
}

export interface OpenRecords {
  readonly database: RecordsDatabase;
  readonly kind: 'postgresql' | 'embedded';
  readonly place: string;
  close(): Promise<void>;
}

/**
 * The records database for a command: connected and migrated.
 * @throws RecordsUnavailableError with the reason when it cannot be used within 15 seconds
 */
export async function openRecords(
  environment: RecordsOptions['environment'],
  settings: Settings,
  deps: { readonly clock: Clock; readonly log: Logger; readonly withinMs?: number },
): Promise<OpenRecords> {
  const { clock, log, withinMs = 15_000 } = deps;
  const records = new Records({ settings, environment, clock, log, startWithinMs: withinMs });
  await records.start();
  const { state } = records;
  if (state.kind !== 'ready') {
    await records.stop();
    throw new RecordsUnavailableError(
      state.kind === 'down'
        ? state.reason
        : `the database at ${records.place} is not ready within ${withinMs} ms`,
    );
  }
  const { database, kind, place } = records;
  return { database, kind, place, close: () => records.stop() };
}
