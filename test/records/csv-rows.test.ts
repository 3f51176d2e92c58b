import fc from 'fast-check';
import t from 'tap';
import { CsvRowCount } from '../../src/records/csv-rows.js';

function rowsOf(...chunks: readonly string[]): number {
  const count = new CsvRowCount();
  for (const chunk of chunks) count.add(Buffer.from(chunk));
  return count.rows;
}

t.test('rows are the lines after the header', (t) => {
  t.equal(rowsOf(), 0);
  t.equal(rowsOf('a,b\n'), 0);
  t.equal(rowsOf('a,b\n1,2\n', '3,4', '\n'), 2);
  t.equal(rowsOf('a\n\n\n'), 2, 'a single column without a value is an empty line');
  t.end();
});

t.test('a line break inside quotes ends no row (RFC 4180 2.6)', (t) => {
  t.equal(rowsOf('a\n"1\n2"\n', '"3"', '"\n4"\n'), 2, 'a doubled quote is one of the value (2.7)');
  t.equal(rowsOf('"a\nb"\n1\n'), 1, 'in the header too');
  t.end();
});

t.test('the same text in other chunks has the same rows', (t) => {
  const value = fc.string({ unit: fc.constantFrom('a', '"', '\n', ',', 'é') });
  fc.assert(
    fc.property(fc.array(value), fc.integer({ min: 1, max: 5 }), (values, size) => {
      const text = ['h', ...values].map((one) => `"${one.replaceAll('"', '""')}"\n`).join('');
      const bytes = Buffer.from(text);
      const count = new CsvRowCount();
      for (let at = 0; at < bytes.length; at += size) count.add(bytes.subarray(at, at + size));
      return count.rows === values.length;
    }),
  );
  t.end();
});
