// A load over several partners: takes each partner's lock at its first row, publishes each at the end.
import type { PublishedGeneration } from './generation.js';
import type { RowRefusal, StrategyRow } from './strategy-row.js';
import type { Publication } from './publication.js';
import type { StrategyWriter } from './writer.js';

export interface LoadResult {
  readonly published: readonly PublishedGeneration[];
  /** Partners that could not be published, each with its error; their old generations serve. */
  readonly failed: readonly { readonly partner: string; readonly error: unknown }[];
}

/** Ends with `commit` or `abort`; `abort` after `commit` does nothing. */
export class StrategyLoad {
  readonly #writer: StrategyWriter;
  readonly #publications = new Map<string, Publication>();

  constructor(writer: StrategyWriter) {
    this.#writer = writer;
  }

  /** Takes a row, or says why not. A promise only at the first row of a partner. @throws LoadInProgressError */
  add(row: StrategyRow): RowRefusal | undefined | Promise<RowRefusal | undefined> {
    const publication = this.#publications.get(row.partner);
    return publication === undefined ? this.#first(row) : publication.add(row);
  }

  get strategies(): number {
    let sum = 0;
    for (const one of this.#publications.values()) sum += one.strategies;
    return sum;
  }

  /** @param onProgress numbers written so far, of how many, for one partner after the other */
  async commit(onProgress?: (partner: string, written: number, of: number) => void): Promise<LoadResult> {
    const published: PublishedGeneration[] = [];
    const failed: { partner: string; error: unknown }[] = [];
    for (const publication of this.#publications.values()) {
      const { partner } = publication;
      if (publication.strategies === 0) continue;
      try {
        published.push(await publication.commit((written, of) => onProgress?.(partner, written, of)));
      } catch (error) {
        failed.push({ partner, error });
      }
    }
    await this.abort();
    return { published, failed };
  }

  async abort(): Promise<void> {
    for (const publication of this.#publications.values()) await publication.abort();
  }

  async #first(row: StrategyRow): Promise<RowRefusal | undefined> {
    const publication = await this.#writer.begin(row.partner);
    this.#publications.set(row.partner, publication);
    return publication.add(row);
  }
}
