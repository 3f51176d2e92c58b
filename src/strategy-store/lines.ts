// Lines of a text stream, plain or gzipped (told by its first bytes), with a bound on the length of one.
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Longest line, in characters. */
export const MAX_LINE_CHARS = 1 << 18;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end; undefined when it is longer than `MAX_LINE_CHARS`. */
  readonly text: string | undefined;
}

/**
 * @param onRead called with the bytes that each chunk of the source holds, before it is unpacked
 * @throws what the source throws, and `Z_DATA_ERROR` or `Z_BUF_ERROR` of a damaged or cut gzip file
 */
export async function* readLines(source: Readable, onRead: (bytes: number) => void): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let number = 0;
  let isTooLong = false;
  for await (const chunk of unpacked(source, onRead)) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      number += 1;
      yield { number, text: isTooLong || part.length > MAX_LINE_CHARS ? undefined : withoutReturn(part) };
      isTooLong = false;
    }
    if (rest.length > MAX_LINE_CHARS) {
      isTooLong = true;
      rest = '';
    }
  }
  rest += decoder.decode();
  if (rest !== '' || isTooLong)
    yield { number: number + 1, text: isTooLong ? undefined : withoutReturn(rest) };
}

async function* unpacked(source: Readable, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for (let next = first; next.done !== true; next = await chunks.next()) {
      onRead(next.value.length);
      yield next.value;
    }
  };
  const first = await chunks.next();
  if (first.done === true) return;
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) {
    yield* counted();
    return;
  }
  const plain = Readable.from(counted(), { objectMode: false });
  const gunzip = createGunzip();
  plain.on('error', (error) => gunzip.destroy(error));
  yield* plain.pipe(gunzip) as AsyncIterable<Buffer>;
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
