// Counts the rows of CSV as it streams by: lines that end outside quotes (RFC 4180 section 2), without the header.

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

export class CsvRowCount {
  #lines = 0;
  /** A doubled quote inside a value ends and begins the quotes, which comes to the same. */
  #isQuoted = false;

  get rows(): number {
    return Math.max(0, this.#lines - 1);
  }

  add(chunk: Uint8Array): void {
    let [lines, isQuoted] = [this.#lines, this.#isQuoted];
    for (const byte of chunk) {
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === LINE_FEED && !isQuoted) lines++;
    }
    this.#lines = lines;
    this.#isQuoted = isQuoted;
  }
}
