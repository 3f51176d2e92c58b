// Keys that were pressed on a channel. As in FreeSWITCH they wait until something reads them: a parked, playing or bridged channel
// eats them at once (the DTMF event is all that comes of them), a collect takes those that waited first, a sleep lets them wait.
// Between two applications they wait for one frame, so that what was pressed too early for the first reaches the second.
import type { PressedKey } from '../media/telephone-event.js';

export type KeyReader = (key: string) => void;

const mostWaiting = 100;

export class KeyQueue {
  readonly #onRead: (key: PressedKey) => void;
  readonly #waiting: PressedKey[] = [];
  #reader: KeyReader | undefined;

  /** @param onRead told of each key when it is read, as the DTMF event is fired */
  constructor(onRead: (key: PressedKey) => void) {
    this.#onRead = onRead;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  press(key: PressedKey): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push(key);
    this.#deliver();
  }

  /** From now on keys go to `reader`, those that wait first. */
  read(reader: KeyReader): void {
    this.#reader = reader;
    this.#deliver();
  }

  /** From now on keys wait. */
  wait(): void {
    this.#reader = undefined;
  }

  /** From now on keys are read and forgotten. */
  eat(): void {
    this.read(() => undefined);
  }

  flush(): void {
    this.#waiting.length = 0;
  }

  #deliver(): void {
    while (this.#reader !== undefined) {
      const key = this.#waiting.shift();
      if (key === undefined) return;
      this.#onRead(key);
      this.#reader(key.key);
    }
  }
}
