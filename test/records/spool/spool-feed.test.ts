// The feed: lines of the files in the database once, whatever the files and the database do meanwhile.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { Client } from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { errorMessage } from '../../../src/kernel/index.js';
import { migrate } from '../../../src/records/database/migrations.js';
import { observeSpool } from '../../../src/records/index.js';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import type { Sql } from '../../../src/records/database/sql.js';
import { RecordsUnavailableError } from '../../../src/records/errors.js';
import { waitUntil } from '../../support/child-process.js';
import { FakeClock } from '../../support/fake-clock.js';
import { PostgresServer } from '../../support/postgres-server.js';
import { databaseAt, onEachDatabase } from '../../support/records-stage.js';
import { append, attempt, callLines, feedOf, hearIvrResults, start, tables, text } from './spool-support.js';

const attempts = async (database: RecordsDatabase): Promise<readonly number[]> =>
  (await database.query<{ attempt: number }>('SELECT attempt FROM proffer.attempts ORDER BY attempt')).map(
    (row) => row.attempt,
  );
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const lines = (from: number, to: number): string => text(numbers(from, to).map((i) => attempt('d', i, i)));

/** A logger and what it said. */
function listener() {
  const said: { readonly msg: string; readonly level: number }[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line: string) => said.push(JSON.parse(line) as { msg: string; level: number }) },
  );
  return { log, said: () => said.map(({ msg }) => msg) };
}

onEachDatabase('lines of all files are taken over, then those that follow', async (t, { database }) => {
  await hearIvrResults(database);
  const directory = join(t.testdir({}), 'decisions');
  append(directory, 3, lines(0, 10));
  append(directory, 4, lines(10, 1500));
  const feed = feedOf(directory, () => database);
  t.same(feed.taken, { file: 0, byteOffset: 0 }, 'nothing is taken before the database said so');
  await feed.start();
  t.ok(await feed.drain(20_000));
  t.same(await attempts(database), numbers(0, 1500));
  append(directory, 4, lines(1500, 1510));
  t.ok(await feed.drain(20_000));
  append(directory, 5, `${lines(1510, 1511)}${text(callLines({ decisionId: 'whole' }))}`);
  await waitUntil(
    'the next file is found by itself',
    () => feed.taken.file === 5 && feed.taken.byteOffset > 0,
  );
  t.equal(feed.linesTaken, 1511 + callLines({ decisionId: 'x' }).length);
  const { byteOffset } = feed.taken;
  await feed.stop();
  t.match(readFileSync(join(directory, 'spool-taken'), 'utf8'), `5 ${byteOffset}`);
  t.same(await database.query('SELECT file, byte_offset, lines FROM proffer.spools'), [
    { file: 5, byte_offset: byteOffset, lines: feed.linesTaken },
  ]);
  t.match(readFileSync(join(directory, 'spool-id'), 'utf8'), /^[0-9a-f]{32}\n$/);
});

onEachDatabase(
  'a torn last line waits, and is refused once there is a newer file',
  async (t, { database }) => {
    const directory = join(t.testdir({}), 'decisions');
    append(directory, 1, `${lines(0, 2)}{"type":"attem`);
    const feed = feedOf(directory, () => database);
    await feed.start();
    await waitUntil('the lines are there', async () => (await attempts(database)).length === 2);
    t.equal(feed.linesRefused, 0);
    append(directory, 2, lines(2, 3));
    t.ok(await feed.drain(20_000));
    t.same(await attempts(database), [0, 1, 2]);
    t.match(await database.query('SELECT reason, line FROM proffer.refused_lines'), [
      { reason: 'the line has no end', line: '{"type":"attem' },
    ]);
    await feed.stop();
  },
);

