// proffer rank as people run it, against a real LMDB file and a real redis-server: published whole or not at all, whatever happens.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { RankingDatabase } from '../../src/ranking/index.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { waitUntil } from '../support/child-process.js';
import { RankedShop } from '../support/ranked-shop.js';
import type { Command } from '../support/ranked-shop.js';
import { RedisServer } from '../support/redis-server.js';

t.setTimeout(300_000);

const CUSTOMERS = 5000;

const server = await RedisServer.start({ persistent: true });
t.teardown(() => server.stop());

const names = Array.from({ length: CUSTOMERS }, (_, index) => `A${String(index).padStart(5, '0')}`);
const options = {
  tables: {
    customers: {
      columns: { age: { type: 'integer', minimum: 16 } },
      rows: names.map((customer, index) => ({ customer, age: 20 + (index % 60) })),
    },
    exposures: {
      columns: { disposition: 'text' },
      rows: names.map((customer) => ({
        customer,
        offer: 'OTHER',
        at: '2020-01-01 00:00:00',
        disposition: null,
      })),
    },
  },
} as const;

function shopAt(redisUrl?: string): RankedShop {
  const shop = new RankedShop(options, redisUrl);
  t.teardown(() => shop.remove());
  return shop;
}

const shops = [
  ['lmdb', shopAt()],
  ['redis', shopAt(server.url)],
] as const;

const nothing = 'acme: nothing was published; what was current before still serves\n';

for (const [name, shop] of shops) {
  t.test(`${name}: what is ranked is published, ranked anew, and swapped back`, async (t) => {
    const first = await shop.run(['rank', '--json']);
    t.match(first, { code: 0, stderr: '' });
    const { reports } = JSON.parse(first.stdout) as { reports: readonly { readonly generation: number }[] };
    t.match(reports, [{ partner: 'acme', customers: CUSTOMERS, phones: CUSTOMERS, comparison: null }]);
    const shown = await shop.run(['strategies', 'show', '--phone', '+15550000007']);
    t.match(shown, { code: 0, stdout: /is customer A00007[\s\S]*VERSION[\s\S]*OTHER|OTHER[\s\S]*VERSION/ });
    t.match(await shop.serving(), { version: 1, states: ['current'] });
    shop.setVersion(2);
    const second = await shop.run(['rank', 'acme']);
    t.match(second, {
      code: 0,
      stderr: '',
      stdout: /Published generation \d+ of partner acme[\s\S]*report: .*report\.html\n$/,
    });
    t.match(await shop.serving(), { version: 2, states: ['retired', 'current'] });
    const back = await shop.run(['generations', 'swap', String(reports[0]?.generation), '--partner', 'acme']);
    t.match(back, { code: 0 });
    t.match(await shop.serving(), { version: 1, generation: reports[0]?.generation });
    const customer = await shop.run([
      'rank',
      'acme',
      '--customer',
      'A00003',
      '--generation',
      String(reports[0]?.generation),
    ]);
    t.match(customer, { code: 0, stdout: /customer A00003 of acme in generation/ });
    t.strictSame(shop.leftovers, []);
  });

  t.test(
    `${name}: killed at any moment, what serves is whole and the next run leaves nothing behind`,
    async (t) => {
      const startedAt = performance.now();
      shop.setVersion(10);
      t.match(await shop.run(['rank']), { code: 0 });
      const wholeMs = performance.now() - startedAt;
      let served = 10;
      const phases = new Set<string>();
      // Over the whole run, then in the midst of scoring and publishing.
      const delays = [0.4, 0.75].map((share) => ({ afterMs: wholeMs * share, fromTable: false }));
      const late = [0, 25, 50, 100].map((afterMs) => ({ afterMs, fromTable: true }));
      for (const [round, { afterMs, fromTable }] of [...delays, ...late].entries()) {
        shop.forgetRuns();
        const version = 11 + round;
        shop.setVersion(version);
        const child = shop.start(['rank']);
        const hasTable = (): boolean =>
          shop.runs.some((one) => one.entries.some((entry) => entry.endsWith('.parquet')));
        if (fromTable) await waitUntil('a table', () => child.hasExited || hasTable(), 20_000, 2);
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        await child.stop('SIGKILL');
        const now = await shop.serving();
        t.ok([served, version].includes(now.version), `${now.version} serves, whole`);
        served = now.version;
        const [run] = shop.runs;
        phases.add(
          run === undefined
            ? 'start'
            : run.entries.includes('report.json')
              ? 'end'
              : hasTable()
                ? 'publish'
                : 'load',
        );
        if (now.states.includes('loading')) phases.add('write');
        await shop.freeLock();
      }
      t.ok(phases.size >= 2 && phases.has('publish'), `killed at: ${[...phases].join(', ')}`);
      shop.setVersion(30);
      const next = await shop.run(['rank']);
      t.match(next, { code: 0, stderr: '' });
      const { version, states } = await shop.serving();
      t.equal(version, 30);
      t.notOk(states.includes('loading'), 'no half generation');
      t.strictSame(shop.leftovers, [], 'nothing that runs which were killed had spilled');
    },
  );
}

