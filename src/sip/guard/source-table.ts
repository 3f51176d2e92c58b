// What is remembered of the sources of messages, bounded whatever addresses a flood makes up.

/** One source. Times are those of the clock; bytes are of UDP payload. */
export class Source {
  windowEnds = 0;
  messages = 0;
  invites = 0;
  /** It is not heard before. */
  silencedUntil = 0;
  /** Its server transactions that are open. */
  open = 0;
  /** Bytes that came from it and were not answered yet. */
  credit = 0;
  /** It proved its address: something that only it can know came back. */
  provedUntil = 0;
  /** It answered a request of ours: somebody that we call. */
  peerUntil = 0;
  /** The address that the trust below is of: others of its /64 have none of it. */
  trustAddress = '';
  trustUntil = 0;
  /** By protocol, as bits: asked about, and trusted. */
  trustAsked = 0;
  trusted = 0;
}

/** Two generations of half the size: one that is full takes the place of the older one, so nothing is ever searched for age. */
export class SourceTable {
  readonly #half: number;
  #young = new Map<string, Source>();
  #old = new Map<string, Source>();

  constructor(capacity: number) {
    this.#half = Math.max(1, Math.floor(capacity / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  find(key: string): Source | undefined {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const older = this.#old.get(key);
    if (older !== undefined) {
      this.#old.delete(key);
      this.#put(key, older);
    }
    return older;
  }

  take(key: string): Source {
    const known = this.find(key);
    if (known !== undefined) return known;
    const source = new Source();
    this.#put(key, source);
    return source;
  }

  #put(key: string, source: Source): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, source);
  }
}
