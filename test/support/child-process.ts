// A server or tool that a test starts: its output is kept, and it is ended by its own process id.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface ChildExit {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class TestChild {
  readonly #process: ChildProcess;
  #stdout = '';
  #stderr = '';
  /** Settles when the process has ended and its output is complete; never rejects. */
  readonly exited: Promise<ChildExit>;
  #hasExited = false;

  constructor(options: ChildOptions) {
    this.#process = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.exited = new Promise((resolve) => {
      this.#process.once('error', (error) => {
        this.#stderr += `${options.command}: ${error.message}\n`;
        this.#hasExited = true;
        resolve({ code: 127, signal: null });
      });
      this.#process.once('close', (code, signal) => {
        this.#hasExited = true;
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#hasExited) this.#process.kill(name);
  }

  /** Ends the process: `first`, then SIGKILL when it is still there after `graceMs`. */
  async stop(first: NodeJS.Signals = 'SIGTERM', graceMs = 8000): Promise<ChildExit> {
    this.signal(first);
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }
}

/** Asks `condition` every `everyMs` until it holds. Throws with `what` after `withinMs`. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 30_000,
  everyMs = 50,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
