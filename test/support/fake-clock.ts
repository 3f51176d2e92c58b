// A clock that moves only when told to. Timers fire in time order, ties in the order they were started.
import type { Clock, Timer } from '../../src/kernel/index.js';

interface Pending extends Timer {
  readonly due: number;
  readonly order: number;
  readonly fn: () => void;
}

export class FakeClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #wallStart: number;
  #pending: Pending[] = [];

  constructor(wallStart = Date.UTC(2026, 0, 1)) {
    this.#wallStart = wallStart;
  }

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.#wallStart + this.#now;
  }

  after(ms: number, name: string, fn: () => void): Timer {
    const timer: Pending = {
      name,
      due: this.#now + Math.max(0, ms),
      order: this.#order++,
      fn,
      cancel: () => {
        this.#pending = this.#pending.filter((one) => one !== timer);
      },
    };
    this.#pending.push(timer);
    return timer;
  }

  /** Moves time on by `ms`, firing what falls due on the way. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#pending
        .filter((one) => one.due <= end)
        .sort((a, b) => a.due - b.due || a.order - b.order)[0];
      if (next === undefined) break;
      this.#pending = this.#pending.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.due);
      next.fn();
    }
    this.#now = end;
  }

  /** When the next timer falls due; undefined when none runs. */
  get nextDue(): number | undefined {
    let next: number | undefined;
    for (const { due } of this.#pending) if (next === undefined || due < next) next = due;
    return next;
  }

  /** Names of the timers that are running, in order of their due time. */
  get running(): readonly string[] {
    return [...this.#pending].sort((a, b) => a.due - b.due || a.order - b.order).map((one) => one.name);
  }
}
