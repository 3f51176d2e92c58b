// Which replaced generations are kept, and which of them are due to be removed.
import { DEFAULT_KEEP_RETIRED } from './generation.js';
import type { GenerationInfo } from './generation.js';

/**
 * The retired generations that nobody needs: replaced longer ago than the grace period, and not among those that the current
 * generation of their partner keeps for a way back.
 */
export function sweepable(
  all: readonly GenerationInfo[],
  { now, graceMs }: { readonly now: number; readonly graceMs: number },
): readonly GenerationInfo[] {
  const due: GenerationInfo[] = [];
  for (const partner of new Set(all.map((one) => one.generation.partner))) {
    const own = all.filter((one) => one.generation.partner === partner);
    const current = own.find((one) => one.state === 'current');
    const keep = current?.generation.keepRetired ?? DEFAULT_KEEP_RETIRED;
    const latestFirst = own.filter((one) => one.state === 'retired').sort(byRetirement);
    due.push(...latestFirst.slice(keep).filter((one) => (one.retiredAt ?? 0) + graceMs <= now));
  }
  return due;
}

function byRetirement(a: GenerationInfo, b: GenerationInfo): number {
  return (b.retiredAt ?? 0) - (a.retiredAt ?? 0) || b.generation.generation - a.generation.generation;
}
