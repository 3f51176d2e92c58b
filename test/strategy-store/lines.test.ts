import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { MAX_LINE_CHARS, readLines } from '../../src/strategy-store/lines.js';

async function linesOf(chunks: readonly Buffer[]): Promise<(string | undefined)[]> {
  const lines: (string | undefined)[] = [];
  for await (const line of readLines(Readable.from(chunks), () => undefined)) {
    t.equal(line.number, lines.push(line.text));
  }
  return lines;
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) break;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  if (at < bytes.length) chunks.push(bytes.subarray(at));
  return chunks;
}

t.test('lines come out whole wherever the chunks end, plain or gzipped', async (t) => {
  const text = fc.array(
    fc.string({ unit: 'grapheme' }).map((one) => one.replace(/[\r\n]/g, '')),
    { minLength: 1 },
  );
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.array(fc.integer({ min: 1, max: 9 })),
      fc.boolean(),
      async (given, sizes, isGzip) => {
        const bytes = Buffer.from(given.map((one) => `${one}\r\n`).join(''));
        const source = isGzip ? gzipSync(bytes) : bytes;
        const chunks = cut(source, isGzip ? [2, ...sizes] : sizes);
        t.same(await linesOf(chunks), given);
      },
    ),
    { numRuns: 60 },
  );
});

t.test('the last line needs no end, an empty source has none', async (t) => {
  t.same(await linesOf([Buffer.from('a\nb')]), ['a', 'b']);
  t.same(await linesOf([]), []);
  t.same(await linesOf([Buffer.from('a\n\nb\n')]), ['a', '', 'b']);
});

t.test('a line that is too long is told without its text, and the next is whole', async (t) => {
  const long = Buffer.from('x'.repeat(MAX_LINE_CHARS + 1));
  t.same(await linesOf([long, long, Buffer.from('\nok\n')]), [undefined, 'ok']);
});

t.test('a gzip file that is cut or damaged is an error', async (t) => {
  const whole = gzipSync(Buffer.from('a\nb\n'.repeat(1000)));
  await t.rejects(linesOf([whole.subarray(0, whole.length - 10)]));
  const damaged = Buffer.from(whole);
  damaged[whole.length - 5]! ^= 0xff;
  await t.rejects(linesOf([damaged]));
});
