// The cursor of a spool in the database, as this router knows it: moved only from where it is, asked for again whenever nobody knows
// what became of the last statement.
import type { Clock, Logger } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';
import type { SpoolDirectory } from './spool-directory.js';
import { isBefore, isSamePosition, spoolStart } from './spool-position.js';
import type { SpoolPosition } from './spool-position.js';
import type { JumpReason, LineBatch, SpoolReader } from './spool-reader.js';
import { moveCursor, spoolCursor, takeLines } from './spool-table.js';
import type { Taken } from './spool-table.js';

export interface SpoolCursorOptions {
  readonly directory: SpoolDirectory;
  readonly reader: SpoolReader;
  readonly clock: Clock;
  readonly log: Logger;
  readonly deadlineMs: number;
}

const rememberMs = 1000;
const maxUnanswered = 100;
const jumpPhrases = {
  gone: 'file of the spool is gone; lines go on at the next',
  shortened: 'file of the spool is shorter than what was taken of it; it is taken again',
  reset: 'spool begins anew; all of its files are taken again',
} as const;

export class SpoolCursor {
  readonly #options: SpoolCursorOptions;
  #spool: string | undefined;
  #position: SpoolPosition | undefined;
  #isSure = false;
  /** Until the database was asked for the first time: the end of the files as the last run left them, if somebody could tell. */
  #atStart: { readonly end: SpoolPosition | undefined } | undefined;
  /** Where statements would have moved it that were not answered. */
  #unanswered: SpoolPosition[] = [];
  #lastRemembered = -Infinity;

  constructor(options: SpoolCursorOptions) {
    this.#options = options;
  }

  /** Looks at what the last run left. */
  async open(): Promise<void> {
    const { directory, log } = this.#options;
    this.#atStart = { end: undefined };
    try {
      this.#atStart = { end: await directory.end() };
      this.#position = await directory.remembered();
    } catch (error) {
      log.warn({ err: error }, 'spool cannot be read');
    }
  }

  /** As far as is known. */
  get taken(): SpoolPosition {
    return this.#position ?? spoolStart;
  }

  isPast(target: SpoolPosition): boolean {
    return this.#isSure && this.#position !== undefined && !isBefore(this.#position, target);
  }

  /** Something failed: the database has the last word. */
  doubt(): void {
    this.#isSure = false;
  }

  /**
   * Where the next line is; undefined while there is no file, or when somebody else has just moved the cursor.
   * @throws RecordsUnavailableError, StatementRefusedError, or what the file system throws
   */
  async locate(sql: Sql): Promise<SpoolPosition | undefined> {
    const { directory } = this.#options;
    this.#spool ??= await directory.id();
    if (!this.#isSure) await this.#learn(sql, this.#spool);
    if (this.#position !== undefined) return this.#isSure ? this.#position : undefined;
    const [oldest] = await directory.files();
    if (oldest !== undefined) await this.#moveTo(sql, { file: oldest, byteOffset: 0 });
    return this.#isSure ? this.#position : undefined;
  }

  /** Undefined: the cursor is elsewhere, and nothing was taken. */
  async take(
    sql: Sql,
    batch: LineBatch,
  ): Promise<{ readonly lines: number; readonly refused: number } | undefined> {
    const spool = (this.#spool ??= await this.#options.directory.id());
    const taken = await this.#answer(takeLines(sql, spool, batch), batch.to);
    return taken.kind === 'taken' ? taken : undefined;
  }

  async jump(sql: Sql, why: JumpReason, to: SpoolPosition): Promise<void> {
    if (why !== 'next') this.#options.log.warn({ position: this.#position, next: to }, jumpPhrases[why]);
    await this.#moveTo(sql, to);
  }

  /** For the next start, now and then: until it reaches the database it goes by that. */
  async remember(isDue = this.#options.clock.now() - this.#lastRemembered >= rememberMs): Promise<void> {
    if (!isDue || this.#position === undefined) return;
    this.#lastRemembered = this.#options.clock.now();
    try {
      await this.#options.directory.remember(this.#position);
    } catch (error) {
      this.#options.log.debug({ err: error }, 'spool position not kept');
    }
  }

  async #moveTo(sql: Sql, to: SpoolPosition): Promise<void> {
    const spool = (this.#spool ??= await this.#options.directory.id());
    await this.#answer(moveCursor(sql, spool, this.#position, to), to);
  }

  async #answer(statement: Promise<Taken>, to: SpoolPosition): Promise<Taken> {
    this.#isSure = false;
    this.#unanswered = [...this.#unanswered.slice(-maxUnanswered), to];
    const taken = await this.#inTime(statement);
    if (taken.kind === 'taken') {
      this.#position = to;
      this.#isSure = true;
      this.#unanswered = [];
    } else {
      this.#unanswered.pop();
    }
    return taken;
  }

  async #learn(sql: Sql, spool: string): Promise<void> {
    const position = await this.#inTime(spoolCursor(sql, spool));
    const atStart = this.#atStart;
    if (atStart === undefined) this.#tellUnexpected(position);
    this.#position = position;
    this.#isSure = true;
    if (position !== undefined) await this.#check(sql, position, atStart?.end);
    else this.#atStart = undefined;
  }

  /** The files may have been cut or replaced since the cursor was kept. Lines that are taken twice do no harm. */
  async #check(sql: Sql, position: SpoolPosition, endAtStart: SpoolPosition | undefined): Promise<void> {
    const { directory, reader } = this.#options;
    const isBehindEnd = endAtStart !== undefined && isBefore(endAtStart, position);
    const files = await directory.files();
    if (files.length === 0) {
      // What the first file will be nobody knows yet.
      this.#isSure = false;
      return;
    }
    this.#atStart = undefined;
    if (!isBehindEnd && (await reader.isLineStart(position))) return;
    const file = files.includes(position.file) ? position.file : (files[0] ?? position.file);
    await this.jump(sql, file === position.file ? 'shortened' : 'reset', { file, byteOffset: 0 });
  }

  /** A database that was restored is behind; two routers that share a directory, or a copy of it, move each other's cursor. */
  #tellUnexpected(position: SpoolPosition | undefined): void {
    const known = this.#position;
    if ([known, ...this.#unanswered].some((one) => isSamePosition(one, position))) return;
    const fields = { position: known, next: position };
    if (position === undefined || known === undefined || isBefore(position, known)) {
      this.#options.log.warn(fields, 'cursor of the spool went back in the database; lines are taken again');
    } else {
      this.#options.log.error(fields, 'cursor of the spool was moved by another router');
    }
  }

  #inTime<Value>(statement: Promise<Value>): Promise<Value> {
    const { clock, deadlineMs } = this.#options;
    return byDeadline(clock, deadlineMs, statement);
  }
}
