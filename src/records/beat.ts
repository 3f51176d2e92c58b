// Work that is done over and over in the background: every few moments, at once when told to, less often while it fails. It owns its
// timer, and nothing that fails leaves it.
import { errorMessage, TimerSet } from '../kernel/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import { RecordsStartingError } from './errors.js';

export interface BeatOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intervalMs: number;
  /** Longest pause while it fails, in milliseconds; default 5000. */
  readonly maxPauseMs?: number;
  /** True: there is more to do at once. What it rejects with is logged when it begins to fail,
   * but for a database that has not started yet. */
  readonly work: () => Promise<boolean>;
}

export class Beat implements Part {
  readonly name: string;
  readonly #options: BeatOptions;
  readonly #timers: TimerSet;
  #working: Promise<void> | undefined;
  #isRunning = false;
  #isNudged = false;
  #failures = 0;
  #isTold = false;

  constructor(options: BeatOptions) {
    this.name = options.name;
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  start(): void {
    this.#isRunning = true;
    this.#turn();
  }

  /** Waits for work under way, which ends by deadlines of its own. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timers.cancelAll();
    await this.#working;
  }

  /** Works now, or once more when it is at work; while it fails it keeps its pause. */
  nudge(): void {
    if (!this.#isRunning || this.#failures > 0) return;
    this.#isNudged = true;
    if (this.#working === undefined) this.#turn();
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  #turn(): void {
    this.#timers.cancelAll();
    this.#isNudged = false;
    this.#working = this.#work().then((pauseMs) => {
      this.#working = undefined;
      if (!this.#isRunning) return;
      const ms = this.#isNudged && this.#failures === 0 ? 0 : pauseMs;
      this.#timers.start(this.name, ms, () => this.#turn());
    });
  }

  /** How long to pause, in milliseconds. */
  async #work(): Promise<number> {
    const { name, log, work, intervalMs, maxPauseMs = 5000 } = this.#options;
    try {
      const isMore = await work();
      if (this.#isTold) log.info({ part: name }, 'works again');
      this.#failures = 0;
      this.#isTold = false;
      return isMore ? 0 : intervalMs;
    } catch (error) {
      // A database that starts is no news; one that is down tells its reason by itself too.
      if (!this.#isTold && !(error instanceof RecordsStartingError)) {
        this.#isTold = true;
        log.warn({ part: name, reason: errorMessage(error) }, 'cannot work now');
      }
      this.#failures = Math.min(this.#failures + 1, 16);
      return Math.max(intervalMs, Math.min(maxPauseMs, 250 * 2 ** (this.#failures - 1)));
    }
  }
}
