// Which events have been heard, by Event-Sequence: a number that a FreeSWITCH never uses twice while it runs.

/** Remembers the last numbers; older ones count as heard. */
export class SequenceWindow {
  readonly #size: number;
  readonly #heard = new Set<number>();
  #oldest = -Infinity;

  constructor(size = 8192) {
    this.#size = size;
  }

  /** True the first time. */
  isNew(sequence: number): boolean {
    if (sequence <= this.#oldest || this.#heard.has(sequence)) return false;
    this.#heard.add(sequence);
    if (this.#heard.size > this.#size) {
      // A set keeps the order of insertion.
      for (const first of this.#heard) {
        this.#heard.delete(first);
        this.#oldest = Math.max(this.#oldest, first);
        break;
      }
    }
    return true;
  }

  clear(): void {
    this.#heard.clear();
    this.#oldest = -Infinity;
  }
}
