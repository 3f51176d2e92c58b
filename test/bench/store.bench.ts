// What the strategy store costs: bytes a customer, loading rate, CPU of a look-up. Repeat: npm run build && node dist/test/bench/store.bench.js
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Table from 'cli-table3';
import { Redis } from 'ioredis';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { loadNdjson, openStrategyStore } from '../../src/strategy-store/index.js';
import type { StrategyRow, StrategyStore } from '../../src/strategy-store/index.js';
import { RedisServer } from '../support/redis-server.js';
import { learnedCost } from './store/learned.js';
import { pipeFloorMs, publishBulk } from './store/bulk.js';
import type { BulkResult } from './store/bulk.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';

const CUSTOMERS = 200_000;
/** Rows of the bulk path; the first argument when there is one. */
const BULK_CUSTOMERS = Number(process.argv[2] ?? 1_000_000);
const LOOKUPS = 100_000;
const CLOCK_TICK_US = 10_000;
const OFFERS = Array.from({ length: 40 }, (_, index) => `OFFER-${index}`);

type Reference = (index: number) => string;
const nineDigits: Reference = (index) => `A${String(100_000_000 + index)}`;
const uuid: Reference = (index) => {
  const mixed = (Math.imul(index, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  return `${mixed}-4711-4abc-8def-${index.toString(16).padStart(12, '0')}`;
};

function phone(index: number): string {
  return `+${15_550_200_000 + index * 37}`;
}

function* rows(reference: Reference): Generator<StrategyRow> {
  for (let index = 0; index < CUSTOMERS; index++) {
    const offers = [0, 1, 2, 3, 4].map((rank) => ({
      offerCode: OFFERS[(index * 7 + rank) % OFFERS.length] ?? '',
      propensity: ((index * 31 + rank * 17) % 997) / 1000,
      value: ((index * 13 + rank * 101) % 29_989) / 100,
    }));
    yield { partner: 'acme', customer: reference(index), phones: [phone(index)], flags: noFlags, offers };
  }
}

function* lines(): Generator<string> {
  for (const { flags: _, offers, ...row } of rows(nineDigits)) {
    const listed = offers.map(({ offerCode, ...rest }) => ({ offer: offerCode, ...rest }));
    yield `${JSON.stringify({ ...row, flags: [], offers: listed })}\n`;
  }
}

function open(
  kind: 'lmdb' | 'redis',
  at: { dataDir: string; redisUrl: string | undefined },
  cacheEntries: number,
) {
  const settings = {
    kind,
    cacheEntries,
    cacheMaxAgeMs: 3_600_000,
    staleMaxAgeMs: 3_600_000,
    learnedEntries: 500_000,
  };
  const deps = {
    clock: systemClock,
    log: silentLogger,
    storeDeadlineMs: 2000,
    sweepIntervalMs: 0,
    graceMs: 0,
  };
  return openStrategyStore(settings, at, deps);
}

async function usedMemory(raw: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await raw.info('memory'))?.[1]);
}

async function aMinute(load: () => Promise<unknown>): Promise<string> {
  const startedAt = performance.now();
  await load();
  return Math.round((CUSTOMERS / (performance.now() - startedAt)) * 60_000).toLocaleString('en');
}

/** CPU time of a process so far, in microseconds (proc(5), fields 14 and 15 of stat). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_US;
}

/** CPU of one look-up in this process and in the server's, in microseconds. */
async function cpuOfLookup(
  store: StrategyStore,
  options: {
    readonly keys: number;
    readonly atOnce: number;
    readonly pid?: number;
  },
): Promise<string[]> {
  const { keys, atOnce, pid } = options;
  const round = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += atOnce) {
      if (atOnce === 1) {
        // As the router does: nothing is awaited that is at hand.
        const lookup = store.reader.lookup('acme', phone((at * 7919) % keys));
        if (lookup instanceof Promise) await lookup;
      } else
        await Promise.all(
          Array.from({ length: atOnce }, async (_, n) =>
            store.reader.lookup('acme', phone(((at + n) * 7919) % keys)),
          ),
        );
    }
  };
  await round(LOOKUPS / 4);
  const server = pid === undefined ? 0 : cpuOf(pid);
  const before = process.cpuUsage();
  await round(LOOKUPS);
  const { user, system } = process.cpuUsage(before);
  const { misses, failures } = store.reader.counters;
  if (misses + failures > 0) throw new Error(`${misses} misses and ${failures} failures in a bench of hits`);
  return [
    ((user + system) / LOOKUPS).toFixed(2),
    pid === undefined ? '' : ((cpuOf(pid) - server) / LOOKUPS).toFixed(2),
  ];
}

/** Rows of the table: each step with its rate. */
function bulkRow(name: string, result: BulkResult): string[] {
  const { generation, stageMs, cpuMs, bytesANumber, longestStallMs } = result;
  const { finishMs, writeMs, verifyMs, swapMs } = generation.times;
  const steps = [stageMs, finishMs, writeMs, verifyMs, swapMs];
  const total = steps.reduce((sum, ms) => sum + ms, 0);
  return [
    name,
    ...steps.map((ms) => `${ms.toFixed(0)} ms`),
    `${(total / 1000).toFixed(2)} s`,
    `${(cpuMs / 1000).toFixed(2)} s`,
    Math.round((generation.strategies / total) * 1000).toLocaleString('en'),
    bytesANumber.toFixed(0),
    `${longestStallMs.toFixed(0)} ms`,
  ];
}

