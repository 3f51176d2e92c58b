// Sums of the supervisor board: proffer.board_totals.
import type { Sql } from '../database/sql.js';

export interface BoardTotalsRow {
  /** Begin of the five minutes that the outcomes are of. */
  readonly block: Date;
  readonly partner: string | null;
  readonly offer: string | null;
  readonly arm: string;
  readonly calls: number;
  readonly abandoned: number;
  readonly failOpen: number;
  readonly value: number;
  readonly acceptedValue: number;
}

/** Calls whose outcome came from `from` on and before `to`. @throws RecordsUnavailableError */
export async function boardTotals(database: Sql, from: Date, to: Date): Promise<readonly BoardTotalsRow[]> {
  return database.query<BoardTotalsRow>(
    `SELECT block, partner, offer, arm, calls, abandoned, fail_open AS "failOpen", value, accepted_value AS "acceptedValue"
     FROM proffer.board_totals($1::timestamptz, $2::timestamptz)`,
    [from.toISOString(), to.toISOString()],
  );
}
