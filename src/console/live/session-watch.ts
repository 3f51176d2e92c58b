// Asks on a timer of its own whether the people who have live links are still logged in.
import { TimerSet } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';

/** Port: are people still logged in? */
export interface LiveSessions {
  /** Rejects when that cannot be known now: nobody is sent away then. */
  isOpen(session: string): Promise<boolean>;
}

export interface SessionWatchOptions {
  readonly sessions: LiveSessions;
  /** Of the people who are connected. */
  readonly connected: () => ReadonlySet<string>;
  readonly onEnded: (session: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const intervalMs = 15_000;

export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #timers: TimerSet;
  #isAsking = false;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  start(): void {
    this.#timers.start('live-sessions', intervalMs, () => {
      void this.#ask();
      this.start();
    });
  }

  stop(): void {
    this.#timers.cancelAll();
  }

  /** One round at a time: a database that is slow is not asked twice. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { sessions, connected, onEnded, log } = this.#options;
    try {
      for (const session of connected()) if (!(await sessions.isOpen(session))) onEnded(session);
    } catch (error) {
      log.debug({ err: error }, 'sessions of live links not checked');
    } finally {
      this.#isAsking = false;
    }
  }
}
