// Takes the lines of the decision log over into the records database: in order, in bounded batches, each in one transaction with the
// cursor, so that every line is there once whatever dies when. While the database is down or slow, lines wait in the files.
import { errorCode, errorMessage, TimerSet, withDeadline } from '../../kernel/index.js';
import type { Clock, Logger, Part } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';
import { RecordsUnavailableError } from '../errors.js';
import { SpoolCursor } from './spool-cursor.js';
import { SpoolDirectory } from './spool-directory.js';
import type { SpoolPosition } from './spool-position.js';
import { SpoolReader } from './spool-reader.js';
import type { LineBatch } from './spool-reader.js';

/** The log that writes the files. */
export interface SpoolSource {
  /** Writes what waits in memory; false when the disk does not take it. */
  flush(): Promise<boolean>;
  readonly isFull: boolean;
  /** Lines that were lost since the start. */
  readonly dropped: number;
}

export interface SpoolLimits {
  readonly maxBatchLines: number;
  readonly maxBatchBytes: number;
  /** A longer line is refused. */
  readonly maxLineBytes: number;
  /** How often an idle feed looks for lines. */
  readonly pollMs: number;
  /** Pauses while the database takes nothing double from the first to the longest. */
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** One batch; the statement timeout of the database should come first. */
  readonly batchDeadlineMs: number;
  /** How long a stop waits for the last lines. */
  readonly stopDrainMs: number;
}

export interface SpoolFeedOptions {
  /** `<dataDir>/decisions` */
  readonly directory: string;
  /** First part of every file name: `decisions`. */
  readonly prefix: string;
  /** Undefined: not open yet, or its tables are not up to date. */
  readonly database: () => Sql | undefined;
  readonly source: SpoolSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<SpoolLimits>;
}

export interface SpoolMeasure {
  readonly bytesWaiting: number;
  /** Of the oldest line that is not taken over; 0 when none waits. */
  readonly ageSeconds: number;
}

interface Waiter {
  readonly target: SpoolPosition;
  readonly resolve: (isTaken: boolean) => void;
}

const defaultLimits: SpoolLimits = {
  maxBatchLines: 500,
  maxBatchBytes: 1_000_000,
  maxLineBytes: 4_000_000,
  pollMs: 200,
  firstPauseMs: 250,
  maxPauseMs: 5000,
  batchDeadlineMs: 15_000,
  stopDrainMs: 3000,
};
const leastLines = 8;
const haltMs = 2000;
const peekBytes = 512;

/** Start it before the log opens its files and stop it after: what it finds at its start is what the last run left. */
export class SpoolFeed implements Part {
  readonly name = 'spool';
  readonly #options: SpoolFeedOptions;
  readonly #limits: SpoolLimits;
  readonly #directory: SpoolDirectory;
  readonly #reader: SpoolReader;
  readonly #cursor: SpoolCursor;
  readonly #timers: TimerSet;
  readonly #waiters = new Set<Waiter>();
  #maxLines: number;
  #running: Promise<void> | undefined;
  #isKicked = false;
  #isStopped = true;
  #failures = 0;
  /** Since the start of this process. */
  #wasOpen = false;
  #isTold = false;
  #taken = 0;
  #refused = 0;

