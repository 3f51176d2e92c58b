// So many at once, so many others in turn, and no more.

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Semaphore {
  readonly #waiting: Waiting[] = [];
  readonly #maxWaiting: number;
  #free: number;
  #isClosed = false;

  constructor(places: number, maxWaiting: number) {
    this.#free = places;
    this.#maxWaiting = maxWaiting;
  }

  /** Settles when there is a place, which is to be given back; rejects when too many wait, or it is closed. */
  async take(): Promise<void> {
    if (this.#isClosed) throw new Error('closed');
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    if (this.#waiting.length >= this.#maxWaiting) throw new Error('too many wait');
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next.resolve();
  }

  /** Those who wait are turned away. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('closed'));
  }
}
