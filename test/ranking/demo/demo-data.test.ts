import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { PartnerRanking } from '../../../src/config/index.js';
import { RankingDatabase } from '../../../src/ranking/database.js';
import { writeDemoData } from '../../../src/ranking/index.js';
import type { DemoDataOptions, SourceReport } from '../../../src/ranking/index.js';
import { loadSources } from '../../../src/ranking/sources/load-sources.js';
import { demoCallers, demoCustomers } from '../../../src/strategy-store/index.js';
import { parseSettings } from '../../../src/config/load.js';
import { noEnvironment, shippedTexts } from '../../config/shipped.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-demo-data-'));
const database = await RankingDatabase.open({ threads: 2, memoryLimitMb: 512, directory });
t.teardown(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Writes data below `directory`, and gives its place. */
async function written(name: string, over: Partial<DemoDataOptions> = {}): Promise<string> {
  const place = join(directory, name);
  const options = { customers: 3000, seed: 1, until: '2026-11-26', isDirty: false, fixed: demoCustomers() };
  await writeDemoData({ ...options, directory: place, ...over });
  return place;
}

async function query(sql: string): Promise<readonly (readonly unknown[])[]> {
  return database.rows('test', sql);
}

async function number(sql: string): Promise<number> {
  const [first = NaN] = await database.numbers('test', sql);
  return first;
}

const files = [
  ...['customers', 'phones', 'accounts', 'exposures', 'purchases', 'serviceAlerts'].map(
    (one) => `acme/${one}`,
  ),
  ...['customers', 'phones', 'exposures', 'purchases'].map((one) => `borealis/${one}`),
];

/** What the shipped ranking.yaml makes of the data at `place`. */
async function loaded(place: string, maxRejected: number): Promise<readonly SourceReport[]> {
  const reports: SourceReport[] = [];
  for (const ranking of rankings) {
    const here: PartnerRanking = {
      ...ranking,
      sources: ranking.sources.map((source) => ({
        ...source,
        maxRejected,
        file: source.file?.replace('data/demo', place) ?? '',
      })),
    };
    const nothing = { queries: undefined, records: undefined, at: undefined, signal: undefined };
    const work = { directory, workDirectory: directory, ...nothing };
    const { sources } = await loadSources(here, { database, ...work, onSource: () => undefined });
    reports.push(...sources);
  }
  return reports;
}

const shipped = parseSettings(shippedTexts, noEnvironment);
const rankings: readonly PartnerRanking[] = shipped.ok ? shipped.settings.ranking.rankings : [];

const clean = await written('clean', { threads: 1 });

t.test('the same seed gives the same rows, with one thread and with four', async (t) => {
  const again = await written('again', { threads: 4 });
  for (const file of files) {
    const rows = (place: string) => query(`SELECT t::VARCHAR FROM '${place}/${file}.parquet' AS t`);
    t.strictSame(await rows(clean), await rows(again), file);
  }
});

t.test('another seed gives other rows', async (t) => {
  const other = await written('other', { seed: 2 });
  for (const file of files) {
    const same = await number(
      `SELECT count(*) FROM (FROM '${clean}/${file}.parquet' INTERSECT FROM '${other}/${file}.parquet')`,
    );
    const all = await number(`SELECT count(*) FROM '${clean}/${file}.parquet'`);
    // Flags and first numbers of customers do not change; fixed customers never do.
    if (!file.endsWith('phones')) t.ok(same < all / 2, `${file}: ${same} of ${all}`);
  }
});

t.test('the shipped ranking.yaml takes every row', async (t) => {
  const reports = await loaded(clean, 0);
  t.equal(reports.length, files.length);
  for (const { source, accepted, rejected, ignored } of reports) {
    t.ok(accepted > 20, `${source}: ${accepted}`);
    t.equal(rejected, 0, source);
    t.equal(ignored, 0, source);
  }
  t.equal(
    reports.filter(({ source }) => source.startsWith('customers')).reduce((sum, one) => sum + one.rows, 0),
    3000,
  );
});

t.test('dirty data has every fault that ranking.yaml can find in a Parquet file', async (t) => {
  const reports = await loaded(await written('dirty', { isDirty: true }), 1000);
  const problems = reports.flatMap((one) => one.problems.map(({ problem }) => `${one.source}: ${problem}`));
  for (const problem of [
    'customers of acme: customer is there twice',
    'customers of acme: customer is missing',
    'customers of acme: customer is longer than 64 bytes',
    'customers of acme: age is above 120',
    'customers of acme: age is below 16',
    'customers of acme: age is no whole number',
    'customers of acme: region is none of north, south, east, west',
    'customers of acme: income is below 0',
    'phones of acme: phone is missing',
    'phones of acme: phone is no phone number (country US)',
    'accounts of acme: account is there twice',
    'accounts of acme: account is missing',
    'exposures of acme: at is missing',
    'exposures of acme: offer is missing',
    'purchases of acme: product is missing',
    'serviceAlerts of acme: account is missing',
    'customers of borealis: monthlyBill is below 0',
  ]) {
    t.ok(problems.includes(problem), problem);
  }
  for (const { source, ignored } of reports) {
    if (!source.startsWith('customers')) t.ok(ignored > 0, `${source}: ${ignored} of unknown customers`);
  }
});

t.test('fixed callers have the references and numbers of the demonstration strategies', async (t) => {
  for (const { partner, customer, phones } of demoCustomers()) {
    const found = await query(
      `SELECT phone FROM '${clean}/${partner}/phones.parquet' WHERE customer = '${customer}' ORDER BY phone`,
    );
    t.strictSame(found.flat(), phones.toSorted(), customer);
    t.equal(
      await number(
        `SELECT count(*) FROM '${clean}/${partner}/customers.parquet' WHERE customer = '${customer}'`,
      ),
      1,
    );
    t.equal(
      await number(
        `SELECT count(*) FROM '${clean}/${partner}/exposures.parquet' WHERE customer = '${customer}'`,
      ),
      0,
      'nothing was shown to them',
    );
  }
});

t.test('fixed callers are what they are there for', async (t) => {
  const of = (phone: string) =>
    `customer IN (SELECT customer FROM '${clean}/acme/phones.parquet' WHERE phone = '${phone}')`;
  const one = async (columns: string, phone: string) =>
    (await query(`SELECT ${columns} FROM '${clean}/acme/customers.parquet' WHERE ${of(phone)}`))[0];
  t.strictSame(await one('age >= 21 AND income > 30000', demoCallers.agentOffer), [true]);
  t.strictSame(await one('age BETWEEN 18 AND 75 AND income <= 30000', demoCallers.ivrOffer), [true]);
  t.strictSame(await one('optOut', demoCallers.optedOut), [true]);
  t.strictSame(await one('age', demoCallers.noOffer), [17]);
  t.strictSame(
    await query(`SELECT product FROM '${clean}/acme/purchases.parquet' WHERE ${of(demoCallers.noOffer)}`),
    [['saver-account']],
  );
  t.equal(
    await number(
      `SELECT count(*) FROM '${clean}/acme/serviceAlerts.parquet' JOIN '${clean}/acme/accounts.parquet' USING (account)
       WHERE closedAt IS NULL AND ${of(demoCallers.serviceAlert)}`,
    ),
    1,
  );
});

t.test('numbers are shared by households alone', async (t) => {
  const [row = []] = await query(
    `WITH numbers AS (SELECT phone, count(*) AS customers FROM (
       FROM '${clean}/acme/phones.parquet' UNION ALL FROM '${clean}/borealis/phones.parquet'
     ) GROUP BY phone)
     SELECT max(customers), count(*) FILTER (customers = 2) / count(*),
       count(*) FILTER (phone NOT LIKE '+%') / count(*), bool_and(phone LIKE '+15550%' OR phone LIKE '%555%03_-____')
     FROM numbers`,
  );
  const [most, shared, national, isOurs] = row.map(Number);
  t.equal(most, 2);
  t.ok(shared! > 0.01 && shared! < 0.1, `${shared} shared`);
  t.ok(national! > 0.004 && national! < 0.02, `${national} in national form`);
  t.equal(isOurs, 1);
});

t.test('what is missing, opted out and open is as rare as it should be', async (t) => {
  const share = (what: string, file: string) =>
    number(`SELECT avg((${what})::INTEGER) FROM '${clean}/${file}.parquet'`);
  const within = (value: number, low: number, high: number, name: string) =>
    t.ok(value > low && value < high, `${name}: ${value}`);
  for (const column of ['age', 'region', 'segment', 'income', 'tenureMonths', 'isDigital'])
    within(await share(`${column} IS NULL`, 'acme/customers'), 0.005, 0.03, column);
  within(await share('optOut', 'acme/customers'), 0.015, 0.05, 'opted out');
  within(await share('hardship OR fraud OR complaint', 'acme/customers'), 0.01, 0.06, 'flags');
  const alerts = await number(
    `SELECT count(*) FROM '${clean}/acme/serviceAlerts.parquet' WHERE closedAt IS NULL`,
  );
  const accounts = await number(`SELECT count(*) FROM '${clean}/acme/accounts.parquet'`);
  within(alerts / accounts, 0.01, 0.035, 'open alerts');
});

t.test('everything happened in the two years before the day, purchases after what led to them', async (t) => {
  for (const partner of ['acme', 'borealis']) {
    const [row = []] = await query(
      `SELECT min("at") >= DATE '2026-11-26' - 731, max("at") < DATE '2026-11-26' FROM '${clean}/${partner}/exposures.parquet'`,
    );
    t.strictSame(row, [true, true], partner);
    t.equal(
      await number(
        `SELECT count(*) FROM '${clean}/${partner}/purchases.parquet' WHERE "at" >= DATE '2026-11-26'`,
      ),
      0,
    );
  }
  const dispositions = await query(
    `SELECT DISTINCT disposition FROM '${clean}/acme/exposures.parquet' ORDER BY disposition NULLS LAST`,
  );
  t.strictSame(dispositions.flat(), ['accepted', 'callback', 'declined', 'not-presented', null]);
  const sold = await number(
    `SELECT avg((EXISTS (FROM '${clean}/acme/purchases.parquet' AS p WHERE p.customer = e.customer
       AND p.product = 'platinum-card' AND p."at" >= e."at" AND p."at" <= e."at" + INTERVAL 14 DAY))::INTEGER)
     FROM '${clean}/acme/exposures.parquet' AS e WHERE offer = 'ACME-PLATINUM' AND disposition = 'accepted'`,
  );
  t.ok(sold > 0.75 && sold < 1, `${sold} of those who accepted bought`);
});

t.test('who takes the platinum card shows in the data', async (t) => {
  const large = await written('large', { customers: 20_000 });
  const rate = (condition: string) =>
    number(
      `SELECT avg((coalesce(disposition, '') = 'accepted')::INTEGER) FROM '${large}/acme/exposures.parquet'
       JOIN '${large}/acme/customers.parquet' USING (customer) WHERE offer = 'ACME-PLATINUM' AND ${condition}`,
    );
  const [rich, others] = [await rate('income > 70000'), await rate('income < 45000')];
  t.ok(rich > 1.8 * others, `${rich} of high incomes, ${others} of low ones`);
});

t.test('an earlier run is replaced in whole, and left alone by one that fails', async (t) => {
  const place = await written('replaced', { customers: 500 });
  const before = readFileSync(join(place, 'acme/customers.parquet'));
  const stop = new AbortController();
  await t.rejects(
    writeDemoData({
      directory: place,
      customers: 900,
      seed: 5,
      until: '2026-11-26',
      isDirty: false,
      fixed: demoCustomers(),
      signal: stop.signal,
      onTable: ({ source }) => {
        if (source === 'phones') stop.abort();
      },
    }),
    { code: 'RANKING_INTERRUPTED' },
  );
  t.ok(before.equals(readFileSync(join(place, 'acme/customers.parquet'))));
  t.notOk(readdirSync(join(place, 'acme')).some((name) => name.endsWith('.unfinished')));
  t.strictSame(readdirSync(place).toSorted(), ['acme', 'borealis']);
});

t.test('a directory that is none is an error that names it', async (t) => {
  writeFileSync(join(directory, 'file'), '');
  await t.rejects(written('file'), { code: 'RANKING_ENGINE', message: /file/ });
  t.ok(existsSync(join(directory, 'file')));
});

t.test('fewer customers than there are fixed ones: the fixed ones alone', async (t) => {
  const place = await written('few', { customers: 1 });
  t.equal(await number(`SELECT count(*) FROM '${place}/acme/customers.parquet'`), 8);
  t.equal(await number(`SELECT count(*) FROM '${place}/borealis/customers.parquet'`), 1);
});