t.test('a run that is refused says why, and the old generation stays', async (t) => {
  const [[, shop]] = shops;
  const before = await shop.serving();
  const phones = names.map(
    (customer, index) => `${customer},${index < 3 ? 'none' : `+1555000${String(index).padStart(4, '0')}`}`,
  );
  shop.bench.write('phones', ['customer,phone', ...phones, ''].join('\n'));
  shop.setVersion(3, 2);
  const refused = await shop.run(['rank']);
  t.match(refused, { code: 1, stdout: '' });
  t.match(
    refused.stderr,
    /^proffer: source phones of acme: 3 rows were rejected, maxRejected is 2; they are in .*rejected-phone-numbers\.csv\n/,
  );
  t.ok(refused.stderr.endsWith(nothing));
  t.strictSame(await shop.serving(), before);
  shop.setVersion(3, 3);
  const told = await shop.run(['rank', '--dry-run']);
  t.match(told, { code: 0, stdout: /phone is no phone number/ });
  t.strictSame(await shop.serving(), before, 'a dry run publishes nothing');
  shop.bench.write(
    'phones',
    ['customer,phone', ...phones.map((one, index) => one.replace('none', `+1555000000${index}`)), ''].join(
      '\n',
    ),
  );
});

t.test('SIGTERM ends a run in good order', async (t) => {
  const [[, shop]] = shops;
  const before = await shop.serving();
  shop.forgetRuns();
  shop.setVersion(40);
  const child = shop.start(['rank']);
  await waitUntil('a run', () => child.hasExited || shop.runs.length > 0, 20_000, 2);
  const exit = await child.stop('SIGTERM');
  t.strictSame(exit, { code: 1, signal: null });
  t.equal(child.stderr, `proffer: interrupted; nothing was published\n${nothing}`);
  t.strictSame(await shop.serving(), before);
  t.strictSame(shop.leftovers, []);
});

t.test('a disk that is full while the table is written: nothing is published', async (t) => {
  const [, [, shop]] = shops;
  const before = await shop.serving();
  shop.setVersion(50);
  const full = await shop.run(['rank'], 'ulimit -f 8');
  t.match(full, { code: 1, stdout: '' });
  t.match(full.stderr, /^proffer: keep table: .*(File too large|write)/);
  t.ok(full.stderr.endsWith(nothing));
  t.strictSame(await shop.serving(), before);
  t.strictSame(shop.leftovers, []);
});

t.test('a disk that is full while data is spilled: nothing is published', async (t) => {
  const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
  const directory = mkdtempSync(join(tmpdir(), 'proffer-large-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const [customers, phones] = [join(directory, 'customers.parquet'), join(directory, 'phones.parquet')];
  const database = await RankingDatabase.open({ threads: 2, memoryLimitMb: 512, directory });
  const copy = (file: string, columns: readonly string[]): Promise<void> =>
    database.run(
      'test',
      `COPY (SELECT 'A' || range AS customer, ${columns.join(', ')} FROM range(300000)) TO '${file}'`,
    );
  await copy(
    customers,
    texts.map((name) => `md5(range || '${name}') AS ${name}`),
  );
  await copy(phones, ["'+' || (15550000000 + range) AS phone"]);
  database.close();
  const shop = new RankedShop({
    run: { memoryLimitMb: 128 },
    tables: {
      customers: { columns: Object.fromEntries(texts.map((name) => [name, 'text' as const])), rows: [] },
      phones: { rows: [] },
    },
    sources: { customers: { file: customers }, phones: { file: phones } },
  });
  t.teardown(() => shop.remove());
  const full = await shop.run(['rank'], 'ulimit -f 6000');
  t.match(full, { code: 1, stdout: '' });
  t.match(
    full.stderr,
    /^proffer: (?:customers|phones) of acme: IO Error: Could not write file .*duckdb_temp_storage.*: File too large\n/,
  );
  t.ok(full.stderr.endsWith(nothing));
  t.strictSame(shop.leftovers, []);
});

t.test('a disk that is full when all is published: that is said', async (t) => {
  const [, [, shop]] = shops;
  shop.setVersion(51);
  const full = await shop.run(['rank'], 'ulimit -f 40');
  t.match(full, { code: 1, stdout: '' });
  t.match(full.stderr, /^proffer: published as generation \d+, but the run cannot be kept in .*\n$/);
  t.match(await shop.serving(), { version: 51 });
  shop.setVersion(52);
  t.match(await shop.run(['rank']), { code: 0, stderr: '' });
});

t.test(
  'a Redis that dies in the midst of a publication: nothing is published, and the next run is',
  async (t) => {
    const proxy = await CuttingProxy.start(server.port);
    const shop = shopAt(server.url);
    t.teardown(() => proxy.stop());
    const through = async (bytes: number, onCut?: () => void): Promise<Command> => {
      shop.redisUrl = `redis://127.0.0.1:${proxy.port}`;
      proxy.cutAfter(bytes, onCut);
      const command = await shop.run(['rank']);
      shop.redisUrl = server.url;
      return command;
    };
    shop.setVersion(60);
    t.match(await through(Infinity), { code: 0 });
    const whole = proxy.bytes;
    for (const [round, share] of [0.3, 0.8].entries()) {
      shop.setVersion(61 + round);
      let killed: Promise<void> | undefined;
      const cut = await through(whole * share, () => {
        killed = server.kill();
      });
      await killed;
      t.ok(killed, `killed after ${Math.round(whole * share)} bytes of ${whole}`);
      t.match(cut, { code: 1, stdout: '' });
      t.match(cut.stderr, /^proffer: .*\n/);
      t.ok(cut.stderr.endsWith(nothing), cut.stderr);
      await server.restart();
      t.match(await shop.serving(), { version: 60 });
      await shop.freeLock();
    }
    shop.setVersion(70);
    t.match(await shop.run(['rank']), { code: 0, stderr: '' });
    const { version, states } = await shop.serving();
    t.equal(version, 70);
    t.notOk(states.includes('loading'));
  },
);
