// What it costs that something was learned: CPU of a look-up of customers with and without it, memory of the states, the load.
import { silentLogger, systemClock } from '../../../src/kernel/index.js';
import type { Learned } from '../../../src/offers/index.js';
import { openStrategyStore } from '../../../src/strategy-store/index.js';
import type { StrategyStore } from '../../../src/strategy-store/index.js';
import { collectGarbage } from './bulk.js';

const DAY_MS = 86_400_000;
/** Rounds, in turn: of one after the other the second is always the one whose code is warm. */
const ROUNDS = 5;

export interface LearnedBench {
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
  readonly cacheEntries: number;
  /** Customers, and whose strategies are there: `R<n>` by phone. */
  readonly customers: number;
  readonly phone: (index: number) => string;
  readonly reference: (index: number) => string;
  readonly offerOf: (index: number) => string;
  readonly lookups: number;
}

/** Microseconds of CPU a look-up in this process, medians. */
export interface LearnedCost {
  /** With nothing learned of anybody. */
  readonly none: number;
  /** Of customers of whom nothing was learned, while it was of as many others. */
  readonly without: number;
  readonly with: number;
  /** Time to store the states, in milliseconds, and until a router that starts has read them. */
  readonly putMs: number;
  readonly loadMs: number;
  /** Memory of the router for a state, in bytes; 0 where it has none. */
  readonly bytes: number;
}

function open(bench: LearnedBench): Promise<StrategyStore> {
  const { dataDir, redisUrl, cacheEntries } = bench;
  const kind = redisUrl === undefined ? 'lmdb' : 'redis';
  const times = { cacheMaxAgeMs: 3_600_000, staleMaxAgeMs: 3_600_000 };
  return openStrategyStore(
    { kind, cacheEntries, ...times, learnedEntries: 1_000_000 },
    { dataDir, redisUrl },
    { clock: systemClock, log: silentLogger, storeDeadlineMs: 2000, sweepIntervalMs: 0 },
  );
}

/** Every second customer declined the first offer of the ranking. */
function statesOf({ customers, reference, offerOf }: LearnedBench): Learned[] {
  const at = Date.now();
  const until = at + 30 * DAY_MS;
  return Array.from({ length: customers / 2 }, (_, index) => ({
    partner: 'acme',
    customer: reference(2 * index),
    revision: index + 1,
    offers: [{ effect: 'withheld', offerCode: offerOf(2 * index), reason: 'declined', at, until } as const],
    alerts: undefined,
    expiresAt: until + DAY_MS,
  }));
}

/** @param odd 1: customers of whom nothing was learned */
async function cpuOf(store: StrategyStore, bench: LearnedBench, odd: number): Promise<number> {
  const { lookups, customers, phone } = bench;
  const before = process.cpuUsage();
  for (let at = 0; at < lookups; at++) {
    const lookup = store.reader.lookup('acme', phone((((at * 7919) % customers) & ~1) + odd));
    if (lookup instanceof Promise) await lookup;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / lookups;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

async function loaded(store: StrategyStore, entries: number): Promise<void> {
  while (store.reader.learnedFigures.entries < entries)
    await new Promise((resolve) => setTimeout(resolve, 1));
}

/** The store holds the strategies of the customers, and nothing learned. */
export async function learnedCost(bench: LearnedBench): Promise<LearnedCost> {
  const plain = await open(bench);
  await cpuOf(plain, bench, 0);
  const none: number[] = [];
  for (let round = 0; round < ROUNDS; round++) none.push(await cpuOf(plain, bench, round & 1));
  const states = statesOf(bench);
  const putAt = performance.now();
  for (let first = 0; first < states.length; first += 1000)
    await plain.learned.put(states.slice(first, first + 1000), first + 1000);
  const putMs = performance.now() - putAt;
  await plain.close();
  const heap = heapBytes();
  const loadAt = performance.now();
  const store = await open(bench);
  await loaded(store, states.length);
  const loadMs = performance.now() - loadAt;
  const bytes = bench.redisUrl === undefined ? 0 : (heapBytes() - heap) / states.length;
  const costs: [number[], number[]] = [[], []];
  await cpuOf(store, bench, 0);
  for (let round = 0; round < 2 * ROUNDS; round++)
    costs[round % 2 === 0 ? 0 : 1].push(await cpuOf(store, bench, round & 1));
  await store.close();
  return { none: median(none), with: median(costs[0]), without: median(costs[1]), putMs, loadMs, bytes };
}