onEachDatabase(
  'bytes that are no text, NUL, half characters and lines without end',
  async (t, { database }) => {
    const directory = join(t.testdir({}), 'decisions');
    append(directory, 1, lines(0, 1));
    const file = join(directory, 'decisions-000001.ndjson');
    const odd = text([
      { ...attempt('d', 1, 1), reason: 'a\u0000b' },
      { ...attempt('d', 2, 2), reason: 'half \ud83d and whole \ud83d\ude00' },
      { ...attempt('d', 3, 3), reason: 'said \\u0000 itself' },
    ]);
    appendFileSync(file, odd);
    appendFileSync(
      file,
      Buffer.concat([Buffer.from('{"type":"attempt\xff\0', 'latin1'), Buffer.from('"}\n')]),
    );
    appendFileSync(file, `{"type":"${'x'.repeat(30_000)}"}\n${lines(4, 5)}`);
    appendFileSync(file, text([{ ...attempt('d', 5, 5), reason: 'y'.repeat(12_000) }]));
    const feed = feedOf(directory, () => database, { limits: { maxBatchBytes: 8000, maxLineBytes: 20_000 } });
    await feed.start();
    t.ok(await feed.drain(20_000));
    await feed.stop();
    t.same(await attempts(database), [0, 1, 2, 3, 4, 5]);
    const reasons = await database.query<{ reason: string }>(
      'SELECT reason FROM proffer.attempts WHERE attempt BETWEEN 1 AND 3 ORDER BY attempt',
    );
    t.same(
      reasons.map(({ reason }) => reason),
      ['a\ufffdb', 'half \ufffd and whole \u{1f600}', 'said \\u0000 itself'],
    );
    const refused = await database.query<{ reason: string; line: string }>(
      'SELECT reason, line FROM proffer.refused_lines ORDER BY byte_offset',
    );
    t.match(refused, [
      { reason: /type is none/, line: '{"type":"attempt\ufffd\ufffd"}' },
      { reason: /longer than 20000/ },
    ]);
    t.equal(feed.linesRefused, 2);
  },
);

onEachDatabase('files that are removed, emptied or replaced by hand', async (t, { database }) => {
  const directory = join(t.testdir({}), 'decisions');
  const { log, said } = listener();
  append(directory, 1, lines(0, 3));
  const feed = feedOf(directory, () => database, { log });
  await feed.start();
  t.ok(await feed.drain(20_000));
  truncateSync(join(directory, 'decisions-000001.ndjson'), 0);
  append(directory, 1, lines(3, 4));
  await waitUntil('the emptied file is read again', async () => (await attempts(database)).includes(3));
  rmSync(join(directory, 'decisions-000001.ndjson'));
  append(directory, 4, lines(4, 5));
  await waitUntil('the next file is found', async () => (await attempts(database)).includes(4));
  await feed.stop();
  t.same(said(), [
    'file of the spool is shorter than what was taken of it; it is taken again',
    'file of the spool is gone; lines go on at the next',
  ]);
  rmSync(join(directory, 'decisions-000004.ndjson'));
  append(directory, 1, lines(5, 6));
  const second = feedOf(directory, () => database, { log });
  await second.start();
  t.ok(await second.drain(20_000));
  await second.stop();
  t.same(await attempts(database), numbers(0, 6));
  t.match(said().at(-1), 'spool begins anew');
});

onEachDatabase(
  'a file that lost its end in a crash of the machine is taken again',
  async (t, { database }) => {
    const directory = join(t.testdir({}), 'decisions');
    append(directory, 1, lines(0, 10));
    const first = feedOf(directory, () => database);
    await first.start();
    t.ok(await first.drain(20_000));
    await first.stop();
    writeFileSync(join(directory, 'decisions-000001.ndjson'), lines(0, 4));
    const { log, said } = listener();
    const second = feedOf(directory, () => undefined, { log });
    await second.start();
    // The log goes on and outgrows the cursor before the database answers.
    append(directory, 1, lines(10, 40));
    await second.stop();
    const third = feedOf(directory, () => database, { log });
    await third.start();
    await third.stop();
    t.same(said().filter((phrase) => phrase.includes('taken again')).length <= 1, true);
    const late: { sql: Sql | undefined } = { sql: undefined };
    writeFileSync(join(directory, 'decisions-000001.ndjson'), lines(0, 4));
    const fourth = feedOf(directory, () => late.sql, { log });
    await fourth.start();
    append(directory, 1, lines(40, 90));
    late.sql = database;
    t.ok(await fourth.drain(20_000));
    await fourth.stop();
    t.ok((await attempts(database)).filter((i) => i >= 40).length === 50, 'none is skipped');
  },
);

