// Queries of ranking.yaml on a real PostgreSQL, written to CSV and read back by DuckDB.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import t from 'tap';
import { errorCode, errorMessage } from '../../src/kernel/index.js';
import { exportedRows } from '../../src/ranking/index.js';
import type { QueryExport } from '../../src/ranking/index.js';
import { PostgresExport } from '../../src/records/index.js';
import { waitUntil } from '../support/child-process.js';
import { freePort } from '../support/free-port.js';
import { PostgresServer } from '../support/postgres-server.js';

const server = await PostgresServer.start();
const directory = mkdtempSync(join(tmpdir(), 'proffer-export-'));
const file = join(directory, 'rows.csv');
t.teardown(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});
await server.sql(`CREATE TABLE customer (id int PRIMARY KEY, name text);
  INSERT INTO customer VALUES (1, 'Alice'), (2, 'Bob')`);

const port: QueryExport = new PostgresExport(server.url);
const duck = await (await DuckDBInstance.create()).connect();

/** What DuckDB reads of what was exported. */
async function readBack(query: string, select = '*'): Promise<readonly (readonly unknown[])[]> {
  const { columns } = await port.exportQuery(query, file);
  const reader = await duck.runAndReadAll(`SELECT ${select} FROM ${exportedRows(file, columns)}`);
  return reader.getRowsJson();
}

interface Failure {
  readonly code: string | undefined;
  readonly message: string;
}

async function failureOf(attempt: Promise<unknown>): Promise<Failure> {
  try {
    await attempt;
    return { code: undefined, message: 'exported' };
  } catch (error) {
    return { code: errorCode(error), message: errorMessage(error) };
  } finally {
    t.notMatch(readdirSync(directory), ['rows.csv.part'], 'nothing of a failed export is left');
  }
}

const place = `127.0.0.1:${server.port}/postgres`;
const only = '; what can be exported is one SELECT, WITH, VALUES or TABLE that changes nothing';

t.test('rows and columns are reported, and the file is for nobody else', async (t) => {
  const seen: number[] = [];
  const query = 'SELECT g AS customer, g * 2 AS "Total value" FROM generate_series(1, 200000) g;';
  const exported = await port.exportQuery(query, file, { onRows: (rows) => seen.push(rows) });
  t.strictSame(exported, { rows: 200_000, columns: ['customer', 'Total value'] });
  t.ok(seen.length > 2, 'as it goes on');
  t.equal(seen.at(-1), 200_000);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.strictSame(readdirSync(directory), ['rows.csv']);
  const sums = `sum(customer::BIGINT)::BIGINT, sum("Total value"::BIGINT)::BIGINT`;
  const reader = await duck.runAndReadAll(`SELECT ${sums} FROM ${exportedRows(file, exported.columns)}`);
  t.strictSame(reader.getRowsJson(), [['20000100000', '40000200000']]);
});

t.test('every text comes back as it was, and no value is not an empty text', async (t) => {
  const nasty = [
    ...[
      '',
      ' ',
      'a',
      '"',
      '""',
      '"quoted"',
      ',',
      ';',
      '\t',
      '\n',
      '\r\n',
      'two\nlines',
      "O'Hara",
      '\\N',
      '\\.',
      '\\',
    ],
    ...['NULL', 'null', 'é', '漢字', '💥', '#', '0012', '1e5', 'true', null],
  ];
  await server.sql('DROP TABLE IF EXISTS nasty; CREATE TABLE nasty (place int, value text, other text)');
  const rows = nasty.map((value, index) => {
    const text = value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
    return `(${index}, ${text}, ${text})`;
  });
  await server.sql(`INSERT INTO nasty VALUES ${rows.join()}`);
  t.strictSame(
    await readBack('SELECT value, place, other FROM nasty ORDER BY place'),
    nasty.map((value, index) => [value, String(index), value]),
  );
  t.strictSame(
    await readBack('SELECT value FROM nasty ORDER BY place'),
    nasty.map((value) => [value]),
    'a single column, where no value is an empty line',
  );
  t.strictSame(await readBack('SELECT NULL AS a FROM generate_series(1, 3)'), [[null], [null], [null]]);
  t.strictSame(await readBack('SELECT 1 AS a WHERE false'), []);
});

