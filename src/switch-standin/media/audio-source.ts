// Where sound comes from: tones, silence, WAV files. A source gives 20 ms at a time.
import { frameSamples } from './media-ticker.js';

export const samplesPerMs = 8;

export interface AudioSource {
  /** The next 160 samples, or undefined at the end. */
  next(): Int16Array | undefined;
}

/** A stretch of sound made of sine waves; without frequencies it is silence. */
export interface ToneSegment {
  readonly onMs: number;
  readonly offMs: number;
  readonly frequencies: readonly number[];
}

const amplitude = 6000;

/** Plays segments one after the other, `loops` times; Infinity for hold music. */
export class ToneSource implements AudioSource {
  readonly #segments: readonly ToneSegment[];
  #loopsLeft: number;
  #segment = 0;
  #at = 0;

  constructor(segments: readonly ToneSegment[], loops = 1) {
    this.#segments = segments.filter(({ onMs, offMs }) => onMs + offMs > 0);
    this.#loopsLeft = this.#segments.length === 0 ? 0 : loops;
  }

  next(): Int16Array | undefined {
    if (this.#loopsLeft <= 0) return undefined;
    const frame = new Int16Array(frameSamples);
    for (let i = 0; i < frameSamples && this.#loopsLeft > 0; i++) frame[i] = this.#sample();
    return frame;
  }

  #sample(): number {
    const segment = this.#segments[this.#segment];
    if (segment === undefined) return 0;
    const on = segment.onMs * samplesPerMs;
    let sum = 0;
    if (this.#at < on) {
      for (const frequency of segment.frequencies)
        sum += Math.sin((2 * Math.PI * frequency * this.#at) / 8000) * amplitude;
    }
    this.#at += 1;
    if (this.#at >= on + segment.offMs * samplesPerMs) this.#advance();
    return sum / Math.max(1, segment.frequencies.length);
  }

  #advance(): void {
    this.#at = 0;
    this.#segment += 1;
    if (this.#segment < this.#segments.length) return;
    this.#segment = 0;
    this.#loopsLeft -= 1;
  }
}

export interface SampleOptions {
  /** The first sample that is played. Default 0. */
  readonly start?: number;
  /** Begins again at the end. Default no. */
  readonly isEndless?: boolean;
}

/** Plays samples that may be shared with others. */
export class SampleSource implements AudioSource {
  readonly #samples: Int16Array;
  readonly #isEndless: boolean;
  #at: number;

  constructor(samples: Int16Array, { start = 0, isEndless = false }: SampleOptions = {}) {
    this.#samples = samples;
    this.#isEndless = isEndless && samples.length > 0;
    this.#at = start;
  }

  next(): Int16Array | undefined {
    if (this.#isEndless && this.#at >= this.#samples.length) this.#at = 0;
    if (this.#at >= this.#samples.length) return undefined;
    const frame = new Int16Array(frameSamples);
    frame.set(this.#samples.subarray(this.#at, this.#at + frameSamples));
    this.#at += frameSamples;
    return frame;
  }
}

/** Stops another source after `ms`. */
export class BoundedSource implements AudioSource {
  readonly #source: AudioSource;
  #framesLeft: number;

  constructor(source: AudioSource, ms: number) {
    this.#source = source;
    this.#framesLeft = Math.ceil((ms * samplesPerMs) / frameSamples);
  }

  next(): Int16Array | undefined {
    this.#framesLeft -= 1;
    return this.#framesLeft < 0 ? undefined : this.#source.next();
  }
}

/** All that a source that ends has to give. */
export function render(source: AudioSource): Int16Array {
  const frames: Int16Array[] = [];
  for (let frame = source.next(); frame !== undefined; frame = source.next()) frames.push(frame);
  const samples = new Int16Array(frames.length * frameSamples);
  frames.forEach((frame, at) => samples.set(frame, at * frameSamples));
  return samples;
}
