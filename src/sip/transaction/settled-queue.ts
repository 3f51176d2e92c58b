// Transactions that have their final response and merely absorb copies for the rest of their time (up to 32 s over UDP). After
// a while in which the layers above still look at them they let go of what they do not need for that.

export interface Settled {
  /** Lets go of all that copies do not ask for; of one that has terminated, nothing is asked. Called once. */
  slim(): void;
}

/** How long they stay whole. */
const wholeMs = 1000;
/** More than one, so that the queue gets shorter after a burst; few, so that no message waits for many. */
const perAdd = 3;
const compactFrom = 1024;

/** First in, first out. It has no timer: what is added sends on its way what was added before. */
export class SettledQueue {
  #transactions: Settled[] = [];
  #times: number[] = [];
  #head = 0;

  /** @param now of the clock of the layer */
  add(transaction: Settled, now: number): void {
    this.#transactions.push(transaction);
    this.#times.push(now);
    for (let i = 0; i < perAdd && (this.#times[this.#head] ?? Infinity) + wholeMs <= now; i++) {
      this.#transactions[this.#head++]?.slim();
    }
    if (this.#head >= compactFrom && 2 * this.#head >= this.#times.length) {
      this.#transactions = this.#transactions.slice(this.#head);
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
  }
}
