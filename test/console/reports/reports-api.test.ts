// Reports, models and rankings over the API: bounds, scopes, bad input, and files that are not to be read.
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { reportsOperations } from '../../../src/cli/reports-operations.js';
import { loadSettings } from '../../../src/config/index.js';
import { reportsApi } from '../../../src/console/index.js';
import { RecordsUnavailableError } from '../../../src/records/index.js';
import type { Sql } from '../../../src/records/index.js';
import { serveAreas } from '../../support/console-client.js';
import { supervisor } from '../../support/console-stage.js';
import { repositoryRoot } from '../../support/repository-root.js';

const loaded = loadSettings(join(repositoryRoot, 'config'), {
  redisUrl: undefined,
  databaseUrl: undefined,
} as Parameters<typeof loadSettings>[1]);
if (!loaded.ok) throw new Error('the shipped settings do not load');
const { settings } = loaded;
const run = '20261126T100000Z-0a1b';
const runReport = {
  partner: 'acme',
  runId: run,
  at: '2026-11-26T10:00:00Z',
  generation: 7,
  isDryRun: false,
  customers: 100,
  withOffers: 80,
  firstExpectedValue: 12.5,
  comparison: { firstChanged: 9 },
  offers: [],
  sources: [{ source: 'customers', rows: 101, accepted: 100, rejected: 1 }],
  stages: [
    { stage: 'read', seconds: 1, rows: null },
    { stage: 'rank', seconds: 2, rows: null },
  ],
};
const metrics = { rows: 20, positives: 3, auc: 0.7, logLoss: 0.3, brier: 0.1, topDecileLift: 2 };
const modelReport = {
  model: 'bank',
  partner: 'acme',
  training: { trainedAt: '2026-11-25T08:00:00Z', rows: 100 },
  testMetrics: metrics,
  calibration: [],
  calibrationError: 0.01,
  coefficients: [],
  drift: [],
  notes: [],
};

async function setUp(test: Test) {
  const dataDir = test.testdir({
    rankings: {
      acme: {
        [run]: { 'report.json': JSON.stringify(runReport) },
        '20261126T110000Z-0a1c': { 'report.json': '{"cut' },
        notARun: { 'report.json': JSON.stringify(runReport) },
      },
      borealis: {},
    },
    models: {
      'bank.report.json': JSON.stringify(modelReport),
      'bank.json': '{"secret": "the model itself"}',
      'odd.report.json': '[]',
      'huge.report.json': JSON.stringify(modelReport),
    },
    elsewhere: { [run]: { 'report.json': JSON.stringify(runReport) } },
    'secret.report.json': JSON.stringify(modelReport),
  });
  truncateSync(join(dataDir, 'models', 'huge.report.json'), 5 * 1024 * 1024);
  symlinkSync(join(dataDir, 'elsewhere'), join(dataDir, 'rankings', 'linked'));
  symlinkSync(join(dataDir, 'secret.report.json'), join(dataDir, 'models', 'linked.report.json'));
  mkdirSync(join(dataDir, 'models', 'folder.report.json'));
  writeFileSync(join(dataDir, 'report.json'), JSON.stringify(runReport));
  const asked: unknown[] = [];
  let database: Sql | undefined = {
    query: (_text, values) => {
      asked.push(values);
      return Promise.resolve([]);
    },
  };
  let ask: (<Result>(work: (database: Sql) => Promise<Result>) => Promise<Result>) | undefined;
  const operations = reportsOperations({
    settings: () => settings,
    environment: { dataDir, databaseUrl: undefined },
    database: () => database,
    ask: (work) => (ask ?? ((job) => job(database as Sql)))(work),
  });
  return {
    asked,
    ask: await serveAreas(test, [reportsApi(operations)]),
    down: () => (database = undefined),
    asks: (next: typeof ask) => (ask = next),
  };
}

t.test('a report of a period and a partner', async (t) => {
  const { ask, asked } = await setUp(t);
  const path = '/reports/partners?from=2026-11-01&to=2026-11-30&partner=acme';
  const { status, body } = await ask(supervisor, 'GET', path);
  t.equal(status, 200, JSON.stringify(body));
  t.match(body, {
    period: { from: '2026-11-01', to: '2026-11-30', partner: 'acme' },
    coverage: { contacts: 0, first: null },
    partners: [{ partner: 'acme', calls: 0, shares: { calls: 0 } }],
  });
  t.strictSame(asked[0], ['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z', 'acme']);
  for (const report of ['offers', 'agents', 'arms'])
    t.match(await ask(supervisor, 'GET', `/reports/${report}`), { status: 200, body: { period: {} } });
});

