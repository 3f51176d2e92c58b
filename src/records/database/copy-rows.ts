// Rows in bulk: COPY (text format, PostgreSQL documentation "COPY") where the server has it, else INSERT from arrays.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { CopyRow } from './sql.js';

export interface CopyTarget {
  readonly table: string;
  /** Types by column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly hasCopy: boolean;
}

const INSERT_ROWS = 4000;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The number of rows. Names of table and columns are ours, never from outside. */
export async function copyRows(
  client: ClientBase,
  { table, columns, hasCopy }: CopyTarget,
  batches: AsyncIterable<readonly CopyRow[]>,
): Promise<number> {
  if (!hasCopy) return insertRows(client, { table, columns }, batches);
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const batch of batches) {
      rows += batch.length;
      let text = '';
      for (const row of batch) text += `${row.map(copyText).join('\t')}\n`;
      if (text !== '') yield text;
    }
  }
  const names = Object.keys(columns).join(', ');
  await pipeline(
    Readable.from(lines(), { objectMode: true, highWaterMark: 2 }),
    client.query(copyFrom(`COPY ${table} (${names}) FROM STDIN`)),
  );
  return rows;
}

function copyText(value: string | null): string {
  if (value === null) return '\\N';
  return /[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (one) => escapes[one] ?? one) : value;
}

async function insertRows(
  client: ClientBase,
  { table, columns }: Pick<CopyTarget, 'table' | 'columns'>,
  batches: AsyncIterable<readonly CopyRow[]>,
): Promise<number> {
  const names = Object.keys(columns);
  const arrays = names.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const casts = Object.entries(columns).map(([name, type]) => `${name}::${type}`);
  const insert = `INSERT INTO ${table} (${names.join(', ')}) SELECT ${casts.join(', ')} FROM unnest(${arrays}) AS rows (${names.join(', ')})`;
  let rows = 0;
  for await (const batch of batches) {
    for (let at = 0; at < batch.length; at += INSERT_ROWS) {
      const part = batch.slice(at, at + INSERT_ROWS);
      await client.query(
        insert,
        names.map((_, index) => part.map((row) => row[index] ?? null)),
      );
      rows += part.length;
    }
  }
  return rows;
}
