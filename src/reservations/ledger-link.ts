// The way to Redis for the ledger: commands are bounded in number, and while the circuit is open none is sent but a probe.
import type { Redis } from 'ioredis';
import { CircuitBreaker, errorMessage } from '../kernel/index.js';
import type { CircuitState, Clock, Logger } from '../kernel/index.js';
import { RedisConnection } from '../redis/index.js';
import type { Script } from './ledger-scripts.js';

/** After that an answer is not waited for any more, in milliseconds; claims have their own, shorter deadline. */
const COMMAND_TIMEOUT_MS = 1000;
const MAX_OUTSTANDING = 1000;
const BREAKER = { failuresToOpen: 5, firstPauseMs: 200, maxPauseMs: 2000 };

export interface LedgerLinkOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export class LedgerLink {
  readonly #connection: RedisConnection;
  readonly #breaker: CircuitBreaker;
  #outstanding = 0;

  /** @throws RedisUrlError */
  constructor({ url, clock, log }: LedgerLinkOptions) {
    this.#breaker = new CircuitBreaker(clock, BREAKER);
    this.#connection = new RedisConnection({
      url,
      name: 'proffer-reservations',
      commandTimeoutMs: COMMAND_TIMEOUT_MS,
      clock,
      log,
    });
  }

  get circuitState(): CircuitState {
    return this.#breaker.state;
  }

  /** Commands that have no answer yet. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** Why no command is sent now; undefined when one may be. */
  get refusal(): string | undefined {
    if (this.#breaker.state !== 'closed') return this.#breaker.reason;
    return this.#outstanding < MAX_OUTSTANDING ? undefined : `redis: ${MAX_OUTSTANDING} commands unanswered`;
  }

  /** Whether to ask for counts now, which doubles as the probe of an open circuit; report how it went. */
  mayProbe(): boolean {
    return this.#outstanding < MAX_OUTSTANDING && this.#breaker.allows();
  }

  succeeded(): void {
    this.#breaker.succeeded();
  }

  failed(reason: string): void {
    this.#breaker.failed(reason);
  }

  reasonOf(error: unknown): string {
    return this.#connection.reasonOf(error);
  }

  /** Runs a script by its hash, and by its text where Redis has not seen it (it was restarted). @throws what ioredis rejects with */
  async run({ sha, text }: Script, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    return this.#counted(async (client) => {
      try {
        return await client.evalsha(sha, keys.length, ...keys, ...values);
      } catch (error) {
        if (!errorMessage(error).startsWith('NOSCRIPT')) throw error;
        return client.eval(text, keys.length, ...keys, ...values);
      }
    });
  }

  /** Runs a script for several lists of keys, all sent at once. @throws what ioredis rejects with */
  async runForEach({ text }: Script, lists: readonly (readonly string[])[]): Promise<readonly unknown[]> {
    return this.#counted(async (client) => {
      const pipeline = client.pipeline();
      for (const keys of lists) pipeline.eval(text, keys.length, ...keys);
      const answers = (await pipeline.exec()) ?? [];
      return answers.map(([error, answer]) => {
        if (error !== null) throw error;
        return answer;
      });
    });
  }

  async remove(key: string, member: string): Promise<unknown> {
    return this.#counted((client) => client.zrem(key, member));
  }

  /** Drops a connection that is open and silent. */
  replaceSilent(): void {
    this.#connection.replace('no answer to counts');
  }

  /** Whether a failure means that the socket is open and nobody answers. */
  isSilence(error: unknown): boolean {
    return this.#connection.isReady && errorMessage(error) === 'Command timed out';
  }

  close(): void {
    this.#connection.close();
  }

  async #counted<T>(command: (client: Redis) => Promise<T>): Promise<T> {
    this.#outstanding++;
    try {
      return await command(this.#connection.client);
    } finally {
      this.#outstanding--;
    }
  }
}
