// Targets that failed lately are tried last: RFC 3263 4.3, with a bound on time and number.
import type { Clock } from '../../../kernel/index.js';
import type { Target } from '../transport.js';

const MAX_TARGETS = 1000;

export class FailedTargets {
  readonly #clock: Clock;
  readonly #avoidMs: number;
  /** By `protocol address port`: until when. */
  readonly #until = new Map<string, number>();
  /** Failures since the start. */
  failures = 0;

  constructor(clock: Clock, avoidMs: number) {
    this.#clock = clock;
    this.#avoidMs = avoidMs;
  }

  /** Targets that are tried last now; some may have run out. */
  get size(): number {
    return this.#until.size;
  }

  /** @param ms at most the usual time: the Retry-After of a 503 (RFC 3261 21.5.4) */
  add(target: Target, ms = this.#avoidMs): void {
    this.failures++;
    const key = keyOf(target);
    this.#until.delete(key);
    if (this.#until.size >= MAX_TARGETS) {
      const oldest = this.#until.keys().next();
      if (oldest.done !== true) this.#until.delete(oldest.value);
    }
    this.#until.set(key, this.#clock.now() + Math.min(ms, this.#avoidMs));
  }

  /** It has answered. */
  remove(target: Target): void {
    if (this.#until.size > 0) this.#until.delete(keyOf(target));
  }

  /** The same targets, those that failed at the end; the same array when there is nothing to change. */
  last(targets: readonly Target[]): readonly Target[] {
    if (this.#until.size === 0 || targets.length < 2) return targets;
    const failed = targets.filter((one) => this.#has(one));
    if (failed.length === 0) return targets;
    return [...targets.filter((one) => !failed.includes(one)), ...failed];
  }

  #has(target: Target): boolean {
    const key = keyOf(target);
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (until > this.#clock.now()) return true;
    this.#until.delete(key);
    return false;
  }
}

const keyOf = ({ protocol, address, port }: Target): string => `${protocol} ${address} ${port}`;

/** Milliseconds of a Retry-After; undefined when there is none. */
export function retryAfterMs(value: string | undefined): number | undefined {
  const seconds = Number.parseInt(value ?? '', 10);
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}
