// From a stored record to an answer.
import { decodeRecord } from './codec/record.js';
import type { Generation } from './generation.js';
import type { Lifetime, StoreAnswer } from './port.js';

/** Decodes one record of `generation`; a record that is damaged is a failure, never a miss. */
export function answerOf(record: Buffer, generation: Generation): StoreAnswer {
  const decoded = decodeRecord(record, generation);
  switch (decoded.kind) {
    case 'customer':
      return {
        kind: 'hit',
        strategy: {
          partner: generation.partner,
          customer: decoded.customer,
          generation: generation.generation,
          flags: decoded.flags,
          ...(decoded.arm === undefined ? {} : { arm: decoded.arm }),
          offers: decoded.offers,
        },
        ...lifetimeOf(generation),
      };
    case 'shared':
      return { kind: 'ambiguous', customers: decoded.customers, generation: generation.generation };
    case 'corrupt':
      return {
        kind: 'failure',
        reason: `${decoded.reason} (generation ${generation.generation})`,
        scope: 'record',
      };
  }
}

function lifetimeOf({ createdAt, maxAgeMs }: Generation): { readonly lifetime?: Lifetime } {
  return maxAgeMs === undefined ? {} : { lifetime: { createdAt, maxAgeMs } };
}
