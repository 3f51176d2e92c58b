// Takes what was learned from the records database to the strategy store, revision by revision: each state is there within a moment
// of its commit, and once the database or the store is back after an outage.
import type { Clock, Logger, Part } from '../../kernel/index.js';
import type { Learned } from '../../offers/index.js';
import { Beat } from '../beat.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';

/** Where learned states go. The strategy store's `learned` is one. */
export interface LearnedSink {
  /** The last revision that it was given; 0 before the first. */
  cursor(): Promise<number>;
  /** Takes the states, of rising revisions, and then the cursor. Each replaces one of a lesser revision; again changes nothing. */
  put(states: readonly Learned[], cursor: number): Promise<void>;
}

export interface LearnedFeedOptions {
  readonly database: Sql;
  readonly sink: LearnedSink;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default 250. */
  readonly intervalMs?: number;
  /** States that are read at once; default 500. */
  readonly batch?: number;
  /** States that were taken over. */
  readonly onFed?: (count: number) => void;
}

const deadlineMs = 5000;
/** A database is another one only after it was away; this is for those that come back unnoticed. */
const checkIntervalMs = 60_000;

interface Row {
  readonly partner: string;
  readonly customer: string;
  readonly revision: number;
  readonly state: Pick<Learned, 'offers' | 'alerts'>;
  readonly expires_at: Date;
}

export class LearnedFeed implements Part {
  readonly name = 'learned feed';
  readonly #options: LearnedFeedOptions;
  readonly #beat: Beat;
  #checkedAt: number | undefined;
  #currentAt: number;

  constructor(options: LearnedFeedOptions) {
    this.#options = options;
    const { clock, log, intervalMs = 250 } = options;
    this.#currentAt = clock.now();
    this.#beat = new Beat({ name: this.name, clock, log, intervalMs, work: () => this.#work() });
  }

  start(): void {
    this.#beat.start();
  }

  async stop(): Promise<void> {
    await this.#beat.stop();
  }

  /** Something was learned by this router just now. */
  nudge(): void {
    this.#beat.nudge();
  }

  /** Since the store was last known to have all, in milliseconds. */
  get ageMs(): number {
    return this.#options.clock.now() - this.#currentAt;
  }

  async #work(): Promise<boolean> {
    try {
      const isMore = await this.#feed();
      if (!isMore) this.#currentAt = this.#options.clock.now();
      return isMore;
    } catch (error) {
      this.#checkedAt = undefined;
      throw error;
    }
  }

  async #feed(): Promise<boolean> {
    const { clock, sink, database, batch = 500, onFed } = this.#options;
    const cursor = await this.#byDeadline(sink.cursor());
    await this.#check(cursor);
    const rows = await this.#byDeadline(
      database.query<Row>(
        `SELECT partner, customer, revision, state, expires_at FROM proffer.learned
         WHERE revision > $1 ORDER BY revision LIMIT $2`,
        [cursor, batch],
      ),
    );
    const last = rows.at(-1);
    if (last === undefined) return false;
    const began = clock.now();
    await this.#byDeadline(sink.put(rows.map(learnedOf), last.revision));
    onFed?.(rows.length);
    this.#options.log.debug({ states: rows.length, ms: clock.now() - began }, 'learned states taken over');
    return rows.length === batch;
  }

  /** A new database, or an older copy, goes on above the revisions that the store has. */
  async #check(cursor: number): Promise<void> {
    const { clock, database, log } = this.#options;
    const now = clock.now();
    if (this.#checkedAt !== undefined && now - this.#checkedAt < checkIntervalMs) return;
    const [row] = await this.#byDeadline(
      database.query<{ rows: number | null }>('SELECT proffer.resume_learned($1) AS rows', [cursor]),
    );
    this.#checkedAt = now;
    const states = row?.rows ?? undefined;
    if (states !== undefined) log.warn({ revision: cursor, states }, 'another records database');
  }

  #byDeadline<Result>(work: Promise<Result>): Promise<Result> {
    return byDeadline(this.#options.clock, deadlineMs, work);
  }
}

function learnedOf({ partner, customer, revision, state, expires_at }: Row): Learned {
  return {
    partner,
    customer,
    revision,
    offers: state.offers,
    alerts: state.alerts,
    expiresAt: expires_at.getTime(),
  };
}
