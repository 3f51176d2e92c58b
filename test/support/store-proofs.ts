// What has to hold of a store whatever happens to a load: what serves is whole, and a reader in service does not notice.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { LoadInProgressError } from '../../src/strategy-store/index.js';
import type { StrategyStore } from '../../src/strategy-store/index.js';
import type { BulkTask } from './bulk-loader.js';
import { batchOf, phoneAt, runRows, until } from './strategies.js';
import type { StoreAt } from './strategies.js';

/** Customers of a run. */
export const CUSTOMERS = 15_000;
/** How long the lock of a loader that was killed stays. */
export const LOCK_TTL_MS = 1000;
export const OFFERS: readonly string[] = ['ACME-PLATINUM'];
export const loader = new URL('bulk-loader.js', import.meta.url);

/** The argument of `bulk-loader.js`. */
export function taskOf({ dataDir, redisUrl }: StoreAt, run: number, customers = CUSTOMERS): string {
  const all: BulkTask = { dataDir, redisUrl: redisUrl ?? null, run, customers, lockTtlMs: LOCK_TTL_MS };
  return JSON.stringify(all);
}

/** Publishes a run in this process, waiting for the lock of a loader that died. */
export async function publishRun(store: StrategyStore, run: number, customers = CUSTOMERS): Promise<void> {
  await until(async () => {
    try {
      const publication = await store.writer.begin('acme', { offers: OFFERS });
      publication.addBatch(batchOf([...runRows(run, customers)], OFFERS, 1));
      await publication.commit().finally(() => publication.abort());
      return true;
    } catch (error) {
      if (error instanceof LoadInProgressError) return false;
      throw error;
    }
  });
}

/** Starts a loader and kills it so long after it had staged everything; never when `afterMs` is undefined. Returns how long it ran on. */
export async function loadRun(at: StoreAt, run: number, afterMs?: number): Promise<number> {
  const child = fork(loader, [taskOf(at, run)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exit = once(child, 'exit');
  await once(child, 'message');
  const stagedAt = performance.now();
  if (afterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), afterMs);
  await exit;
  return performance.now() - stagedAt;
}

/** The run whose generation serves, read from the store record by record; throws when it is not whole. */
export async function wholeRun(store: StrategyStore): Promise<number> {
  const [current] = await store.search.current('acme');
  if (current === undefined) throw new Error('no generation serves');
  const hash = await store.search.contentHash(current);
  if (hash !== current.contentHash) throw new Error(`generation ${current.generation} is not whole`);
  // The reader may hear of a swap by another process a moment later.
  for (;;) {
    const lookup = await store.reader.lookup('acme', phoneAt(0));
    if (lookup.kind !== 'hit') throw new Error(`look-up gives ${JSON.stringify(lookup)}`);
    const { generation, customer } = lookup.strategy;
    if (generation === current.generation) return Number(/^R(\d+)-/.exec(customer)?.[1]);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Looks up all the while, as a router does: every answer has to be a hit of a run. */
export class ReaderInService {
  readonly #store: StrategyStore;
  readonly #customers: number;
  readonly #reading: Promise<void>;
  #isOver = false;
  lookups = 0;
  /** Answers that a caller would have noticed. */
  readonly wrong: string[] = [];

  /** @param customers phones `phoneAt(0)` up to this many are in every run */
  constructor(store: StrategyStore, customers: number) {
    this.#store = store;
    this.#customers = customers;
    this.#reading = this.#read();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#reading;
  }

  async #read(): Promise<void> {
    for (let index = 0; !this.#isOver; index = (index + 97) % this.#customers) {
      const lookup = await this.#store.reader.lookup('acme', phoneAt(index));
      const customer = lookup.kind === 'hit' ? lookup.strategy.customer : JSON.stringify(lookup);
      if (!new RegExp(`^R\\d+-0*${index}$`).test(customer)) this.wrong.push(customer);
      this.lookups += 1;
      // Some thousand look-ups a second, which leaves the processor to the loader.
      if (this.lookups % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      else await new Promise(setImmediate);
    }
  }
}
