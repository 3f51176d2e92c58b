// What FreeSWITCH's playback takes, as sound: tone_stream://, silence_stream://, WAV files. Words to speak and files that are not
// there are played as a short marker tone, so that a menu runs on as it would with them.
import { readFileSync, statSync } from 'node:fs';
import { BoundedSource, render, SampleSource, ToneSource } from './audio-source.js';
import type { AudioSource } from './audio-source.js';
import { parseToneSpec } from './tone-spec.js';
import { parseWav } from './wav-file.js';

const markerTone = [{ onMs: 200, offMs: 0, frequencies: [880] }];
/** Made once, shared by all who wait. */
const holdMusic = render(
  new ToneSource([
    { onMs: 400, offMs: 100, frequencies: [392, 494] },
    { onMs: 400, offMs: 100, frequencies: [440, 554] },
    { onMs: 800, offMs: 800, frequencies: [330, 415] },
  ]),
);
const largestFile = 20_000_000;

/** Read once each. */
const files = new Map<string, Int16Array | undefined>();
const mostFiles = 200;

export function musicOnHold(): AudioSource {
  return new SampleSource(holdMusic, { isEndless: true });
}

/**
 * @param path `tone_stream://...`, `silence_stream://MS`, a file, `say:WORDS`; `@@N` behind starts N samples later
 * @returns undefined for a tone specification without a tone: FreeSWITCH's FILE NOT FOUND
 */
export function openPrompt(path: string): AudioSource | undefined {
  const [name = '', offset = '0'] = path.split('@@');
  if (name.startsWith('tone_stream://')) {
    const tones = parseToneSpec(name.slice('tone_stream://'.length));
    return tones === undefined ? undefined : new ToneSource(tones.segments, tones.loops);
  }
  if (name.startsWith('silence_stream://')) {
    const ms = Number.parseInt(name.slice('silence_stream://'.length), 10);
    const silence = new ToneSource([{ onMs: 0, offMs: 20, frequencies: [] }], Infinity);
    return ms < 0 ? silence : new BoundedSource(silence, Number.isNaN(ms) ? 0 : ms);
  }
  const samples = fileSamples(name);
  return samples === undefined
    ? new ToneSource(markerTone)
    : new SampleSource(samples, { start: Math.max(0, Number.parseInt(offset, 10) || 0) });
}

function fileSamples(path: string): Int16Array | undefined {
  if (!path.startsWith('/')) return undefined;
  if (!files.has(path)) {
    if (files.size >= mostFiles) files.clear();
    files.set(path, readSamples(path));
  }
  return files.get(path);
}

function readSamples(path: string): Int16Array | undefined {
  try {
    return statSync(path).size > largestFile ? undefined : parseWav(readFileSync(path));
  } catch {
    return undefined;
  }
}
