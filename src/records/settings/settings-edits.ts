// Edits of settings files that people made: kept with their line of the audit, listed, looked up to be taken back.
import type { Clock } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';

export interface NewSettingsEdit {
  readonly actor: string;
  readonly action: 'settings-edit' | 'settings-undo' | 'settings-switch';
  readonly file: string;
  readonly subject?: string | undefined;
  readonly comment: string;
  readonly diff: string;
  readonly beforeVersion: string;
  readonly afterVersion: string;
  readonly beforeText: string;
  readonly afterText: string;
  readonly undoOf?: number | undefined;
}

export interface SettingsEditRow {
  readonly edit: number;
  /** ISO 8601. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly file: string;
  readonly subject: string | null;
  readonly comment: string;
  readonly diff: string;
  readonly beforeVersion: string;
  readonly afterVersion: string;
  readonly undoOf: number | null;
  readonly undoneBy: number | null;
  readonly state: 'begun' | 'written' | 'failed';
  /** Both texts are still there. */
  readonly canUndo: boolean;
}

export interface SettingsHistoryFilter {
  readonly file?: string | undefined;
  readonly subject?: string | undefined;
  /** Edits before this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

const deadlineMs = 5000;

/** Each method: @throws RecordsUnavailableError */
export class SettingsEdits {
  readonly #database: Sql;
  readonly #clock: Clock;

  constructor(database: Sql, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Before the file is written. @returns the number of the edit */
  async begin(edit: NewSettingsEdit): Promise<number> {
    const [row] = await this.#ask<{ edit: number | string }>(
      'SELECT proffer.begin_settings_edit($1) AS edit',
      [JSON.stringify(edit)],
    );
    return Number(row?.edit);
  }

  async end(edit: number, state: 'written' | 'failed', reason = ''): Promise<void> {
    await this.#ask('SELECT proffer.end_settings_edit($1, $2, $3)', [edit, state, reason]);
  }

  async list({ file, subject, before, limit }: SettingsHistoryFilter): Promise<readonly SettingsEditRow[]> {
    const rows = await this.#ask<{ edit: SettingsEditRow }>(
      'SELECT edit FROM proffer.settings_history($1, $2, $3, $4) AS edit',
      [file ?? null, subject ?? null, before ?? null, limit],
    );
    return rows.map((row) => row.edit);
  }

  /** With its texts; undefined where there is no such edit. */
  async find(
    edit: number,
  ): Promise<
    | { readonly row: SettingsEditRow; readonly before: string | null; readonly after: string | null }
    | undefined
  > {
    const [row] = await this.list({ before: edit + 1, limit: 1 });
    if (row?.edit !== edit) return undefined;
    const [texts] = await this.#ask<{ before: string | null; after: string | null }>(
      'SELECT before_text AS before, after_text AS after FROM proffer.settings_edits WHERE edit = $1',
      [edit],
    );
    return texts === undefined ? undefined : { row, ...texts };
  }

  /** The text of a version that an edit led from or to; undefined where it is not kept. */
  async textOf(file: string, version: string): Promise<string | undefined> {
    const [row] = await this.#ask<{ text: string | null }>(
      `SELECT CASE WHEN before_version = $2 THEN before_text ELSE after_text END AS text FROM proffer.settings_edits
       WHERE file = $1 AND $2 IN (before_version, after_version) ORDER BY edit DESC LIMIT 1`,
      [file, version],
    );
    return row?.text ?? undefined;
  }

  #ask<Row extends object>(statement: string, values: Parameters<Sql['query']>[1]): Promise<readonly Row[]> {
    return byDeadline(this.#clock, deadlineMs, this.#database.query<Row>(statement, values));
  }
}
