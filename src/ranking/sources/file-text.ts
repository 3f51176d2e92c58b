// The text of a file piece by piece: as it is, or packed by gzip or Zstandard.
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import type { RankingDatabase } from '../database.js';
import { text } from '../sql.js';

export type Packing = 'none' | 'gzip' | 'zstd';

export interface FileTextOptions {
  readonly file: string;
  /** What is appended later is not read. */
  readonly bytes: number;
  readonly packing: Packing;
  /** Unpacks Zstandard. */
  readonly database: RankingDatabase;
  readonly label: string;
  /** Called with the bytes of the file that were read since. Not for Zstandard. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

const PIECE_BYTES = 262_144;
/** Longer lines end the reading. */
const MAX_LINE_BYTES = 4_194_304;

/** Without a byte order mark. Bytes that are no UTF-8 come as U+FFFD. */
export async function* fileText(options: FileTextOptions): AsyncGenerator<string, void> {
  if (options.packing === 'zstd') {
    yield* zstdText(options);
    return;
  }
  const decoder = new TextDecoder('utf-8');
  for await (const bytes of fileBytes(options)) {
    const piece = decoder.decode(bytes, { stream: true });
    if (piece !== '') yield piece;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

async function* fileBytes({ file, bytes, packing, onBytes }: FileTextOptions): AsyncGenerator<Buffer, void> {
  if (bytes === 0) return;
  const source = createReadStream(file, { highWaterMark: PIECE_BYTES, end: bytes - 1 });
  source.on('data', (piece) => onBytes?.(piece.length));
  // The failure of either end comes out of the loop.
  const stream =
    packing === 'gzip' ? pipeline(source, createGunzip({ chunkSize: PIECE_BYTES }), () => undefined) : source;
  for await (const piece of stream) yield piece as Buffer;
}

/** DuckDB unpacks it into lines, of which none is left out: what it cannot read ends the reading. */
async function* zstdText({ file, database, label }: FileTextOptions): AsyncGenerator<string, void> {
  const reader =
    `read_csv(${text(file)}, compression = 'zstd', delim = '\u0001', quote = '', escape = '', nullstr = '\u0002', ` +
    `columns = {'line': 'VARCHAR'}, header = false, auto_detect = false, strict_mode = false, max_line_size = ${MAX_LINE_BYTES})`;
  for await (const chunk of database.chunks(label, `SELECT line FROM ${reader}`)) {
    const lines = chunk.getColumnVector(0);
    let piece = '';
    for (let row = 0; row < chunk.rowCount; row++) piece += `${String(lines.getItem(row) ?? '')}\n`;
    yield piece;
  }
}
