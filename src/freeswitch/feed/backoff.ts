// Time until the next attempt: doubled after each failure, with jitter, so that routers do not all knock at once.

export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** 0 to below 1. */
  readonly random: () => number;
}

export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Milliseconds to wait now: between half and all of what the number of failures gives. */
  next(): number {
    const { firstMs, maxMs, random } = this.#options;
    const ms = Math.min(maxMs, firstMs * 2 ** Math.min(this.#failures, 20));
    this.#failures++;
    return ms / 2 + (ms / 2) * random();
  }

  reset(): void {
    this.#failures = 0;
  }
}
