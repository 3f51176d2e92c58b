// A forked program of npm run bench:engine, asked by one message and answering by one.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export class BenchChild {
  readonly #process: ChildProcess;

  constructor(
    file: 'load.js' | 'servers.js',
    args: readonly string[] = [],
    nodeArgs: readonly string[] = [],
  ) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    this.#process = fork(path, args, { execArgv: [...nodeArgs] });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The next message from it. */
  async next<T>(): Promise<T> {
    const [message] = (await once(this.#process, 'message')) as [T];
    return message;
  }

  async ask<T>(message: object): Promise<T> {
    const answer = this.next<T>();
    this.#process.send(message);
    return answer;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
  }
}
