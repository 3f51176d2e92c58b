// Prompts of the settings in FreeSWITCH's words (mod_dptools, `playback`), and how long they may take.
import type { Prompt } from '../../callcenter/index.js';

/** One `playback`: several files in a row, joined by `!`, or one thing that is spoken. */
export interface Playback {
  readonly argument: string;
  /** Spoken words: silence is what a centre without speech has for them. */
  readonly isSpeech: boolean;
  /** Longest time it may take, in milliseconds. */
  readonly maxMs: number;
}

/** Nobody listens to one recording, or one tone, for longer than this; only a bound for a centre that went silent. */
const maxPromptMs = 120_000;

export function playbacksOf(prompts: readonly Prompt[]): readonly Playback[] {
  const playbacks: Playback[] = [];
  for (const prompt of prompts) {
    const next = playbackOf(prompt);
    const last = playbacks.at(-1);
    if (next === undefined) continue;
    if (last === undefined || last.isSpeech || next.isSpeech) playbacks.push(next);
    else {
      const argument = `${last.argument}!${next.argument}`;
      playbacks[playbacks.length - 1] = { argument, isSpeech: false, maxMs: last.maxMs + next.maxMs };
    }
  }
  return playbacks;
}

/** Undefined for a prompt of no kind that the settings allow. */
function playbackOf(prompt: Prompt): Playback | undefined {
  const [, kind = '', text = ''] = /^(file|tone|say|silence):([^\r\n\0]+)$/.exec(prompt) ?? [];
  // `!` joins the prompts of one playback.
  const escaped = text.replaceAll('!', '\\!');
  switch (kind) {
    case 'file':
      return { argument: escaped, isSpeech: false, maxMs: maxPromptMs };
    case 'tone':
      return { argument: `tone_stream://${escaped}`, isSpeech: false, maxMs: maxPromptMs };
    case 'say':
      return { argument: `say:${escaped}`, isSpeech: true, maxMs: maxPromptMs };
    case 'silence': {
      const ms = Math.min(Number.parseInt(text, 10) || 0, maxPromptMs);
      return { argument: `silence_stream://${ms}`, isSpeech: false, maxMs: ms };
    }
    default:
      return undefined;
  }
}
