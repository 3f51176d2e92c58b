// Asks on a timer of its own whether the people who have live links may still have them.
import { TimerSet } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type { LiveSocket } from './live-socket.js';

export interface SessionWatchOptions {
  readonly sockets: () => Iterable<LiveSocket>;
  readonly onEnded: (socket: LiveSocket) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const intervalMs = 15_000;

export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #timers: TimerSet;
  #isAsking = false;
  /** Something changed while a round was under way: it may have asked some before that. */
  #isToAskAgain = false;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  start(): void {
    this.#timers.start('live-sessions', intervalMs, () => {
      if (!this.#isAsking) void this.ask();
      this.start();
    });
  }

  stop(): void {
    this.#timers.cancelAll();
  }

  /** One round at a time: a database that is slow is not asked twice at once. Never rejects. */
  async ask(): Promise<void> {
    this.#isToAskAgain = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#isToAskAgain) {
      this.#isToAskAgain = false;
      await this.#askAll();
    }
    this.#isAsking = false;
  }

  async #askAll(): Promise<void> {
    const { sockets, onEnded, log } = this.#options;
    try {
      for (const socket of [...sockets()]) {
        const isAllowed = await socket.connection.isAllowed?.();
        if (isAllowed === false) onEnded(socket);
      }
    } catch (error) {
      log.debug({ err: error }, 'sessions of live links not checked');
    }
  }
}
