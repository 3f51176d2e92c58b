// A table of strings that records of one generation refer to by number.

/** Gives each distinct string the next number, up to a bound. */
export class DictionaryBuilder {
  readonly #indexes = new Map<string, number>();
  readonly #entries: string[] = [];
  readonly #maxEntries: number;
  #lastStart = '';
  #lastStartIndex: number | undefined;

  /** @param first strings that get the first numbers, in this order */
  constructor(maxEntries: number, first: readonly string[] = []) {
    this.#maxEntries = maxEntries;
    for (const text of first) this.indexOf(text);
  }

  /** The number of `text`; undefined when the table is full and does not hold it. */
  indexOf(text: string): number | undefined {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    if (this.#entries.length >= this.#maxEntries) return undefined;
    const index = this.#entries.push(text) - 1;
    this.#indexes.set(text, index);
    return index;
  }

  /** `indexOf` of the first `length` characters of `text`; makes no string when they are those that were asked for last. */
  indexOfStart(text: string, length: number): number | undefined {
    const last = this.#lastStart;
    if (this.#lastStartIndex !== undefined && last.length === length && text.startsWith(last))
      return this.#lastStartIndex;
    this.#lastStart = text.slice(0, length);
    this.#lastStartIndex = this.indexOf(this.#lastStart);
    return this.#lastStartIndex;
  }

  /** By number; grows with the table. */
  get entries(): readonly string[] {
    return this.#entries;
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
