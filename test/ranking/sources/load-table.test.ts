import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { Column } from '../../../src/config/index.js';
import { RankingDatabase } from '../../../src/ranking/database.js';
import { loadTable } from '../../../src/ranking/sources/load-table.js';
import type { TableSettings } from '../../../src/ranking/sources/relation.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-sources-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));
const database = await RankingDatabase.open({ threads: 2, memoryLimitMb: 256, directory });
t.teardown(() => database.close());

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  column: name,
  type,
  required: false,
  ...more,
});

const table = (file: string, columns: Column[], more: Partial<TableSettings> = {}): TableSettings => ({
  file: join(directory, file),
  format: 'auto',
  delimiter: ',',
  nullText: '',
  maxRejected: 100,
  columns,
  ...more,
});

const options = {
  database,
  label: 'people',
  queries: undefined,
  workDirectory: directory,
  signal: undefined,
  table: 'people',
  requiredColumns: ['customer'],
  key: 'customer',
  rejectedFile: join(directory, 'rejected.csv'),
};

const people = [column('customer', 'text'), column('age', 'integer', { minimum: 16, maximum: 120 })];

async function loaded(): Promise<unknown> {
  const rows = await database.rows('test', 'SELECT * FROM people ORDER BY row');
  return rows.map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)));
}

t.test('rows keep their order and get their types, from CSV, gzip and Parquet', async (t) => {
  const csv = 'id;years\nA1;20\nA2;\n"A;3";30\n';
  writeFileSync(join(directory, 'a.csv'), csv);
  writeFileSync(join(directory, 'a.csv.gz'), gzipSync(csv));
  const columns = [
    column('customer', 'text', { from: 'id' }),
    column('age', 'integer', { from: 'years', minimum: 16 }),
  ];
  await database.run(
    'test',
    `COPY (SELECT * FROM (VALUES ('A1', 20), ('A2', NULL), ('A;3', 30)) AS v(id, years)) TO '${join(directory, 'a.parquet')}'`,
  );
  await database.run(
    'test',
    `COPY (FROM '${join(directory, 'a.parquet')}') TO '${join(directory, 'a.csv.zst')}' (DELIMITER ';', COMPRESSION zstd)`,
  );
  for (const file of ['a.csv', 'a.csv.gz', 'a.csv.zst', 'a.parquet']) {
    const report = await loadTable(table(file, columns, { delimiter: ';' }), options);
    t.match(report, { rows: 3, accepted: 3, rejected: 0, rejectedFile: null, problems: [] }, file);
    t.strictSame(await loaded(), [
      [1, 'A1', 20],
      [2, 'A2', null],
      [3, 'A;3', 30],
    ]);
  }
});

t.test('rows that are wrong are told by problem, with samples, and written to a file', async (t) => {
  writeFileSync(
    join(directory, 'b.csv'),
    'customer,age\nA1,20\nA2,15\nA3,121\nA4,old\nA5,20.5\n,30\nA1,40\nA6,1e2\nA7,50,60\nA8\nA9,30\n',
  );
  const report = await loadTable(table('b.csv', people), { ...options, personalColumns: ['customer'] });
  t.match(report, { rows: 11, accepted: 3, rejected: 8 });
  t.strictSame(
    report.problems.map(({ problem, rows }) => [problem, rows]),
    [
      ['age is above 120', 1],
      ['age is below 16', 1],
      ['age is no whole number', 1],
      ['age is no whole number', 1],
      ['customer is missing', 1],
      ['customer is there twice', 1],
      ['line is no row: missing columns', 1],
      ['line is no row: too many columns', 1],
    ],
  );
  t.strictSame(report.problems.find((one) => one.problem === 'age is below 16')?.samples, [
    { row: 2, text: 'A2, 15' },
  ]);
  t.strictSame(await loaded(), [
    [1, 'A1', 20],
    [8, 'A6', 100],
    [9, 'A9', 30],
  ]);
  const rejected = readFileSync(options.rejectedFile, 'utf8').trim().split('\n');
  t.equal(rejected.length, 9, 'the head and eight rows');
  t.ok(rejected.includes('4,age is no whole number,A4,old,'));
  t.ok(rejected.includes('10,line is no row: too many columns,,,"A7,50,60"'));
});

