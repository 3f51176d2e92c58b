// What a ranking run costs: from Parquet to a published, verified generation, by stage, for LMDB and for Redis; beside it the floors:
// the same bytes through redis-cli --pipe, and the same Parquet read. Run: npm run bench:ranking [-- CUSTOMERS]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import Table from 'cli-table3';
import { Redis } from 'ioredis';
import type { RunReport } from '../../src/ranking/index.js';
import { RedisServer } from '../support/redis-server.js';
import { CATEGORICAL, makeWorkload, memoryLimitMb, NUMERIC, OFFERS } from './ranking/workload.js';
import type { Workload } from './ranking/workload.js';

const CUSTOMERS = Number(process.argv[2] ?? 1_000_000);
const plain = { head: [] as string[], border: [] as string[] };

interface Run {
  readonly report: RunReport;
  /** From the start of the process to its end, report page included. */
  readonly wallSeconds: number;
}

async function rank(workload: Workload, environment: Readonly<Record<string, string>>): Promise<Run> {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['dist/src/cli/main.js', 'rank', 'acme', '--json', '--config', workload.settings.path],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`rank ended with ${code}: ${output.slice(0, 500)}`);
  const { reports } = JSON.parse(output) as { readonly reports: readonly [RunReport] };
  return { report: reports[0], wallSeconds: (performance.now() - startedAt) / 1000 };
}

/** Stages up to the swap; comparing and the report page come after it. */
function publishedAfter({ stages }: RunReport): number {
  return stages.filter((one) => one.stage !== 'compare').reduce((sum, one) => sum + one.seconds, 0);
}

async function usedMemory(raw: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await raw.info('memory'))?.[1]);
}

/** Seconds that redis-cli takes for the keys that are in the server now, sent by mass insertion. */
async function pipeFloor(raw: Redis, port: number, directory: string): Promise<number> {
  const path = join(directory, 'keys.resp');
  const file = openSync(path, 'w');
  for await (const keys of raw.scanStream({ match: 'proffer:strategies:*:*', count: 1000 }) as AsyncIterable<
    string[]
  >) {
    const hashes = await Promise.all(
      keys.map((key) => raw.hgetallBuffer(key).catch((): Record<string, Buffer> => ({}))),
    );
    keys.forEach((key, index) => {
      const parts: Buffer[] = [Buffer.from('HSET'), Buffer.from(key)];
      for (const [field, value] of Object.entries(hashes[index] ?? {}))
        parts.push(Buffer.from(field, 'latin1'), value);
      if (parts.length === 2) return;
      writeSync(file, `*${parts.length}\r\n`);
      for (const part of parts)
        writeSync(file, Buffer.concat([Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]));
    });
  }
  closeSync(file);
  await raw.flushall();
  const input = openSync(path, 'r');
  const startedAt = performance.now();
  const { stdout } = spawnSync('redis-cli', ['-p', String(port), '--pipe'], {
    stdio: [input, 'pipe', 'inherit'],
  });
  const seconds = (performance.now() - startedAt) / 1000;
  closeSync(input);
  if (!/errors: 0/.test(String(stdout))) throw new Error(`redis-cli --pipe: ${String(stdout)}`);
  return seconds;
}

/** Seconds to count the rows of all sources, and to read every value of them. */
async function readFloor(directory: string): Promise<readonly [number, number]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const files = ['customers', 'phones', 'exposures', 'purchases'].map((one) =>
    join(directory, `${one}.parquet`),
  );
  const timed = async (select: string): Promise<number> => {
    const startedAt = performance.now();
    for (const file of files) await connection.runAndReadAll(`SELECT ${select} FROM read_parquet('${file}')`);
    return (performance.now() - startedAt) / 1000;
  };
  const floors = [await timed('count(*)'), await timed('min(COLUMNS(*))')] as const;
  connection.closeSync();
  instance.closeSync();
  return floors;
}

const directory = mkdtempSync(join(tmpdir(), 'proffer-bench-'));
const server = await RedisServer.start();
const raw = new Redis(server.url);
try {
  const dataDir = join(directory, 'data');
  process.stderr.write(`making ${CUSTOMERS.toLocaleString('en')} customers ...\n`);
  const workload = await makeWorkload(CUSTOMERS, join(directory, 'sources'), dataDir);
  process.stderr.write('ranking into LMDB ...\n');
  const lmdb = await rank(workload, { PROFFER_DATA_DIR: dataDir });
  rmSync(join(dataDir, 'rankings'), { recursive: true });
  const memoryBefore = await usedMemory(raw);
  process.stderr.write('ranking into Redis ...\n');
  const redis = await rank(workload, { PROFFER_DATA_DIR: dataDir, REDIS_URL: server.url });
  const bytes = ((await usedMemory(raw)) - memoryBefore) / CUSTOMERS;
  const [countSeconds, readSeconds] = await readFloor(workload.directory);
  const pipeSeconds = await pipeFloor(raw, server.port, directory);
  workload.settings.remove();

  const { topK, withOffers, publication } = lmdb.report;
  process.stdout.write(
    `${CUSTOMERS.toLocaleString('en')} customers x ${OFFERS} offers x ${NUMERIC + CATEGORICAL} features, top ${topK}; ` +
      `${withOffers.toLocaleString('en')} with an offer; memoryLimitMb ${memoryLimitMb(CUSTOMERS)}; content ${publication?.contentHash.slice(0, 12) ?? ''}\n\n`,
  );
  const stages = new Table({
    head: ['stage', 'LMDB s', 'Redis s'],
    style: plain,
    colAligns: ['left', 'right', 'right'],
  });
  lmdb.report.stages.forEach(({ stage, seconds }, index) => {
    stages.push([stage, seconds.toFixed(2), (redis.report.stages[index]?.seconds ?? 0).toFixed(2)]);
  });
  const scaled = CUSTOMERS / 1_000_000;
  const row = (what: string, of: (run: Run) => string, target = ''): void => {
    summary.push([what, of(lmdb), of(redis), target]);
  };
  const summary = new Table({
    head: ['', 'LMDB', 'Redis', 'target'],
    style: plain,
    colAligns: ['left', 'right', 'right', 'right'],
  });
  row(
    'Parquet to published generation',
    (run) => `${publishedAfter(run.report).toFixed(1)} s`,
    `${(15 * scaled).toFixed(0)} s`,
  );
  row('whole process, report included', (run) => `${run.wallSeconds.toFixed(1)} s`);
  row(
    'peak memory of the process',
    (run) => `${run.report.peakMemoryMb} MB`,
    CUSTOMERS > 2_000_000 ? '3072 MB' : '1536 MB',
  );
  summary.push(['Redis memory a customer, all in', '', `${bytes.toFixed(1)} B`, '64 B']);
  summary.push(['floor: redis-cli --pipe of the same bytes', '', `${pipeSeconds.toFixed(2)} s`, '']);
  summary.push(['floor: count(*) of the same Parquet', `${countSeconds.toFixed(2)} s`, '', '']);
  summary.push(['floor: reading every value of it', `${readSeconds.toFixed(2)} s`, '', '']);
  process.stdout.write(`${stages.toString()}\n\n${summary.toString()}\n`);
} finally {
  raw.disconnect();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
