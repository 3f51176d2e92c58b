// Lines as the bytes of a file, in memory that is used again for the next ones: a buffer of its own for each batch, and before it
// one text of the whole batch, cost more than all else of writing.

const firstCapacity = 65_536;
/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const maxBytesAUnit = 3;
const lineFeed = 0x0a;

export class LineBytes {
  #bytes = Buffer.allocUnsafeSlow(firstCapacity);

  /** @param lines without their line feeds. @returns their bytes, until the next call */
  of(lines: readonly string[]): Buffer {
    let length = 0;
    for (const line of lines) {
      this.#reserve(length, length + line.length * maxBytesAUnit + 1);
      length += this.#bytes.write(line, length, 'utf8');
      this.#bytes[length++] = lineFeed;
    }
    return this.#bytes.subarray(0, length);
  }

  /** Room for `capacity` bytes, of which the first `used` stay. */
  #reserve(used: number, capacity: number): void {
    if (capacity <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(capacity, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, used);
    this.#bytes = larger;
  }
}
