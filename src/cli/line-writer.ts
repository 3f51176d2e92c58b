// Lines for people from a busy process: many are written at once, so that a call does not pay for a write of its own.
import type { Clock, Timer } from '../kernel/index.js';

/** A line is on the screen at most this much later, in milliseconds. */
const delayMs = 100;
/** Lines that wait while the far end of a pipe does not read; more are left out and counted. */
const maxWaiting = 10_000;

export class LineWriter {
  readonly #stream: NodeJS.WritableStream;
  readonly #clock: Clock;
  #waiting: string[] = [];
  #left = 0;
  #timer: Timer | undefined;

  constructor(stream: NodeJS.WritableStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  write(line: string): void {
    if (this.#waiting.length >= maxWaiting) {
      this.#left += 1;
      return;
    }
    this.#waiting.push(line);
    this.#timer ??= this.#clock.after(delayMs, 'lines', () => this.flush());
  }

  /** Writes what waits. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting;
    if (this.#left > 0) lines.push(`(${this.#left} more lines left out)`);
    this.#waiting = [];
    this.#left = 0;
    this.#stream.write(`${lines.join('\n')}\n`);
  }
}
