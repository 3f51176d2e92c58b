// The table proffer.audit.
import type { Sql } from '../database/sql.js';

export interface AuditRow {
  readonly id: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export class AuditTable {
  readonly #database: Sql;

  constructor(database: Sql) {
    this.#database = database;
  }

  /** `subject` and `detail` hold references and codes, nothing personal. @throws RecordsUnavailableError */
  async write(
    actor: string,
    action: string,
    subject?: string,
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.#database.query('SELECT proffer.audit_line($1, $2, $3, $4)', [
      actor,
      action,
      subject ?? null,
      JSON.stringify(detail),
    ]);
  }

  /** Newest first; `before`: the id of the last that was seen. @throws RecordsUnavailableError */
  async list(limit: number, before?: number): Promise<readonly AuditRow[]> {
    return this.#database.query<AuditRow & Record<string, unknown>>(
      `SELECT id, proffer.epoch_ms(at) AS at, actor, action, subject, detail FROM proffer.audit
       WHERE $2::bigint IS NULL OR id < $2 ORDER BY id DESC LIMIT $1`,
      [limit, before ?? null],
    );
  }
}