onEachDatabase('a database that was restored gets what it lost again', async (t, { database }) => {
  const directory = join(t.testdir({}), 'decisions');
  const { log, said } = listener();
  append(directory, 1, lines(0, 10));
  const feed = feedOf(directory, () => database, { log, limits: { maxBatchLines: 5 } });
  await feed.start();
  t.ok(await feed.drain(20_000));
  const [before] = await database.query<{ byte_offset: number }>('SELECT byte_offset FROM proffer.spools');
  append(directory, 1, lines(10, 20));
  t.ok(await feed.drain(20_000));
  await database.query('DELETE FROM proffer.attempts WHERE attempt >= 10');
  await database.query('UPDATE proffer.spools SET byte_offset = $1', [before?.byte_offset]);
  append(directory, 1, lines(20, 21));
  t.ok(await feed.drain(20_000));
  t.same(await attempts(database), numbers(0, 21));
  t.match(said(), ['cursor of the spool went back in the database; lines are taken again']);
  await database.query('TRUNCATE proffer.contacts, proffer.spools CASCADE');
  append(directory, 1, lines(21, 22));
  t.ok(await feed.drain(20_000));
  t.same(await attempts(database), numbers(0, 22), 'also an empty one');
  await feed.stop();
});

onEachDatabase('two feeds on one directory take each line once, and say so', async (t, { database }) => {
  const directory = join(t.testdir({}), 'decisions');
  const { log, said } = listener();
  append(directory, 1, lines(0, 1000));
  writeFileSync(join(directory, 'spool-id'), '0123456789abcdef'.repeat(2));
  const feeds = [1, 2].map(() => feedOf(directory, () => database, { log, limits: { maxBatchLines: 20 } }));
  for (const feed of feeds) await feed.start();
  for (const feed of feeds) t.ok(await feed.drain(30_000));
  for (const feed of feeds) await feed.stop();
  t.same(await attempts(database), numbers(0, 1000));
  t.ok(said().includes('cursor of the spool was moved by another router'));
  t.same(await database.query('SELECT lines FROM proffer.spools'), [{ lines: 1000 }]);
});

onEachDatabase(
  'whatever is appended when, and however often the feed starts anew',
  async (t, { database }) => {
    await hearIvrResults(database);
    const calls = ['d1', 'd2', 'd3', 'd4'].flatMap((decisionId, i) =>
      callLines({ decisionId, second: i * 100, customer: `C-${i}` }),
    );
    const whole = text(calls);
    const wanted: { tables?: Awaited<ReturnType<typeof tables>> } = {};
    let run = 0;
    const root = t.testdir({});
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ bytes: fc.nat(3000), restart: fc.boolean(), newFile: fc.boolean() }), {
          maxLength: 12,
        }),
        async (steps) => {
          const directory = join(root, String(run++));
          mkdirSync(directory);
          await database.query('TRUNCATE proffer.contacts, proffer.spools, proffer.heard CASCADE');
          const make = () =>
            feedOf(directory, () => database, { limits: { maxBatchLines: 7, maxBatchBytes: 3000 } });
          let feed = make();
          await feed.start();
          let [file, written] = [1, 0];
          const all = [...steps, { bytes: whole.length, restart: true, newFile: false }];
          for (const { bytes, restart, newFile } of all) {
            append(directory, file, whole.slice(written, written + bytes));
            written = Math.min(whole.length, written + bytes);
            if (newFile && whole[written - 1] === '\n') file += 1;
            if (restart) {
              await feed.stop();
              feed = make();
              await feed.start();
            }
          }
          t.ok(await feed.drain(20_000));
          await feed.stop();
          wanted.tables ??= await tables(database);
          t.same(await tables(database), wanted.tables);
        },
      ),
      { numRuns: 8 },
    );
    t.equal(wanted.tables?.['decisions']?.length, 4);
    t.same(await database.query('SELECT * FROM proffer.refused_lines'), []);
  },
);

