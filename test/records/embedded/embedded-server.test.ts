import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import t from 'tap';
import type { Test } from 'tap';
import { EmbeddedServer, embeddedProcessId } from '../../../src/records/embedded/embedded-server.js';
import { embeddedPlace } from '../../../src/records/embedded/place.js';
import { waitUntil } from '../../support/child-process.js';
import { putEmbeddedCluster } from '../../support/embedded-cluster.js';
import { databaseAt } from '../../support/records-stage.js';

const patient = { deadlineMs: 60_000 };

/** A data directory of the test's own. */
function directory(t: Test): string {
  const made = mkdtempSync(join(tmpdir(), 'proffer-embedded-'));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

interface Served {
  readonly dataDir: string;
  readonly server: EmbeddedServer;
}

let shared: Promise<Served> | undefined;

/** One for all tests that leave it as it was. */
function served(): Promise<Served> {
  shared ??= serve();
  return shared;
}

async function serve(): Promise<Served> {
  const dataDir = directory(t);
  await putEmbeddedCluster(dataDir);
  const server = await EmbeddedServer.open(dataDir, patient);
  t.teardown(() => server.close());
  return { dataDir, server };
}

async function clientOf(t: Test, { url }: EmbeddedServer): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  t.teardown(() => client.end().catch(() => undefined));
  return client;
}

const socketOf = (client: Client): Socket =>
  (client as Client & { readonly connection: { readonly stream: Socket } }).connection.stream;

t.test('several share one server; the last who leaves ends its process', async (t) => {
  const dataDir = directory(t);
  await putEmbeddedCluster(dataDir);
  const [first, second] = await Promise.all([
    EmbeddedServer.open(dataDir, patient),
    EmbeddedServer.open(dataDir, patient),
  ]);
  const client = await clientOf(t, first);
  await client.query('CREATE TABLE kept (id integer)');
  await client.end();
  await first.close();
  t.type(embeddedProcessId(dataDir), 'number', 'the other process still has it');
  await second.close();
  t.equal(embeddedProcessId(dataDir), undefined);
  t.same(
    readdirSync(join(dataDir, 'records')).toSorted(),
    ['data', 'server.log'],
    'neither lock nor socket is left',
  );
  const again = await EmbeddedServer.open(dataDir, patient);
  const { rows } = await (await clientOf(t, again)).query("SELECT to_regclass('kept') AS kept");
  t.same(rows, [{ kept: 'kept' }]);
  await again.close();
});

t.test('a start that was killed while it made the database is made up for', async (t) => {
  const dataDir = directory(t);
  const { data, unfinished } = embeddedPlace(dataDir);
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'PG_VERSION'), '18\n');
  writeFileSync(unfinished, '');
  const server = await EmbeddedServer.open(dataDir, patient);
  const client = await clientOf(t, server);
  t.same((await client.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
  await client.end();
  await server.close();
});

t.test('a data directory whose path is too long for a socket', async (t) => {
  const dataDir = join(directory(t), 'x'.repeat(120));
  mkdirSync(dataDir);
  await putEmbeddedCluster(dataDir);
  const server = await EmbeddedServer.open(dataDir, patient);
  const client = await clientOf(t, server);
  t.same((await client.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
  await client.end();
  await server.close();
});

t.test('what is no database of ours is refused with what to do', async (t) => {
  const cases: readonly (readonly [string, (data: string) => void, RegExp])[] = [
    [
      'another version',
      (data) => writeFileSync(join(data, 'PG_VERSION'), '17\n'),
      /data is of PostgreSQL 17, this Proffer has 18; move it away/,
    ],
    [
      'something else',
      (data) => writeFileSync(join(data, 'notes.txt'), 'x'),
      /holds no database; move what is in it/,
    ],
    [
      'damaged',
      (data) => writeFileSync(join(data, 'global', 'pg_control'), 'x'.repeat(8192)),
      /data cannot be (opened|used).*/,
    ],
  ];
  for (const [name, spoil, message] of cases) {
    const dataDir = directory(t);
    if (name === 'damaged') await putEmbeddedCluster(dataDir);
    else mkdirSync(embeddedPlace(dataDir).data, { recursive: true });
    spoil(embeddedPlace(dataDir).data);
    await t.rejects(EmbeddedServer.open(dataDir, patient), { code: 'RECORDS_UNAVAILABLE', message }, name);
  }
});

t.test('a statement in many pieces is not mixed up with those of others', async (t) => {
  const { server } = await served();
  const database = databaseAt(server.url, 'embedded');
  t.teardown(() => database.close());
  const long = 'x'.repeat(3_000_000);
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => [
      (await database.query<{ n: number }>('SELECT length($1::text) AS n', [long]))[0]?.n,
      (await database.query<{ n: number }>('SELECT $1::integer AS n, $2::text AS b', [index, 'b']))[0]?.n,
    ]),
  );
  t.same(
    answers,
    Array.from({ length: 20 }, (_, index) => [long.length, index]),
  );
});

