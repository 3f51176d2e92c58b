// Time and timers. Every timer in the product is named, has an owner (a TimerSet) and can be driven by a FakeClock.
import { TimerWheel } from './timer-wheel.js';
import type { Timer } from './timer.js';

export interface Clock {
  /** Monotonic milliseconds; only differences mean something. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wallNow(): number;
  /** Calls `fn` once after `ms` milliseconds. */
  after(ms: number, name: string, fn: () => void): Timer;
}

class SystemTimer implements Timer {
  readonly name: string;
  readonly #handle: NodeJS.Timeout;

  constructor(ms: number, name: string, fn: () => void) {
    this.name = name;
    this.#handle = setTimeout(fn, ms);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }
}

/** Shorter ones have the system's precision. */
const coarseFromMs = 500;
const wheel = new TimerWheel();

/** The real clock. Timers of half a second and more, T1 of SIP among them, may be 10 ms late. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after: (ms, name, fn) => (ms >= coarseFromMs ? wheel.after(ms, name, fn) : new SystemTimer(ms, name, fn)),
};

/** The timers of one owner: one per name, all ended at once by `cancelAll`. */
export class TimerSet {
  readonly #clock: Clock;
  readonly #timers = new Map<string, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts the timer `name`; one of that name that is running is cancelled first. */
  start(name: string, ms: number, fn: () => void): void {
    this.#timers.get(name)?.cancel();
    const timer = this.#clock.after(ms, name, () => {
      if (this.#timers.get(name) === timer) this.#timers.delete(name);
      fn();
    });
    this.#timers.set(name, timer);
  }

  cancel(name: string): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }

  cancelAll(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  has(name: string): boolean {
    return this.#timers.has(name);
  }

  get size(): number {
    return this.#timers.size;
  }
}
