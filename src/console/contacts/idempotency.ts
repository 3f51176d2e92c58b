// Answers by Idempotency-Key: who sends the same again gets the same again, also while the first is still being answered. In memory and
// bounded, so that no database stands in the way of a contact; after a restart a key is new.
import { createHash } from 'node:crypto';

export interface KeptAnswer {
  readonly status: number;
  readonly body: object;
}

export type Answered =
  | { readonly kind: 'first' | 'again'; readonly answer: KeptAnswer }
  /** The key came with another request before. */
  | { readonly kind: 'reused' };

interface Entry {
  readonly hash: string;
  readonly answer: Promise<KeptAnswer>;
  readonly expiresAt: number;
}

export interface IdempotencyOptions {
  readonly now: () => number;
  /** Default 10,000; above it the oldest is forgotten. */
  readonly maxEntries?: number;
  /** Default one hour. */
  readonly lifetimeMs?: number;
}

export class IdempotencyKeys {
  readonly #options: IdempotencyOptions;
  /** In the order in which they came, which is that in which they expire. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: IdempotencyOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @param owner whose key it is: the same key of two owners is two keys. @throws what `work` throws; then the key is free again */
  async answer(
    owner: string,
    key: string,
    request: object,
    work: () => Promise<KeptAnswer>,
  ): Promise<Answered> {
    const { now, maxEntries = 10_000, lifetimeMs = 3_600_000 } = this.#options;
    this.#forget(now());
    const id = `${owner}\n${key}`;
    const hash = createHash('sha256').update(JSON.stringify(request)).digest('base64');
    const known = this.#entries.get(id);
    if (known !== undefined) {
      return known.hash === hash ? { kind: 'again', answer: await known.answer } : { kind: 'reused' };
    }
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= maxEntries && oldest !== undefined) this.#entries.delete(oldest);
    const entry: Entry = { hash, answer: work(), expiresAt: now() + lifetimeMs };
    this.#entries.set(id, entry);
    try {
      return { kind: 'first', answer: await entry.answer };
    } catch (error) {
      if (this.#entries.get(id) === entry) this.#entries.delete(id);
      throw error;
    }
  }

  #forget(now: number): void {
    for (const [id, { expiresAt }] of this.#entries) {
      if (expiresAt > now) return;
      this.#entries.delete(id);
    }
  }
}