  constructor(options: SpoolFeedOptions) {
    this.#options = options;
    const limits = { ...defaultLimits, ...options.limits };
    this.#limits = limits;
    this.#maxLines = limits.maxBatchLines;
    this.#directory = new SpoolDirectory(options.directory, options.prefix);
    this.#reader = new SpoolReader(this.#directory, {
      maxBytes: limits.maxBatchBytes,
      maxLines: limits.maxBatchLines,
      maxLineBytes: limits.maxLineBytes,
    });
    this.#cursor = new SpoolCursor({
      directory: this.#directory,
      reader: this.#reader,
      clock: options.clock,
      log: options.log,
      deadlineMs: limits.batchDeadlineMs,
    });
    this.#timers = new TimerSet(options.clock);
  }

  /** Never fails: a directory or database that is not to be had is tried again. */
  async start(): Promise<void> {
    await this.#cursor.open();
    this.#isStopped = false;
    this.#kick();
  }

  /** Takes over what was written, if the database takes it soon, and ends. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    if (!this.isFailing) await this.drain(this.#limits.stopDrainMs);
    this.#isStopped = true;
    this.#timers.cancelAll();
    await this.#halt();
    for (const { resolve } of this.#waiters) resolve(false);
    await this.#cursor.remember(true);
    await this.#reader.close();
  }

  /** What tells this spool from others in the database; the same after a restart. @throws what the file system throws */
  id(): Promise<string> {
    return this.#directory.id();
  }

  /** Lines before it are in the database, as far as this router knows: files before it may go. */
  get taken(): SpoolPosition {
    return this.#cursor.taken;
  }

  /** The database takes nothing now. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Since the start, lines that were refused among them. */
  get linesTaken(): number {
    return this.#taken;
  }

  get linesRefused(): number {
    return this.#refused;
  }

  get linesDropped(): number {
    return this.#options.source.dropped;
  }

  get isFull(): boolean {
    return this.#options.source.isFull;
  }

  /** What waits, read from the files. @throws what the file system throws */
  async measure(): Promise<SpoolMeasure> {
    const bytesWaiting = await this.#directory.bytesFrom(this.taken);
    if (bytesWaiting === 0) return { bytesWaiting, ageSeconds: 0 };
    const at = /"at":"([^"]{1,40})"/.exec(await this.#reader.peek(this.taken, peekBytes))?.[1] ?? '';
    const ageMs = this.#options.clock.wallNow() - Date.parse(at);
    return { bytesWaiting, ageSeconds: Number.isNaN(ageMs) ? 0 : Math.max(0, ageMs) / 1000 };
  }

  /** True once all that was given to the log up to now is in the database; false when it is not by the deadline. */
  async drain(deadlineMs: number): Promise<boolean> {
    const { clock, source } = this.#options;
    if (this.#isStopped) return false;
    const end = clock.now() + deadlineMs;
    try {
      const late = (): Error => new RecordsUnavailableError('the log was not written in time');
      if (!(await withDeadline(clock, deadlineMs, source.flush(), late))) return false;
      const target = await this.#directory.end();
      if (target.file === 0 || this.#cursor.isPast(target)) return true;
      return await this.#reaches(target, Math.max(0, end - clock.now()));
    } catch {
      return false;
    }
  }

  #reaches(target: SpoolPosition, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(withinMs, 'spool-drain', () => waiter.resolve(false));
      const waiter: Waiter = {
        target,
        resolve: (isTaken) => {
          timer.cancel();
          this.#waiters.delete(waiter);
          resolve(isTaken);
        },
      };
      this.#waiters.add(waiter);
      this.#kick();
    });
  }

  /** Looks for lines now, or again when it is about to be done. */
  #kick(): void {
    this.#isKicked = true;
    if (this.#running === undefined) this.#run();
  }

  #run(): void {
    if (this.#isStopped) return;
    this.#timers.cancelAll();
    this.#running = this.#turn().then((pauseMs) => {
      this.#running = undefined;
      if (this.#isStopped) return;
      this.#timers.start('spool-turn', this.#isKicked && !this.isFailing ? 0 : pauseMs, () => this.#run());
    });
  }

  /** Steps until nothing is left to do. Gives the pause until the next turn. */
  async #turn(): Promise<number> {
    const { firstPauseMs, maxPauseMs, pollMs } = this.#limits;
    this.#isKicked = false;
    try {
      while (!this.#isStopped && (await this.#step()));
      this.#recovered();
      return pollMs;
    } catch (error) {
      this.#failed(error);
      return Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(this.#failures - 1, 20));
    }
  }

  /** True when there may be more to do. */
  async #step(): Promise<boolean> {
    const waiting = [...this.#waiters];
    const sql = this.#options.database();
    if (sql === undefined) throw new RecordsUnavailableError('the records database is not open');
    this.#wasOpen = true;
    const position = await this.#cursor.locate(sql);
    if (position === undefined) return false;
    const read = await this.#reader.next(position, this.#maxLines);
    if (read.kind === 'idle') {
      for (const { resolve } of waiting) resolve(true);
      return false;
    }
    if (read.kind === 'lines') await this.#take(sql, read);
    else await this.#cursor.jump(sql, read.why, read.to);
    for (const { target, resolve } of this.#waiters) if (this.#cursor.isPast(target)) resolve(true);
    return true;
  }

  async #take(sql: Sql, batch: LineBatch): Promise<void> {
    const maxLines = this.#maxLines;
    // One that fails for being slow may manage less.
    this.#maxLines = Math.max(leastLines, maxLines >> 1);
    const taken = await this.#cursor.take(sql, batch);
    this.#maxLines = Math.min(this.#limits.maxBatchLines, maxLines * 2);
    if (taken === undefined) return;
    const { lines, refused } = taken;
    this.#taken += lines;
    this.#refused += refused;
    if (refused > 0) this.#options.log.warn({ ...batch.from, refused }, 'lines of the spool were refused');
    await this.#cursor.remember();
  }

  #failed(error: unknown): void {
    this.#failures += 1;
    this.#cursor.doubt();
    const fields = { error: errorMessage(error), code: errorCode(error) };
    // A database that starts is no news; one that is down from the beginning has been told of by itself.
    if (!this.#isTold && this.#wasOpen) {
      this.#isTold = true;
      this.#options.log.warn(fields, 'spool is not taken over; lines wait in its files');
    } else this.#options.log.debug(fields, 'spool is still not taken over');
  }

  #recovered(): void {
    if (this.#isTold) this.#options.log.info('spool is taken over again');
    this.#failures = 0;
    this.#isTold = false;
  }

  /** The turn under way ends with its statement, or is left alone. */
  async #halt(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const late = (): Error => new RecordsUnavailableError('the last batch did not end');
    await withDeadline(this.#options.clock, haltMs, running, late).catch(() => undefined);
  }
}
