// The embedded database as its clients see it: started if it does not run, found if it does, whoever started it.
import { fork } from 'node:child_process';
import { closeSync, existsSync, openSync, statSync, truncateSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import path from 'node:path';
import { errorCode, errorMessage } from '../../kernel/index.js';
import { RecordsUnavailableError } from '../errors.js';
import { embeddedPlace, preparePlace } from './place.js';
import type { EmbeddedPlace } from './place.js';
import { ProcessLock } from './process-lock.js';
import type { StartReport } from './server-main.js';

const main = path.join(import.meta.dirname, 'server-main.js');
const RETRY_MS = 50;
const MAX_LOG_BYTES = 1_000_000;

export interface EmbeddedServerOptions {
  /** How long it may take until the server answers, in milliseconds. Default 15,000. */
  readonly deadlineMs?: number;
  /** How long the server may take to end in `close`, in milliseconds. Default 5000. */
  readonly closeWithinMs?: number;
  /** Gives up; a server that is starting is ended. */
  readonly signal?: AbortSignal;
}

/**
 * Holds one connection to the server as long as it is open: so the server stays, and its end is noticed at once.
 */
export class EmbeddedServer {
  readonly url: string;
  /** For people. */
  readonly place: string;
  /** Settles when the server has gone, or after `close`. */
  readonly gone: Promise<void>;
  readonly #lease: Socket;
  readonly #closeWithinMs: number;

  private constructor(place: EmbeddedPlace, lease: Socket, closeWithinMs: number) {
    this.url = place.url;
    this.place = place.description;
    this.#lease = lease;
    this.#closeWithinMs = closeWithinMs;
    lease.resume();
    this.gone = new Promise((resolve) => lease.once('close', () => resolve()));
  }

  /** @throws RecordsUnavailableError with the reason and what to do */
  static async open(dataDir: string, options: EmbeddedServerOptions = {}): Promise<EmbeddedServer> {
    const { deadlineMs = 15_000, closeWithinMs = 5000, signal } = options;
    const place = embeddedPlace(dataDir);
    preparePlace(place);
    const end = performance.now() + deadlineMs;
    let obstacle = 'it does not answer';
    for (;;) {
      if (signal?.aborted === true) throw unavailable(place, 'it is not wanted any more');
      const left = end - performance.now();
      if (left <= 0) throw unavailable(place, `${obstacle} within ${deadlineMs} ms`);
      const lease = await dial(place.socket);
      if (typeof lease !== 'string') return new EmbeddedServer(place, lease, closeWithinMs);
      const report = await startServer(dataDir, place, { withinMs: left, signal });
      if (report.kind === 'failed') throw unavailable(place, report.reason);
      if (report.kind === 'taken') {
        obstacle = `process ${report.pid} has it and does not answer`;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Lets go. When nobody else is connected the server ends, and `close` waits for that. */
  async close(): Promise<void> {
    if (this.#lease.destroyed) return;
    this.#lease.end();
    const timer = setTimeout(() => this.#lease.destroy(), this.#closeWithinMs);
    await this.gone;
    clearTimeout(timer);
  }
}

/** The process that serves the embedded database of a data directory; undefined when none runs. */
export function embeddedProcessId(dataDir: string): number | undefined {
  const { directory } = embeddedPlace(dataDir);
  return existsSync(directory) ? ProcessLock.holder(directory) : undefined;
}

function unavailable(place: EmbeddedPlace, reason: string): RecordsUnavailableError {
  return new RecordsUnavailableError(`the database at ${place.description} cannot be used: ${reason}`);
}

/** A connection, or the code of why there is none. */
function dial(socketPath: string): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect({ path: socketPath, allowHalfOpen: false });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', (error) => resolve(errorCode(error) ?? 'ERROR'));
  });
}

/** Detached: Ctrl-C in the terminal goes to the router, which still has something to write. */
function startServer(
  dataDir: string,
  place: EmbeddedPlace,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal | undefined },
): Promise<StartReport> {
  const log = openLog(place);
  const child = fork(main, [path.resolve(dataDir)], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', log, 'ipc'],
  });
  closeSync(log);
  return new Promise((resolve) => {
    const settle = (report: StartReport): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.removeAllListeners();
      child.on('error', () => undefined);
      if (child.connected) child.disconnect();
      child.unref();
      resolve(report);
    };
    const timer = setTimeout(() => {
      settle({ kind: 'failed', reason: 'it has not started in time' });
    }, withinMs);
    const abort = (): void => {
      // At no moment does that harm what it has.
      child.kill('SIGKILL');
    };
    signal?.addEventListener('abort', abort, { once: true });
    child.once('message', (message) => settle(message as StartReport));
    child.once('error', (error) => settle({ kind: 'failed', reason: errorMessage(error) }));
    child.once('exit', (code, signal) => {
      settle({
        kind: 'failed',
        reason: `its process ended at the start (${signal ?? `exit code ${code}`}); see ${logFile(place)}`,
      });
    });
  });
}

function logFile(place: EmbeddedPlace): string {
  return path.join(place.directory, 'server.log');
}

function openLog(place: EmbeddedPlace): number {
  const file = logFile(place);
  try {
    const log = openSync(file, 'a', 0o600);
    if (statSync(file).size > MAX_LOG_BYTES) truncateSync(file);
    return log;
  } catch (error) {
    throw unavailable(place, errorMessage(error));
  }
}
