// A place in data that may not fit its schema: cross-checks read through it, so that they can run beside schema problems.
import { childOf } from './field-path.js';
import type { FieldPath } from './field-path.js';
import type { SectionName } from './sections.js';

export class Cursor {
  readonly section: SectionName;
  readonly path: FieldPath;
  readonly #value: unknown;

  constructor(section: SectionName, value: unknown, path: FieldPath = []) {
    this.section = section;
    this.#value = value;
    this.path = path;
  }

  /** The place under one key. */
  key(name: string): Cursor {
    return new Cursor(this.section, childOf(this.#value, name), [...this.path, name]);
  }

  /** The items of the list under one key; none when there is no list. */
  list(name: string): readonly Cursor[] {
    const list = childOf(this.#value, name);
    if (!Array.isArray(list)) return [];
    return list.map((item, index) => new Cursor(this.section, item, [...this.path, name, index]));
  }

  /** The places under every key of a block; none when there is no block. */
  entries(): readonly (readonly [string, Cursor])[] {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return Object.keys(value).map((key) => [key, this.key(key)] as const);
  }

  get text(): string | undefined {
    return typeof this.#value === 'string' ? this.#value : undefined;
  }

  get number(): number | undefined {
    return typeof this.#value === 'number' ? this.#value : undefined;
  }

  get boolean(): boolean | undefined {
    return typeof this.#value === 'boolean' ? this.#value : undefined;
  }
}
