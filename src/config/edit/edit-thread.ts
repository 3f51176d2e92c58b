// One thread for the work on settings files: started when there is some, ended when there was none for a while.
import { Worker } from 'node:worker_threads';
import { AppError, errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { Environment } from '../settings.js';
import type { SettingsJob } from './jobs.js';

/** Thrown when the thread that checks settings fails, or too much waits for it; trying again may help. */
export class SettingsEditorError extends AppError {
  constructor(message: string) {
    super('SETTINGS_EDITOR', message);
  }
}

export interface EditThreadOptions {
  readonly configDir: string;
  readonly environment: Environment;
  readonly clock: Clock;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SettingsEditorError) => void;
}

type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly failure: string });

const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 };
const maxWaiting = 16;
const jobDeadlineMs = 20_000;
const idleMs = 60_000;

export class EditThread {
  readonly #options: EditThreadOptions;
  readonly #timers: TimerSet;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(options: EditThreadOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  /** @throws SettingsEditorError */
  run<Result>(job: SettingsJob): Promise<Result> {
    if (this.#waiting.size >= maxWaiting)
      return Promise.reject(
        new SettingsEditorError('too many changes are being checked; try again in a moment'),
      );
    return new Promise<unknown>((resolve, reject) => {
      const id = (this.#lastId += 1);
      this.#waiting.set(id, { resolve, reject });
      this.#timers.cancel('edit-idle');
      // Each answer gives the next job its time.
      if (!this.#timers.has('edit-job')) this.#armDeadline();
      this.#worker ??= this.#start();
      this.#worker.postMessage({ id, job });
    }) as Promise<Result>;
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#end('the router stops');
    await worker?.terminate();
  }

  #start(): Worker {
    const { configDir, environment } = this.#options;
    const worker = new Worker(new URL('./edit-worker.js', import.meta.url), {
      workerData: { configDir, environment },
      resourceLimits,
    });
    const failed = (why: string): void => {
      if (this.#worker === worker) this.#end(why);
    };
    worker.on('message', (answer: Answer) => this.#answered(answer));
    worker.once('error', (error) => failed(errorMessage(error)));
    worker.once('exit', (code) => failed(`the checking thread ended with code ${code}`));
    return worker;
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('failure' in answer) waiting?.reject(new SettingsEditorError(answer.failure));
    else waiting?.resolve(answer.result);
    if (this.#waiting.size > 0) {
      this.#armDeadline();
      return;
    }
    this.#timers.cancel('edit-job');
    this.#timers.start('edit-idle', idleMs, () => void this.stop());
  }

  #armDeadline(): void {
    this.#timers.start('edit-job', jobDeadlineMs, () => {
      const worker = this.#worker;
      this.#end(`the check took longer than ${jobDeadlineMs} ms`);
      void worker?.terminate();
    });
  }

  #end(why: string): void {
    this.#timers.cancelAll();
    this.#worker = undefined;
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of left) reject(new SettingsEditorError(why));
  }
}