t.test('a client that dies inside a transaction: rolled back, and nobody waits for it', async (t) => {
  const { server } = await served();
  const [dying, other] = [await clientOf(t, server), await clientOf(t, server)];
  await dying.query('BEGIN');
  await dying.query('CREATE TABLE half (id integer)');
  const waiting = other.query("SELECT to_regclass('half') AS half");
  socketOf(dying).destroy();
  t.same((await waiting).rows, [{ half: null }]);
});

t.test('an error inside a transaction leaves it aborted until it is rolled back', async (t) => {
  const { server } = await served();
  const client = await clientOf(t, server);
  await client.query('BEGIN');
  await t.rejects(client.query('SELECT $1::integer', ['z']), { code: '22P02' });
  await t.rejects(client.query('SELECT 1'), { code: '25P02' });
  await client.query('ROLLBACK');
  t.same((await client.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
});

t.test('COPY FROM STDIN is refused, and serving goes on', async (t) => {
  const { server } = await served();
  const client = await clientOf(t, server);
  await t.rejects(client.query('copy pg_class FROM stdin'), { code: '0A000' });
  t.same((await client.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
});

t.test('rubbish is answered with an error and nothing else', async (t) => {
  const { dataDir, server } = await served();
  const startup = Buffer.concat([Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0])]);
  const rubbish = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.alloc(20_000, 0xff),
    Buffer.concat([startup, Buffer.from([0x51, 0x7f, 0xff, 0xff, 0xff])]),
    Buffer.concat([startup, Buffer.from([0x51, 0, 0, 0, 0])]),
    Buffer.concat([startup, Buffer.from('zzzzzzzz')]),
  ];
  for (const bytes of rubbish) {
    const socket = connect(embeddedPlace(dataDir).socket);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(bytes);
    await closed;
    t.match(answer, /FATAL.*08P01/s);
  }
  t.same((await (await clientOf(t, server)).query('SELECT 1 AS one')).rows, [{ one: 1 }]);
});

t.test('killed again and again while rows are inserted: every acknowledged one is there once', async (t) => {
  const dataDir = directory(t);
  await putEmbeddedCluster(dataDir);
  const acknowledged: number[] = [];
  let next = 0;
  for (let round = 0; round < 4; round++) {
    const server = await EmbeddedServer.open(dataDir, patient);
    const database = databaseAt(server.url, 'embedded');
    await database.query('CREATE TABLE IF NOT EXISTS rows (id integer PRIMARY KEY, text text)');
    const ids = acknowledged.length;
    const write = async (): Promise<never> => {
      for (;;) {
        const id = next++;
        await database.query('INSERT INTO rows VALUES ($1, $2)', [id, 'x'.repeat(2000)]);
        acknowledged.push(id);
      }
    };
    const writers = Promise.allSettled([write(), write(), write()]);
    await waitUntil('rows are written', () => acknowledged.length > ids + 30 * (round + 1));
    process.kill(embeddedProcessId(dataDir) ?? 0, 'SIGKILL');
    await server.gone;
    await writers;
    await database.close();
  }
  const server = await EmbeddedServer.open(dataDir, patient);
  const database = databaseAt(server.url, 'embedded');
  const found = new Set((await database.query<{ id: number }>('SELECT id FROM rows')).map(({ id }) => id));
  t.ok(acknowledged.length > 100);
  t.same(
    acknowledged.filter((id) => !found.has(id)),
    [],
  );
  t.ok(found.size - acknowledged.length <= 12, 'at most what each writer had under way');
  await database.close();
  await server.close();
});
