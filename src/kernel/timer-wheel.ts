// Thousands of timers on one of the system's: a timing wheel (Varghese and Lauck, 1987, scheme 6). Starting and cancelling are a few
// assignments, and calls do not wake the process each for itself.
import { Ring } from './ring.js';
import type { Timer } from './timer.js';

/** The one timer that drives the wheel. */
export interface WheelDrive {
  cancel(): void;
  /** Whether it keeps the process alive. */
  hold(isHeld: boolean): void;
}

export interface WheelHost {
  /** Monotonic milliseconds. */
  now(): number;
  start(ms: number, fn: () => void): WheelDrive;
  /** Takes what a timer has thrown; the others fire all the same. */
  failed(error: unknown): void;
}

export const systemWheelHost: WheelHost = {
  now: () => performance.now(),
  start: (ms, fn) => {
    const handle = setTimeout(fn, ms);
    return {
      cancel: () => clearTimeout(handle),
      hold: (isHeld) => {
        if (isHeld) handle.ref();
        else handle.unref();
      },
    };
  },
  failed: (error) => {
    setImmediate(() => {
      throw error;
    });
  },
};

/** A timer fires up to this much late. */
export const tickMs = 10;
/** Ticks of one turn, about 41 s. What is due later waits in the last slot and is placed anew when that comes. */
const slotCount = 4096;
const slotMask = slotCount - 1;

class WheelTimer extends Ring implements Timer {
  readonly name: string;
  readonly tick: number;
  /** Undefined once it has fired or was cancelled, so that what it would have done can go. */
  fn: (() => void) | undefined;
  readonly #wheel: TimerWheel;

  constructor(wheel: TimerWheel, name: string, tick: number, fn: () => void) {
    super();
    this.#wheel = wheel;
    this.name = name;
    this.tick = tick;
    this.fn = fn;
  }

  cancel(): void {
    if (this.fn === undefined) return;
    this.fn = undefined;
    this.unlink();
    this.#wheel.cancelled();
  }
}

export class TimerWheel {
  readonly #host: WheelHost;
  readonly #slots = new Array<Ring | undefined>(slotCount).fill(undefined);
  /** Every tick up to this one has been dealt with. */
  #tick = 0;
  #running = 0;
  #drive: WheelDrive | undefined;
  #driveTick = Infinity;

  constructor(host: WheelHost = systemWheelHost) {
    this.#host = host;
  }

  /** Timers that are running. */
  get running(): number {
    return this.#running;
  }

  /** Calls `fn` once after `ms` milliseconds, at most `tickMs` late. */
  after(ms: number, name: string, fn: () => void): Timer {
    const now = this.#host.now();
    if (this.#running === 0) this.#tick = Math.floor(now / tickMs);
    const timer = new WheelTimer(this, name, Math.max(Math.ceil((now + ms) / tickMs), this.#tick + 1), fn);
    const at = this.#place(timer);
    if (at < this.#driveTick) this.#driveTo(at, now);
    else if (this.#running === 0) this.#drive?.hold(true);
    this.#running += 1;
    return timer;
  }

  /** A timer of this wheel has left its slot. */
  cancelled(): void {
    this.#running -= 1;
    // The drive stays for the timers to come; it must not keep the process alive by itself.
    if (this.#running === 0) this.#drive?.hold(false);
  }

  /** @returns the tick of its slot */
  #place(timer: WheelTimer): number {
    const at = Math.min(timer.tick, this.#tick + slotCount - 1);
    (this.#slots[at & slotMask] ??= new Ring()).add(timer);
    return at;
  }

  #driveTo(tick: number, now: number): void {
    this.#drive?.cancel();
    this.#driveTick = tick;
    this.#drive = this.#host.start(Math.max(1, Math.ceil(tick * tickMs - now)), () => this.#turn());
  }

  #turn(): void {
    this.#drive = undefined;
    this.#driveTick = Infinity;
    const now = this.#host.now();
    const until = Math.floor(now / tickMs);
    // One turn comes by every slot, however long the process has slept.
    this.#tick = Math.max(this.#tick, until - slotCount);
    while (this.#tick < until) {
      this.#tick += 1;
      const slot = this.#slots[this.#tick & slotMask];
      if (slot !== undefined && !slot.isAlone) this.#fire(slot);
    }
    if (this.#running > 0) this.#driveTo(this.#nextTick(), this.#host.now());
  }

  #fire(slot: Ring): void {
    // What is placed meanwhile belongs to the next turn.
    const due = new Ring();
    due.next = slot.next;
    due.previous = slot.previous;
    due.next.previous = due;
    due.previous.next = due;
    slot.next = slot;
    slot.previous = slot;
    for (let one = due.next; one instanceof WheelTimer; one = due.next) {
      one.unlink();
      if (one.tick > this.#tick) this.#place(one);
      else this.#run(one);
    }
  }

  #run(timer: WheelTimer): void {
    const { fn } = timer;
    timer.fn = undefined;
    this.#running -= 1;
    try {
      fn?.();
    } catch (error) {
      this.#host.failed(error);
    }
  }

  /** Of the first slot that is not empty. There is one while a timer runs. */
  #nextTick(): number {
    for (let tick = this.#tick + 1; tick < this.#tick + slotCount; tick++) {
      if (this.#slots[tick & slotMask]?.isAlone === false) return tick;
    }
    return this.#tick + slotCount;
  }
}
