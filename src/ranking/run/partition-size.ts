// How many customers are scored at a time: whole row groups of DuckDB's, so that all threads have work, and few enough for its memory.
import type { RankingSettings } from '../../config/index.js';
import { errorMessage } from '../../kernel/index.js';
import { RankingEngineError } from '../errors.js';
import type { RankingPlan } from '../plan/ranking-plan.js';
import { ranksOf } from '../plan/score-sql.js';

/** DuckDB keeps rows in groups of this many. */
const ROW_GROUP = 122_880;
const MEGABYTE = 1_048_576;
/** Share of the memory that scored rows may take: they cannot be spilled while they are made. */
const SCORED_SHARE = 1 / 3;
const BYTES_A_ROW = 60;
/** A gate code and a propensity. */
const BYTES_AN_OFFER = 5;
/** An index, a propensity and a value. */
const BYTES_A_RANK = 18;
const LEAST_ROWS = 1000;

/** `run.partitionRows` in whole row groups, or what fits a third of `run.memoryLimitMb` when that is less. */
export function partitionRows(plan: RankingPlan, run: RankingSettings['run']): number {
  const bytes = BYTES_A_ROW + BYTES_AN_OFFER * plan.offers.length + BYTES_A_RANK * ranksOf(plan);
  const fitting = Math.floor((run.memoryLimitMb * MEGABYTE * SCORED_SHARE) / bytes);
  if (run.partitionRows < ROW_GROUP) return Math.min(run.partitionRows, Math.max(LEAST_ROWS, fitting));
  const wanted = Math.round(run.partitionRows / ROW_GROUP);
  const groups = Math.min(wanted, Math.floor(fitting / ROW_GROUP));
  return groups > 0 ? groups * ROW_GROUP : Math.max(LEAST_ROWS, fitting);
}

/** The size to try instead when DuckDB had no memory for `rows`; undefined when it failed for another reason, or rows are few. */
export function smallerPartition(rows: number, error: unknown): number | undefined {
  const isMemory = error instanceof RankingEngineError && /Out of Memory/i.test(errorMessage(error.cause));
  return isMemory && rows > LEAST_ROWS ? Math.max(LEAST_ROWS, Math.floor(rows / 2)) : undefined;
}
