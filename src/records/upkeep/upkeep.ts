// Retention: what is older than the settings allow is removed, in small batches, when the database becomes ready and every hour.
import type { ProcessSettings } from '../../config/index.js';
import { errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock, Logger, Part } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';

export const purgedKinds = [
  'contacts',
  'decision-details',
  'audit',
  'learned',
  'identification-tries',
  'refused-lines',
  'erased',
] as const;
export type PurgedKind = (typeof purgedKinds)[number];

export interface UpkeepOptions {
  readonly database: Sql;
  readonly kind: 'postgresql' | 'embedded';
  /** Calls back each time the database is ready; gives what removes the listener. */
  readonly onReady: (listener: () => void) => () => void;
  readonly retention: () => ProcessSettings['records'];
  readonly clock: Clock;
  readonly log: Logger;
  /** Default an hour. */
  readonly intervalMs?: number;
  /** Rows a statement. Default 500. */
  readonly batchRows?: number;
  /** Default 50. */
  readonly pauseMs?: number;
}

const DAY_MS = 86_400_000;
/** Windows of wrong tries are minutes; nothing asks for what is a day old. */
const TRIES_MS = DAY_MS;
/** No spool holds lines that are so old: a database that is away for so long is given up. */
const ERASED_MS = 90 * DAY_MS;
/** An embedded database has nobody who takes removed rows out of its tables. */
const VACUUM_FROM_ROWS = 2000;

export class Upkeep implements Part {
  readonly name = 'records upkeep';
  /** Rows removed or emptied since the start. */
  readonly removed: Record<PurgedKind, number> = {
    contacts: 0,
    'decision-details': 0,
    audit: 0,
    learned: 0,
    'identification-tries': 0,
    'refused-lines': 0,
    erased: 0,
  };
  readonly #options: UpkeepOptions;
  readonly #timers: TimerSet;
  #removeListener: () => void = () => undefined;
  #work: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  start(): void {
    this.#removeListener = this.#options.onReady(() => void this.run());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#removeListener();
    this.#timers.cancelAll();
    await this.#work;
  }

  /** One round, now. Never fails: what could not be removed waits for the next. */
  run(): Promise<void> {
    this.#work ??= this.#round().finally(() => {
      this.#work = undefined;
    });
    return this.#work;
  }

  async #round(): Promise<void> {
    const { log, intervalMs = 3_600_000 } = this.#options;
    try {
      const removed = await this.#purgeAll();
      if (Object.keys(removed).length > 0) log.info({ removed }, 'records removed by retention');
      if (this.#options.kind === 'embedded' && !this.#isStopped) await this.#vacuum();
    } catch (error) {
      log.warn({ reason: errorMessage(error) }, 'retention is behind');
    }
    if (!this.#isStopped) this.#timers.start('round', intervalMs, () => void this.run());
  }

  async #purgeAll(): Promise<Partial<Record<PurgedKind, number>>> {
    const removed: Partial<Record<PurgedKind, number>> = {};
    for (const kind of purgedKinds) {
      const rows = await this.#purge(kind);
      if (rows === undefined) break;
      if (rows > 0) removed[kind] = rows;
    }
    return removed;
  }

  /** Undefined when another router is at it. */
  async #purge(kind: PurgedKind): Promise<number | undefined> {
    const { database, batchRows = 500, pauseMs = 50 } = this.#options;
    const before = this.#before(kind);
    let total = 0;
    while (!this.#isStopped) {
      const [row] = await database.query<{ rows: number | null }>(
        'SELECT proffer.purge($1, $2, $3) AS rows',
        [kind, before, batchRows],
      );
      const rows = row?.rows ?? undefined;
      if (rows === undefined) return undefined;
      total += rows;
      this.removed[kind] += rows;
      if (rows < batchRows) break;
      await this.#pause(pauseMs);
    }
    return total;
  }

  #before(kind: PurgedKind): Date {
    const { contactDays, decisionDetailDays, auditDays } = this.#options.retention();
    const ages: Readonly<Record<PurgedKind, number>> = {
      contacts: contactDays * DAY_MS,
      'decision-details': decisionDetailDays * DAY_MS,
      audit: auditDays * DAY_MS,
      learned: 0,
      'identification-tries': TRIES_MS,
      'refused-lines': decisionDetailDays * DAY_MS,
      erased: ERASED_MS,
    };
    return new Date(this.#options.clock.wallNow() - ages[kind]);
  }

  async #vacuum(): Promise<void> {
    const { database } = this.#options;
    const tables = await database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables
       WHERE schemaname = 'proffer' AND n_dead_tup > $1 AND n_dead_tup > n_live_tup / 5`,
      [VACUUM_FROM_ROWS],
    );
    for (const { name } of tables) await database.query(`VACUUM (ANALYZE) ${name}`);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(ms, 'purge-pause', resolve));
  }
}
