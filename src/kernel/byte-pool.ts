// Byte strings as buffers, cut one after the other from larger pieces of memory: a buffer with memory of its own costs as much again, and
// Node's own pool of 8 kB is used up by a dozen of SIP messages.

const poolBytes = 65_536;
/** A text that is longer has memory of its own. */
const longest = 4096;

export class BytePool {
  #pool = Buffer.allocUnsafeSlow(poolBytes);
  #used = 0;

  /** The bytes of a latin1 text. What was handed out is never written over; it keeps its piece of memory while somebody has it. */
  bytesOf(text: string): Buffer {
    const { length } = text;
    if (length > longest) return Buffer.from(text, 'latin1');
    if (this.#used + length > poolBytes) {
      this.#pool = Buffer.allocUnsafeSlow(poolBytes);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += this.#pool.write(text, start, 'latin1');
    return this.#pool.subarray(start, this.#used);
  }
}
