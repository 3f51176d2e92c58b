// What a queue has shown lately: how long calls keep an agent, how many were answered in time.

/** Weight of the newest call once ten have been seen; before that all calls weigh the same. */
const SMOOTHING = 0.1;
/** Calls that the service level is taken over. */
const WINDOW_CALLS = 200;

export class QueueFigures {
  #handlingTimeMs: number | undefined;
  #handled = 0;
  readonly #inTime: boolean[] = [];
  #inTimeCount = 0;
  #next = 0;

  /** Talk and wrap-up of one call: exponential moving average. */
  addHandlingTime(ms: number): void {
    this.#handled++;
    const before = this.#handlingTimeMs ?? ms;
    this.#handlingTimeMs = before + (ms - before) * Math.max(SMOOTHING, 1 / this.#handled);
  }

  /** A call that was answered, or left before: `isInTime` when it was answered within the target. */
  addCall(isInTime: boolean): void {
    if (this.#inTime[this.#next] === true) this.#inTimeCount--;
    this.#inTime[this.#next] = isInTime;
    if (isInTime) this.#inTimeCount++;
    this.#next = (this.#next + 1) % WINDOW_CALLS;
  }

  /** Calls that the handling time is of. */
  get handledCalls(): number {
    return this.#handled;
  }

  get handlingTimeSeconds(): number | undefined {
    return this.#handlingTimeMs === undefined ? undefined : this.#handlingTimeMs / 1000;
  }

  /** Answered in time / (answered + left before an agent had them), of the last 200 calls. */
  get serviceLevel(): number | undefined {
    return this.#inTime.length === 0 ? undefined : this.#inTimeCount / this.#inTime.length;
  }
}
