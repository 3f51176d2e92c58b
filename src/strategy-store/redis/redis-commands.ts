// Commands of writers: a connection made at the first use, for a router that never loads needs none, and errors of errors.ts.
import type { Redis } from 'ioredis';
import { AppError, errorMessage, withDeadline } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { RedisConnection } from '../../redis/index.js';
import { StoreFullError, StoreUnavailableError } from '../errors.js';

const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_WITHIN_MS = 2000;

export interface RedisCommandsOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export class RedisCommands {
  readonly #options: RedisCommandsOptions;
  #connection: RedisConnection | undefined;
  #ready: Promise<void> | undefined;

  constructor(options: RedisCommandsOptions) {
    this.#options = options;
  }

  /**
   * Has work done with a client that is connected.
   * @throws StoreFullError, StoreUnavailableError for what a command throws; an AppError of `work` as it is
   */
  async run<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const connection = await this.#connected();
    try {
      return await work(connection.client);
    } catch (error) {
      if (error instanceof AppError) throw error;
      const message = errorMessage(error);
      if (/\bOOM\b/.test(message)) {
        throw new StoreFullError(
          'redis is full (maxmemory reached); the strategies that were current still serve',
          error,
        );
      }
      throw new StoreUnavailableError(connection.reasonOf(error), error);
    }
  }

  close(): void {
    this.#connection?.close();
  }

  async #connected(): Promise<RedisConnection> {
    const { clock } = this.#options;
    let connection = this.#connection;
    if (connection === undefined) {
      let onFirstReady: () => void = () => undefined;
      this.#ready = new Promise((resolve) => {
        onFirstReady = resolve;
      });
      connection = new RedisConnection({
        ...this.#options,
        name: 'proffer-strategies-writer',
        commandTimeoutMs: COMMAND_TIMEOUT_MS,
        onReady: () => onFirstReady(),
      });
      this.#connection = connection;
    }
    const opened = connection;
    await withDeadline(
      clock,
      CONNECT_WITHIN_MS,
      this.#ready ?? Promise.resolve(),
      () =>
        new StoreUnavailableError(opened.reasonOf(new Error(`no connection within ${CONNECT_WITHIN_MS} ms`))),
    );
    return connection;
  }
}
