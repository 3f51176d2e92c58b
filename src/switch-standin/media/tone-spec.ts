// Tone specifications of FreeSWITCH (libteletone): `%(on,off,freq[,freq...])`, several of them, `;loops=N` or `L=N` behind.
import type { ToneSegment } from './audio-source.js';

export interface ToneProgram {
  readonly segments: readonly ToneSegment[];
  readonly loops: number;
}

const segmentPattern = /%\(([^()]*)\)/g;
const loopsPattern = /(?:^|;)\s*(?:loops|L)\s*=\s*(-?\d+)/i;
const longestMs = 3_600_000;

/** @returns undefined when there is no tone in it */
export function parseToneSpec(spec: string): ToneProgram | undefined {
  const segments: ToneSegment[] = [];
  for (const [, inner = ''] of spec.matchAll(segmentPattern)) {
    const [onMs = NaN, offMs = 0, ...frequencies] = inner.split(',').map(Number);
    if (![onMs, offMs, ...frequencies].every((one) => one >= 0 && one <= longestMs)) return undefined;
    segments.push({ onMs, offMs, frequencies });
  }
  if (segments.length === 0) return undefined;
  const loops = Number(loopsPattern.exec(spec)?.[1] ?? 1);
  return { segments, loops: loops < 0 ? Infinity : loops };
}
