// Lines as bytes: what is written is what was given, however the memory was used before.
import fc from 'fast-check';
import t from 'tap';
import { LineBytes } from '../../src/calls/line-bytes.js';

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

t.test('the bytes are the lines in UTF-8, each with its line feed, batch after batch', (t) => {
  const bytes = new LineBytes();
  const line = fc.string({ unit: 'grapheme', maxLength: 40 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => bytes.of(lines).toString() === textOf(lines)),
  );
  t.end();
});

t.test('a batch that needs more room than any before keeps its first lines', (t) => {
  const bytes = new LineBytes();
  const lines = ['first', 'ü'.repeat(30_000), '語'.repeat(200_000), 'last'];
  t.equal(bytes.of(lines).toString(), textOf(lines));
  t.equal(bytes.of(['short']).toString(), 'short\n', 'and nothing of it is left for the next');
  t.equal(bytes.of([]).length, 0);
  t.end();
});
