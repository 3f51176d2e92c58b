// Rows of the records database beside those of files, and alone.
import t from 'tap';
import type { Test } from 'tap';
import { RankingBench } from '../../support/ranking-bench.js';
import type { BenchOptions, BenchRun } from '../../support/ranking-bench.js';
import { recordedPast } from '../../support/recorded-past.js';

t.setTimeout(300_000);

const customers = { rows: ['A1', 'A2', 'A3', 'A4'].map((customer) => ({ customer })) };
const lately = '2026-11-20 10:00:00';

function benchOf(t: Test, options: Omit<BenchOptions, 'tables'> & Partial<Pick<BenchOptions, 'tables'>>) {
  const bench = new RankingBench({ ...options, tables: { customers, ...options.tables } });
  t.teardown(() => bench.remove());
  return bench;
}

const gates = ({ kept }: BenchRun, offer: string) =>
  Object.fromEntries([...kept].map(([customer, row]) => [customer, row.gates[offer]]));

t.test('a ranking without such sources ranks by what was learned alone', async (t) => {
  const bench = benchOf(t, {
    offers: { CARD: { eligibility: { rule: 'history.declined < 5', coolOffDays: 30 } }, LOAN: {} },
    unranked: { REPAIR: { kind: 'service' } },
    ranking: { contactPolicy: { maxExposures: 1 } },
  });
  const records = recordedPast({
    exposures: [
      ['A1', 'CARD', lately, 'declined'],
      ['A3', 'LOAN', lately, null],
      ['A3', 'GONE', lately, 'presented'],
      ['stranger', 'CARD', lately, 'declined'],
    ],
    purchases: [
      ['A2', 'CARD', lately, null],
      ['A4', 'CARD', '2020-01-01', '2021-01-01'],
    ],
    serviceAlerts: [
      ['A4', 'REPAIR', lately, null],
      ['A1', 'REPAIR', lately, '2026-11-21'],
    ],
  });
  const run = await bench.rank({ records });
  t.strictSame(gates(run, 'CARD'), { A1: 'cool-off', A2: 'held', A3: 'contact-policy', A4: null });
  t.strictSame(gates(run, 'LOAN'), { A1: null, A2: null, A3: 'contact-policy', A4: null });
  t.strictSame(
    run.strategies.get('A4')?.offers.map((one) => one.offer),
    ['REPAIR', 'CARD', 'LOAN'],
  );
  t.equal(run.report.withServiceAlert, 1);
  t.match(run.report.records, {
    state: 'read',
    place: 'records of the test',
    learnedThrough: '2026-11-26T12:00:00.000Z',
  });
  t.match(run.report.sources.slice(2), [
    { source: 'exposures of acme', from: 'records of the test', rows: 4, ignored: 1, isRecorded: true },
    { source: 'purchases of acme', rows: 2, ignored: 0 },
    { source: 'serviceAlerts of acme', rows: 2, ignored: 0 },
  ]);
});

t.test(
  'without a database, or with records left out, nothing is learned and rules still compile',
  async (t) => {
    const bench = benchOf(t, { offers: { CARD: { eligibility: { rule: 'history.declined = 0' } } } });
    const none = await bench.rank({ records: { upTo: () => Promise.resolve(undefined) } });
    t.strictSame(gates(none, 'CARD'), { A1: null, A2: null, A3: null, A4: null });
    t.strictSame(none.report.records, { state: 'none' });
    t.strictSame((await bench.rank()).report.records, { state: 'left-out' });
    t.strictSame(
      none.report.sources.map((one) => one.source),
      ['customers of acme', 'phones of acme'],
    );
  },
);

t.test('settings leave records out: the database is not even asked', async (t) => {
  const bench = benchOf(t, {
    offers: { CARD: {} },
    ranking: { records: { exposures: false, purchases: false, serviceAlerts: false } },
  });
  const records = { upTo: () => Promise.reject(new Error('asked')) };
  t.strictSame((await bench.rank({ records })).report.records, { state: 'off' });
});

t.test('rows are added to those of a file, whatever columns that has', async (t) => {
  const bench = benchOf(t, {
    offers: { CARD: { eligibility: { offerExposure: { maxTimes: 1 }, coolOffDays: 30 } } },
    tables: {
      exposures: {
        rows: [
          { customer: 'A1', offer: 'CARD', at: '2026-11-01 00:00:00' },
          { customer: 'A2', offer: 'CARD', at: '2026-11-01 00:00:00' },
        ],
      },
      purchases: { rows: [{ customer: 'A4', product: 'CARD' }] },
    },
  });
  const records = recordedPast({
    exposures: [
      ['A1', 'CARD', lately, 'presented'],
      ['A3', 'CARD', lately, 'declined'],
    ],
    purchases: [['A2', 'CARD', '2026-11-27 00:00:00', null]],
  });
  const run = await bench.rank({ records });
  t.strictSame(gates(run, 'CARD'), { A1: 'exposure', A2: null, A3: 'cool-off', A4: 'held' });
  const { report } = run;
  t.match(
    report.sources.map(({ source, rows, ignored, duplicates }) => [source, rows, ignored, duplicates]),
    [
      ['customers of acme', 4, 0, 0],
      ['phones of acme', 4, 0, 0],
      ['exposures of acme', 2, 0, 0],
      ['exposures of acme', 2, 0, 0],
      ['purchases of acme', 1, 0, 0],
      ['purchases of acme', 1, 0, 0],
      ['serviceAlerts of acme', 0, 0, 0],
    ],
  );
});

t.test('an exposure that is there twice counts once, with its outcome', async (t) => {
  const at = '2026-11-20 10:00:00.123';
  const bench = benchOf(t, {
    offers: {
      ONCE: { eligibility: { rule: 'history.exposures = 1 and history.declined = 1', coolOffDays: 0 } },
    },
    tables: {
      exposures: {
        columns: { disposition: 'text' },
        rows: [
          // In the file alone is what became of it; in the records a correction; in both the same; in neither anything.
          { customer: 'A1', offer: 'ONCE', at, disposition: 'declined' },
          { customer: 'A2', offer: 'ONCE', at, disposition: 'accepted' },
          { customer: 'A3', offer: 'ONCE', at, disposition: 'declined' },
          { customer: 'A4', offer: 'ONCE', at, disposition: null },
        ],
      },
    },
  });
  const records = recordedPast({
    exposures: [
      ['A1', 'ONCE', at, null],
      ['A2', 'ONCE', at, 'declined'],
      ['A3', 'ONCE', at, 'declined'],
      ['A4', 'ONCE', at, null],
      ['A4', 'ONCE', at, 'declined'],
    ],
  });
  const run = await bench.rank({ records });
  t.strictSame(gates(run, 'ONCE'), { A1: null, A2: null, A3: null, A4: null });
  t.match(run.report.sources.slice(2, 4), [
    { rows: 4, duplicates: 3, ignored: 0 },
    { rows: 5, duplicates: 2, ignored: 0 },
  ]);
});

t.test('a database that does not serve ends the run and says what to do', async (t) => {
  const bench = benchOf(t, { offers: { CARD: {} } });
  const down = { upTo: () => Promise.reject(new Error('nobody is there')) };
  await t.rejects(bench.rank({ records: down }), {
    code: 'RANKING_RECORDS',
    message: /^what was learned on calls of acme cannot be read: nobody is there; .*--without-records/,
  });
});
