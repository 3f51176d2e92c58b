// Progress of a run on standard error, when that is a terminal: stage, share, rate, time left, memory.
import { Presets, SingleBar } from 'cli-progress';
import type { RunProgress } from '../ranking/index.js';

const MEGABYTE = 1_048_576;

export class RankProgress {
  readonly #bar = process.stderr.isTTY
    ? new SingleBar(
        {
          format: '{what} [{bar}] {percentage} % | {rate} | {left} | {memory} MB',
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          barsize: 30,
        },
        Presets.shades_classic,
      )
    : undefined;
  #what = '';
  #startedAt = 0;

  tell({ partner, stage, done, total }: RunProgress): void {
    const bar = this.#bar;
    if (bar === undefined) return;
    const what = `${partner}: ${stage}`.padEnd(28);
    if (what !== this.#what) {
      if (this.#what !== '') bar.stop();
      this.#what = what;
      this.#startedAt = performance.now();
      bar.start(total ?? 1, 0, this.#fields(0, total));
    }
    if (total !== undefined) bar.setTotal(total);
    bar.update(done ?? 0, this.#fields(done ?? 0, total));
  }

  stop(): void {
    this.#bar?.stop();
    this.#what = '';
  }

  #fields(done: number, total: number | undefined): Readonly<Record<string, string>> {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const rate = seconds > 0 ? done / seconds : 0;
    const isKnown = total !== undefined && rate > 0;
    return {
      what: this.#what,
      rate: rate > 0 ? `${Math.round(rate).toLocaleString('en-US')} rows/s` : 'working',
      left: isKnown ? `${Math.ceil((total - done) / rate)} s left` : 'time left unknown',
      memory: String(Math.round(process.memoryUsage.rss() / MEGABYTE)),
    };
  }
}
