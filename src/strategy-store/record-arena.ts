// Records one after the other in large buffers, each found by its address. Far less than a Buffer object a record.

const CHUNK_BYTES = 1 << 22;
const LENGTH_BYTES = 2;

export class RecordArena {
  readonly #chunks: Buffer[] = [];
  #used = CHUNK_BYTES;

  /**
   * Room for one record of at most `bytes`: write it to `chunk` from `offset` on, then say by `close` how long it is. What is not
   * closed is written over by the next one. An arena holds at most 4 GiB.
   */
  open(bytes: number): void {
    if (this.#used + LENGTH_BYTES + bytes <= CHUNK_BYTES) return;
    if (this.#chunks.length * CHUNK_BYTES >= 2 ** 32)
      throw new RangeError('more than 4 GiB of records in one generation');
    this.chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#chunks.push(this.chunk);
    this.#used = 0;
  }

  chunk: Buffer = Buffer.alloc(0);

  get offset(): number {
    return this.#used + LENGTH_BYTES;
  }

  /** Keeps the record that was written, of `length` bytes (at most 65,535); its address is a 32-bit number. */
  close(length: number): number {
    const start = this.#used;
    this.chunk[start] = length & 0xff;
    this.chunk[start + 1] = length >>> 8;
    this.#used = start + LENGTH_BYTES + length;
    return (this.#chunks.length - 1) * CHUNK_BYTES + start;
  }

  lengthAt(address: number): number {
    const chunk = this.#chunkAt(address);
    const start = address % CHUNK_BYTES;
    return (chunk[start] ?? 0) | ((chunk[start + 1] ?? 0) << 8);
  }

  /** A view of the record at `address`. */
  read(address: number): Buffer {
    const start = (address % CHUNK_BYTES) + LENGTH_BYTES;
    return this.#chunkAt(address).subarray(start, start + this.lengthAt(address));
  }

  /** Copies the record at `address` to `target`, which has room for it; returns the offset after it. */
  copy(address: number, target: Buffer, offset: number): number {
    const chunk = this.#chunkAt(address);
    const start = address % CHUNK_BYTES;
    const length = (chunk[start] ?? 0) | ((chunk[start + 1] ?? 0) << 8);
    let from = start + LENGTH_BYTES;
    // Byte by byte: a record is too short for a call into native code to be worth it.
    for (let at = offset; at < offset + length; at++) target[at] = chunk[from++] ?? 0;
    return offset + length;
  }

  #chunkAt(address: number): Buffer {
    const chunk = this.#chunks[Math.floor(address / CHUNK_BYTES)];
    if (chunk === undefined) throw new RangeError(`no record at ${address}`);
    return chunk;
  }
}
