// Rows of a model as they stand in the database, before they are read.
import type { PartnerRanking } from '../../config/index.js';
import type { RankingDatabase } from '../database.js';
import type { SourceReport } from '../report/run-report.js';
import type { QueryExport } from '../sources/query-export.js';
import type { RecordedHistory } from '../sources/recorded-history.js';
import type { TypedColumn } from './choose-columns.js';
import type { TrainingRelation } from './read-table.js';

export interface TrainingDataOptions {
  readonly database: RankingDatabase;
  readonly queries: QueryExport | undefined;
  /** Undefined: what was learned on calls is left out. */
  readonly records: RecordedHistory | undefined;
  /** Where rejected rows are written. */
  readonly directory: string;
  /** Where results of queries are written. */
  readonly workDirectory: string;
  readonly signal: AbortSignal | undefined;
  readonly rankings: readonly PartnerRanking[];
}

export interface LoadedRows {
  readonly relation: Omit<TrainingRelation, 'columns'>;
  readonly columns: readonly TypedColumn[];
  readonly sources: readonly SourceReport[];
  /** What loading them had to tell. */
  readonly notes: readonly string[];
}