t.test('names in the header may stand in quotes, with what separates values in them', async (t) => {
  writeFileSync(join(directory, 'q.csv'), '\ufeff"the id";"age; in ""years"""\r\nA1;20\r\n');
  const columns = [
    column('customer', 'text', { from: 'the id' }),
    column('age', 'integer', { from: 'age; in "years"' }),
  ];
  const report = await loadTable(table('q.csv', columns, { delimiter: ';' }), options);
  t.match(report, { rows: 1, accepted: 1 });
  t.strictSame(await loaded(), [[1, 'A1', 20]]);
});

t.test('the first row of a key counts', async (t) => {
  writeFileSync(join(directory, 'c.csv'), 'customer,age\nA1,20\nA2,30\nA1,40\nA1,50\n');
  const report = await loadTable(table('c.csv', people), options);
  t.match(report, { accepted: 2, rejected: 2, problems: [{ problem: 'customer is there twice', rows: 2 }] });
  t.strictSame(await loaded(), [
    [1, 'A1', 20],
    [2, 'A2', 30],
  ]);
});

t.test('more rejected rows than maxRejected end it, and the file is there', async (t) => {
  writeFileSync(join(directory, 'd.csv'), 'customer,age\nA1,1\nA2,2\n');
  rmSync(options.rejectedFile, { force: true });
  await t.rejects(loadTable(table('d.csv', people, { maxRejected: 1 }), options), {
    code: 'RANKING_TOO_MANY_REJECTED',
    message: `source people: 2 rows were rejected, maxRejected is 1; they are in ${options.rejectedFile}`,
  });
  t.match(readFileSync(options.rejectedFile, 'utf8'), /1,age is below 16,A1,1/);
});

t.test('text that is not UTF-8, quotes that are left open and fixed values', async (t) => {
  writeFileSync(
    join(directory, 'e.csv'),
    Buffer.concat([
      Buffer.from('customer,region\nA1,north\nA2,moon\n'),
      Buffer.from([0x41, 0x33, 0x2c, 0xe9, 0x0a]),
      Buffer.from('A4,"north\n'),
    ]),
  );
  const columns = [column('customer', 'text'), column('region', 'text', { values: ['north', 'south'] })];
  const report = await loadTable(table('e.csv', columns), options);
  t.strictSame(
    report.problems.map((one) => one.problem),
    ['line is no row: invalid encoding', 'line is no row: unquoted value', 'region is none of north, south'],
  );
});

t.test('what cannot be read at all is told with what to do', async (t) => {
  await t.rejects(loadTable(table('none.csv', people), options), {
    code: 'RANKING_SOURCE',
    message: /people: there is no file .*none\.csv/,
  });
  await t.rejects(loadTable({ ...table('x', people), file: 'data/demo/none.parquet' }, options), {
    message: /proffer demo-data makes it/,
  });
  writeFileSync(join(directory, 'f.csv'), '');
  await t.rejects(loadTable(table('f.csv', people), options), { message: /f\.csv is empty/ });
  writeFileSync(join(directory, 'g.parquet'), 'not parquet');
  await t.rejects(loadTable(table('g.parquet', people), options), {
    message: /g\.parquet cannot be read as Parquet/,
  });
  writeFileSync(join(directory, 'h.csv'), 'id,years\n1,2\n');
  await t.rejects(loadTable(table('h.csv', people), options), {
    message: /h\.csv has no column customer; its columns are id, years/,
  });
  writeFileSync(join(directory, 'i.csv'), 'customer,age\nA1,20\r\nA2,30\n');
  await t.rejects(loadTable(table('i.csv', people), options), {
    code: 'RANKING_SOURCE',
    message: /i\.csv cannot be read/,
  });
  const { file: _file, ...query } = table('x', people, { query: 'SELECT 1' });
  await t.rejects(loadTable(query, options), { message: /is a query, but DATABASE_URL is not set/ });
});
