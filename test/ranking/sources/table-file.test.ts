import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { openTableFile, RankingDatabase } from '../../../src/ranking/index.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-table-file-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));
const workDirectory = join(directory, 'work');

function fileOf(name: string, content: string | Uint8Array): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

async function read(file: string, key = 0) {
  const table = await openTableFile(file, { workDirectory });
  try {
    const scan = await table.scan({ keyOf: (row) => row[key], keyColumns: new Set([key]) });
    const rows: unknown[] = [];
    const broken: unknown[] = [];
    for await (const batch of table.batches()) {
      batch.rows.forEach((row, place) => {
        const repeat = batch.repeats.get(place);
        rows.push([batch.numbers[place], ...row, ...(repeat === undefined ? [] : [`(${repeat})`])]);
      });
      broken.push(...batch.broken);
    }
    return { format: table.format, columns: table.columns, scan, rows, broken };
  } finally {
    table.close();
  }
}

const text = 'customer;name\nC1;"Ann; Bo"\nC2;\n';

t.test('the same rows however they are packed and whichever delimiter they have', async (t) => {
  const database = await RankingDatabase.open({ threads: 1, memoryLimitMb: 64, directory: workDirectory });
  const [parquet, zstd] = [join(directory, 'a.parquet'), join(directory, 'a.zst')];
  const rows = `(VALUES ('C1', 'Ann; Bo'), ('C2', NULL)) AS rows(customer, name)`;
  await database.run('test', `COPY (FROM ${rows}) TO '${parquet}' (FORMAT parquet)`);
  await database.run(
    'test',
    `COPY (FROM ${rows}) TO '${zstd}' (FORMAT csv, HEADER, DELIMITER ';', COMPRESSION zstd)`,
  );
  database.close();
  const files = {
    plain: fileOf('a.txt', text),
    bom: fileOf('bom.csv', `\ufeff${text}`),
    tabs: fileOf('tabs', text.replaceAll(/;(?! )/g, '\t')),
    gzip: fileOf('a.gz', gzipSync(text)),
    zstd,
  };
  for (const [name, file] of Object.entries(files)) {
    t.match(
      await read(file),
      {
        format: 'CSV',
        columns: ['customer', 'name'],
        scan: { rows: 2, broken: 0 },
        rows: [
          [2, 'C1', 'Ann; Bo'],
          [3, 'C2', ''],
        ],
      },
      name,
    );
  }
  t.match(await read(parquet), {
    format: 'Parquet',
    rows: [
      [1, 'C1', 'Ann; Bo'],
      [2, 'C2', ''],
    ],
  });
});

t.test('rows that share a key: alike ones count once, others not at all', async (t) => {
  const lines = Array.from({ length: 30_000 }, (_, n) => `C${n},x`);
  lines[25_000] = 'C7,x';
  lines[25_001] = 'C8,y';
  lines[29_999] = 'C7,x';
  const { rows } = await read(fileOf('repeats.csv', `customer,name\n${lines.join('\n')}`));
  const marked = rows.filter((row) => (row as readonly unknown[]).length > 3);
  t.strictSame(marked, [
    [10, 'C8', 'x', '(contradicting)'],
    [25_002, 'C7', 'x', '(same)'],
    [25_003, 'C8', 'y', '(contradicting)'],
    [30_001, 'C7', 'x', '(same)'],
  ]);
});

t.test('lines that are no rows', async (t) => {
  t.match(await read(fileOf('broken.csv', 'a,b\n1,2\n3\n4,5,6\n7,"8\n9,10\n')), {
    scan: { rows: 5, broken: 3 },
    rows: [
      [2, '1', '2'],
      [6, '9', '10'],
    ],
    broken: [
      { number: 3, problem: 'has 1 columns, the header has 2' },
      { number: 4, problem: 'has 3 columns, the header has 2' },
      { number: 5, problem: 'opens a quote that is not closed' },
    ],
  });
});

t.test('bytes that are no UTF-8 can be told', async (t) => {
  const bytes = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xff, 0xfe]), Buffer.from('\n2,x\n')]);
  t.strictSame((await read(fileOf('latin.csv', bytes))).rows, [
    [2, '1', '\ufffd\ufffd'],
    [3, '2', 'x'],
  ]);
});

t.test('what is appended after the start is not read', async (t) => {
  const file = fileOf('growing.csv', 'a,b\n1,2\n');
  const table = await openTableFile(file, { workDirectory });
  appendFileSync(file, '3,4\n');
  t.strictSame(await table.scan({ keyOf: (row) => row[0], keyColumns: new Set([0]) }), {
    rows: 1,
    broken: 0,
  });
  table.close();
});

t.test('files that are none', async (t) => {
  mkdirSync(join(directory, 'folder'));
  const wide = Array.from({ length: 10_000 }, (_, n) => `c${n}`).join(',');
  const rubbish = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919) % 251));
  const cases: readonly (readonly [string, RegExp])[] = [
    [join(directory, 'missing.csv'), /missing\.csv: there is no such file$/],
    [join(directory, 'folder'), /is no file but a directory, pipe or device$/],
    ['/dev/null', /is no file but a directory, pipe or device$/],
    [fileOf('empty.csv', ''), /is empty; its first line names the columns$/],
    [fileOf('blank.csv', '\n\n'), /names no column 1 in its first line/],
    [fileOf('rubbish.csv', rubbish), /is neither CSV in UTF-8 nor Parquet$/],
    [fileOf('utf16.csv', Buffer.from(text, 'utf16le')), /is it UTF-16\? save it as UTF-8$/],
    [fileOf('half.parquet', 'PAR1 and nothing more'), /cannot be read as Parquet: /],
    [fileOf('half.gz', gzipSync(text).subarray(0, 20)), /cannot be read as CSV: unexpected end of file$/],
    [fileOf('half.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2])), /half\.zst/],
    [fileOf('wide.csv', wide), /has 10000 columns; at most 1000 are read$/],
    [fileOf('twice.csv', 'a,b,a\n'), /has the column "a" twice$/],
    [fileOf('unnamed.csv', 'a,,c\n'), /names no column 2 in its first line/],
  ];
  for (const [file, message] of cases) await t.rejects(read(file), { message }, file);
});
