// The meta record of a generation: what is needed to read its records, and what people want to know about it.
import type { Dictionaries } from './codec/dictionary.js';

/** The version of the record format; a reader refuses generations of another one. */
export const CODEC_VERSION = 1;

/** One published (or half published) ranking run of one partner. */
export interface Generation extends Dictionaries {
  /** Unique over all partners of one store, rising. */
  readonly generation: number;
  readonly partner: string;
  readonly codecVersion: number;
  /** When its load began, in milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Strategies, that is, accepted rows. */
  readonly strategies: number;
  /** Phone numbers, shared ones included: the records there are. */
  readonly phones: number;
  readonly sharedPhones: number;
  /** Bytes of all records, without what the store adds. */
  readonly recordBytes: number;
  /** Records over 64 bytes, which Redis keeps less compactly. */
  readonly longRecords: number;
  /** Redis: buckets the records are spread over. */
  readonly buckets: number;
  /** SHA-256 over the dictionaries and all records in order of their numbers, in hexadecimal. */
  readonly contentHash: string;
}

/**
 * `loading`: being written, or left by a load that died. `current`: readers are led to it.
 * `retired`: replaced; kept for a grace period for readers that have not noticed.
 */
export type GenerationState = 'loading' | 'current' | 'retired';

export interface GenerationInfo {
  readonly generation: Generation;
  readonly state: GenerationState;
  /** When it was replaced, in milliseconds since the Unix epoch by the store's clock. */
  readonly retiredAt: number | undefined;
}

/** Reads what `JSON.stringify` made of a generation; undefined when it is not a generation that this version reads. */
export function parseGeneration(value: unknown): Generation | undefined {
  if (!isObject(value)) return undefined;
  const numbers = [
    'generation',
    'createdAt',
    'strategies',
    'phones',
    'sharedPhones',
    'recordBytes',
    'longRecords',
    'buckets',
  ] as const;
  if (!numbers.every((field) => Number.isSafeInteger(value[field]) && (value[field] as number) >= 0))
    return undefined;
  if (typeof value['partner'] !== 'string' || typeof value['contentHash'] !== 'string') return undefined;
  if (value['codecVersion'] !== CODEC_VERSION || value['buckets'] === 0) return undefined;
  if (!isStrings(value['offers']) || !isStrings(value['prefixes'])) return undefined;
  return value as unknown as Generation;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
