// Progress of an import on standard error, when that is a terminal: stage, share, rows, rows a second.
import { Presets, SingleBar } from 'cli-progress';
import type { ImportProgress } from '../records/index.js';

export class ImportBar {
  readonly #bar = process.stderr.isTTY
    ? new SingleBar(
        {
          format: '{what} [{bar}] {percentage} % | {rows} rows | {rate} rows/s',
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          barsize: 30,
        },
        Presets.shades_classic,
      )
    : undefined;
  #stage = '';
  #startedAt = 0;

  tell({ stage, done, of }: ImportProgress): void {
    const bar = this.#bar;
    if (bar === undefined) return;
    if (stage !== this.#stage) {
      if (this.#stage !== '') bar.stop();
      this.#stage = stage;
      this.#startedAt = performance.now();
      bar.start(of, 0, this.#fields(stage, 0));
    }
    bar.update(Math.min(done, of), this.#fields(stage, done));
  }

  stop(): void {
    if (this.#stage !== '') this.#bar?.stop();
    this.#stage = '';
  }

  #fields(stage: ImportProgress['stage'], done: number): Readonly<Record<string, string>> {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const isKnown = stage === 'writing' && seconds > 0;
    return {
      what: stage.padEnd(8),
      rows: stage === 'writing' ? done.toLocaleString('en-US') : '?',
      rate: isKnown ? Math.round(done / seconds).toLocaleString('en-US') : '?',
    };
  }
}
