// The bulk path of the strategy store: columns in, a verified generation swapped in. Beside it the floor for Redis: the same bytes
// through redis-cli --pipe.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Redis } from 'ioredis';
import type { PublishedGeneration, StrategyBatch, StrategyStore } from '../../../src/strategy-store/index.js';
import { bucketCommand } from '../../../src/strategy-store/redis/bucket-command.js';
import { BucketOrder } from '../../../src/strategy-store/redis/bucket-order.js';
import { bucketKey, bucketsFor } from '../../../src/strategy-store/redis/redis-keys.js';
import { Staging } from '../../../src/strategy-store/staging.js';

export const BATCH_ROWS = 50_000;
const TOP_K = 5;

export interface BulkRows {
  readonly customers: number;
  readonly offers: readonly string[];
}

/** One batch from row `first` on: references of nine digits, one number each, five offers. */
export function batchFrom({ customers, offers }: BulkRows, first: number): StrategyBatch {
  const count = Math.min(BATCH_ROWS, customers - first);
  const batch = {
    count,
    customers: Array.from({ length: count }, (_, row) => `A${String(100_000_000 + first + row)}`),
    phones: Float64Array.from({ length: count }, (_, row) => 15_550_200_000 + (first + row) * 37),
    phoneEnds: Uint32Array.from({ length: count }, (_, row) => row + 1),
    flagBits: new Uint8Array(count),
    arms: Uint8Array.from({ length: count }, (_, row) => (row % 20 === 0 ? 2 : 1)),
    topK: TOP_K,
    offerCounts: new Uint8Array(count).fill(TOP_K),
    offers: new Uint16Array(count * TOP_K),
    propensities: new Float64Array(count * TOP_K),
    values: new Float64Array(count * TOP_K),
  };
  for (let at = 0; at < count * TOP_K; at++) {
    const row = first + Math.floor(at / TOP_K);
    batch.offers[at] = (row * 7 + (at % TOP_K)) % offers.length;
    batch.propensities[at] = ((row * 31 + at * 17) % 99_991) / 100_003;
    batch.values[at] = ((row * 13 + at * 101) % 29_989) / 100;
  }
  return batch;
}

setFlagsFromString('--expose-gc');
export const collectGarbage = runInNewContext('gc') as () => void;

/** Memory in buffers and typed arrays that somebody still holds. They are freed by a thread, a moment after the collection. */
async function bufferBytes(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return process.memoryUsage().arrayBuffers;
}

export interface BulkResult {
  readonly generation: PublishedGeneration;
  readonly stageMs: number;
  /** Of this process, for all steps, in milliseconds. */
  readonly cpuMs: number;
  /** Buffers that hold what is staged, in bytes a number. */
  readonly bytesANumber: number;
  /** Longest time the event loop stood still while the generation was written and verified, in milliseconds. */
  readonly longestStallMs: number;
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Publishes all rows; batches are made outside the time that is taken. */
export async function publishBulk(store: StrategyStore, rows: BulkRows): Promise<BulkResult> {
  const before = await bufferBytes();
  const publication = await store.writer.begin('acme', { offers: rows.offers, keepRetired: 0 });
  let stageMs = 0;
  let cpuMs = 0;
  for (let first = 0; first < rows.customers; first += BATCH_ROWS) {
    const batch = batchFrom(rows, first);
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    const refused = publication.addBatch(batch);
    stageMs += performance.now() - startedAt;
    cpuMs += cpuMsSince(cpu);
    if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused[0])}`);
    // As between the batches of a query.
    await new Promise(setImmediate);
  }
  const staged = (await bufferBytes()) - before;
  let longestStallMs = 0;
  let isWriting = false;
  let turnedAt = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    if (isWriting) longestStallMs = Math.max(longestStallMs, now - turnedAt);
    turnedAt = now;
  }, 1);
  try {
    const cpu = process.cpuUsage();
    const generation = await publication.commit(() => (isWriting = true));
    cpuMs += cpuMsSince(cpu);
    const bytesANumber = staged / generation.phones;
    return { generation, stageMs, cpuMs, bytesANumber, longestStallMs };
  } finally {
    clearInterval(watch);
  }
}

/** Seconds that redis-cli takes for the same HSETs, sent by mass insertion. */
export async function pipeFloorMs(
  raw: Redis,
  port: number,
  rows: BulkRows,
  directory: string,
): Promise<number> {
  const staging = new Staging(rows.offers);
  for (let first = 0; first < rows.customers; first += BATCH_ROWS) staging.addBatch(batchFrom(rows, first));
  const staged = await staging.finish({ generation: 1, partner: 'acme', createdAt: 0 }, bucketsFor);
  const order = new BucketOrder(staged.phones, staged.generation.buckets);
  const path = join(directory, 'hset.resp');
  const file = openSync(path, 'w');
  for (let bucket = 0; bucket < order.buckets; bucket++) {
    const positions = order.positions(bucket);
    if (positions.length > 0)
      writeSync(file, bucketCommand(bucketKey(999_999, bucket), staged, positions).toWritable());
  }
  closeSync(file);
  const input = openSync(path, 'r');
  const startedAt = performance.now();
  const result = spawnSync('redis-cli', ['-p', String(port), '--pipe'], {
    stdio: [input, 'pipe', 'inherit'],
  });
  const ms = performance.now() - startedAt;
  closeSync(input);
  rmSync(path);
  if (!/errors: 0/.test(String(result.stdout))) throw new Error(`redis-cli --pipe: ${String(result.stdout)}`);
  await raw.flushall();
  return ms;
}
