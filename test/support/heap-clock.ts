// A clock that moves only when told to, for tests with many thousands of timers: starting and cancelling cost next to nothing.
import type { Clock, Timer } from '../../src/kernel/index.js';

interface Pending extends Timer {
  readonly due: number;
  readonly order: number;
  fn: (() => void) | undefined;
}

export class HeapClock implements Clock {
  #now = 1;
  #order = 0;
  #live = 0;
  #heap: Pending[] = [];

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return Date.UTC(2026, 0, 1) + this.#now;
  }

  /** Timers that are running. */
  get running(): number {
    return this.#live;
  }

  after(ms: number, name: string, fn: () => void): Timer {
    const timer: Pending = {
      name,
      due: this.#now + Math.max(0, ms),
      order: this.#order++,
      fn,
      cancel: () => {
        if (timer.fn === undefined) return;
        timer.fn = undefined;
        this.#live--;
        if (this.#heap.length > 64 && this.#live < this.#heap.length / 2) this.#drop();
      },
    };
    this.#live++;
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
    return timer;
  }

  /** Moves time on by `ms`, firing what falls due on the way. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#heap[0]; next !== undefined && next.due <= end; next = this.#heap[0]) {
      this.#pop();
      const { fn } = next;
      if (fn === undefined) continue;
      next.fn = undefined;
      this.#live--;
      this.#now = Math.max(this.#now, next.due);
      fn();
    }
    this.#now = end;
  }

  /** Takes out what was cancelled. An array in order is a heap. */
  #drop(): void {
    this.#heap = this.#heap.filter((one) => one.fn !== undefined).sort(compare);
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let i = 0;
    for (;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        const candidate = this.#heap[child];
        if (candidate !== undefined && compare(candidate, this.#heap[least] as Pending) < 0) least = child;
      }
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #up(from: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (compare(this.#heap[i] as Pending, this.#heap[parent] as Pending) >= 0) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #swap(a: number, b: number): void {
    const kept = this.#heap[a] as Pending;
    this.#heap[a] = this.#heap[b] as Pending;
    this.#heap[b] = kept;
  }
}

const compare = (a: Pending, b: Pending): number => a.due - b.due || a.order - b.order;