t.test('values come back with their types', async (t) => {
  await server.sql(`ALTER ROLE ${PostgresServer.user} SET datestyle = 'SQL, DMY'`);
  await server.sql(`ALTER ROLE ${PostgresServer.user} SET timezone = 'Asia/Kolkata'`);
  const query = `SELECT true AS yes, false AS no, NULL::boolean AS unknown, 12345678901234 AS whole, -0.5 AS share,
    1e300::float8 AS large, '2026-03-29 01:30:00+05:30'::timestamptz AS zoned, '2026-03-29 01:30:00.25'::timestamp AS plain,
    date '2026-02-28' AS day`;
  const select = `yes::BOOLEAN, no::BOOLEAN, unknown::BOOLEAN, whole::BIGINT, share::DOUBLE, "large"::DOUBLE, zoned::TIMESTAMP,
    plain::TIMESTAMP, day::DATE`;
  t.strictSame(await readBack(query, select), [
    [
      ...[true, false, null, '12345678901234', -0.5, 1e300],
      ...['2026-03-28 20:00:00', '2026-03-29 01:30:00.25', '2026-02-28'],
    ],
  ]);
  await server.sql(`ALTER ROLE ${PostgresServer.user} RESET ALL`);
});

t.test('one query is exported, in any of its forms', async (t) => {
  for (const query of [
    'TABLE customer',
    "VALUES (1, 'Alice'), (2, 'Bob')",
    'WITH c AS (SELECT * FROM customer) SELECT * FROM c ORDER BY id',
    '(SELECT * FROM customer ORDER BY id)',
    'SELECT * FROM customer ORDER BY id -- all of them',
    '  SELECT * FROM customer ORDER BY id;  \n',
  ]) {
    const expected = [
      ['1', 'Alice'],
      ['2', 'Bob'],
    ];
    t.strictSame(await readBack(query), expected, query);
  }
});

t.test('what is no query, or changes something, is refused', async (t) => {
  const marker = join(directory, 'marker');
  const cases: readonly (readonly [query: string, why: string])[] = [
    ['DROP TABLE customer', `syntax error at or near "DROP"${only}`],
    ['', `syntax error at end of input${only}`],
    ['SELECT 1; DELETE FROM customer', `cannot insert multiple commands into a prepared statement${only}`],
    [`SELECT 1) TO PROGRAM 'touch ${marker}' --`, `syntax error at or near ")"${only}`],
    [`SELECT 1) TO '${marker}' --`, `syntax error at or near ")"${only}`],
    ['SELECT 1) TO STDOUT; COMMIT; DELETE FROM customer; --', `syntax error at or near ")"${only}`],
    ['SELECT 1 /*', `unterminated /* comment at or near "/*"${only}`],
    [
      'WITH gone AS (DELETE FROM customer RETURNING id) SELECT id FROM gone',
      `WITH clause containing a data-modifying statement must be at the top level${only}`,
    ],
    ['INSERT INTO customer VALUES (3) RETURNING id', `syntax error at or near "INTO"${only}`],
    [
      'SELECT id FROM customer FOR UPDATE',
      `cannot execute SELECT FOR UPDATE in a read-only transaction${only}`,
    ],
    [
      "SELECT set_config('transaction_read_only', 'off', true)",
      'transaction read-write mode must be set before any query',
    ],
    ['SELECT id FROM customers', 'relation "customers" does not exist'],
    ['SELECT 1 / (id - 2) AS share FROM customer', 'division by zero'],
    [
      'SELECT $1::int AS one',
      `bind message supplies 0 parameters, but prepared statement "" requires 1${only}`,
    ],
  ];
  for (const [query, why] of cases) {
    t.strictSame(
      await failureOf(port.exportQuery(query, file)),
      { code: 'RECORDS_QUERY_REFUSED', message: `the database at ${place} refused the query: ${why}` },
      query,
    );
  }
  t.strictSame(await failureOf(port.exportQuery('SELECT 1 AS a, 2 AS b, 3 AS a', file)), {
    code: 'RECORDS_QUERY_REFUSED',
    message: 'the query gives the column "a" twice; name one of them otherwise with AS',
  });
  t.strictSame(await failureOf(port.exportQuery('SELECT FROM customer', file)), {
    code: 'RECORDS_QUERY_REFUSED',
    message: 'the query gives no column; name those that are wanted',
  });
  t.strictSame(await server.sql('SELECT count(*)::int AS customers FROM customer'), [{ customers: 2 }]);
  t.notOk(readdirSync(directory).includes('marker'));
});

t.test('what a function changes though it may not is undone', async (t) => {
  await port.exportQuery('SELECT lo_create(4711) AS made', file).catch(() => undefined);
  t.strictSame(await server.sql('SELECT oid FROM pg_largeobject_metadata'), []);
});