onEachDatabase(
  'a lock that holds a batch up, a read-only database, its limit of connections',
  async (t, stage) => {
    const { database, url } = stage;
    if (database.kind === 'embedded') {
      t.pass('with a lock', {
        skip: 'one statement at a time, no timeouts: nothing of this can be set up there',
      });
      return;
    }
    const directory = join(t.testdir({}), 'decisions');
    const { log, said } = listener();
    append(directory, 1, lines(0, 2));
    const feed = feedOf(directory, () => database, { log, limits: { batchDeadlineMs: 200 } });
    await feed.start();
    t.ok(await feed.drain(20_000));

    const other = databaseAt(url, 'postgresql');
    t.teardown(() => other.close());
    await other.transaction(async (session) => {
      await session.query('LOCK TABLE proffer.attempts IN ACCESS EXCLUSIVE MODE');
      append(directory, 1, lines(2, 4));
      t.notOk(await feed.drain(600), 'the deadline ends the batch');
      t.ok(feed.isFailing);
    });
    t.ok(await feed.drain(20_000), 'it goes on when the lock is gone');

    await other.query(
      `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`,
    );
    const readOnly = databaseAt(url, 'postgresql');
    t.teardown(() => readOnly.close());
    append(directory, 1, lines(4, 5));
    const third = feedOf(directory, () => readOnly, { log });
    await feed.stop();
    append(directory, 1, lines(5, 6));
    await third.start();
    t.notOk(await third.drain(300));
    t.ok(third.isFailing);
    await third.stop();
    t.same(await attempts(database), numbers(0, 5));

    const last = feedOf(directory, () => database, { log });
    await last.start();
    t.ok(await last.drain(20_000));
    await last.stop();
    t.same(await attempts(database), numbers(0, 6));
    t.ok(said().includes('spool is taken over again'));
    t.notOk(
      said().some((phrase) => phrase.includes('moved by another')),
      'a late answer is no stranger',
    );
  },
);

