// Which key of a Map is the oldest, for a Map that forgets its oldest again and again.

/**
 * One iterator that is kept goes on behind the keys that it gave; a new one each time walks over the holes of all that were deleted
 * at the begin, until V8 makes the table anew. So every key that is taken is to be deleted by whoever takes it.
 */
export class OldestKeys<K> {
  readonly #map: ReadonlyMap<K, unknown>;
  #keys: Iterator<K, unknown>;

  constructor(map: ReadonlyMap<K, unknown>) {
    this.#map = map;
    this.#keys = map.keys();
  }

  /** The oldest that was not taken yet; undefined when there is none. */
  take(): K | undefined {
    const next = this.#keys.next();
    if (next.done !== true) return next.value;
    // At its end once, an iterator gives nothing any more, whatever is added.
    this.#keys = this.#map.keys();
    const first = this.#keys.next();
    return first.done === true ? undefined : first.value;
  }
}
