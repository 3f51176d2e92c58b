// Leaving without a call lost: nothing new is taken, and what is there has time to end.
import type { Clock, Timer } from '../kernel/index.js';

/** How often it is looked whether all has ended. */
const lookMs = 50;

export class Drain {
  readonly #clock: Clock;
  readonly #isIdle: () => boolean;
  #hasBegun = false;
  #deadline = 0;
  #timer: Timer | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock, isIdle: () => boolean) {
    this.#clock = clock;
    this.#isIdle = isIdle;
  }

  /** New requests outside dialogs are refused. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Resolves when all has ended or the time is over. Called again it has a deadline anew, for all who wait. */
  begin(deadlineMs: number): Promise<void> {
    this.#hasBegun = true;
    this.#deadline = this.#clock.now() + deadlineMs;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#timer?.cancel();
      this.#look();
    });
  }

  /** Whoever waits need not any more. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #look(): void {
    const left = this.#deadline - this.#clock.now();
    if (left <= 0 || this.#isIdle()) this.end();
    else this.#timer = this.#clock.after(Math.min(lookMs, left), 'drain', () => this.#look());
  }
}
