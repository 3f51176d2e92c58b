// One connection to Redis that never gives up and never queues: a command is refused at once while there is no connection,
// fails after its deadline, is never sent twice, and a client that has stopped trying is replaced by a new one.
import { Redis } from 'ioredis';
import { errorMessage, TimerSet } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { RedisUrlError } from './errors.js';

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 2000;
const CONNECT_TIMEOUT_MS = 2000;
/** How often the client is looked at: one that ended or hangs while connecting is replaced. */
const WATCHDOG_INTERVAL_MS = 1000;
/** A client that is not ready for so long is replaced, whatever it says it is doing. */
const STUCK_AFTER_MS = 10_000;

export interface RedisConnectionOptions {
  readonly url: string;
  /** Shown by CLIENT LIST and in logs. */
  readonly name: string;
  /** A command that has no answer by then has failed, in milliseconds. */
  readonly commandTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called each time the connection is ready for commands. */
  readonly onReady?: (client: Redis) => void;
}

/** @throws RedisUrlError when `url` is no redis: or rediss: URL */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #timers: TimerSet;
  #client: Redis;
  #notReadySince: number;
  #lastError: string | undefined;
  #isClosed = false;

  constructor(options: RedisConnectionOptions) {
    if (!/^rediss?:\/\/./.test(options.url) || !URL.canParse(options.url)) {
      throw new RedisUrlError();
    }
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
    this.#notReadySince = options.clock.now();
    this.#client = this.#connect();
    this.#watchLater();
  }

  /** The client of now; ask for it anew for each command. */
  get client(): Redis {
    return this.#client;
  }

  get isReady(): boolean {
    return this.#client.status === 'ready';
  }

  /** What a failed command says; the cause of the lost connection where there is none. */
  reasonOf(error: unknown): string {
    if (!this.isReady && this.#lastError !== undefined) return `redis: ${this.#lastError}`;
    const message = errorMessage(error);
    if (message === 'Command timed out')
      return `redis: no answer within ${this.#options.commandTimeoutMs} ms`;
    if (/enableOfflineQueue/.test(message)) return 'redis: not connected';
    return `redis: ${message}`;
  }

  /** Drops the connection and makes a new one, for a socket that is open but silent. */
  replace(reason: string): void {
    if (this.#isClosed) return;
    this.#options.log.warn({ connection: this.#options.name, reason }, 'redis client replaced');
    this.#discard(this.#client);
    this.#notReadySince = this.#options.clock.now();
    this.#client = this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#timers.cancelAll();
    this.#discard(this.#client);
  }

  #connect(): Redis {
    const { url, name, commandTimeoutMs, log, clock } = this.#options;
    const client = new Redis(url, {
      connectionName: name,
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      commandTimeout: commandTimeoutMs,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepAlive: 10_000,
      retryStrategy: (attempt) => Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt, 10), MAX_RETRY_MS),
    });
    client.on('error', (error: unknown) => {
      const message = errorMessage(error) || 'connection failed';
      if (message !== this.#lastError)
        log.warn({ connection: name, reason: message }, 'redis connection failed');
      this.#lastError = message;
    });
    client.on('close', () => {
      if (client === this.#client) this.#notReadySince = clock.now();
    });
    client.on('ready', () => {
      if (this.#lastError !== undefined) log.info({ connection: name }, 'redis connection back');
      this.#lastError = undefined;
      this.#options.onReady?.(client);
    });
    // The first failure is told by the error event and retried like every other one.
    client.connect().catch(() => undefined);
    return client;
  }

  #discard(client: Redis): void {
    client.removeAllListeners();
    client.on('error', () => undefined);
    client.disconnect();
  }

  #watchLater(): void {
    this.#timers.start('redis-watchdog', WATCHDOG_INTERVAL_MS, () => {
      const notReadyMs = this.#options.clock.now() - this.#notReadySince;
      if (this.#client.status === 'end') this.replace('client ended');
      else if (!this.isReady && notReadyMs > STUCK_AFTER_MS) this.replace('client stuck while connecting');
      this.#watchLater();
    });
  }
}

/** The URL without its password. */
export function redactedUrl(url: string): string {
  if (!URL.canParse(url)) return 'redis';
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.toString();
}
