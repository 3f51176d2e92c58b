// Starts the process of a generation job, one at a time, and ends it when it takes too long or the router stops.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import type { Clock, Part } from '../kernel/index.js';
import type { GenerationJob, GenerationJobEnd } from './generation-job.js';

const main = path.join(import.meta.dirname, 'generation-job.js');
const memoryMb = 512;

export type GenerationJobs = Pick<GenerationJobRunner, 'run' | 'isBusy'>;

export class GenerationJobRunner implements Part {
  readonly name = 'generation jobs';
  readonly #clock: Clock;
  #child: ChildProcess | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isBusy(): boolean {
    return this.#child !== undefined;
  }

  start(): void {
    // A process is started for each job.
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
  }

  /** To be called while it is not busy. Never rejects. @param deadlineMs after which the process is ended */
  async run(job: GenerationJob, deadlineMs: number): Promise<GenerationJobEnd> {
    const child = fork(main, { execArgv: [`--max-old-space-size=${memoryMb}`], stdio: 'ignore' });
    this.#child = child;
    let end: GenerationJobEnd | undefined;
    const timer = this.#clock.after(deadlineMs, 'generation-job', () => {
      end ??= failed(`it took longer than ${Math.round(deadlineMs / 1000)} s and was ended`);
      child.kill('SIGKILL');
    });
    try {
      return await new Promise((resolve) => {
        child.on('message', (message) => (end ??= message as GenerationJobEnd));
        child.on('error', (error) => resolve(failed(`its process cannot be run: ${error.message}`)));
        child.once('exit', (code, signal) =>
          resolve(end ?? failed(`its process ended with ${signal ?? `code ${code ?? 0}`}`)),
        );
        beNice(child);
        child.send(job, () => undefined);
      });
    } finally {
      timer.cancel();
      this.#child = undefined;
    }
  }
}

/** Calls come first. */
function beNice({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It runs at the priority of everybody.
  }
}

function failed(message: string): GenerationJobEnd {
  return { kind: 'failed', code: undefined, message };
}
