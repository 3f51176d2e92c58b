// What is kept for a reader of the files, and for how long.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DecisionLogFullError, NdjsonFiles } from '../../src/calls/index.js';
import type { LinePosition } from '../../src/calls/index.js';

const names = (directory: string) =>
  readdirSync(directory)
    .sort()
    .map((name) => Number(/\d+/.exec(name)?.[0]));

t.test('files that are not taken over are kept beyond maxFiles, and go once they are', async (t) => {
  const directory = t.testdir({});
  let taken: LinePosition | undefined = { file: 0, byteOffset: 0 };
  const store = new NdjsonFiles({
    directory,
    prefix: 'decisions',
    maxFileBytes: 20,
    maxFiles: 2,
    taken: () => taken,
  });
  await store.open();
  for (let i = 0; i < 8; i++) await store.append([`{"number":${i}}`]);
  t.same(names(directory), [1, 2, 3, 4]);
  taken = { file: 3, byteOffset: 5 };
  for (let i = 8; i < 10; i++) await store.append([`{"number":${i}}`]);
  t.same(names(directory), [3, 4, 5], 'file 3 is not taken whole');
  taken = undefined;
  for (let i = 10; i < 12; i++) await store.append([`{"number":${i}}`]);
  t.same(names(directory), [5, 6], 'without a reader by number alone');
  await store.close();
});

t.test('what waits is bounded: the oldest stays, new lines are refused until there is room', async (t) => {
  const directory = t.testdir({ 'decisions-000001.ndjson': 'x'.repeat(39) + '\n' });
  let taken: LinePosition = { file: 1, byteOffset: 0 };
  const store = new NdjsonFiles({
    directory,
    prefix: 'decisions',
    maxFileBytes: 20,
    maxFiles: 2,
    maxWaitingBytes: 60,
    taken: () => taken,
  });
  await store.open();
  await store.append(['{"number":0}']);
  await t.rejects(store.append(['{"number":1}']), DecisionLogFullError);
  t.equal(readFileSync(join(directory, 'decisions-000002.ndjson'), 'utf8'), '{"number":0}\n');
  taken = { file: 1, byteOffset: 40 };
  await store.append(['{"number":2}']);
  taken = { file: 2, byteOffset: 13 };
  for (let i = 3; i < 6; i++) await store.append([`{"number":${i}}`]);
  await t.rejects(store.append(['{"number":6}']), DecisionLogFullError, 'files and the current one together');
  rmSync(join(directory, 'decisions-000002.ndjson'));
  await store.append(['{"number":7}']);
  t.pass('what was removed by hand waits no more');
  taken = { file: 9, byteOffset: 0 };
  await store.append(['y'.repeat(100)]);
  t.pass('a line that is longer than the bound is taken when nothing waits');
  await store.close();
});

t.test('a file that was removed under the writer is not written to for long', async (t) => {
  const directory = t.testdir({});
  const store = new NdjsonFiles({ directory, prefix: 'decisions', maxFileBytes: 1000, maxFiles: 2 });
  await store.open();
  await store.append(['{"number":0}']);
  rmSync(join(directory, 'decisions-000001.ndjson'));
  await store.sync();
  await store.append(['{"number":1}']);
  await store.close();
  t.same(names(directory), [2]);
});

t.test('a directory that was emptied begins behind what was taken', async (t) => {
  const directory = join(t.testdir({}), 'decisions');
  mkdirSync(directory);
  const store = new NdjsonFiles({
    directory,
    prefix: 'decisions',
    maxFileBytes: 1000,
    maxFiles: 2,
    taken: () => ({ file: 57, byteOffset: 10 }),
  });
  await store.open();
  await store.append(['{"number":1}']);
  await store.close();
  t.same(names(directory), [58]);
});

t.test('a file that was emptied under the writer has no hole', async (t) => {
  const directory = t.testdir({});
  const file = join(directory, 'decisions-000001.ndjson');
  const store = new NdjsonFiles({ directory, prefix: 'decisions', maxFileBytes: 1000, maxFiles: 2 });
  await store.open();
  await store.append(['{"number":0}']);
  truncateSync(file, 0);
  await store.append(['{"number":1}']);
  t.equal(readFileSync(file, 'utf8'), '{"number":1}\n');
  writeFileSync(file, '');
  await store.close();
});

t.test('files are for the user of the router alone: they name customers', async (t) => {
  const directory = t.testdir({});
  const store = new NdjsonFiles({ directory, prefix: 'decisions', maxFileBytes: 5, maxFiles: 3 });
  await store.open();
  for (let i = 0; i < 2; i++) await store.append([`{"number":${i}}`]);
  await store.close();
  const modes = readdirSync(directory).map((name) => statSync(join(directory, name)).mode & 0o777);
  t.same(modes, [0o600, 0o600]);
});
