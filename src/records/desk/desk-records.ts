// What agents see of the records at their desks: proffer.desk_today and proffer.desk_undispositioned (0009-desk.sql).
import type { Clock } from '../../kernel/index.js';
import type { RecordsDatabase } from '../database/records-database.js';
import { byDeadline } from '../deadline.js';

/** Times are milliseconds since the Unix epoch. */
export interface AgentToday {
  readonly since: number;
  readonly calls: number;
  readonly talkSeconds: number;
  readonly averageHandlingSeconds: number | null;
  readonly presented: number;
  readonly accepted: number;
  readonly declined: number;
  readonly callbacks: number;
  readonly undispositioned: number;
}

export interface UndispositionedOffer {
  readonly decisionId: string;
  readonly offer: string;
  readonly offerName: string;
  readonly partner: string;
  readonly presentation: string;
  readonly queue: string | null;
  readonly confirmedAt: number;
  readonly endedAt: number | null;
  readonly autoWrapAt: number | null;
  readonly autoWrapCode: string | null;
}

export interface AgentDeskOptions {
  readonly database: Pick<RecordsDatabase, 'query'>;
  readonly clock: Clock;
  /** Brings the lines of this router into the database; of the spool. */
  readonly drain?: (deadlineMs: number) => Promise<boolean>;
}

const deadlineMs = 4000;
const drainMs = 500;

/** Agents are named as they log in, or as `centre/agent`. Everything throws RecordsUnavailableError while the database is down. */
export class AgentDesk {
  readonly #options: AgentDeskOptions;

  constructor(options: AgentDeskOptions) {
    this.#options = options;
  }

  async today(agent: string, since: number): Promise<AgentToday> {
    return this.#ask<AgentToday>('proffer.desk_today($1, $2)', [agent, new Date(since).toISOString()], true);
  }

  /** Oldest first, at most 500. */
  async undispositioned(agent: string): Promise<readonly UndispositionedOffer[]> {
    return this.#ask('proffer.desk_undispositioned($1)', [agent], true);
  }

  /** Lines of this router that wait are brought into the database, as far as that goes at once. */
  async catchUp(): Promise<void> {
    await this.#options.drain?.(drainMs);
  }

  async countUndispositioned(agent: string): Promise<number> {
    return this.#ask('(SELECT count(*)::integer FROM proffer.open_dispositions($1, NULL))', [agent], false);
  }

  async #ask<Answer>(what: string, values: readonly string[], isDrained: boolean): Promise<Answer> {
    const { database, clock, drain } = this.#options;
    const work = async (): Promise<Answer> => {
      if (isDrained) await drain?.(drainMs);
      const [row] = await database.query<{ answer: Answer }>(`SELECT ${what} AS answer`, [...values]);
      if (row === undefined) throw new Error(`no answer of ${what}`);
      return row.answer;
    };
    return byDeadline(clock, deadlineMs, work());
  }
}
