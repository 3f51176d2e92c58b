// The port to the records database: what was learned on calls, as rows beside those of the sources. src/records has it.
import type { RecordedSource } from '../rules/columns.js';
import type { ExportedQuery } from './query-export.js';

/** What was learned up to one instant: the same for every export. */
export interface RecordedPast {
  /** Where it was read, for people; never a password. */
  readonly place: string;
  /** Nothing later is in any export. Wall clock, in milliseconds. */
  readonly learnedThrough: number;
  /**
   * Writes the rows of one partner as CSV: `customer` and the columns of `recordedColumns`, as `exportedRows` reads it. An export
   * that fails rejects; what is left of its file is the caller's to remove.
   * @throws an AppError when the database does not serve
   */
  exportRows(
    source: RecordedSource,
    options: { readonly partner: string; readonly file: string; readonly signal: AbortSignal | undefined },
  ): Promise<ExportedQuery>;
}

export interface RecordedHistory {
  /**
   * Undefined: there is no records database yet, or nothing was ever recorded in it.
   * @param at nothing later is wanted, in milliseconds; undefined: all that there is now
   * @throws an AppError when there is a database that does not serve
   */
  upTo(at: number | undefined): Promise<RecordedPast | undefined>;
}
