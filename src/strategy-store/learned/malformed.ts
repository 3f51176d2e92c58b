// Values of a store that are no states: each is counted, the first is told.
import type { Logger } from '../../kernel/index.js';

export class Malformed {
  readonly #log: Logger;
  count = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(partner: string): void {
    this.count += 1;
    if (this.count === 1) this.#log.warn({ partner }, 'a learned state cannot be read, it is left out');
  }
}
