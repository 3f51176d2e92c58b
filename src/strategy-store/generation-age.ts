// How old a generation is, and whether that is too old.
import { isOutdated } from '../offers/index.js';
import type { Generation } from './generation.js';

export interface GenerationAge {
  readonly partner: string;
  readonly generation: number;
  /** Since its ranking run, in milliseconds. */
  readonly ageMs: number;
  /** Undefined: it may be of any age. */
  readonly maxAgeMs: number | undefined;
  /** No offer is made from it any more. */
  readonly isOutdated: boolean;
}

/** @param wallNow milliseconds since the Unix epoch */
export function ageOf(
  { partner, generation, createdAt, maxAgeMs }: Generation,
  wallNow: number,
): GenerationAge {
  const ageMs = Math.max(0, wallNow - createdAt);
  const isTooOld = maxAgeMs !== undefined && isOutdated({ ageMs, maxAgeMs });
  return { partner, generation, ageMs, maxAgeMs, isOutdated: isTooOld };
}
