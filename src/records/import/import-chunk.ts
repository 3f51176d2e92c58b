// One chunk of an import: staged, merged and learned of in one transaction, or nothing of it.
import type { CopyRow, SqlSession } from '../database/sql.js';
import type { RecordsDatabase } from '../database/records-database.js';
import { StatementRefusedError } from '../errors.js';
import type { KindPlan } from './kinds.js';
import { mergeSql, plannerAgainSql, plannerSql, stagingSql, stagingTable } from './merge-sql.js';
import type { Merged } from './merge-sql.js';
import type { RowProblem } from './rows.js';

export interface ChunkWriter {
  readonly database: RecordsDatabase;
  readonly plan: KindPlan;
  readonly partner: string;
  /** With their types; `row` is the first. */
  readonly columns: Readonly<Record<string, string>>;
  readonly isDryRun: boolean;
  /** The database has proffer.learn_many. */
  readonly canLearn: boolean;
}

export interface WrittenChunk {
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  readonly refused: readonly (RowProblem & { readonly number: number })[];
  /** Customers of whom it was learned. */
  readonly learned: number;
}

const FOREIGN_KEY_VIOLATION = '23503';
/** A referenced row can go between the check and the writing; the second time it is told as missing. */
const TRIES = 3;

/**
 * @param check called before anything is kept; what it throws undoes the chunk
 * @throws RecordsUnavailableError, StatementRefusedError
 */
export async function writeChunk(
  writer: ChunkWriter,
  rows: readonly CopyRow[],
  check: (chunk: WrittenChunk) => void,
): Promise<WrittenChunk> {
  for (let tries = 1; ; tries++) {
    try {
      return await writer.database.transaction((session) => writeIn(session, writer, rows, check));
    } catch (error) {
      const isRace = error instanceof StatementRefusedError && error.state === FOREIGN_KEY_VIOLATION;
      if (!isRace || tries === TRIES) throw error;
    }
  }
}

async function writeIn(
  session: SqlSession,
  { plan, partner, columns, isDryRun, canLearn }: ChunkWriter,
  rows: readonly CopyRow[],
  check: (chunk: WrittenChunk) => void,
): Promise<WrittenChunk> {
  await session.script(`${stagingSql(plan)}; ${plannerSql}; SAVEPOINT import_chunk`);
  await session.copyIn(stagingTable(plan.kind), columns, once(rows));
  const written = Object.keys(columns).filter((column) => column !== 'row');
  const [merged] = await session.query<Merged & Record<string, unknown>>(mergeSql(plan.kind, written), [
    partner,
  ]);
  if (merged === undefined) throw new Error('a statement without a FROM of its own gives one row');
  const { added, changed, same, learners } = merged;
  const refused = merged.refused.map(([number, words]) => {
    const [field = '', reason = ''] = words.split('|');
    return { number, field, reason };
  });
  const learned = canLearn ? learners.length : 0;
  const chunk = { added, changed, same, refused, learned };
  check(chunk);
  if (isDryRun) await session.query('ROLLBACK TO SAVEPOINT import_chunk');
  else if (learned > 0) {
    await session.script(plannerAgainSql);
    await session.query('SELECT proffer.learn_many($1, $2)', [partner, learners]);
  }
  return chunk;
}

// eslint-disable-next-line @typescript-eslint/require-await -- what copies rows reads them as they come
async function* once(rows: readonly CopyRow[]): AsyncGenerator<readonly CopyRow[], void> {
  yield rows;
}
