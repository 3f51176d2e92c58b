// Transactions that have their final response (and its ACK) and merely absorb copies for the rest of their time (up to 32 s over
// UDP). They let go of what they do not need for that: of the request when the next message comes, while all of it is still
// young and costs the garbage collector nothing; of the layers above after a second, in which those may still ask about it.

export interface Settled {
  /** Keeps an outline of the request; called when the turn in which it settled is over. */
  slim(): void;
  /** The layers above have had their time. Called once; it may have terminated by then. */
  retire(): void;
}

/** How long layers above may ask. */
const askedForMs = 1000;
/** More than one, so that the queue gets shorter after a burst; few, so that no message waits for many. */
const perAdd = 3;
const compactFrom = 1024;

/** First in, first out. It has no timer: what comes later sends on its way what came before. */
export class SettledQueue {
  #fresh: Settled[] = [];
  #transactions: (Settled | undefined)[] = [];
  #times: number[] = [];
  #head = 0;

  /** @param now of the clock of the layer */
  add(transaction: Settled, now: number): void {
    this.#fresh.push(transaction);
    this.#transactions.push(transaction);
    this.#times.push(now);
    for (let i = 0; i < perAdd && (this.#times[this.#head] ?? Infinity) + askedForMs <= now; i++) {
      this.#transactions[this.#head]?.retire();
      this.#transactions[this.#head++] = undefined;
    }
    if (this.#head >= compactFrom && 2 * this.#head >= this.#times.length) {
      this.#transactions = this.#transactions.slice(this.#head);
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Another message has come. */
  turn(): void {
    if (this.#fresh.length === 0) return;
    for (const transaction of this.#fresh) transaction.slim();
    this.#fresh.length = 0;
  }
}
