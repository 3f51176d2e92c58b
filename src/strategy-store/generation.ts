// The meta record of a generation: what is needed to read its records, and what people want to know about it.
import type { Dictionaries } from './codec/dictionary.js';

/** The version of the record format; a reader refuses generations of one that it does not know. 2 added the arm. */
export const CODEC_VERSION = 2;
const OLDEST_CODEC_VERSION = 1;

/** The first version whose content hash is a `ContentHash`. */
export const CONTENT_HASH_CODEC_VERSION = 2;

/** Replaced generations that are kept for a way back, and how many may be asked for. */
export const DEFAULT_KEEP_RETIRED = 1;
export const MAX_KEEP_RETIRED = 5;

/** What a generation is told before its records are known. */
export interface GenerationIdentity {
  /** Unique over all partners of one store, rising. */
  readonly generation: number;
  readonly partner: string;
  /** When it was made, in milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Age from which no offer is made from it, in milliseconds; absent: any age is good. */
  readonly maxAgeMs?: number;
  /** While it is current: generations that it replaced, latest first, that are kept; absent: `DEFAULT_KEEP_RETIRED`. */
  readonly keepRetired?: number;
  /** The ranking run that made it, as that calls itself. */
  readonly runId?: string;
}

/** One published (or half published) ranking run of one partner. */
export interface Generation extends Dictionaries, GenerationIdentity {
  readonly codecVersion: number;
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
  /** `ContentHash` of it, in hexadecimal. */
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

/** What was found when a generation was read back from the store, before it was swapped in. */
export interface Verification {
  /** Records that the store counts. */
  readonly records: number;
  /** The content hash, which what the store holds was found to agree with. */
  readonly checksum: string;
  /** Records that were read once more as a router reads them, and said the same. */
  readonly sampled: number;
}

/** How long the steps of a publication took, in milliseconds. */
export interface PublicationTimes {
  /** Sorting and hashing what was staged. */
  readonly finishMs: number;
  readonly writeMs: number;
  readonly verifyMs: number;
  readonly swapMs: number;
}

/** A generation that was published just now, and what is known of how that went. */
export interface PublishedGeneration extends Generation {
  readonly verification: Verification;
  readonly times: PublicationTimes;
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
  const { codecVersion, maxAgeMs, keepRetired, runId } = value;
  if (typeof codecVersion !== 'number' || value['buckets'] === 0) return undefined;
  if (codecVersion < OLDEST_CODEC_VERSION || codecVersion > CODEC_VERSION) return undefined;
  if (![maxAgeMs, keepRetired].every((one) => one === undefined || Number.isSafeInteger(one)))
    return undefined;
  if (runId !== undefined && typeof runId !== 'string') return undefined;
  if (!isStrings(value['offers']) || !isStrings(value['prefixes'])) return undefined;
  return value as unknown as Generation;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
