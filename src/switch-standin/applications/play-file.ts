// Playing one file on a channel, with its events and variables (switch_ivr_play_file).
import type { Channel } from '../channel/channel.js';
import type { AudioSource } from '../media/audio-source.js';
import { openPrompt } from '../media/prompt.js';
import { frameSamples } from '../media/media-ticker.js';
import type { EventHeader } from '../switch-event.js';

/** done: to its end; break: somebody stopped it; gone: the channel hung up. */
export type PlayResult = 'done' | 'break' | 'gone';

export interface Playback {
  stop(result: 'break' | 'gone'): void;
}

const startOrigin = 'switch_ivr_play_say.c:switch_ivr_play_file:1649';
const stopOrigin = 'switch_ivr_play_say.c:switch_ivr_play_file:2023';

function fileHeaders(path: string): readonly EventHeader[] {
  const isTone = path.startsWith('tone_stream:');
  return [...(isTone ? [['Playback-File-Type', 'tone_stream'] as const] : []), ['Playback-File-Path', path]];
}

/** Counts what was played. */
class CountedSource implements AudioSource {
  samples = 0;
  readonly #source: AudioSource;

  constructor(source: AudioSource) {
    this.#source = source;
  }

  next(): Int16Array | undefined {
    const frame = this.#source.next();
    if (frame !== undefined) this.samples += frameSamples;
    return frame;
  }
}

/**
 * @param onEnd called once, never before this has returned
 * @returns undefined when there is nothing to play
 */
export function playFile(
  channel: Channel,
  path: string,
  onEnd: (result: PlayResult) => void,
): Playback | undefined {
  const source = openPrompt(path);
  if (source === undefined) return undefined;
  const counted = new CountedSource(source);
  let isOver = false;
  const end = (result: PlayResult): void => {
    if (isOver) return;
    isOver = true;
    channel.media.stopPlaying();
    setPlaybackVariables(channel, counted.samples);
    const status = result === 'break' ? 'break' : 'done';
    channel.fire('PLAYBACK_STOP', stopOrigin, {
      after: [...fileHeaders(path), ['Playback-Status', status]],
    });
    onEnd(result);
  };
  channel.fire('PLAYBACK_START', startOrigin, { after: fileHeaders(path) });
  channel.media.play(counted, () => end('done'));
  return { stop: end };
}

function setPlaybackVariables(channel: Channel, samples: number): void {
  const ms = samples / 8;
  channel.setVariable('playback_last_offset_pos', String(samples));
  channel.setVariable('playback_seconds', String(Math.floor(ms / 1000)));
  channel.setVariable('playback_ms', String(Math.round(ms)));
  channel.setVariable('playback_samples', String(samples));
}
