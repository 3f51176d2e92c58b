// Tells once, when it happens, that strategies have become too old: one line a generation, not one a call.
import { TimerSet } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { ageOf } from './generation-age.js';
import type { StrategySource } from './port.js';

export interface AgeWatchOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How often to look, in milliseconds. */
  readonly intervalMs: number;
}

export class AgeWatch {
  readonly #source: Pick<StrategySource, 'current'>;
  readonly #options: AgeWatchOptions;
  readonly #timers: TimerSet;
  /** Generations that were told and are still current. */
  #told = new Set<number>();

  constructor(source: Pick<StrategySource, 'current'>, options: AgeWatchOptions) {
    this.#source = source;
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
    this.#look();
  }

  close(): void {
    this.#timers.cancelAll();
  }

  #look(): void {
    const { clock, log, intervalMs } = this.#options;
    const outdated = new Set<number>();
    for (const one of this.#source.current()) {
      const { partner, generation, ageMs, maxAgeMs, isOutdated } = ageOf(one, clock.wallNow());
      if (!isOutdated) continue;
      outdated.add(generation);
      if (!this.#told.has(generation))
        log.warn({ partner, generation, ageMs, maxAgeMs }, 'strategies are outdated, no offer is made');
    }
    this.#told = outdated;
    this.#timers.start('strategy-age', intervalMs, () => this.#look());
  }
}
