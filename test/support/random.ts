// Random numbers that are the same for the same seed.
import { Random as StandInRandom } from '../../src/switch-standin/call-centre/random.js';

/** As the stand-in centre draws them, and what tests draw besides. */
export class Random extends StandInRandom {
  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new RangeError('nothing to choose from');
    return chosen;
  }

  isIn(share: number): boolean {
    return this.next() < share;
  }

  /** Null for a share of the time. */
  maybe<T>(share: number, value: () => T): T | null {
    return this.isIn(share) ? null : value();
  }
}
