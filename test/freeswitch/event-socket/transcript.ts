// Transcripts of a real FreeSWITCH: what it sent, byte for byte, without the lines of the client.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(process.cwd(), '..', 'shared', 'captures', 'freeswitch');

/** Why a transcript cannot be replayed; false when it can. */
export function missing(name: string): string | false {
  const file = path.join(folder, `${name}.txt`);
  return existsSync(file) ? false : `no ${file}`;
}

/** The bytes that the server sent; lines of the client begin with `>>> `, remarks with `# `. */
export function serverBytes(name: string): Buffer {
  const text = readFileSync(path.join(folder, `${name}.txt`), 'latin1');
  // An empty line follows each line of the client; a frame may begin right after it.
  return Buffer.from(text.replaceAll(/^(>>> .*|# peer closed)\n\n?/gm, ''), 'latin1');
}

/** The bytes in pieces, cut at `places`. */
export function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = [0, ...places.filter((place) => place <= bytes.length).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}
