// Work that many may ask for at once, and that is done once for all of them.

export class SharedRun {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #isWanted = false;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Shares a run that is under way, and has it run once more for what happened since it began. */
  async run(): Promise<void> {
    if (this.#running !== undefined) {
      this.#isWanted = true;
      return this.#running;
    }
    this.#running = this.#work();
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
    if (this.#isWanted) {
      this.#isWanted = false;
      await this.run();
    }
  }
}
