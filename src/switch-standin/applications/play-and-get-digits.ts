// `play_and_get_digits`: asks for keys, several times if need be (switch_play_and_get_digits and switch_ivr_read of
// switch_ivr_play_say.c, switch_ivr_collect_digits_count of switch_ivr.c).
import type { Timer } from '../../kernel/index.js';
import type { Running } from '../channel/application-queue.js';
import type { Application, Channel } from '../channel/channel.js';
import { splitArguments } from './arguments.js';
import { playFile } from './play-file.js';
import type { Playback } from './play-file.js';

export interface DigitsRequest {
  readonly min: number;
  readonly max: number;
  readonly tries: number;
  /** Until the first key, in milliseconds. */
  readonly timeoutMs: number;
  /** Keys that end the input; `=` in front: one is needed; `+` before one: it is kept. */
  readonly terminators: string;
  readonly file: string;
  readonly invalidFile: string;
  readonly variable: string;
  readonly pattern: string;
  /** Between keys, in milliseconds. */
  readonly digitTimeoutMs: number;
}

const mostDigits = 127;

/** min max tries timeout terminators file invalid_file var_name regexp digit_timeout */
export function parseDigitsRequest(data: string): DigitsRequest {
  const words = splitArguments(data, 11);
  const number = (at: number): number => Number.parseInt(words[at] ?? '', 10) || 0;
  const min = Math.min(mostDigits, Math.max(0, number(0)));
  const timeoutMs = Math.max(1000, number(3));
  return {
    min,
    max: Math.min(mostDigits, Math.max(min, number(1))),
    tries: number(2),
    timeoutMs,
    terminators: words[4] ?? '#',
    file: words[5] ?? '',
    invalidFile: words[6] ?? '',
    variable: words[7] ?? '',
    pattern: words[8] ?? '',
    digitTimeoutMs: number(9) || timeoutMs,
  };
}

type Outcome = 'success' | 'timeout' | 'failure';

class DigitCollector implements Running {
  readonly #channel: Channel;
  readonly #request: DigitsRequest;
  readonly #done: () => void;
  #triesLeft: number;
  #digits = '';
  #playing: Playback | undefined;
  #timer: Timer | undefined;
  #isOver = false;

  constructor(channel: Channel, request: DigitsRequest, done: () => void) {
    this.#channel = channel;
    this.#request = request;
    this.#done = done;
    this.#triesLeft = request.tries;
  }

  start(): void {
    const { pattern, variable } = this.#request;
    if (pattern !== '' && variable !== '') this.#channel.setVariable(`${variable}_invalid`, undefined);
    this.#try();
  }

  /** A break ends the prompt, as a key does; the keys are waited for all the same. */
  stop(why: 'break' | 'hangup'): void {
    if (why === 'hangup') {
      this.#end();
      this.#playing?.stop('gone');
    } else {
      this.#playing?.stop('break');
    }
  }

  #try(): void {
    if (this.#isOver) return;
    if (this.#triesLeft <= 0) {
      this.#end();
      return;
    }
    const { file, variable } = this.#request;
    this.#digits = '';
    this.#channel.setVariable('read_result', undefined);
    if (variable !== '') this.#channel.setVariable(variable, undefined);
    if (file === '' || file === 'silence') {
      this.#collect();
      return;
    }
    if (this.#play(file, () => this.#collect())) this.#channel.keys.read((key) => this.#onKeyInPrompt(key));
    else this.#again();
  }

  /** The first key stops the prompt; the others wait. */
  #onKeyInPrompt(key: string): void {
    this.#digits = key;
    this.#channel.keys.wait();
    this.#playing?.stop('break');
  }

  #collect(): void {
    const { min, max, terminators, timeoutMs, digitTimeoutMs } = this.#request;
    const length = this.#digits.length;
    if (length >= max && (min === 0 || length >= min)) {
      this.#read('success', undefined);
      return;
    }
    if (terminators !== '' && length > 0 && terminators.includes(this.#digits)) {
      const terminator = this.#digits;
      this.#digits = '';
      this.#read('success', terminator);
      return;
    }
    this.#wait(length > 0 ? digitTimeoutMs : timeoutMs);
    this.#channel.keys.read((key) => this.#onKey(key));
  }

  #onKey(key: string): void {
    const { max, terminators, digitTimeoutMs } = this.#request;
    this.#wait(digitTimeoutMs);
    if (terminators.includes(key)) {
      this.#read('success', key);
      return;
    }
    this.#digits += key;
    if (this.#digits.length >= max) this.#read('success', undefined);
  }

  #wait(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#channel.context.clock.after(ms, 'digits', () => this.#read('timeout', undefined));
  }

  /** One input is over. */
  #read(how: 'success' | 'timeout', terminator: string | undefined): void {
    this.#timer?.cancel();
    this.#channel.keys.wait();
    const { min, max, terminators, variable } = this.#request;
    let outcome: Outcome = how;
    if (terminator !== undefined) {
      this.#channel.setVariable('read_terminator_used', terminator);
      if (terminators[terminators.indexOf(terminator) - 1] === '+') this.#digits += terminator;
    } else if (terminators.startsWith('=')) {
      outcome = 'failure';
    }
    if (min > 0 && this.#digits.length < min) outcome = 'failure';
    this.#channel.setVariable('read_result', outcome);
    if (max === 1 && this.#digits.length === 1 && terminators.includes(this.#digits)) this.#digits = '';
    if (variable !== '') this.#channel.setVariable(variable, this.#digits);
    this.#judge(outcome);
  }

  #judge(outcome: Outcome): void {
    const { min, variable } = this.#request;
    const isEnough = outcome === 'success' || (outcome === 'timeout' && this.#digits.length >= min);
    const hasTerminator = this.#channel.variables.has('read_terminator_used');
    if (min === 0 && this.#digits === '' && hasTerminator) {
      this.#end();
    } else if (isEnough && this.#digits !== '') {
      if (this.#matches()) {
        this.#end();
        return;
      }
      if (variable !== '') {
        this.#channel.setVariable(variable, undefined);
        this.#channel.setVariable(`${variable}_invalid`, this.#digits);
      }
      this.#again();
    } else {
      this.#again();
    }
  }

  #matches(): boolean {
    const { pattern } = this.#request;
    if (pattern === '') return true;
    try {
      return new RegExp(pattern).test(this.#digits);
    } catch {
      return false;
    }
  }

  /** Plays the file for wrong input; keys wait for the next try. */
  #again(): void {
    this.#triesLeft -= 1;
    this.#channel.keys.wait();
    const { invalidFile } = this.#request;
    if (invalidFile === '' || !this.#play(invalidFile, () => this.#try())) this.#try();
  }

  /** @returns false when there is nothing to play */
  #play(file: string, onEnd: () => void): boolean {
    const path = file === 'silence' ? 'silence_stream://10' : file;
    this.#playing = playFile(this.#channel, path, () => {
      this.#playing = undefined;
      if (!this.#isOver) onEnd();
    });
    return this.#playing !== undefined;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#channel.keys.wait();
    this.#done();
  }
}

export const playAndGetDigits: Application = (channel, data, done) => {
  const collector = new DigitCollector(channel, parseDigitsRequest(data), () => done());
  collector.start();
  return collector;
};
