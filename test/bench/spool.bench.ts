// Speed of the spool: `npm run bench:spool [calls]`. Lines of calls (decision, attempt, outcome, two exposures, 3.6 kB a call) into
// each kind of database, the CPU that this process spends on a call, and the longest time that its event loop was held up. Beside it
// what reading the lines here instead of in the database would cost. Figures are of this machine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Table from 'cli-table3';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { SpoolFeed } from '../../src/records/index.js';
import { migrate } from '../../src/records/database/migrations.js';
import { RecordsDatabase } from '../../src/records/database/records-database.js';
import { EmbeddedServer } from '../../src/records/embedded/embedded-server.js';
import { PostgresServer } from '../support/postgres-server.js';
import { attempt, decision, exposure, outcome, text } from '../records/spool/spool-support.js';

const calls = Number(process.argv[2] ?? 20_000);
const linesPerCall = 5;
const root = mkdtempSync(join(tmpdir(), 'proffer-spool-bench-'));

function candidates(): readonly object[] {
  return Array.from({ length: 8 }, (_, i) => ({
    offerCode: `ACME-OFFER-${i}`,
    presentation: 'agent',
    destination: `east/queue-${i}`,
    propensity: 0.123456,
    offerValue: 180,
    conversion: 1.1,
    waitSeconds: 12.345678,
    patience: 0.902345,
    cost: 1.2,
    value: 21.456789,
  }));
}

function linesOf(call: number): string {
  const decisionId = `00000000-0000-4000-8000-${String(call).padStart(12, '0')}`;
  const second = call / 100;
  return text([
    { ...decision({ decisionId, second, customer: `C-${call % 5000}` }), candidates: candidates() },
    exposure(decisionId, second, 'reserved'),
    attempt(decisionId, second),
    outcome(decisionId, second + 2),
    exposure(decisionId, second + 3, 'confirmed', { agent: '1001', centre: 'east', queue: 'acme-sales' }),
  ]);
}

const directory = join(root, 'decisions');
mkdirSync(directory);
let content = '';
for (let call = 0; call < calls; call++) content += linesOf(call);
writeFileSync(join(directory, 'decisions-000001.ndjson'), content);

interface Result {
  readonly perSecond: number;
  readonly cpuMicrosPerCall: number;
  readonly longestBlockMs: number;
  readonly peakMb: number;
}

async function measure(work: () => Promise<void>): Promise<Result> {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  return {
    perSecond: (calls * linesPerCall) / seconds,
    cpuMicrosPerCall: (user + system) / calls,
    longestBlockMs: delay.max / 1e6,
    peakMb: process.memoryUsage.rss() / 1e6,
  };
}

async function into(url: string, kind: 'postgresql' | 'embedded'): Promise<Result> {
  const options = {
    url,
    kind,
    place: kind,
    maxConnections: 4,
    connectTimeoutMs: 5000,
    statementTimeoutMs: 10_000,
  };
  const database = new RecordsDatabase({ ...options, log: silentLogger });
  await migrate(database);
  const feed = new SpoolFeed({
    directory,
    prefix: 'decisions',
    database: () => database,
    source: { flush: () => Promise.resolve(true), isFull: false, dropped: 0 },
    clock: systemClock,
    log: silentLogger,
  });
  const result = await measure(async () => {
    await feed.start();
    if (!(await feed.drain(600_000))) throw new Error('not taken over in ten minutes');
  });
  await feed.stop();
  if (feed.linesRefused > 0) throw new Error(`${feed.linesRefused} lines were refused`);
  await database.close();
  return result;
}

const postgres = await PostgresServer.start({ settings: { fsync: 'on', synchronous_commit: 'on' } });
const embedded = await EmbeddedServer.open(root, { deadlineMs: 60_000 });
try {
  const rows: readonly (readonly [string, Result])[] = [
    ['PostgreSQL, text', await into(postgres.url, 'postgresql')],
    ['embedded, text', await into(embedded.url, 'embedded')],
    [
      'JSON.parse here, alone',
      await measure(async () => {
        const lines = content.trimEnd().split('\n');
        for (let from = 0; from < lines.length; from += 500) {
          for (const line of lines.slice(from, from + 500)) JSON.parse(line);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    ],
  ];
  const table = new Table({
    head: ['lines into', 'lines/s', 'CPU here, us a call', 'longest block, ms', 'RSS, MB'],
  });
  for (const [name, { perSecond, cpuMicrosPerCall, longestBlockMs, peakMb }] of rows) {
    table.push([
      name,
      Math.round(perSecond),
      cpuMicrosPerCall.toFixed(1),
      longestBlockMs.toFixed(1),
      Math.round(peakMb),
    ]);
  }
  process.stdout.write(
    `${calls} calls, ${(content.length / calls / 1000).toFixed(1)} kB each\n${table.toString()}\n`,
  );
} finally {
  await embedded.close();
  await postgres.stop();
  rmSync(root, { recursive: true, force: true });
}
