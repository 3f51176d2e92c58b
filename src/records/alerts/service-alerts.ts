// Service alerts: faults that hit an account, as other systems open and close them. Each changes at once what its customer is offered.
import type { Clock } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';

export type AlertSeverity = 'critical' | 'major' | 'minor';

export interface GivenAlert {
  readonly partner: string;
  /** The alert's id at the partner. */
  readonly alert: string;
  readonly account: string;
  /** The service offer that answers it; undefined: any of the partner. */
  readonly offer?: string | undefined;
  /** Default `critical`. */
  readonly severity?: AlertSeverity | undefined;
  readonly detail?: string | undefined;
  /** Milliseconds since the Unix epoch; default now. */
  readonly openedAt?: number | undefined;
}

/** Times are milliseconds since the Unix epoch. */
export interface ServiceAlert {
  readonly partner: string;
  readonly alert: string;
  readonly account: string;
  readonly offer?: string;
  readonly severity: AlertSeverity;
  readonly detail?: string;
  readonly openedAt: number;
  /** Absent while it is open. */
  readonly closedAt?: number;
}

export type AlertAnswer =
  | {
      /** Of opening `closed` says that it was closed later than that; nothing was changed then. */
      readonly kind: 'opened' | 'changed' | 'unchanged' | 'closed' | 'closed-before-opened';
      readonly alert: ServiceAlert;
    }
  | {
      readonly kind:
        | 'unknown-partner'
        | 'unknown-account'
        | 'unknown-offer'
        | 'not-a-service-offer'
        | 'other-account'
        | 'unknown-alert';
    };

export interface AlertFilter {
  readonly partner: string;
  readonly account?: string | undefined;
  /** Those that are open alone. */
  readonly isOpen?: boolean | undefined;
}

export interface ServiceAlertsOptions {
  readonly database: Sql;
  readonly clock: Clock;
  /** In milliseconds; default 3000. */
  readonly deadlineMs?: number;
  /** Told when something may have been learned of a customer. It does not throw. */
  readonly onChanged?: () => void;
}

const defaultDeadlineMs = 3000;
const maxListed = 500;

export class ServiceAlerts {
  readonly #options: ServiceAlertsOptions;

  constructor(options: ServiceAlertsOptions) {
    this.#options = options;
  }

  /** Idempotent by partner and alert. @throws RecordsUnavailableError; giving it again tells whether it was opened */
  async open({ openedAt, ...given }: GivenAlert): Promise<AlertAnswer> {
    const at = openedAt ?? this.#options.clock.wallNow();
    return this.#change('SELECT proffer.open_alert($1) AS answer', { ...given, openedAt: iso(at) });
  }

  /** @param closedAt milliseconds since the Unix epoch; default now. @throws RecordsUnavailableError */
  async close(partner: string, alert: string, closedAt?: number): Promise<AlertAnswer> {
    const at = closedAt ?? this.#options.clock.wallNow();
    return this.#change('SELECT proffer.close_alert($1) AS answer', { partner, alert, closedAt: iso(at) });
  }

  /** Open ones first, then the newest; at most 500. @throws RecordsUnavailableError */
  async list({ partner, account, isOpen }: AlertFilter): Promise<readonly ServiceAlert[]> {
    const rows = await this.#byDeadline(
      this.#options.database.query<{ alert: ServiceAlert }>(
        `SELECT proffer.alert_json(a) AS alert FROM proffer.service_alerts a
         WHERE a.partner = $1 AND ($2::text IS NULL OR a.account = $2) AND ($3::boolean IS NULL OR (a.closed_at IS NULL) = $3)
         ORDER BY a.closed_at IS NULL DESC, a.opened_at DESC, a.alert LIMIT $4`,
        [partner, account ?? null, isOpen ?? null, maxListed],
      ),
    );
    return rows.map(({ alert }) => alert);
  }

  async #change(statement: string, p: object): Promise<AlertAnswer> {
    const { database, onChanged } = this.#options;
    const rows = await this.#byDeadline(
      database.query<{ answer: AlertAnswer }>(statement, [JSON.stringify(p)]),
    );
    const answer = rows[0]?.answer;
    if (answer === undefined) throw new Error('no answer of the alert function');
    onChanged?.();
    return answer;
  }

  #byDeadline<Result>(work: Promise<Result>): Promise<Result> {
    const { clock, deadlineMs = defaultDeadlineMs } = this.#options;
    return byDeadline(clock, deadlineMs, work);
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
