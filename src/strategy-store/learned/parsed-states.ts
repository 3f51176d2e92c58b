// States that were read lately, by what they were read from: the same text gives the same object, and is parsed once.
import { LRUCache } from 'lru-cache';
import type { Learned } from '../../offers/index.js';
import { decodeLearned } from './learned-codec.js';
import type { Malformed } from './malformed.js';

/** Of customers who called lately; some 300 bytes each. */
const PARSED = 10_000;

interface Parsed<Stored> {
  readonly stored: Stored;
  readonly learned: Learned | undefined;
}

/** @typeParam Stored what a state is stored as, a text or bytes */
export class ParsedStates<Stored extends object | string> {
  readonly #parsed = new LRUCache<string, Parsed<Stored>>({ max: PARSED });
  readonly #malformed: Malformed;

  constructor(malformed: Malformed) {
    this.#malformed = malformed;
  }

  /** What was read of a key before; compare `stored` before it is used. */
  of(key: string): Parsed<Stored> | undefined {
    return this.#parsed.get(key);
  }

  /** @param stored kept beside the state; not to be changed afterwards */
  parse(key: string, stored: Stored, text: string): Learned | undefined {
    const { partner, customer } = namesOf(key);
    const learned = decodeLearned(partner, customer, text);
    if (learned === undefined) this.#malformed.add(partner);
    this.#parsed.set(key, { stored, learned });
    return learned;
  }
}

/** Neither name has a NUL in it. */
export function learnedName(partner: string, customer: string): string {
  return `${partner}\0${customer}`;
}

function namesOf(key: string): { readonly partner: string; readonly customer: string } {
  const end = key.indexOf('\0');
  return { partner: key.slice(0, end), customer: key.slice(end + 1) };
}
