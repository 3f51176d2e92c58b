// The process of the embedded database: PGlite on <dataDir>/records/data, for the router and for commands over a unix socket.
// Its own process, so that a long statement never keeps a call waiting. It ends when nobody is connected any more.
// Argument: the data directory. Over IPC it says what became of the start.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { AppError, errorMessage, systemClock, TimerSet } from '../../kernel/index.js';
import { embeddedPlace, preparePlace } from './place.js';
import type { EmbeddedPlace } from './place.js';
import { ProcessLock } from './process-lock.js';
import { SocketServer } from './socket-server.js';

/** What the process says of its start. */
export type StartReport =
  | { readonly kind: 'ready' }
  /** Another process has the data directory; it serves, or will soon, or is about to end. */
  | { readonly kind: 'taken'; readonly pid: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** Of the PostgreSQL that PGlite is. */
const PG_VERSION = '18';
const MAX_CONNECTIONS = 200;
/** How long the first client may take to connect, and how long clients may take to leave after SIGTERM. */
const PATIENCE_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 30_000;
const CHECKPOINT_MS = 60_000;

class EmbeddedServerProcess {
  readonly #place: EmbeddedPlace;
  readonly #lock: ProcessLock;
  readonly #timers = new TimerSet(systemClock);
  readonly #database: PGlite;
  readonly #server: SocketServer;
  #isEnding = false;
  #checkpointAt = 0;

  constructor(place: EmbeddedPlace, lock: ProcessLock, database: PGlite) {
    this.#place = place;
    this.#lock = lock;
    this.#database = database;
    this.#server = new SocketServer({
      backend: database,
      path: place.socket,
      maxConnections: MAX_CONNECTIONS,
      idleInTransactionMs: IDLE_IN_TRANSACTION_MS,
      clock: systemClock,
      onEmpty: () => void this.#end(),
      onBroken: (reason) => this.#die(reason),
    });
  }

  async serve(): Promise<void> {
    // Left by one that was killed: the lock says that nobody listens on it.
    rmSync(this.#place.socket, { force: true });
    await this.#server.start();
    this.#timers.start('first-client', PATIENCE_MS, () => {
      if (this.#server.clients === 0) void this.#end();
    });
    this.#armCheckpoint();
    process.on('SIGTERM', () => this.#leaveSoon());
    process.on('SIGINT', () => undefined);
    process.on('SIGHUP', () => undefined);
    process.on('uncaughtException', (error) => this.#die(error.stack ?? error.message));
  }

  /** A whole machine that stops sends SIGTERM to everybody at once: the router has still something to write. */
  #leaveSoon(): void {
    if (this.#timers.has('leave')) void this.#end();
    else this.#timers.start('leave', PATIENCE_MS, () => void this.#end());
  }

  /** PGlite is a backend without the processes around it: nobody else would ever make a checkpoint. */
  #armCheckpoint(): void {
    this.#timers.start('checkpoint', CHECKPOINT_MS, () => {
      this.#armCheckpoint();
      const { statements } = this.#server;
      if (statements === this.#checkpointAt) return;
      void this.#server.runOwn('CHECKPOINT').then((hasRun) => {
        if (hasRun) this.#checkpointAt = statements;
      });
    });
  }

  async #end(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#timers.cancelAll();
    this.#server.stopListening();
    try {
      await this.#database.close();
    } finally {
      this.#lock.release();
      process.exit(0);
    }
  }

  /** The next start recovers what was committed. */
  #die(reason: string): never {
    process.stderr.write(`${new Date().toISOString()} the embedded database broke: ${reason}\n`);
    process.exit(1);
  }
}

async function openDatabase(place: EmbeddedPlace): Promise<PGlite> {
  // A start that was killed while it made the cluster; nothing was ever kept in it.
  if (existsSync(place.unfinished)) rmSync(place.data, { recursive: true, force: true });
  if (!existsSync(place.data) || readdirSync(place.data).length === 0) await makeCluster(place);
  checkVersion(place.data);
  const startsAnew = `move ${place.data} away to begin with an empty one, or put a copy of it back`;
  try {
    return await PGlite.create({ dataDir: place.data });
  } catch (error) {
    throw new AppError(
      'EMBEDDED_DATABASE',
      `the database in ${place.data} cannot be opened (${errorMessage(error)}); ${startsAnew}`,
      { cause: error },
    );
  }
}

/** In a process of its own: making a cluster leaves 500 MB behind in the process that does it. */
async function makeCluster(place: EmbeddedPlace): Promise<void> {
  writeFileSync(place.unfinished, '');
  const maker = fork(path.join(import.meta.dirname, 'make-cluster.js'), [place.data], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [code, signal] = (await once(maker, 'exit')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) {
    throw new AppError(
      'EMBEDDED_DATABASE',
      `${place.data} could not be made (${signal ?? `exit code ${code}`}); is the disk full?`,
    );
  }
  rmSync(place.unfinished);
}

function checkVersion(data: string): void {
  const file = path.join(data, 'PG_VERSION');
  if (!existsSync(file)) {
    throw new AppError('EMBEDDED_DATABASE', `${data} holds no database; move what is in it elsewhere`);
  }
  const version = readFileSync(file, 'utf8').trim();
  if (version !== PG_VERSION) {
    throw new AppError(
      'EMBEDDED_DATABASE',
      `${data} is of PostgreSQL ${version}, this Proffer has ${PG_VERSION}; move it away to begin with an empty one`,
    );
  }
}

function report(message: StartReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

async function main(dataDir: string): Promise<void> {
  const place = embeddedPlace(dataDir);
  preparePlace(place);
  const lock = ProcessLock.take(place.directory);
  if (typeof lock === 'number') {
    await report({ kind: 'taken', pid: lock });
    process.exit(0);
  }
  const server = new EmbeddedServerProcess(place, lock, await openDatabase(place));
  await server.serve();
  await report({ kind: 'ready' });
  if (process.connected) process.disconnect();
}

main(process.argv[2] ?? '').catch(async (error: unknown) => {
  await report({ kind: 'failed', reason: errorMessage(error) });
  process.exit(1);
});
