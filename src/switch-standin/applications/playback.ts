// `playback` and what sounds like it (mod_dptools.c, playback_function).
import type { Application, Channel } from '../channel/channel.js';
import type { Running } from '../channel/application-queue.js';
import { playFile } from './play-file.js';
import type { Playback, PlayResult } from './play-file.js';

type ListResult = PlayResult | 'not-found';

const responses: Readonly<Record<ListResult, string>> = {
  done: 'FILE PLAYED',
  break: 'FILE PLAYED',
  gone: 'PLAYBACK ERROR',
  'not-found': 'FILE NOT FOUND',
};

/** Keys that stop it: variable playback_terminators, `*` by default. */
function terminatorsOf(channel: Channel): string {
  const terminators = channel.variables.get('playback_terminators') ?? '*';
  if (terminators.toLowerCase() === 'any') return '1234567890*#';
  return terminators.toLowerCase() === 'none' ? '' : terminators;
}

/** Plays one file after the other; a key that does not stop them is eaten. */
class FileList implements Running {
  readonly #channel: Channel;
  readonly #files: string[];
  readonly #done: (result: ListResult) => void;
  #playing: Playback | undefined;
  #isOver = false;

  constructor(channel: Channel, files: readonly string[], done: (result: ListResult) => void) {
    this.#channel = channel;
    this.#files = [...files];
    this.#done = done;
  }

  start(): void {
    const terminators = terminatorsOf(this.#channel);
    this.#channel.setVariable('playback_terminator_used', undefined);
    this.#channel.keys.read((key) => {
      if (!terminators.includes(key) || this.#isOver) return;
      this.#channel.setVariable('playback_terminator_used', key);
      this.stop('break');
    });
    if (!this.#isOver) this.#next('done');
  }

  stop(why: 'break' | 'hangup'): void {
    this.#files.length = 0;
    const result = why === 'break' ? 'break' : 'gone';
    if (this.#playing === undefined) this.#end(result);
    else this.#playing.stop(result);
  }

  #next(last: PlayResult): void {
    const file = last === 'done' ? this.#files.shift() : undefined;
    if (file === undefined) {
      this.#end(last);
      return;
    }
    this.#playing = playFile(this.#channel, file, (result) => this.#next(result));
    if (this.#playing === undefined) this.#end('not-found');
  }

  #end(result: ListResult): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#channel.keys.wait();
    this.#done(result);
  }
}

export const playback: Application = (channel, data, done) => {
  const delimiter = channel.variables.get('playback_delimiter');
  const files = delimiter === undefined ? [data] : data.split(delimiter);
  const list = new FileList(channel, files, (result) => {
    limit?.cancel();
    done(responses[result]);
  });
  const seconds = Number(channel.variables.get('playback_timeout_sec') ?? 0);
  const limit =
    seconds > 0
      ? channel.context.clock.after(1000 * seconds, 'playback-timeout', () => list.stop('break'))
      : undefined;
  list.start();
  return list;
};

/** `say` and `speak`: there is no speech here, so that a marker tone stands for the words. */
export const speech: Application = (channel, _data, done) => {
  const list = new FileList(channel, ['say:words'], () => done());
  list.start();
  return list;
};
