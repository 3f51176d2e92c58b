import t from 'tap';
import { silentLogger } from '../../../src/kernel/index.js';
import { migrate, readMigrations } from '../../../src/records/database/migrations.js';
import { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { onEachDatabase } from '../../support/records-stage.js';

t.test('files are numbered and hashed', (t) => {
  const migrations = readMigrations();
  t.same(
    migrations.map(({ number }) => number),
    migrations.map((_, index) => index + 1),
  );
  t.match(migrations[0]?.hash, /^[0-9a-f]{64}$/);
  t.end();
});

onEachDatabase('a migration runs once, and one that was changed is refused', async (t, { database }) => {
  t.same(await migrate(database), [], 'nothing is left to run');
  const [first, ...rest] = readMigrations();
  if (first === undefined) throw new Error('no migration');
  await t.rejects(migrate(database, [{ ...first, hash: '0'.repeat(64) }, ...rest]), {
    code: 'RECORDS_MIGRATION',
  });
  await t.rejects(migrate(database, []), /which this Proffer does not know/);
});

onEachDatabase('a migration that fails leaves nothing behind', async (t, { database }) => {
  const migrations = readMigrations();
  const broken = {
    number: migrations.length + 1,
    file: '9999-broken.sql',
    text: 'CREATE TABLE proffer.half (id integer); SELECT no_such_column;',
    hash: 'x',
  };
  await t.rejects(migrate(database, [...migrations, broken]), /9999-broken\.sql failed/);
  const [row] = await database.query<{ half: string | null }>("SELECT to_regclass('proffer.half') AS half");
  t.equal(row?.half, null);
  t.same(await migrate(database), []);
});

onEachDatabase('several routers that start at once migrate once', async (t, { database }) => {
  const migrations = readMigrations();
  const more = {
    number: migrations.length + 1,
    file: '9999-more.sql',
    text: 'CREATE TABLE proffer.more (id integer)',
    hash: 'y',
  };
  const ran = await Promise.all([1, 2, 3].map(() => migrate(database, [...migrations, more])));
  t.equal(ran.flat().length, 1);
});

onEachDatabase('whole numbers and money come as numbers', async (t, { database }) => {
  const rows = await database.query(
    'SELECT 5000000000::int8 AS big, 12.5::numeric AS money, NULL::int8 AS none',
  );
  t.same(rows, [{ big: 5_000_000_000, money: 12.5, none: null }]);
  await t.rejects(database.query('SELECT nothing'), { code: 'RECORDS_STATEMENT_REFUSED', state: '42703' });
});

onEachDatabase('a migration takes as long as it takes', async (t, { database: { kind }, url }) => {
  // The embedded server knows no timeouts.
  if (kind === 'embedded') return;
  const hasty = new RecordsDatabase({
    url,
    kind,
    place: 'the database of the test',
    maxConnections: 1,
    connectTimeoutMs: 5000,
    statementTimeoutMs: 250,
    log: silentLogger,
  });
  t.teardown(() => hasty.close());
  const migrations = readMigrations();
  const long = {
    number: migrations.length + 1,
    file: '9999-long.sql',
    text: 'SELECT pg_sleep(1)',
    hash: 'z',
  };
  t.same(await migrate(hasty, [...migrations, long]), ['9999-long.sql']);
  await t.rejects(
    hasty.query('SELECT pg_sleep(1)'),
    { code: 'RECORDS_UNAVAILABLE' },
    'other statements do not',
  );
});
