// Totals of the day: what the records database has of all routers, in blocks of five minutes, and what this router has seen since it was
// asked. The last two blocks are asked for every ten seconds while anybody looks, and one earlier block each time, since dispositions
// and the lines of other routers come later.
import { errorMessage, TimerSet, withDeadline } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { BoardTotals, CallLineView } from '../live/board-state.js';
import type { BoardScope } from './scope.js';
import { sumOf, Tally } from './tally.js';
import type { TallyRow } from './tally.js';

/** Sums of one block. */
export interface BlockRow extends TallyRow {
  /** Begin of the block of five minutes, epoch milliseconds. */
  readonly block: number;
}

/** Port: the records database. */
export interface TotalsRecords {
  /** True when everything is in the database that this router has logged by now. */
  drain(deadlineMs: number): Promise<boolean>;
  /** Calls whose outcome came from `from` on and before `to`, epoch milliseconds. @throws when it cannot be asked */
  totals(from: number, to: number): Promise<readonly BlockRow[]>;
}

export interface TodayTotalsOptions {
  /** Undefined where there are no records. */
  readonly records: TotalsRecords | undefined;
  readonly clock: Clock;
  /** Begin of the calendar day, epoch milliseconds. Default by the time zone of the server. */
  readonly dayOf?: (wall: number) => number;
  readonly zone?: string;
}

const askEveryMs = 10_000;
/** After a question that failed. */
const askAgainMs = 2000;
const deadlineMs = 5000;
const blockMs = 300_000;
const minuteMs = 60_000;
/** Between two questions for earlier blocks: others want the database, too. */
const catchUpMs = 20;
/** A question that is answered so quickly is for more blocks next time, another for fewer. */
const quickMs = 300;
const mostBlocks = 288;
const notTaken = 'the router has calls that are not in the database yet';

export class TodayTotals {
  readonly #options: TodayTotalsOptions;
  readonly #timers: TimerSet;
  readonly #dayOf: (wall: number) => number;
  readonly #zone: string;
  #day: number;
  /** In which the calendar was asked last. */
  #minute: number | undefined;
  /** From then on this router has seen everything. */
  #seenFrom: number;
  /** By number in the day: all before the open ones. */
  #blocks = new Map<number, readonly TallyRow[]>();
  /** Of the database, as they are shown. */
  #rows: readonly TallyRow[] = [];
  /** Seen here, and not asked for yet. */
  #since = new Tally();
  /** Seen before the question that is under way. */
  #asked = new Tally();
  #recordsAt: number | undefined;
  #problem: string | undefined;
  #next = 0;
  /** Earlier blocks that are asked for at once. */
  #stride = 12;
  /** Questions so far: one that was given up is not to be believed when it is answered at last. */
  #questions = 0;
  #isWatched = false;
  #isAsking = false;

  constructor(options: TodayTotalsOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
    this.#dayOf = options.dayOf ?? beginOfDay;
    this.#zone = options.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    const now = options.clock.wallNow();
    this.#day = this.#dayOf(now);
    this.#seenFrom = now;
  }

