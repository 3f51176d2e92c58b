// What was learned on calls counts in the next ranking and training, by the command line as people run it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { ModelReport, RunReport } from '../../src/ranking/index.js';
import { seededRandom } from '../callcenter/simulated-queue.js';
import { embeddedProcessId } from '../support/embedded-cluster.js';
import { onEachKind, people, shopOf } from '../support/recorded-shop.js';

t.setTimeout(300_000);

const at = '2026-11-20 10:00:00';

const customers = people(10);

function reportsOf(stdout: string): readonly RunReport[] {
  return (JSON.parse(stdout) as { readonly reports: readonly RunReport[] }).reports;
}

function modelsOf(stdout: string): readonly { readonly report: ModelReport }[] {
  return (JSON.parse(stdout) as { readonly models: readonly { readonly report: ModelReport }[] }).models;
}

onEachKind(
  'what was declined is cooled off in the next ranking, what was accepted is held, exposures count',
  { tables: { customers }, ranking: { contactPolicy: { maxExposures: 1, withinDays: 60 } } },
  async (t, { shop, onDatabase }) => {
    const offersOf = async (customer: string, ...more: readonly string[]): Promise<string> => {
      const args = ['rank', '--customer', customer, '--json', '--at', '2026-11-26T12:00Z', ...more];
      const { stdout, stderr } = await shop.run(args);
      t.equal(stderr, '');
      const { found } = JSON.parse(stdout) as {
        found: { offers: { offer: string; stoppedBy: string | null }[] }[];
      };
      return (found[0]?.offers ?? [])
        .map(({ offer, stoppedBy }) => `${offer} ${stoppedBy ?? 'ranked'}`)
        .join(', ');
    };
    t.match(await shop.run(['rank']), { code: 0, stdout: /^ {2}records: none yet$/m });
    await onDatabase(async (calls) => {
      await calls.catalogue({ VERSION: 'sales', OTHER: 'sales' });
      await calls.exposure({ customer: 'A1', offer: 'VERSION', at, said: ['declined'] });
      await calls.exposure({ customer: 'A2', offer: 'VERSION', at, said: ['accepted'] });
      await calls.exposure({ customer: 'A3', offer: 'OTHER', at, state: 'confirmed' });
      await calls.exposure({ customer: 'A3', offer: 'OTHER', at: '2026-11-21 10:00:00', state: 'confirmed' });
      await calls.past([['A4', 'OTHER', at, 'declined']]);
    });
    // The database runs meanwhile, as beside a router.
    await onDatabase(async () => {
      t.equal(await offersOf('A0'), 'VERSION ranked, OTHER ranked');
      t.equal(await offersOf('A1'), 'VERSION cool-off, OTHER ranked');
      t.equal(await offersOf('A2'), 'VERSION held, OTHER ranked');
      t.equal(await offersOf('A3'), 'VERSION contact-policy, OTHER contact-policy');
      t.equal(await offersOf('A4'), 'VERSION ranked, OTHER cool-off');
    });
    t.equal(await offersOf('A1', '--without-records'), 'VERSION ranked, OTHER ranked');
    const { code, stdout, stderr } = await shop.run(['rank', '--at', '2026-11-26T12:00Z']);
    t.match({ code, stderr }, { code: 0, stderr: '' });
    t.match(stdout, /^ {2}records: 5 exposures, 1 purchase, 0 service alerts learned through 2026-/m);
    t.match(stdout, /^Published generation 2/);
    const [report] = reportsOf((await shop.run(['rank', '--json'])).stdout);
    t.match(
      report?.sources.filter((one) => one.isRecorded),
      [
        { source: 'exposures of acme', rows: 5, ignored: 0 },
        { source: 'purchases of acme', rows: 1 },
        { source: 'serviceAlerts of acme', rows: 0 },
      ],
    );
    t.strictSame(shop.leftovers, [], 'no export is left');
    if (shop.databaseUrl === undefined)
      t.equal(embeddedProcessId(shop.bench.dataDir), undefined, 'it ends again');
  },
);

