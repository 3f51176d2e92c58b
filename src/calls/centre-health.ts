// Health of the centres: OPTIONS to each (RFC 3261 11), up and down with hysteresis.
import { TimerSet } from '../kernel/index.js';
import type { Clock } from '../kernel/index.js';
import type { Centre } from '../config/index.js';
import type { Gateway } from './gateway.js';

/** Undefined before the first result. */
export type CentreState = boolean | undefined;

export interface CentreHealthOptions {
  readonly clock: Clock;
  readonly gateway: Pick<Gateway, 'options'>;
  /** 0..1; spreads the checks, so that many centres or routers do not send at once. */
  readonly random: () => number;
  readonly onChange: (centre: string, isUp: boolean) => void;
}

interface Watched {
  readonly centre: Centre;
  state: CentreState;
  failures: number;
  successes: number;
}

/** Share of the interval by which a check may come early or late. */
const jitterShare = 0.1;

/**
 * Does the answer to OPTIONS show a centre that takes calls? Any final response does, since even a 404 or a 486 is somebody who
 * answers (RFC 3261 11.2 lets it be what an INVITE would get), but 408 (nobody answered, here or behind a proxy), 503
 * (overloaded or shutting down, and what the engine makes of a closed port) and 504.
 */
export function isAlive(status: number | undefined): boolean {
  return status !== undefined && status !== 408 && status !== 503 && status !== 504;
}

/** Owns the timers of all checks. */
export class CentreHealthChecks {
  readonly #options: CentreHealthOptions;
  readonly #timers: TimerSet;
  #watched = new Map<string, Watched>();

  constructor(options: CentreHealthOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  /** Watches these centres from now on; those known already at the same address keep their state. */
  watch(centres: readonly Centre[]): void {
    const before = this.#watched;
    this.#timers.cancelAll();
    this.#watched = new Map();
    for (const centre of centres) {
      const known = before.get(centre.centre);
      const isSame = known !== undefined && uriOf(known.centre) === uriOf(centre);
      const state = isSame ? known.state : undefined;
      const watched: Watched = { centre, state, failures: 0, successes: 0 };
      this.#watched.set(centre.centre, watched);
      this.#schedule(watched, this.#options.random() * Math.min(1000, centre.healthCheck.intervalMs));
    }
  }

  stop(): void {
    this.#timers.cancelAll();
    this.#watched = new Map();
  }

  stateOf(centre: string): CentreState {
    return this.#watched.get(centre)?.state;
  }

  #schedule(watched: Watched, ms: number): void {
    this.#timers.start(watched.centre.centre, ms, () => {
      this.#check(watched);
    });
  }

  #check(watched: Watched): void {
    const { intervalMs, timeoutMs } = watched.centre.healthCheck;
    this.#options.gateway.options(uriOf(watched.centre), timeoutMs, (status) => {
      if (this.#watched.get(watched.centre.centre) === watched) this.#result(watched, isAlive(status));
    });
    this.#schedule(watched, intervalMs * (1 + jitterShare * (2 * this.#options.random() - 1)));
  }

  #result(watched: Watched, isUp: boolean): void {
    const { failuresToDown, successesToUp } = watched.centre.healthCheck;
    watched.failures = isUp ? 0 : watched.failures + 1;
    watched.successes = isUp ? watched.successes + 1 : 0;
    // The first answer is believed at once: a start has no history to weigh it against.
    const needed = isUp ? (watched.state === undefined ? 1 : successesToUp) : failuresToDown;
    const count = isUp ? watched.successes : watched.failures;
    if (watched.state === isUp || count < needed) return;
    watched.state = isUp;
    this.#options.onChange(watched.centre.centre, isUp);
  }
}

function uriOf(centre: Centre): string {
  return `sip:${centre.host}:${centre.port};transport=${centre.transport}`;
}
