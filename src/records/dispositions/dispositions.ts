// Dispositions as people and other systems record, correct and read them.
import type { Clock } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';
import { RecordsUnavailableError } from '../errors.js';
import type {
  Disposition,
  DispositionAnswer,
  DispositionCodeRow,
  DispositionSource,
  GivenDisposition,
  OpenDisposition,
} from './disposition.js';

export interface DispositionsOptions {
  readonly database: Sql;
  readonly clock: Clock;
  /** What is answered by then or given up, in milliseconds; default 3000. */
  readonly deadlineMs?: number;
  /**
   * Brings what this router knows of its calls into the database, before one is said to be unknown. False when that was not done by
   * the deadline. Never rejects.
   */
  readonly drain?: (deadlineMs: number) => Promise<boolean>;
  /** Does this router see the agent with the call now? */
  readonly hasAgent?: (decisionId: string, agent: string) => boolean;
  /** Told of each that was recorded or corrected, once it is committed. It does not throw. */
  readonly onRecorded?: (disposition: Disposition) => void;
}

export interface RecordOptions {
  /** Replaces what a person recorded before, which is kept as history. */
  readonly isCorrection?: boolean;
  /** Default `agent`. */
  readonly source?: Extract<DispositionSource, 'agent' | 'web'>;
}

const defaultDeadlineMs = 3000;
const drainMs = 1500;
const openDrainMs = 500;
/** What may be so because lines of this router are not in the database yet. */
const mayBeEarly: ReadonlySet<string> = new Set(['unknown-call', 'not-presented', 'not-your-call']);

type SqlAnswer = DispositionAnswer & { readonly partner?: string; readonly learned?: number };

export class Dispositions {
  readonly #options: DispositionsOptions;

  constructor(options: DispositionsOptions) {
    this.#options = options;
  }

  /**
   * Idempotent by decision and offer: the same again is `unchanged`, something else is refused unless it is a correction.
   * @throws RecordsUnavailableError; then it may have been recorded, and giving it again tells
   */
  async record(given: GivenDisposition, options: RecordOptions = {}): Promise<DispositionAnswer> {
    const { clock } = this.#options;
    const at = clock.wallNow();
    return this.#byDeadline(async () => {
      const answer = await this.#record(given, options, at);
      if (!mayBeEarly.has(answer.kind)) return answer;
      return (await this.#drain()) ? this.#record(given, options, at) : answer;
    });
  }

  /** All that was recorded of a call, the newest revision of each offer first; undefined where no such call is known. */
  async ofDecision(decisionId: string): Promise<readonly Disposition[] | undefined> {
    const read = () =>
      this.#options.database.query<{ all: readonly Disposition[] }>(
        `SELECT coalesce((SELECT jsonb_agg(proffer.disposition_json(d) ORDER BY d.offer, d.revision DESC)
           FROM proffer.dispositions d WHERE d.decision_id = c.contact), '[]') AS all
         FROM proffer.contacts c WHERE c.contact = $1`,
        [decisionId],
      );
    return this.#byDeadline(async () => {
      const rows = await read();
      if (rows.length > 0) return rows[0]?.all;
      return (await this.#drain()) ? (await read())[0]?.all : undefined;
    });
  }

  /** The current codes of a partner, in the order in which agents see them; undefined where there is no such partner. */
  async codes(partner: string): Promise<readonly DispositionCodeRow[] | undefined> {
    const rows = await this.#byDeadline(() =>
      this.#options.database.query<{ codes: readonly DispositionCodeRow[] }>(
        `SELECT coalesce(jsonb_agg(jsonb_build_object('code', c.code, 'name', c.name, 'outcome', c.outcome,
             'requiresNote', c.requires_note, 'coolOffDays', trim_scale(c.cool_off_days), 'countsAsAccepted', c.counts_as_accepted)
             ORDER BY c.position, c.code) FILTER (WHERE c.code IS NOT NULL), '[]') AS codes
         FROM proffer.partners p LEFT JOIN proffer.disposition_codes c ON c.partner = p.partner AND c.is_current
         WHERE p.partner = $1 GROUP BY p.partner`,
        [partner],
      ),
    );
    return rows[0]?.codes;
  }

  /**
   * What is still to be recorded, oldest first, at most 500: of one agent (named as in `GivenDisposition`), of one partner, or all. Calls
   * of this router that ended a moment ago are among them.
   */
  async open(of: {
    readonly agent?: string | undefined;
    readonly partner?: string | undefined;
  }): Promise<readonly OpenDisposition[]> {
    const rows = await this.#byDeadline(async () => {
      await this.#options.drain?.(openDrainMs);
      return this.#options.database.query<{ open: OpenDisposition }>(
        `SELECT jsonb_build_object('decisionId', o.decision_id, 'offer', o.offer, 'presentation', o.presentation,
             'partner', o.partner, 'centre', o.centre, 'queue', o.queue, 'agent', o.agent,
             'confirmedAt', proffer.epoch_ms(o.confirmed_at), 'endedAt', proffer.epoch_ms(o.ended_at)) AS open
         FROM proffer.open_dispositions($1, $2) o`,
        [of.agent ?? null, of.partner ?? null],
      );
    });
    return rows.map(({ open }) => open);
  }

  async #record(
    given: GivenDisposition,
    { isCorrection = false, source = 'agent' }: RecordOptions,
    at: number,
  ): Promise<DispositionAnswer> {
    const { database, hasAgent, onRecorded } = this.#options;
    const { centreAgents = [], ...said } = given;
    const { decisionId, agent, callbackAt } = said;
    const names = agent === undefined ? [] : [agent, ...centreAgents];
    const p = {
      ...said,
      callbackAt: callbackAt === undefined ? undefined : new Date(callbackAt).toISOString(),
      source,
      at: new Date(at).toISOString(),
      isCorrection,
      hasAgent: names.some((one) => hasAgent?.(decisionId, one) === true),
    };
    const rows = await database.query<{ answer: SqlAnswer }>(
      'SELECT proffer.record_disposition($1) AS answer',
      [JSON.stringify(p)],
    );
    const answer = rows[0]?.answer;
    if (answer === undefined) throw new Error('no answer of record_disposition');
    if (answer.kind === 'recorded' || answer.kind === 'corrected') onRecorded?.(answer.disposition);
    return answer;
  }

  /** False where there is nothing to bring. @throws RecordsUnavailableError: what waits may say otherwise, so nothing is said yet */
  async #drain(): Promise<boolean> {
    const { drain } = this.#options;
    if (drain === undefined) return false;
    if (await drain(drainMs)) return true;
    throw new RecordsUnavailableError('lines of this router are not in the database yet');
  }

  #byDeadline<Result>(work: () => Promise<Result>): Promise<Result> {
    const { clock, deadlineMs = defaultDeadlineMs } = this.#options;
    return byDeadline(clock, deadlineMs, work());
  }
}
