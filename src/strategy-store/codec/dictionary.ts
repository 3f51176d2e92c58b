// A table of strings that records of one generation refer to by number.

/** Gives each distinct string the next number, up to a bound. */
export class DictionaryBuilder {
  readonly #indexes = new Map<string, number>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** The number of `text`; undefined when the table is full and does not hold it. */
  indexOf(text: string): number | undefined {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    if (this.#indexes.size >= this.#maxEntries) return undefined;
    const index = this.#indexes.size;
    this.#indexes.set(text, index);
    return index;
  }

  get entries(): readonly string[] {
    return [...this.#indexes.keys()];
  }
}

/** Offers a generation may name; their index takes one byte below 128, two above. */
export const MAX_OFFER_CODES = 16_384;
/** Prefixes of customer references; one more than this and references are written out. */
export const MAX_REFERENCE_PREFIXES = 64;

/** What a record needs besides its own bytes. */
export interface Dictionaries {
  /** Offer codes by index. */
  readonly offers: readonly string[];
  /** Prefixes of customer references by index, such as `acme-`. */
  readonly prefixes: readonly string[];
}
