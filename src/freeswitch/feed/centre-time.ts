// The clock of a centre against ours. Its seconds (`api strepoch`, joined_epoch, last_bridge_end) are turned into times of our own
// clock here and nowhere else, so that a centre whose clock is wrong still has right waits.
import type { Clock } from '../../kernel/index.js';

/**
 * Each answer to `strepoch` is a whole second and so says between which two values the difference lies; the answers together say it
 * better than each alone. When they contradict each other, a clock was set, and the last answer counts.
 */
export class CentreTime {
  readonly #clock: Clock;
  #least = -Infinity;
  #most = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param epoch what the centre said, in seconds
   * @param askedAt Clock.wallNow() when it was asked
   */
  learn(epoch: number, askedAt: number): void {
    const least = epoch * 1000 - this.#clock.wallNow();
    const most = (epoch + 1) * 1000 - askedAt;
    const isContradiction = least > this.#most || most < this.#least;
    this.#least = isContradiction ? least : Math.max(least, this.#least);
    this.#most = isContradiction ? most : Math.min(most, this.#most);
  }

  /** The clock of the centre minus ours, in milliseconds; undefined before the first answer. */
  get skewMs(): number | undefined {
    return Number.isFinite(this.#least) ? Math.round((this.#least + this.#most) / 2) : undefined;
  }

  /** Clock.now() at the centre's second `epoch`, which may lie ahead; undefined when the skew is not known. */
  at(epoch: number): number | undefined {
    if (this.skewMs === undefined) return undefined;
    return this.#clock.now() + epoch * 1000 - (this.#clock.wallNow() + this.skewMs);
  }

  /** As `at`, for something that has happened within the second `epoch`: never later than now; now when the skew is not known. */
  past(epoch: number): number {
    const at = this.at(epoch + 0.5);
    return at === undefined ? this.#clock.now() : Math.min(at, this.#clock.now());
  }
}
