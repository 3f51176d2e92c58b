// A generation as it goes into a store: its numbers in rising order, each with its record.
import type { Generation } from './generation.js';
import type { RecordArena } from './record-arena.js';

export class StagedGeneration {
  readonly generation: Generation;
  /** In rising order; a position in it is what the methods take. */
  readonly phones: Float64Array;
  readonly #addresses: Uint32Array;
  readonly #arena: RecordArena;

  constructor(
    generation: Generation,
    records: { readonly phones: Float64Array; readonly addresses: Uint32Array; readonly arena: RecordArena },
  ) {
    this.generation = generation;
    this.phones = records.phones;
    this.#addresses = records.addresses;
    this.#arena = records.arena;
  }

  phoneAt(position: number): number {
    return this.phones[position] ?? 0;
  }

  /** A view of a record. */
  recordAt(position: number): Buffer {
    return this.#arena.read(this.#addresses[position] ?? 0);
  }

  lengthAt(position: number): number {
    return this.#arena.lengthAt(this.#addresses[position] ?? 0);
  }

  /** Copies a record to `target`, which has room for it; returns the offset after it. */
  copyRecord(position: number, target: Buffer, offset: number): number {
    return this.#arena.copy(this.#addresses[position] ?? 0, target, offset);
  }
}
