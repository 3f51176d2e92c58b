// Sources that are queries on a real PostgreSQL, ranked as if they were files, by the command line and in process.
import t from 'tap';
import { PostgresExport } from '../../src/records/index.js';
import { PostgresServer } from '../support/postgres-server.js';
import { RankedShop } from '../support/ranked-shop.js';
import { RankingBench } from '../support/ranking-bench.js';

t.setTimeout(300_000);

const server = await PostgresServer.start();
t.teardown(() => server.stop());

await server.sql(`
  CREATE TABLE people (reference text PRIMARY KEY, age integer, income numeric(12, 2), digital boolean, joined date, city text, is_open boolean);
  INSERT INTO people VALUES
    ('A1', 40, 50000.25, true, '2020-02-29', 'north', true),
    ('A2', NULL, NULL, NULL, NULL, NULL, true),
    ('A,3', 17, -1, false, '2026-11-26', 'say "no", twice', true),
    ('Zoë', 40, 1e9, true, '1999-12-31', '', true),
    ('closed', 40, 0, true, '2020-01-01', 'north', false);
  CREATE TABLE shown (reference text, offer text, shown_at timestamptz, said text);
  INSERT INTO shown VALUES
    ('A1', 'DIGITAL', '2026-11-26 13:00:00.000001+02', 'declined'),
    ('Zoë', 'DIGITAL', '2026-11-26 14:00:00.000001+02', 'declined'),
    ('A1', 'ALL', '2026-11-01 00:00:00+00', NULL),
    ('gone', 'ALL', '2026-11-01 00:00:00+00', 'accepted')`);

const customersQuery = `
  SELECT reference AS customer, age, income, digital AS "isDigital", joined, city AS region
  FROM people WHERE is_open -- a comment at the end`;

const columns = {
  age: { type: 'integer', minimum: 18 },
  income: 'decimal',
  isDigital: 'boolean',
  joined: 'date',
  region: 'text',
} as const;

const rows = ['A1', 'A2', 'A,3', 'Zoë'].map((customer) => ({ customer }));

const options = {
  tables: { customers: { columns, rows }, exposures: { columns: { disposition: 'text' }, rows: [] } },
  sources: {
    customers: { file: undefined, query: customersQuery, maxRejected: 1 },
    exposures: {
      file: undefined,
      query: 'SELECT reference AS customer, offer, shown_at AS at, said AS disposition FROM shown',
    },
  },
} as const;

t.test('rows of queries are checked, typed and ranked like those of files', async (t) => {
  const bench = new RankingBench({
    ...options,
    offers: {
      ALL: { eligibility: { offerExposure: { maxTimes: 0 } } },
      DIGITAL: { eligibility: { rule: "isDigital and joined < DATE '2020-03-01'", coolOffDays: 1 } },
      RICH: { eligibility: { rule: 'income > 50000.2' } },
      EMPTY: { eligibility: { rule: "region = ''" } },
      NONE: { eligibility: { rule: 'region is null' } },
    },
    ranking: { topK: 10 },
  });
  t.teardown(() => bench.remove());
  const { report, kept, strategies } = await bench.rank({ queries: new PostgresExport(server.url) });
  t.match(report.sources, [
    { from: 'query', rows: 4, accepted: 3, rejected: 1, problems: [{ problem: 'age is below 18', rows: 1 }] },
    {},
    { from: 'query', rows: 4, ignored: 1 },
  ]);
  const gates = Object.fromEntries([...kept].map(([customer, row]) => [customer, row.gates]));
  t.strictSame(gates, {
    A1: { ALL: 'exposure', DIGITAL: 'cool-off', RICH: null, EMPTY: 'rule', NONE: 'rule' },
    A2: { ALL: null, DIGITAL: 'rule', RICH: 'rule', EMPTY: 'rule', NONE: null },
    // Declined at 12:00:00.000001 UTC, after the time of the run.
    Zoë: { ALL: null, DIGITAL: null, RICH: null, EMPTY: null, NONE: 'rule' },
  });
  t.strictSame([...strategies.keys()], ['A1', 'A2', 'Zoë']);
});

t.test(
  'the command line: published with DATABASE_URL, and clear words without it or with a bad query',
  async (t) => {
    const shop = new RankedShop(options);
    t.teardown(() => shop.remove());
    const nothing = 'acme: nothing was published; what was current before still serves\n';
    shop.setVersion(1, 1);
    const without = await shop.run(['rank']);
    t.match(without, {
      code: 1,
      stderr: /^proffer: source customers of acme: is a query, but DATABASE_URL is not set/,
    });
    shop.databaseUrl = server.url;
    const published = await shop.run(['rank', '--at', '2026-11-26T12:00Z']);
    t.match(published, { code: 0, stderr: '', stdout: /Published generation 1 of partner acme/ });
    t.match(await shop.serving(), { version: 1 });
    await server.sql('ALTER TABLE people RENAME COLUMN city TO town');
    const bad = await shop.run(['rank']);
    t.match(bad, { code: 1, stdout: '' });
    t.match(bad.stderr, /^proffer: source customers of acme: .*column "city" does not exist/);
    t.ok(bad.stderr.endsWith(nothing));
    t.notMatch(bad.stderr, PostgresServer.password);
    await server.kill();
    const down = await shop.run(['rank']);
    t.match(down, {
      code: 1,
      stdout: '',
      stderr: /^proffer: what was learned on calls of acme cannot be read: .*--without-records/,
    });
    t.notMatch(down.stderr, PostgresServer.password);
    t.match(await shop.serving(), { version: 1, states: ['current'] });
    t.strictSame(shop.leftovers, []);
  },
);
