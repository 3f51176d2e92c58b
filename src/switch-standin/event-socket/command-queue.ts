// Commands of one client, one at a time: answers come in the order of the questions.
import type { ClientCommand } from './command-reader.js';

export class CommandQueue {
  readonly #waiting: ClientCommand[] = [];
  /** Carries one out; the next one waits for the promise, if there is one. */
  readonly #handle: (command: ClientCommand) => Promise<void> | undefined;
  #isBusy = false;
  #isClosed = false;

  constructor(handle: (command: ClientCommand) => Promise<void> | undefined) {
    this.#handle = handle;
  }

  push(commands: readonly ClientCommand[]): void {
    this.#waiting.push(...commands);
    this.#work();
  }

  /** What waits is not carried out any more. */
  close(): void {
    this.#isClosed = true;
  }

  #work(): void {
    while (!this.#isBusy && !this.#isClosed) {
      const command = this.#waiting.shift();
      if (command === undefined) return;
      const done = this.#handle(command);
      if (done === undefined) continue;
      this.#isBusy = true;
      void done.finally(() => {
        this.#isBusy = false;
        this.#work();
      });
    }
  }
}
