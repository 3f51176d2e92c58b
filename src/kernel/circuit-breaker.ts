// A circuit breaker: after some failures in a row a server is left alone for a while, so that a dead one does not cost every
// call its whole deadline. Then one question tries again (half-open); the pause doubles while it fails.
import type { Clock } from './clock.js';

export interface CircuitBreakerOptions {
  /** Failures in a row that open it. */
  readonly failuresToOpen: number;
  /** First pause before a probe, in milliseconds. */
  readonly firstPauseMs: number;
  /** Longest pause, in milliseconds. */
  readonly maxPauseMs: number;
}

const defaultBreaker: CircuitBreakerOptions = {
  failuresToOpen: 5,
  firstPauseMs: 200,
  maxPauseMs: 2000,
};

export type CircuitState = 'closed' | 'open' | 'half-open';

export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #options: CircuitBreakerOptions;
  #state: CircuitState = 'closed';
  #failures = 0;
  #pauseMs: number;
  #retryAt = 0;
  #reason = '';

  constructor(clock: Clock, options: CircuitBreakerOptions = defaultBreaker) {
    this.#clock = clock;
    this.#options = options;
    this.#pauseMs = options.firstPauseMs;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** The last failure. */
  get reason(): string {
    return this.#reason;
  }

  /** May this question go to the server? True makes it the probe when a probe is due; report how it went. */
  allows(): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'half-open' || this.#clock.now() < this.#retryAt) return false;
    this.#state = 'half-open';
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#pauseMs = this.#options.firstPauseMs;
  }

  failed(reason: string): void {
    this.#reason = reason;
    this.#failures += 1;
    if (this.#state === 'half-open') {
      this.#pauseMs = Math.min(this.#pauseMs * 2, this.#options.maxPauseMs);
    } else if (this.#state === 'open' || this.#failures < this.#options.failuresToOpen) {
      return;
    }
    this.#state = 'open';
    this.#retryAt = this.#clock.now() + this.#pauseMs;
  }
}
