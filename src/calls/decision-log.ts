// The durable log of decisions, attempts and outcomes. It takes records at once and writes them behind the call's back, so that
// a slow, full or broken disk costs records, counted, and never a call.
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
  append(lines: string): Promise<void>;
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
  #isScheduled = false;
  #writing: Promise<void> | undefined;
  #isFailing = false;
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
      this.#options.onDropped?.(1);
      return;
    }
    this.#queue.push(record);
    if (!this.#isScheduled) this.#schedule(this.#isFailing ? retryMs : flushMs);
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Writes what waits and closes the store; what cannot be written then is counted as dropped. */
  async stop(): Promise<void> {
    await this.#writing;
    while (this.#queue.length > 0) {
      const before = this.#queue.length;
      await this.#write();
      if (this.#queue.length >= before) break;
    }
    this.#isClosed = true;
    if (this.#queue.length > 0) this.#options.onDropped?.(this.#queue.length);
    this.#queue = [];
    try {
      await this.#options.store.sync();
      await this.#options.store.close();
    } catch (error) {
      this.#options.log.error({ error: errorMessage(error) }, 'decision log not closed cleanly');
    }
  }

  #schedule(ms: number): void {
    this.#isScheduled = true;
    this.#options.clock.after(ms, 'decision-log-flush', () => {
      if (this.#isClosed) return;
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
        this.#isScheduled = false;
        if (this.#queue.length > 0 && !this.#isClosed) this.#schedule(this.#isFailing ? retryMs : flushMs);
      });
    });
  }

  async #write(): Promise<void> {
    const batch = this.#queue.slice(0, maxBatch);
    try {
      let lines = '';
      for (const record of batch) lines += `${JSON.stringify(record)}\n`;
      await this.#options.store.append(lines);
      this.#queue = this.#queue.slice(batch.length);
      this.#options.onWritten?.(batch.length);
      if (this.#isFailing) this.#options.log.info('decision log is written again');
      this.#isFailing = false;
      const now = this.#options.clock.now();
      if (now - this.#lastSync >= syncMs) {
        this.#lastSync = now;
        await this.#options.store.sync();
      }
    } catch (error) {
      if (!this.#isFailing) {
        this.#options.log.error(
          { error: errorMessage(error), code: errorCode(error) },
          'decision log cannot be written; records wait in memory',
        );
      }
      this.#isFailing = true;
    }
  }
}
