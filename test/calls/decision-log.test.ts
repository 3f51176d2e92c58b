import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { NdjsonFiles } from '../../src/calls/index.js';
import { DecisionLog } from '../../src/calls/decision-log.js';
import type { AttemptLine } from '../../src/calls/decision-record.js';
import { silentLogger } from '../../src/kernel/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryLines, turn } from './story.js';

const line = (attempt: number): AttemptLine => ({
  type: 'attempt',
  at: '2026-01-01T00:00:00.000Z',
  decisionId: 'd',
  callId: 'c',
  attempt,
  destination: 'east/acme-sales',
  uri: 'sip:acme-sales@127.0.0.1',
  offer: undefined,
  status: 486,
  reason: 'Busy Here',
});

const files = (directory: string, maxFileBytes = 1_000_000, maxFiles = 3) =>
  new NdjsonFiles({ directory, prefix: 'decisions', maxFileBytes, maxFiles });
const read = (directory: string, number: number) =>
  readFileSync(join(directory, `decisions-00000${number}.ndjson`), 'utf8');

t.test('the next start cuts a torn last line off and goes on after it', async (t) => {
  const directory = join(t.testdir({}), 'decisions');
  const first = files(directory);
  t.equal(await first.open(), 0, 'the directory is made');
  await first.append(['{"a":1}', '{"a":2}']);
  await first.close();
  writeFileSync(join(directory, 'decisions-000001.ndjson'), '{"a":1}\n{"a":2}\n{"a":3,"torn');
  const second = files(directory);
  t.equal(await second.open(), 12);
  await second.append(['{"a":4}']);
  await second.sync();
  await second.close();
  t.equal(read(directory, 1), '{"a":1}\n{"a":2}\n{"a":4}\n');
});

t.test('a file of nothing but a torn line is emptied, however long the line', async (t) => {
  const directory = t.testdir({ 'decisions-000007.ndjson': 'x'.repeat(200_000), 'other.txt': 'stays' });
  const store = files(directory);
  t.equal(await store.open(), 200_000);
  await store.append(['{}']);
  await store.close();
  t.equal(read(directory, 7), '{}\n');
});

t.test('a new file is begun at the limit, and only so many are kept', async (t) => {
  const directory = t.testdir({});
  const store = files(directory, 20, 2);
  await store.open();
  for (let i = 0; i < 8; i++) await store.append([`{"number":${i}}`]);
  await store.close();
  t.same(readdirSync(directory).sort(), ['decisions-000003.ndjson', 'decisions-000004.ndjson']);
  t.equal(read(directory, 4), '{"number":6}\n{"number":7}\n');
});

t.test('a directory that cannot be made refuses the start', async (t) => {
  const directory = t.testdir({ file: 'x' });
  const log = new DecisionLog({
    clock: new FakeClock(),
    log: silentLogger,
    store: files(join(directory, 'file', 'decisions')),
    maxQueuedRecords: 10,
  });
  await t.rejects(log.start(), { code: 'ENOTDIR' });
});

t.test('records are written in batches, in order, and all of them at a stop', async (t) => {
  const directory = t.testdir({});
  const clock = new FakeClock();
  let written = 0;
  const log = new DecisionLog({
    clock,
    log: silentLogger,
    store: files(directory),
    maxQueuedRecords: 2000,
    onWritten: (count) => (written += count),
  });
  await log.start();
  for (let i = 0; i < 1500; i++) log.add(line(i));
  t.equal(log.queued, 1500);
  await log.stop();
  t.equal(written, 1500);
  const lines = read(directory, 1).trimEnd().split('\n');
  t.same(
    lines.map((text) => (JSON.parse(text) as AttemptLine).attempt),
    Array.from({ length: 1500 }, (_, i) => i),
  );
  log.add(line(0));
  t.equal(log.queued, 0, 'nothing is taken after a stop');
});

t.test('while the disk fails records wait, are retried, and are dropped above the limit', async (t) => {
  const clock = new FakeClock();
  const store = new MemoryLines();
  let dropped = 0;
  const log = new DecisionLog({
    clock,
    log: silentLogger,
    store,
    maxQueuedRecords: 2,
    onDropped: (count) => (dropped += count),
  });
  await log.start();
  store.error = new Error('ENOSPC');
  for (let i = 0; i < 5; i++) log.add(line(i));
  t.equal(dropped, 3);
  clock.advance(20);
  await turn();
  t.equal(log.queued, 2);
  clock.advance(999);
  await turn();
  t.equal(store.lines.length, 0);
  store.error = undefined;
  clock.advance(1);
  await turn();
  t.equal(store.lines.length, 2);
  store.error = new Error('EIO');
  log.add(line(9));
  await log.stop();
  t.equal(dropped, 4, 'what cannot be written at a stop is counted');
});

t.test('what is added is flushed when asked, also while a batch is on its way', async (t) => {
  const clock = new FakeClock();
  const store = new MemoryLines();
  const log = new DecisionLog({ clock, log: silentLogger, store, maxQueuedRecords: 5000 });
  await log.start();
  for (let i = 0; i < 1300; i++) log.add(line(i));
  clock.advance(20);
  log.add(line(1300));
  t.equal(await log.flush(), true);
  t.same(
    store.lines.map((one) => one['attempt']),
    Array.from({ length: 1301 }, (_, i) => i),
  );
  store.error = new Error('ENOSPC');
  log.add(line(1301));
  t.equal(await log.flush(), false);
  t.equal(log.isFull, true);
  store.error = undefined;
  t.equal(await log.flush(), true);
  t.equal(log.isFull, false);
  t.equal(await log.flush(), true, 'nothing to do is done');
  await log.stop();
  t.equal(store.lines.length, 1302);
});

t.test('a record that makes no line costs itself alone', async (t) => {
  const store = new MemoryLines();
  const log = new DecisionLog({ clock: new FakeClock(), log: silentLogger, store, maxQueuedRecords: 10 });
  await log.start();
  log.add(line(0));
  log.add({ ...line(1), attempt: 1n as unknown as number });
  log.add(line(2));
  await log.stop();
  t.same(
    store.lines.map((one) => one['attempt']),
    [0, 2],
  );
  t.equal(log.dropped, 1);
});

t.test(
  'one error line says that the log is full, one that records are lost, one that it goes on',
  async (t) => {
    const said: string[] = [];
    const clock = new FakeClock();
    const store = new MemoryLines();
    const log = new DecisionLog({
      clock,
      store,
      maxQueuedRecords: 3,
      log: pino(
        { level: 'info' },
        { write: (text: string) => said.push((JSON.parse(text) as { msg: string }).msg) },
      ),
    });
    await log.start();
    store.error = new Error('EDQUOT');
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) log.add(line(i));
      clock.advance(1000);
      await turn();
    }
    store.error = undefined;
    clock.advance(1000);
    await turn();
    t.same(said, [
      'decision log cannot be written; records wait in memory',
      'decision records are lost: the log takes none and the memory for them is full',
      'decision log is written again',
    ]);
    t.equal(log.dropped, 12);
    await log.stop();
  },
);
