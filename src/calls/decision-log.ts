// The durable log of decisions, attempts and outcomes. It takes records at once and writes them behind the call's back, so that
// a slow, full or broken disk costs records, counted, and never a call. Its files are the spool of the records database.
//
// Durability: a record is written at most `flushMs` (20 ms) after it was added and forced to the disk (fdatasync) at most
// `syncMs` (1 s) after that. A crash of the process loses at most 20 ms of records, a crash of the machine about one second,
// and leaves at most one torn last line, which the next start cuts off.
import { errorCode, errorMessage } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import type { DecisionLogRecord } from './decision-record.js';

/** Where lines go. NdjsonFiles is the one. */
export interface LineStore {
  open(): Promise<number>;
  /** @param lines without their line feeds */
  append(lines: readonly string[]): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface DecisionLogOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: LineStore;
  /** Records that wait for the disk; above it new ones are dropped and counted. */
  readonly maxQueuedRecords: number;
  readonly onWritten?: (count: number) => void;
  readonly onDropped?: (count: number) => void;
}

const flushMs = 20;
const syncMs = 1000;
const retryMs = 1000;
const maxBatch = 512;

export class DecisionLog {
  readonly #options: DecisionLogOptions;
  #queue: DecisionLogRecord[] = [];
  #accepted = 0;
  #dropped = 0;
  #isScheduled = false;
  #writing: Promise<boolean> | undefined;
  #isFailing = false;
  /** The first drop of a failure was told. */
  #hasToldDrop = false;
  #batchSize = maxBatch;
  #isClosed = false;
  #lastSync: number;

  constructor(options: DecisionLogOptions) {
    this.#options = options;
    this.#lastSync = options.clock.now();
  }

  /** Opens the store and repairs it. @throws what the file system throws: a start with an unwritable directory is refused */
  async start(): Promise<void> {
    const cutBytes = await this.#options.store.open();
    if (cutBytes > 0) this.#options.log.warn({ cutBytes }, 'torn last line of the decision log cut off');
  }

  /** Never throws, never waits. */
  add(record: DecisionLogRecord): void {
    if (this.#isClosed || this.#queue.length >= this.#options.maxQueuedRecords) {
      this.#drop(1);
      return;
    }
    this.#queue.push(record);
    this.#accepted += 1;
    if (!this.#isScheduled) this.#schedule();
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** The store takes nothing: the disk is full or broken, or too much waits for the records database. Records wait in memory. */
  get isFull(): boolean {
    return this.#isFailing;
  }

  /** Records that were lost since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes what was added up to now. False when the store does not take it; then it waits on. */
  async flush(): Promise<boolean> {
    const target = this.#accepted;
    while (this.#accepted - this.#queue.length < target) {
      if (!(await this.#write())) return false;
    }
    return true;
  }

  /** Writes what waits and closes the store; what cannot be written then is counted as dropped. */
  async stop(): Promise<void> {
    await this.#writing;
    while (this.#queue.length > 0) if (!(await this.flush())) break;
    this.#isClosed = true;
    if (this.#queue.length > 0) this.#drop(this.#queue.length);
    this.#queue = [];
    try {
      await this.#options.store.sync();
      await this.#options.store.close();
    } catch (error) {
      this.#options.log.error({ error: errorMessage(error) }, 'decision log not closed cleanly');
    }
  }

  #schedule(): void {
    this.#isScheduled = true;
    this.#options.clock.after(this.#isFailing ? retryMs : flushMs, 'decision-log-flush', () => {
      if (this.#isClosed) return;
      void this.#write().then(() => {
        this.#isScheduled = false;
        if (this.#queue.length > 0 && !this.#isClosed) this.#schedule();
      });
    });
  }

  /** One batch at a time. False when the store did not take it. */
  #write(): Promise<boolean> {
    this.#writing ??= this.#writeBatch().finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  async #writeBatch(): Promise<boolean> {
    const batch = this.#queue.slice(0, this.#batchSize);
    const { store, clock, onWritten } = this.#options;
    const lines: string[] = [];
    for (const record of batch) {
      const line = this.#lineOf(record);
      if (line !== undefined) lines.push(line);
    }
    try {
      if (lines.length > 0) await store.append(lines);
    } catch (error) {
      this.#failed(error);
      return false;
    }
    this.#queue = this.#queue.slice(batch.length);
    onWritten?.(lines.length);
    this.#recovered();
    if (clock.now() - this.#lastSync >= syncMs) await this.#sync();
    return true;
  }

  /** A record that makes no line costs itself and not those behind it. */
  #lineOf(record: DecisionLogRecord): string | undefined {
    try {
      return JSON.stringify(record);
    } catch (error) {
      this.#options.log.error({ error: errorMessage(error) }, 'decision record cannot be written as a line');
      this.#drop(1);
      return undefined;
    }
  }

  async #sync(): Promise<void> {
    this.#lastSync = this.#options.clock.now();
    try {
      await this.#options.store.sync();
    } catch (error) {
      // The lines are written; whether they outlast the machine nobody knows.
      this.#options.log.error(
        { error: errorMessage(error), code: errorCode(error) },
        'decision log cannot be forced to the disk',
      );
    }
  }

  #failed(error: unknown): void {
    if (!this.#isFailing) {
      this.#options.log.error(
        { error: errorMessage(error), code: errorCode(error) },
        'decision log cannot be written; records wait in memory',
      );
    }
    this.#isFailing = true;
    // A disk that has no room for a whole batch may have it for some lines.
    this.#batchSize = Math.max(1, this.#batchSize >> 3);
  }

  #recovered(): void {
    if (this.#isFailing) this.#options.log.info('decision log is written again');
    this.#isFailing = false;
    this.#hasToldDrop = false;
    this.#batchSize = maxBatch;
  }

  #drop(count: number): void {
    this.#dropped += count;
    this.#options.onDropped?.(count);
    if (!this.#isFailing || this.#hasToldDrop) return;
    this.#hasToldDrop = true;
    this.#options.log.error('decision records are lost: the log takes none and the memory for them is full');
  }
}
