// Time and timers. Every timer in the product is named, has an owner (a TimerSet) and can be driven by a FakeClock.

export interface Timer {
  readonly name: string;
  cancel(): void;
}

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

/** Timers from this length on fire together with others, up to `slotMs` late: thousands of calls do not wake us each for itself. */
const coarseFromMs = 1000;
const slotMs = 50;

/** The coarse timers that are due in one slot of time: a ring linked through them, so that thousands need no table. */
class Slot {
  readonly number: number;
  /** Stands between the last and the first. */
  readonly ring: Ring;
  readonly #handle: NodeJS.Timeout;

  constructor(number: number, ms: number) {
    this.number = number;
    this.ring = new Ring();
    this.#handle = setTimeout(() => this.#fire(), Math.ceil(ms));
  }

  /** No timer is left: a slot must not keep the process alive by itself. */
  close(): void {
    clearTimeout(this.#handle);
    if (slots.get(this.number) === this) slots.delete(this.number);
  }

  #fire(): void {
    slots.delete(this.number);
    for (let first = this.ring.next; first !== this.ring; first = this.ring.next) {
      first.unlink();
      try {
        first.run();
      } catch (error) {
        // As from a timer of its own: the others still fire.
        setImmediate(() => {
          throw error;
        });
      }
    }
  }
}

/** A member of a ring; alone it is its own neighbour. */
class Ring {
  previous: Ring;
  next: Ring;

  constructor() {
    this.previous = this;
    this.next = this;
  }

  get isAlone(): boolean {
    return this.next === this;
  }

  /** Puts it before `other`. */
  link(other: Ring): void {
    this.previous = other.previous;
    this.next = other;
    other.previous.next = this;
    other.previous = this;
  }

  unlink(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = this;
    this.next = this;
  }

  run(): void {
    // Of the ring itself: nothing.
  }
}

const slots = new Map<number, Slot>();

class CoarseTimer extends Ring implements Timer {
  readonly name: string;
  /** Undefined once it has fired or was cancelled, so that what it would have done can go. */
  #fn: (() => void) | undefined;
  readonly #slot: Slot;

  constructor(ms: number, name: string, fn: () => void) {
    super();
    this.name = name;
    this.#fn = fn;
    const now = performance.now();
    const number = Math.ceil((now + ms) / slotMs);
    let slot = slots.get(number);
    if (slot === undefined) {
      slot = new Slot(number, number * slotMs - now);
      slots.set(number, slot);
    }
    this.#slot = slot;
    this.link(slot.ring);
  }

  cancel(): void {
    if (this.#fn === undefined) return;
    this.#fn = undefined;
    this.unlink();
    if (this.#slot.ring.isAlone) this.#slot.close();
  }

  override run(): void {
    const fn = this.#fn;
    this.#fn = undefined;
    fn?.();
  }
}

/** The real clock. Timers of a second and more may be 50 ms late. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after: (ms, name, fn) =>
    ms >= coarseFromMs ? new CoarseTimer(ms, name, fn) : new SystemTimer(ms, name, fn),
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