  /** A call came to its outcome. */
  add({ partner, offer, arm, failOpen, result }: CallLineView): void {
    this.#turnDay();
    this.#since.add({
      partner: partner ?? null,
      offer: offer ?? null,
      arm,
      calls: 1,
      abandoned: result === 'cancelled' ? 1 : 0,
      failOpen: failOpen.length > 0 ? 1 : 0,
      value: 0,
      acceptedValue: 0,
    });
  }

  watch(isWatched: boolean): void {
    this.#isWatched = isWatched;
    if (!isWatched) this.#timers.cancelAll();
    else if (this.#options.records !== undefined) void this.#ask();
  }

  totals(scope: BoardScope): BoardTotals {
    this.#turnDay();
    const hasRecords = this.#recordsAt !== undefined;
    return {
      since: hasRecords ? this.#day : Math.max(this.#day, this.#seenFrom),
      zone: this.#zone,
      source: hasRecords ? 'records' : 'router',
      recordsAt: this.#recordsAt,
      recordsProblem: this.#problem,
      ...sumOf([...this.#rows, ...this.#asked.rows, ...this.#since.rows], scope, hasRecords),
    };
  }

  #turnDay(): void {
    const wall = this.#options.clock.wallNow();
    // Days begin with a minute, and to ask the calendar for each call costs more than to count the call.
    const minute = Math.floor(wall / minuteMs);
    if (minute === this.#minute) return;
    this.#minute = minute;
    const day = this.#dayOf(wall);
    if (day === this.#day) return;
    this.#day = day;
    this.#blocks = new Map();
    this.#rows = [];
    this.#since = new Tally();
    this.#asked = new Tally();
    this.#recordsAt = undefined;
    this.#next = 0;
  }

  async #ask(): Promise<void> {
    const { records, clock } = this.#options;
    if (this.#isAsking || records === undefined) return;
    this.#isAsking = true;
    const late = (): Error => new Error('the records database does not answer in time');
    try {
      await withDeadline(clock, deadlineMs, this.#exchange(records), late);
      this.#problem = undefined;
    } catch (error) {
      this.#problem = errorMessage(error);
      this.#stride = Math.ceil(this.#stride / 2);
    }
    this.#isAsking = false;
    if (this.#isWatched) this.#timers.start('totals', this.#pauseMs, () => void this.#ask());
  }

  /** Short while earlier blocks of the day are still to be asked for. */
  get #pauseMs(): number {
    if (this.#problem !== undefined) return askAgainMs;
    const open = this.#openFrom(this.#options.clock.wallNow());
    return this.#missing(open) === undefined ? askEveryMs : catchUpMs;
  }

  async #exchange(records: TotalsRecords): Promise<void> {
    this.#turnDay();
    const day = this.#day;
    const now = this.#options.clock.wallNow();
    const open = this.#openFrom(now);
    const question = ++this.#questions;
    const missing = this.#missing(open);
    if (missing !== undefined) {
      await this.#readBlocks(records, missing, Math.min(missing + this.#stride, open));
      const isQuick = this.#options.clock.wallNow() - now < quickMs;
      this.#stride = isQuick ? Math.min(this.#stride * 2, mostBlocks) : Math.ceil(this.#stride / 2);
      if (this.#missing(open) !== undefined) return;
    }
    // At this moment and not before: what is put aside here is what the question is for.
    const until = this.#options.clock.wallNow();
    for (const row of this.#since.rows) this.#asked.add(row);
    this.#since = new Tally();
    if (!(await records.drain(deadlineMs / 2))) throw new Error(notTaken);
    const rows = await records.totals(day + open * blockMs, until);
    const again = this.#turn(open);
    if (again !== undefined) await this.#readBlocks(records, again, again + 1);
    if (day !== this.#day || question !== this.#questions) return;
    this.#rows = [...[...this.#blocks.values()].flat(), ...rows];
    this.#asked = new Tally();
    this.#recordsAt = until;
  }

  /** Those from `first` on and before `end`. */
  async #readBlocks(records: TotalsRecords, first: number, end: number): Promise<void> {
    const day = this.#day;
    const rows = await records.totals(day + first * blockMs, day + end * blockMs);
    if (day !== this.#day) return;
    for (let number = first; number < end; number++) {
      const begin = day + number * blockMs;
      this.#blocks.set(
        number,
        rows.filter(({ block }) => block >= begin && block < begin + blockMs),
      );
    }
  }

  /** Number of the first block that is asked for each time: the one before that of now. */
  #openFrom(wall: number): number {
    return Math.max(0, Math.floor((wall - this.#day) / blockMs) - 1);
  }

  #missing(before: number): number | undefined {
    for (let number = 0; number < before; number++) if (!this.#blocks.has(number)) return number;
    return undefined;
  }

  /** Block after block, again and again. */
  #turn(before: number): number | undefined {
    if (before === 0) return undefined;
    this.#next = this.#next >= before ? 0 : this.#next;
    return this.#next++;
  }
}

function beginOfDay(wall: number): number {
  return new Date(wall).setHours(0, 0, 0, 0);
}
