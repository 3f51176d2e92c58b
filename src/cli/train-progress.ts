// Progress of a training on standard error, when that is a terminal.
import { Presets, SingleBar } from 'cli-progress';

export class TrainProgress {
  readonly #model: string;
  readonly #bar = process.stderr.isTTY
    ? new SingleBar(
        {
          format: '{what} [{bar}] {percentage} % | {duration_formatted}',
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
        },
        Presets.legacy,
      )
    : undefined;
  #stage = '';

  constructor(model: string) {
    this.#model = model;
  }

  tell(stage: string, done: number, of: number): void {
    if (stage !== this.#stage) {
      this.stop();
      this.#stage = stage;
      this.#bar?.start(of, done, { what: `${this.#model}: ${stage}` });
    }
    this.#bar?.update(done);
  }

  stop(): void {
    if (this.#stage !== '') this.#bar?.stop();
    this.#stage = '';
  }
}