t.test('an hour without the database: pauses grow to the longest, then everything in order', async (t) => {
  const directory = join(t.testdir({}), 'decisions');
  append(directory, 1, lines(0, 5000));
  const clock = new FakeClock(start);
  const taken: string[] = [];
  let asked = 0;
  let isDown = true;
  const sql = {
    query: (statement: string, values: readonly unknown[] = []) => {
      asked += 1;
      if (isDown) return Promise.reject(new RecordsUnavailableError('down'));
      if (statement.includes('spool_cursor')) return Promise.resolve([]);
      if (statement.includes('record_lines')) taken.push(...String(values[4]).split('\n'));
      return Promise.resolve([{ answer: { kind: 'taken', lines: 100, refused: 0 } }]);
    },
  } as unknown as Sql;
  const feed = feedOf(directory, () => sql, {
    clock,
    limits: { firstPauseMs: 250, maxPauseMs: 5000, maxBatchLines: 100 },
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 40; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  await feed.start();
  await settle();
  for (let second = 0; second < 3600; second += 60) {
    clock.advance(60_000);
    await settle();
  }
  t.ok(asked > 30 && asked < 800, `${asked} questions in an hour`);
  t.ok(feed.isFailing);
  t.same(feed.taken, { file: 0, byteOffset: 0 });
  const { ageSeconds, bytesWaiting } = await feed.measure();
  t.equal(ageSeconds, 3600);
  t.equal(bytesWaiting, Buffer.byteLength(lines(0, 5000)));
  isDown = false;
  while (taken.length < 5000) {
    clock.advance(5000);
    await settle();
  }
  t.same(taken, lines(0, 5000).trimEnd().split('\n'));
  t.same(await feed.measure(), { ageSeconds: 0, bytesWaiting: 0 });
  await feed.stop();
});

t.test('metrics say what waits, how old it is, and what became of lines', async (t) => {
  const directory = join(t.testdir({}), 'decisions');
  append(directory, 1, lines(0, 3));
  const clock = new FakeClock(start + 100_000);
  const registry = new Registry();
  const source = { flush: () => Promise.resolve(true), isFull: true, dropped: 5 };
  const feed = feedOf(directory, () => undefined, { clock, source });
  observeSpool(registry, feed);
  const metrics = await registry.metrics();
  t.match(metrics, `proffer_spool_bytes_waiting ${Buffer.byteLength(lines(0, 3))}`);
  t.match(metrics, 'proffer_spool_age_seconds 100');
  t.match(metrics, 'proffer_spool_is_full 1');
  t.match(metrics, 'proffer_spool_lines_total{result="dropped"} 5');
  t.match(metrics, 'proffer_spool_lines_total{result="taken"} 0');
  t.notOk(await feed.drain(10), 'a feed that does not run takes nothing');
  t.notOk(existsSync(join(directory, 'spool-id')));
});

t.test('what the log cannot write is not in the database', async (t) => {
  const directory = join(t.testdir({}), 'decisions');
  const feed = feedOf(directory, () => undefined, {
    source: { flush: () => Promise.resolve(false), isFull: true, dropped: 0 },
  });
  await feed.start();
  t.notOk(await feed.drain(5000));
  await feed.stop();
});

t.test('a PostgreSQL without a free connection: lines wait, and go on when there is one', async (t) => {
  const postgres = await PostgresServer.start({
    settings: { max_connections: '4', superuser_reserved_connections: '0' },
  });
  t.teardown(() => postgres.stop());
  const { log, said } = listener();
  const taken: Client[] = [];
  const hold = async (): Promise<void> => {
    const client = new Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    taken.push(client);
  };
  const release = (): Promise<unknown> => Promise.all(taken.splice(0).map((client) => client.end()));
  t.teardown(release);
  let database = databaseAt(postgres.url, 'postgresql');
  t.teardown(() => database.close());
  await migrate(database);
  await database.close();
  database = databaseAt(postgres.url, 'postgresql');
  await waitUntil(
    'all connections are used up',
    async () => (await hold().catch(errorMessage)) !== undefined,
  );
  await t.rejects(database.query('SELECT 1'), { code: 'RECORDS_UNAVAILABLE', message: /too many clients/ });

  const directory = join(t.testdir({}), 'decisions');
  append(directory, 1, lines(0, 1000));
  const feed = feedOf(directory, () => database, { log });
  await feed.start();
  await waitUntil('the feed fails', () => feed.isFailing);
  t.notOk(await feed.drain(50), 'whoever waits for the lines is told no');
  append(directory, 2, lines(1000, 1200));
  t.ok((await feed.measure()).bytesWaiting >= Buffer.byteLength(lines(0, 1200)));
  await release();
  t.ok(await feed.drain(20_000));
  t.same(await attempts(database), numbers(0, 1200));
  t.equal(feed.linesRefused, 0);
  await feed.stop();
  t.same(
    said().filter((phrase) => phrase.startsWith('spool')),
    ['spool is not taken over; lines wait in its files', 'spool is taken over again'],
  );
});

t.test('who asks for the id at the same time gets the same', async (t) => {
  const feed = feedOf(join(t.testdir({}), 'decisions'), () => undefined);
  const [first, second] = await Promise.all([feed.id(), feed.id()]);
  t.match(first, /^[0-9a-f]{32}$/);
  t.equal(second, first);
  t.equal(await feed.id(), first);
});
