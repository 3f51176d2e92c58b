// The share of calls that went to an offer lately, for the diversion cap.

/** The last `size` calls of one router (default 1000, as decision.diversionCapPercent says), in memory. */
export class DiversionWindow {
  readonly #ring: Uint8Array;
  #next = 0;
  #count = 0;
  #diverted = 0;

  constructor(size = 1000) {
    this.#ring = new Uint8Array(Math.max(1, size));
  }

  /** Counts one decided call; `isDiverted` when its first step presents a sales offer. */
  add(isDiverted: boolean): void {
    this.#diverted += (isDiverted ? 1 : 0) - (this.#ring[this.#next] ?? 0);
    this.#ring[this.#next] = isDiverted ? 1 : 0;
    this.#next = (this.#next + 1) % this.#ring.length;
    if (this.#count < this.#ring.length) this.#count++;
  }

  /** 0..1, over the calls there were; 0 before the first. */
  get share(): number {
    return this.#count === 0 ? 0 : this.#diverted / this.#count;
  }
}