const past = Array.from({ length: 300 }, (_, index) => ({
  customer: `A${index}`,
  offer: 'VERSION',
  at: `2026-0${1 + Math.floor(index / 60)}-${String(1 + (index % 28)).padStart(2, '0')} 10:00:00`,
  disposition: seededRandom(index)() < (index % 60) / 100 ? 'accepted' : 'declined',
}));

onEachKind(
  'training takes exposures of files and of records, each once',
  { tables: { customers: people(310), exposures: { columns: { disposition: 'text' }, rows: past } } },
  async (t, { shop, onDatabase }) => {
    const file = join(shop.folder.path, 'ranking.yaml');
    const ranking = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const models = [{ model: 'version', partner: 'acme', data: { offer: 'VERSION' } }];
    writeFileSync(file, JSON.stringify({ ...ranking, models }));
    await onDatabase(async (calls) => {
      await calls.catalogue({ VERSION: 'sales', OTHER: 'sales' });
      await calls.exposure({
        customer: 'A301',
        offer: 'VERSION',
        at: '2026-10-01T10:00Z',
        said: ['accepted'],
      });
      await calls.exposure({ customer: 'A302', offer: 'VERSION', at: '2026-10-02T10:00Z', said: ['bought'] });
      await calls.exposure({
        customer: 'A303',
        offer: 'VERSION',
        at: '2026-10-03T10:00Z',
        state: 'confirmed',
      });
      await calls.exposure({ customer: 'A304', offer: 'OTHER', at: '2026-10-03T10:00Z', said: ['accepted'] });
      // In the file as well.
      await calls.past(
        past.slice(0, 40).map((one) => [one.customer, one.offer, `${one.at}Z`, one.disposition]),
      );
    });
    const trained = async (...more: readonly string[]): Promise<ModelReport> => {
      const { code, stdout, stderr } = await shop.run(['train', '--dry-run', '--json', ...more]);
      t.match({ code, stderr }, { code: 0, stderr: '' });
      const [model] = modelsOf(stdout);
      if (model === undefined) throw new Error(stdout);
      return model.report;
    };
    const rowsOf = ({ training, testMetrics }: ModelReport): number => training.rows + testMetrics.rows;
    const [with_, without] = [await trained(), await trained('--without-records')];
    t.equal(rowsOf(with_) - rowsOf(without), 2);
    t.match(
      with_.notes.find((one) => one.startsWith('records:')),
      /^records: 44 exposures learned through .*; 40 were there twice and count once$/,
    );
    t.ok(with_.notes.some((one) => /^1 of 303 exposures of VERSION left out/.test(one)));
    t.ok(without.notes.some((one) => /^records: left out/.test(one)));
  },
);

t.test('no embedded database: none is made or started', async (t) => {
  const shop = shopOf(t, { tables: { customers } });
  t.match(await shop.run(['rank']), { code: 0, stdout: /^ {2}records: none yet$/m });
  t.notOk(existsSync(join(shop.bench.dataDir, 'records')));
});

t.test('a database that is down: nothing is published, and what to do is said', async (t) => {
  const shop = shopOf(t, { tables: { customers } });
  shop.databaseUrl = 'postgres://proffer:SECRET@127.0.0.1:1/bank';
  const down = await shop.run(['rank']);
  t.match(down, {
    code: 1,
    stdout: '',
    stderr:
      /^proffer: what was learned on calls of acme cannot be read: the database at 127\.0\.0\.1:1\/bank cannot be reached: .*--without-records.*\nacme: nothing was published; what was current before still serves\n$/,
  });
  t.notMatch(down.stderr, /SECRET/);
  t.match(await shop.run(['rank', '--without-records']), { code: 0, stdout: /Published generation 1/ });
  t.strictSame(shop.leftovers, []);
});
