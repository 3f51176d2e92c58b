// Strategies whose customers tell their run, and a loader in a process of its own.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { FLAG_NAMES, openStrategyStore } from '../../src/strategy-store/index.js';
import type {
  OpenStrategyStoreDeps,
  StrategyBatch,
  StrategyRow,
  StrategyStore,
} from '../../src/strategy-store/index.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';

export interface StoreAt {
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
}

/** Opens a store without a cache: every look-up goes to LMDB or Redis. */
export function openUncached(at: StoreAt, deps: Partial<OpenStrategyStoreDeps> = {}): Promise<StrategyStore> {
  return openStrategyStore(
    { kind: 'lmdb', cacheEntries: 0, cacheMaxAgeMs: 0, staleMaxAgeMs: 0, learnedEntries: 500_000 },
    at,
    {
      clock: systemClock,
      log: silentLogger,
      storeDeadlineMs: 1000,
      checkIntervalMs: 100,
      sweepIntervalMs: 0,
      ...deps,
    },
  );
}

export function phoneAt(index: number): string {
  return `+${15_550_300_000 + index}`;
}

/** `count` customers, one number each; customer `R<run>-<index>`. */
export function* runRows(run: number, count: number): Generator<StrategyRow> {
  for (let index = 0; index < count; index++) {
    yield {
      partner: 'acme',
      customer: `R${run}-${String(index).padStart(6, '0')}`,
      phones: [phoneAt(index)],
      flags: noFlags,
      offers: [{ offerCode: 'ACME-PLATINUM', propensity: 0.1, value: 180 }],
    };
  }
}

/** Rows as columns. @param offers codes, which the rows' offers are indexes into */
export function batchOf(rows: readonly StrategyRow[], offers: readonly string[], topK = 5): StrategyBatch {
  const count = rows.length;
  const batch = {
    count,
    customers: rows.map((row) => row.customer),
    phones: Float64Array.from(rows.flatMap((row) => row.phones.map((phone) => Number(phone.slice(1))))),
    phoneEnds: new Uint32Array(count),
    flagBits: new Uint8Array(count),
    arms: new Uint8Array(count),
    topK,
    offerCounts: new Uint8Array(count),
    offers: new Uint16Array(count * topK),
    propensities: new Float64Array(count * topK),
    values: new Float64Array(count * topK),
  };
  let phoneEnd = 0;
  for (const [index, row] of rows.entries()) {
    phoneEnd += row.phones.length;
    batch.phoneEnds[index] = phoneEnd;
    for (const [bit, name] of FLAG_NAMES.entries()) if (row.flags[name]) batch.flagBits[index]! |= 1 << bit;
    batch.arms[index] = row.arm === undefined ? 0 : row.arm === 'offer' ? 1 : 2;
    batch.offerCounts[index] = row.offers.length;
    for (const [rank, offer] of row.offers.entries()) {
      batch.offers[index * topK + rank] = offers.indexOf(offer.offerCode);
      batch.propensities[index * topK + rank] = offer.propensity;
      batch.values[index * topK + rank] = offer.value;
    }
  }
  return batch;
}

/** What the loader process is told. */
export interface LoaderTask extends Omit<StoreAt, 'redisUrl'> {
  readonly redisUrl: string | null;
  readonly firstRun: number;
  readonly runs: number;
  readonly customers: number;
  /** Die by SIGKILL in the midst of the first run. */
  readonly isToDie: boolean;
  readonly lockTtlMs: number;
}

/** Starts `strategy-loader.js` with the task. */
export function startLoader(task: LoaderTask): ChildProcess {
  return fork(new URL('strategy-loader.js', import.meta.url), [JSON.stringify(task)], { stdio: 'inherit' });
}

export async function runLoader(task: LoaderTask): Promise<{ code: number | null; signal: string | null }> {
  const [code, signal] = (await once(startLoader(task), 'exit')) as [number | null, string | null];
  return { code, signal };
}

/** Asks until it is so, for at most 15 seconds. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so within 15 s: ${String(isSo)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