t.test('what is wrong is told with its field', async (t) => {
  const { ask, asked } = await setUp(t);
  const several = { ...supervisor, partners: ['acme', 'borealis'] };
  const one = { ...supervisor, partners: ['acme'] };
  const rows: [typeof supervisor | undefined, string, number, object][] = [
    [supervisor, '/reports/secrets', 400, { message: /^report: must be/ }],
    [supervisor, '/reports/offers?from=yesterday', 422, { message: /^from: it must be a day/ }],
    [supervisor, '/reports/offers?to=2026-02-30', 422, { message: /^to: it must be a day/ }],
    [supervisor, '/reports/offers?from=2026-11-02&to=2026-11-01', 422, { message: /^from: .* is after/ }],
    [supervisor, '/reports/offers?partner=acmee', 404, { message: /^partner: there is no acmee.*acme/ }],
    [supervisor, '/reports/offers?partner=a%27b', 400, { message: /^partner: must match/ }],
    [supervisor, '/reports/offers?limit=1', 400, { message: /additional properties/ }],
    [several, '/reports/offers', 422, { code: 'partner-required', message: /which of acme, borealis/ }],
    [one, '/reports/offers?partner=borealis', 403, { code: 'other-partner' }],
    [{ ...supervisor, role: 'agent' }, '/reports/offers', 403, { code: 'forbidden' }],
    [undefined, '/models', 401, { code: 'unauthorised' }],
    [one, '/rankings?partner=borealis', 403, { code: 'other-partner' }],
  ];
  for (const [person, path, status, body] of rows)
    t.match(await ask(person, 'GET', path), { status, body }, path);
  t.strictSame(asked, [], 'no database was asked');
  t.match(await ask(one, 'GET', '/reports/offers'), { body: { period: { partner: 'acme' } } });
});

t.test('one report of a person at a time, two of everybody; the records may be down or slow', async (t) => {
  const { ask, asks, down } = await setUp(t);
  const held: (() => void)[] = [];
  asks(
    () =>
      new Promise((_resolve, reject) => {
        held.push(() => reject(new RecordsUnavailableError('too slow')));
      }),
  );
  const path = '/reports/offers';
  const first = ask(supervisor, 'GET', path);
  while (held.length < 1) await new Promise(setImmediate);
  t.match(await ask(supervisor, 'GET', path), { status: 429, body: { code: 'report-running' } });
  const second = ask({ ...supervisor, agent: 'ana' }, 'GET', path);
  while (held.length < 2) await new Promise(setImmediate);
  t.match(await ask({ ...supervisor, agent: 'third' }, 'GET', path), { status: 429 });
  for (const one of held) one();
  for (const one of [await first, await second]) {
    t.match(one, { status: 503, body: { code: 'records-unavailable' } });
    t.equal(one.headers.get('retry-after'), '5');
  }
  down();
  t.match(await ask(supervisor, 'GET', path), { status: 503, body: { code: 'records-unavailable' } });
});

t.test('models and rankings are read from the data directory, and nothing else is', async (t) => {
  const { ask } = await setUp(t);
  const { body: list } = await ask(supervisor, 'GET', '/models');
  const models = list['models'] as { model: string; trained: object | null }[];
  t.match(
    models.find(({ model }) => model === 'bank'),
    { partner: 'acme', trained: { auc: 0.7, rows: 100, testRows: 20, calibrationError: 0.01 } },
  );
  t.notOk(models.some(({ model }) => ['odd', 'huge', 'linked', 'folder'].includes(model)));
  t.match(await ask(supervisor, 'GET', '/models/bank'), { status: 200, body: { testMetrics: metrics } });
  for (const model of ['none', 'odd', 'huge', 'linked', 'folder', 'a..b'])
    t.match(await ask(supervisor, 'GET', `/models/${model}`), { status: 404 }, model);
  for (const model of ['..%2fsecret', '%2e%2e%2fsecret', '.hidden', '%00'])
    t.match(await ask(supervisor, 'GET', `/models/${model}`), { status: 400 }, model);
  const other = { ...supervisor, partners: ['borealis'] };
  t.match(await ask(other, 'GET', '/models/bank'), { status: 404 });

  const { body: runs } = await ask(supervisor, 'GET', '/rankings');
  t.strictSame(runs['rankings'], [
    { partner: 'acme', runId: '20261126T110000Z-0a1c', ended: null },
    {
      partner: 'acme',
      runId: run,
      ended: {
        at: '2026-11-26T10:00:00Z',
        generation: 7,
        isDryRun: false,
        customers: 100,
        withOffers: 80,
        firstExpectedValue: 12.5,
        firstChanged: 9,
        seconds: 3,
        rejected: 1,
      },
    },
  ]);
  t.match(await ask(supervisor, 'GET', `/rankings/acme/${run}`), { status: 200, body: { generation: 7 } });
  for (const path of ['acme/notARun', 'acme/20261126T110000Z-0a1c', `linked/${run}`, `none/${run}`])
    t.match(await ask(supervisor, 'GET', `/rankings/${path}`), { status: 404 }, path);
  t.match(await ask(supervisor, 'GET', '/rankings/..%2f..%2fetc/passwd'), { status: 400 });
  t.strictSame((await ask(other, 'GET', '/rankings')).body, { rankings: [] });
});
