// Records one after the other in large buffers, each found by its address. Far less than a Buffer object a record.

const CHUNK_BYTES = 1 << 22;
const LENGTH_BYTES = 2;

export class RecordArena {
  readonly #chunks: Buffer[] = [];
  #used = CHUNK_BYTES;

  /** Copies `record` (at most 65,535 bytes) in; the address is a 32-bit number, so an arena holds at most 4 GiB. */
  append(record: Buffer): number {
    const room = LENGTH_BYTES + record.length;
    if (this.#used + room > CHUNK_BYTES) {
      this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK_BYTES));
      this.#used = 0;
    }
    const chunk = this.#chunks.length - 1;
    if (chunk * CHUNK_BYTES >= 2 ** 32) throw new RangeError('more than 4 GiB of records in one generation');
    const offset = this.#used;
    const target = this.#chunks[chunk];
    target?.writeUInt16LE(record.length, offset);
    record.copy(target ?? record, offset + LENGTH_BYTES);
    this.#used += room;
    return chunk * CHUNK_BYTES + offset;
  }

  /** A view of the record at `address`. */
  read(address: number): Buffer {
    const chunk = this.#chunks[Math.floor(address / CHUNK_BYTES)];
    if (chunk === undefined) throw new RangeError(`no record at ${address}`);
    const offset = address % CHUNK_BYTES;
    const start = offset + LENGTH_BYTES;
    return chunk.subarray(start, start + chunk.readUInt16LE(offset));
  }
}
