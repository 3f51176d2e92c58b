// Finding strategies outside a call: by phone number without the cache, and by customer, which reads a whole generation.
import type { Strategy } from '../offers/index.js';
import { answerOf } from './answers.js';
import { compareGenerations } from './compare-generations.js';
import type { CompareBounds, GenerationComparison } from './compare-generations.js';
import { GenerationStateError } from './errors.js';
import type { Generation, GenerationInfo } from './generation.js';
import { isAccountKey } from './account-key.js';
import { phoneOf } from './phone-key.js';
import type { StrategySink } from './port.js';
import { storedContentHash } from './stored-hash.js';

/** One stored number. */
export type FoundStrategy =
  | { readonly kind: 'customer'; readonly phone: string; readonly strategy: Strategy }
  | {
      readonly kind: 'ambiguous';
      readonly phone: string;
      readonly partner: string;
      readonly generation: number;
      readonly customers: readonly string[];
    }
  | { readonly kind: 'corrupt'; readonly phone: string; readonly partner: string; readonly reason: string };

export interface SearchFor {
  /** Undefined: all partners. */
  readonly partner?: string | undefined;
  readonly customer: string;
}

export class StrategySearch {
  readonly #sink: StrategySink;

  constructor(sink: StrategySink) {
    this.#sink = sink;
  }

  /** Current generations, of one partner or of all. */
  async current(partner?: string): Promise<readonly Generation[]> {
    const all: readonly GenerationInfo[] = await this.#sink.generations();
    return all
      .filter(
        (one) => one.state === 'current' && (partner === undefined || one.generation.partner === partner),
      )
      .map((one) => one.generation);
  }

  /** Every number of a customer. Records are keyed by number, so this reads all of them: about a second a million. */
  async *byCustomer(wanted: SearchFor): AsyncIterable<FoundStrategy> {
    for await (const found of this.all(wanted.partner)) {
      if (found.kind === 'customer' && found.strategy.customer === wanted.customer) yield found;
      if (found.kind === 'ambiguous' && found.customers.includes(wanted.customer)) yield found;
    }
  }

  /**
   * What changed from generation `a` of the partner to `b`.
   * @throws GenerationStateError when one is not there, not the partner's or not whole; StoreUnavailableError
   */
  async compare(
    partner: string,
    { a, b }: { readonly a: number; readonly b: number },
    bounds: CompareBounds = {},
  ): Promise<GenerationComparison> {
    const all = await this.#sink.generations();
    const named = (number: number): Generation => {
      const found = all.find(
        ({ generation }) => generation.generation === number && generation.partner === partner,
      );
      if (found === undefined) throw new GenerationStateError(partner, number, `is not there for ${partner}`);
      if (found.state === 'loading')
        throw new GenerationStateError(partner, number, `of ${partner} was never loaded to its end`);
      return found.generation;
    };
    return compareGenerations(this.#sink, { a: named(a), b: named(b) }, bounds);
  }

  /** The hash of what the store holds of a generation; `Generation.contentHash` when that is whole. Reads all of it. */
  contentHash(generation: Generation): Promise<string> {
    return storedContentHash(this.#sink, generation);
  }

  /** Every phone number of the current generations; keys of accounts say nothing to anybody and are left out. */
  async *all(partner?: string): AsyncIterable<FoundStrategy> {
    for (const generation of await this.current(partner)) {
      for await (const { phoneNumber, record } of this.#sink.scan(generation)) {
        if (!isAccountKey(phoneNumber)) yield found(phoneOf(phoneNumber), record, generation);
      }
    }
  }
}

function found(phone: string, record: Buffer, generation: Generation): FoundStrategy {
  const answer = answerOf(record, generation);
  const { partner } = generation;
  switch (answer.kind) {
    case 'hit':
      return { kind: 'customer', phone, strategy: answer.strategy };
    case 'ambiguous':
      return {
        kind: 'ambiguous',
        phone,
        partner,
        generation: answer.generation,
        customers: answer.customers,
      };
    case 'miss':
      return { kind: 'corrupt', phone, partner, reason: 'record is missing' };
    case 'failure':
      return { kind: 'corrupt', phone, partner, reason: answer.reason };
  }
}
