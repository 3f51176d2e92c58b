// The statements of a spool: its cursor and its lines, in proffer.spools and the tables that lines go into.
import type { Sql } from '../database/sql.js';
import type { SpoolPosition } from './spool-position.js';
import type { LineBatch } from './spool-reader.js';

export type Taken =
  | { readonly kind: 'taken'; readonly lines: number; readonly refused: number }
  /** The cursor is not where it was believed to be (undefined: there is none); nothing was taken. */
  | { readonly kind: 'moved'; readonly to: SpoolPosition | undefined };

type Answer =
  | { readonly kind: 'taken'; readonly lines: number; readonly refused: number }
  | { readonly kind: 'moved'; readonly file: number | null; readonly offset: number | null };

/** Undefined: the database does not know the spool. */
export async function spoolCursor(sql: Sql, spool: string): Promise<SpoolPosition | undefined> {
  const [row] = await sql.query<{ file: number; byte_offset: number }>(
    'SELECT file, byte_offset FROM proffer.spool_cursor($1)',
    [spool],
  );
  return row === undefined ? undefined : { file: row.file, byteOffset: row.byte_offset };
}

export async function takeLines(sql: Sql, spool: string, batch: LineBatch): Promise<Taken> {
  const { from, to, text, offsets, refused } = batch;
  const [row] = await sql.query<{ answer: Answer }>(
    'SELECT proffer.record_lines($1, $2, $3, $4, $5::text, $6::bigint[], $7::jsonb) AS answer',
    // A copy: the statement may still wait for a connection when the batch has been given up and the next one is read.
    [spool, from.file, from.byteOffset, to.byteOffset, Buffer.from(text), offsets, JSON.stringify(refused)],
  );
  return takenOf(row?.answer);
}

/** @param from undefined: the spool is new to the database */
export async function moveCursor(
  sql: Sql,
  spool: string,
  from: SpoolPosition | undefined,
  to: SpoolPosition,
): Promise<Taken> {
  const [row] = await sql.query<{ answer: Answer }>(
    'SELECT proffer.move_spool($1, $2, $3, $4, $5) AS answer',
    [spool, from?.file ?? null, from?.byteOffset ?? null, to.file, to.byteOffset],
  );
  return takenOf(row?.answer);
}

function takenOf(answer: Answer | undefined): Taken {
  if (answer === undefined) return { kind: 'moved', to: undefined };
  if (answer.kind === 'taken') return answer;
  const { file, offset } = answer;
  return { kind: 'moved', to: file === null || offset === null ? undefined : { file, byteOffset: offset } };
}