t.test('a query that takes too long is stopped by the database', async (t) => {
  const hurried = new PostgresExport(server.url, { statementTimeoutMs: 50 });
  t.strictSame(await failureOf(hurried.exportQuery('SELECT pg_sleep(60)', file)), {
    code: 'RECORDS_QUERY_STOPPED',
    message: `the database at ${place} stopped the query: canceling statement due to statement timeout`,
  });
});

t.test('an export that is no longer wanted ends here and in the database', async (t) => {
  const reason = new Error('no longer wanted');
  const isIdle = async (): Promise<boolean> => {
    const others = "state = 'active' AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    return (await server.sql(`SELECT pid FROM pg_stat_activity WHERE ${others}`)).length === 0;
  };
  const isStopped = async (query: string, stop: AbortController, onRows?: () => void): Promise<void> => {
    const { signal } = stop;
    await t.rejects(port.exportQuery(query, file, { signal, ...(onRows && { onRows }) }), reason, query);
    await waitUntil('the database is idle', isIdle);
  };
  const beforeRows = new AbortController();
  const sleeping = isStopped('SELECT pg_sleep(60)', beforeRows);
  await waitUntil('the query runs', async () => !(await isIdle()));
  beforeRows.abort(reason);
  await sleeping;
  const inRows = new AbortController();
  await isStopped('SELECT generate_series(1, 1000000000) AS g', inRows, () => inRows.abort(reason));
  const atOnce = new AbortController();
  atOnce.abort(reason);
  await isStopped('SELECT 1', atOnce);
  t.notOk(readdirSync(directory).includes('rows.csv.part'));
});

t.test('a file that cannot be written', async (t) => {
  const nowhere = join(directory, 'nowhere', 'rows.csv');
  const { code, message } = await failureOf(port.exportQuery('TABLE customer', nowhere));
  t.equal(code, 'RECORDS_EXPORT_FILE');
  t.match(message, `${nowhere}.part cannot be written: ENOENT`);
});

t.test('a database that cannot be used is named without its password', async (t) => {
  const withUrl = (url: string, connectTimeoutMs = 5000): Promise<Failure> =>
    failureOf(new PostgresExport(url, { connectTimeoutMs }).exportQuery('SELECT 1', file));
  const closed = await freePort();
  const silent = createServer().listen(0, '127.0.0.1');
  t.teardown(() => silent.close());
  await waitUntil('the silent server listens', () => silent.listening);
  const silentPort = (silent.address() as AddressInfo).port;
  const reached = '; check DATABASE_URL and the server';
  const failures = [
    await withUrl(server.url.replace(PostgresServer.password, 'hunter3')),
    await withUrl(server.url.replace(/postgres$/, 'nowhere')),
    await withUrl(`postgres://proffer:hunter2@127.0.0.1:${closed}/postgres`),
    await withUrl(`postgres://proffer:hunter2@127.0.0.1:${silentPort}/postgres`, 100),
    await withUrl('postgres://proffer:hunter2@127.0.0.1/postgres?sslrootcert=/nowhere.pem'),
  ];
  for (const { code, message } of failures) {
    t.equal(code, 'RECORDS_UNAVAILABLE');
    t.notMatch(message, 'hunter');
  }
  t.strictSame(
    failures.map((one) => one.message),
    [
      `the database at ${place} refused the connection: password authentication failed for user "proffer"`,
      `the database at 127.0.0.1:${server.port}/nowhere refused the connection: database "nowhere" does not exist`,
      `the database at 127.0.0.1:${closed}/postgres cannot be reached: connect ECONNREFUSED 127.0.0.1:${closed}${reached}`,
      `the database at 127.0.0.1:${silentPort}/postgres cannot be reached: timeout expired${reached}`,
      "DATABASE_URL cannot be used: ENOENT: no such file or directory, open '/nowhere.pem'",
    ],
  );
});

t.test('a database that dies in mid-stream is an error, and nothing looks like a whole file', async (t) => {
  rmSync(file, { force: true });
  let killed: Promise<void> | undefined;
  const onRows = (): void => void (killed ??= server.kill());
  const query = 'SELECT generate_series(1, 1000000000) AS g';
  const { code, message } = await failureOf(port.exportQuery(query, file, { onRows }));
  t.equal(code, 'RECORDS_UNAVAILABLE');
  t.match(message, `the database at ${place} `);
  await killed;
  t.strictSame(readdirSync(directory), []);
  await server.restart();
  t.strictSame((await port.exportQuery('TABLE customer', file)).rows, 2, 'and the next export finds it back');
});
