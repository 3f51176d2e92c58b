// Start and stop of the parts of one process: started in order, stopped in reverse, each with a deadline.
import { AppError, errorMessage } from './errors.js';
import type { Clock } from './clock.js';

export interface Part {
  readonly name: string;
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
}

/** Thrown when a part did not start or stop within its deadline. */
export class LifecycleTimeoutError extends AppError {
  constructor(part: string, phase: 'start' | 'stop', ms: number) {
    super('LIFECYCLE_TIMEOUT', `${part} did not ${phase} within ${ms} ms`, { fields: { part, phase, ms } });
  }
}

/** Waits for `work` at most `ms` milliseconds, then rejects with what `onTimeout` makes. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.after(ms, 'deadline', () => reject(onTimeout()));
    work.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(
          error instanceof Error ? error : new AppError('REJECTED', errorMessage(error), { cause: error }),
        );
      },
    );
  });
}

/** The parts of a process. `start` undoes what it did when one part fails, then rethrows that failure. */
export class Lifecycle {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #running: Part[] = [];

  constructor(clock: Clock, deadlineMs = 10_000) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
  }

  async start(parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      try {
        await this.#run(part, 'start');
        this.#running.push(part);
      } catch (error) {
        await this.stop();
        throw error;
      }
    }
  }

  /** Stops every running part, last started first; failures are collected and returned, never thrown. */
  async stop(): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    for (let part = this.#running.pop(); part !== undefined; part = this.#running.pop()) {
      try {
        await this.#run(part, 'stop');
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }

  async #run(part: Part, phase: 'start' | 'stop'): Promise<void> {
    const work = Promise.resolve().then(() => part[phase]());
    await withDeadline(this.#clock, this.#deadlineMs, work, () => {
      return new LifecycleTimeoutError(part.name, phase, this.#deadlineMs);
    });
  }
}
