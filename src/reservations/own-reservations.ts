// What this router holds in the ledger, so that it can tell the others' part of a count.

interface Held {
  readonly destination: string;
  readonly expiresAt: number;
}

/** Entries of one lifetime: the order in which they were made or renewed is the order in which they expire. Time is passed in. */
export class OwnReservations {
  readonly #lifetimeMs: number;
  readonly #held = new Map<string, Held>();
  readonly #counts = new Map<string, number>();

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  /** By destination; none is zero. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get size(): number {
    return this.#held.size;
  }

  has(destination: string, decisionId: string): boolean {
    return this.#held.has(keyOf(destination, decisionId));
  }

  /** Begins, or lasts for a whole lifetime from now. */
  hold(destination: string, decisionId: string, now: number): void {
    this.end(destination, decisionId);
    this.#held.set(keyOf(destination, decisionId), { destination, expiresAt: now + this.#lifetimeMs });
    this.#counts.set(destination, (this.#counts.get(destination) ?? 0) + 1);
  }

  /** False when there is none. */
  end(destination: string, decisionId: string): boolean {
    return this.#end(keyOf(destination, decisionId));
  }

  expire(now: number): void {
    for (const [key, { expiresAt }] of this.#held) {
      if (expiresAt > now) return;
      this.#end(key);
    }
  }

  #end(key: string): boolean {
    const held = this.#held.get(key);
    if (held === undefined) return false;
    this.#held.delete(key);
    const left = (this.#counts.get(held.destination) ?? 0) - 1;
    if (left > 0) this.#counts.set(held.destination, left);
    else this.#counts.delete(held.destination);
    return true;
  }
}

function keyOf(destination: string, decisionId: string): string {
  return `${destination} ${decisionId}`;
}