/** One row a store: look-ups of customers of whom something was learned, and of others. */
async function benchLearned(name: string, redisUrl: string | undefined, cacheEntries: number): Promise<void> {
  const customers = cacheEntries === 0 ? CUSTOMERS : 20_000;
  const cost = await learnedCost({
    dataDir,
    redisUrl,
    cacheEntries,
    customers,
    phone,
    reference: nineDigits,
    offerOf: (index) => OFFERS[(index * 7) % OFFERS.length] ?? '',
    lookups: LOOKUPS / 2,
  });
  const states = customers / 2;
  learned.push([
    name,
    String(states),
    cost.none.toFixed(2),
    cost.without.toFixed(2),
    cost.with.toFixed(2),
    Math.round((states / cost.putMs) * 1000).toLocaleString('en'),
    `${cost.loadMs.toFixed(0)} ms`,
    cost.bytes === 0 ? '' : cost.bytes.toFixed(0),
  ]);
}

async function benchBulk(): Promise<Table.Table> {
  const rows = { customers: BULK_CUSTOMERS, offers: OFFERS };
  const head = [
    'bulk',
    'stage',
    'finish',
    'write',
    'verify',
    'swap',
    'all',
    'CPU',
    'rows/s',
    'staged B/number',
    'stall',
  ];
  const table = new Table({ head, style: plain });
  const lmdb = await open('lmdb', { dataDir: join(dataDir, 'bulk'), redisUrl: undefined }, 0);
  table.push(bulkRow('LMDB', await publishBulk(lmdb, rows)));
  table.push(bulkRow('LMDB, again', await publishBulk(lmdb, rows)));
  await lmdb.close();
  await raw.flushall();
  const redis = await open('redis', { dataDir, redisUrl: server.url }, 0);
  const before = await usedMemory(raw);
  table.push(bulkRow('Redis', await publishBulk(redis, rows)));
  const bytes = ((await usedMemory(raw)) - before) / BULK_CUSTOMERS;
  sizes.push(['Redis, bulk', String(BULK_CUSTOMERS), '34', bytes.toFixed(1), '64']);
  await redis.close();
  await raw.flushall();
  const floorMs = await pipeFloorMs(raw, server.port, rows, dataDir);
  table.push(['floor: redis-cli --pipe', '', '', `${floorMs.toFixed(0)} ms`, '', '', '', '', '', '', '']);
  return table;
}

const dataDir = mkdtempSync(join(tmpdir(), 'proffer-bench-'));
const server = await RedisServer.start();
const raw = new Redis(server.url);
const plain = { head: [] as string[], border: [] as string[] };
const sizes = new Table({
  head: ['store', 'customers', 'record bytes', 'bytes a customer, all in', 'target'],
  style: plain,
});
const rates = new Table({ head: ['store', 'what', 'strategies a minute'], style: plain });
const learned = new Table({
  head: [
    'learned',
    'states',
    'CPU us: none learned',
    'of others',
    'of them',
    'states/s put',
    'start',
    'bytes a state in the router',
  ],
  style: plain,
});
const lookups = new Table({ head: ['look-up', 'CPU us here', 'CPU us redis-server'], style: plain });

try {
  const bulk = await benchBulk();
  const lmdb = await open('lmdb', { dataDir, redisUrl: undefined }, 0);
  rates.push(['LMDB', 'publish', await aMinute(() => lmdb.writer.publish('acme', rows(nineDigits)))]);
  const bytes = statSync(join(dataDir, 'strategies', 'data.mdb')).size;
  sizes.push(['LMDB', String(CUSTOMERS), '34', (bytes / CUSTOMERS).toFixed(1), '']);
  const ndjson = () =>
    loadNdjson(lmdb.writer, Readable.from(lines(), { objectMode: false }), {
      rules: {},
      onRefused: () => undefined,
    });
  rates.push(['LMDB', 'NDJSON, checked and published', await aMinute(ndjson)]);
  lookups.push(['LMDB, no cache', ...(await cpuOfLookup(lmdb, { keys: CUSTOMERS, atOnce: 1 }))]);
  await lmdb.close();

  const cached = await open('lmdb', { dataDir, redisUrl: undefined }, 50_000);
  lookups.push(['cached', ...(await cpuOfLookup(cached, { keys: 20_000, atOnce: 1 }))]);
  await cached.close();
  await benchLearned('LMDB, cached', undefined, 50_000);
  await benchLearned('LMDB, no cache', undefined, 0);

  for (const [name, reference, size] of [
    ['nine digits', nineDigits, 34],
    ['UUID', uuid, 45],
  ] as const) {
    await raw.flushall();
    const redis = await open('redis', { dataDir, redisUrl: server.url }, 0);
    const before = await usedMemory(raw);
    rates.push([
      'Redis',
      `publish, reference ${name}`,
      await aMinute(() => redis.writer.publish('acme', rows(reference))),
    ]);
    const perCustomer = (((await usedMemory(raw)) - before) / CUSTOMERS).toFixed(1);
    sizes.push([`Redis, reference ${name}`, String(CUSTOMERS), String(size), perCustomer, '64']);
    if (reference === nineDigits) {
      const { pid } = server;
      lookups.push([
        'Redis, one at a time',
        ...(await cpuOfLookup(redis, { keys: CUSTOMERS, atOnce: 1, pid })),
      ]);
      lookups.push([
        'Redis, 20 at once',
        ...(await cpuOfLookup(redis, { keys: CUSTOMERS, atOnce: 20, pid })),
      ]);
      await benchLearned('Redis, one at a time', server.url, 0);
    }
    await redis.close();
  }
  for (const table of [bulk, sizes, rates, lookups, learned]) process.stdout.write(`${table.toString()}\n`);
  process.stdout.write('repeat: npm run build && node dist/test/bench/store.bench.js\n');
} finally {
  raw.disconnect();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
