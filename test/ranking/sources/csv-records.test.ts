import fc from 'fast-check';
import t from 'tap';
import { CsvRecords, MAX_RECORD_LENGTH } from '../../../src/ranking/sources/csv-records.js';

type Read = readonly (readonly [number, readonly string[] | string])[];

function read(pieces: readonly string[], delimiter = ','): Read {
  const found: [number, readonly string[] | string][] = [];
  const records = new CsvRecords(
    delimiter,
    (fields, line) => found.push([line, fields]),
    (problem, line) => found.push([line, problem]),
  );
  for (const piece of pieces) records.add(piece);
  records.end();
  return found;
}

t.test('records of RFC 4180 section 2', async (t) => {
  const records: readonly (readonly [string, string, Read])[] = [
    [
      'lines',
      'a,b\nc,d\n',
      [
        [1, ['a', 'b']],
        [2, ['c', 'd']],
      ],
    ],
    [
      'no line end at the end',
      'a,b\nc,d',
      [
        [1, ['a', 'b']],
        [2, ['c', 'd']],
      ],
    ],
    [
      'CRLF',
      'a,b\r\n"c",d\r\n',
      [
        [1, ['a', 'b']],
        [2, ['c', 'd']],
      ],
    ],
    [
      'both',
      'a,"b"\r\nc,d\n',
      [
        [1, ['a', 'b']],
        [2, ['c', 'd']],
      ],
    ],
    [
      'empty values',
      ',\n"",',
      [
        [1, ['', '']],
        [2, ['', '']],
      ],
    ],
    [
      'a line break in quotes',
      '"a\nb",c\nd,e',
      [
        [1, ['a\nb', 'c']],
        [3, ['d', 'e']],
      ],
    ],
    ['quotes in quotes', '"a ""b""",""""\n', [[1, ['a "b"', '"']]]],
    ['a quote inside of a plain value', 'Q"u"o,b"', [[1, ['Q"u"o', 'b"']]]],
    [
      'blank lines are none',
      '\na\n\r\n\nb',
      [
        [2, ['a']],
        [5, ['b']],
      ],
    ],
    ['nothing', '', []],
  ];
  for (const [name, text, wanted] of records) t.strictSame(read([text]), wanted, name);
  t.strictSame(read(['a;"b;c"'], ';'), [[1, ['a', 'b;c']]], 'another delimiter');
});

t.test('what is no record costs no other one', async (t) => {
  const problem = 'opens a quote that is not closed';
  t.strictSame(read(['a,b\n1,"open\n2,x\n3,y']), [
    [1, ['a', 'b']],
    [2, problem],
    [3, ['2', 'x']],
    [4, ['3', 'y']],
  ]);
  const [, second, third, fourth] = read(['a,b\n1,"open\n2,x\n3,"y"\n']);
  t.match(second, [2, /^has text after a closing quote/], 'the next quote seems to close it');
  t.strictSame(
    [third, fourth],
    [
      [3, ['2', 'x']],
      [4, ['3', 'y']],
    ],
  );
});

t.test('a record has a greatest length', async (t) => {
  const piece = 'x'.repeat(MAX_RECORD_LENGTH / 4);
  const long = Array.from({ length: 9 }, () => piece);
  t.match(
    read(['a\n', ...long, '\nb\n']),
    [
      [1, ['a']],
      [2, /^is longer than/],
      [3, ['b']],
    ],
    'plain',
  );
  const quoted = read(['a\n"', ...long, '\nb\n', ...long, '"\nc']);
  t.match(
    quoted,
    [
      [1, ['a']],
      [2, /quote that is not closed|is longer/],
    ],
    'in quotes',
  );
  t.strictSame(quoted.at(-1), [5, ['c']], 'and what comes after is read');
});

t.test('any records, cut into any pieces, come back', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'é', ' '), maxLength: 6 });
  const row = fc.array(field, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), (rows, size) => {
      const text = rows
        .map((fields) => fields.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
        .join('\r\n');
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const found = read(pieces).map(([, fields]) => fields);
      return JSON.stringify(found) === JSON.stringify(rows);
    }),
  );
});
