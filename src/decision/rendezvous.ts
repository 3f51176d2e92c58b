// Weighted rendezvous hashing: spreads callers over equals by weight, the same caller always to the same one while it is there. When
// one goes away its callers spread over the others in proportion to their weights, and nobody else moves; when it is back, so are they.
// Sources: D. G. Thaler and C. V. Ravishankar, Using name-based mappings to increase hit rates, IEEE/ACM Transactions on Networking 6
// (1998), for the highest random weight; C. Schindelhauer and G. Schomaker, Weighted distributed hash tables, SPAA 2005, for the
// logarithmic form of the weights.
import { fnv1a32 } from './control-arm.js';

const twoTo32 = 4_294_967_296;

/** Worths (and waits) that differ by less than this part of the greater are equal: more than rounding, less than anybody means. */
export const equalWorthEpsilon = 1e-9;

export function isEqualWorth(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= equalWorthEpsilon * Math.max(Math.abs(a), Math.abs(b));
}

/** The least that is equal to `worth`, the greatest of several. */
export function leastEqual(worth: number): number {
  return worth - equalWorthEpsilon * Math.abs(worth);
}

/** A permutation of the 32-bit integers in which every bit of the result depends on every bit of `h`: the end of MurmurHash3. */
function mix(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** What the id of a target adds to the hash; worked out once. */
export function saltOf(id: string): number {
  return mix(fnv1a32(id));
}

/** A seed of a decision from what names its caller, such as a phone number: 0..1, 1 not included, the same on every router. */
export function seedOf(key: string): number {
  const hash = fnv1a32(key);
  return ((mix(hash) >>> 0) + (mix(hash ^ 0x9e3779b9) >>> 0) / twoTo32) / twoTo32;
}

/**
 * The score of a target for a caller, `-weight / ln(hash)` with the hash in 0..1: the target of the greatest score is the caller's.
 * Its chance is `weight / sum of weights`, for `-ln(hash) / weight` is exponential with rate `weight`, and the least of several such
 * belongs to each in proportion to its rate. Weight 0 scores 0.
 * @param seed 0..1, 1 not included
 * @param salt of `saltOf`
 */
export function rendezvousScore(seed: number, salt: number, weight: number): number {
  const scaled = seed * twoTo32;
  const high = Math.trunc(scaled);
  const low = (scaled - high) * twoTo32;
  const hash = mix(mix(high ^ salt) ^ (low + salt));
  return -weight / Math.log(((hash >>> 0) + 0.5) / twoTo32);
}
