// A loader in a process of its own that publishes one run as columns, to be killed, starved of disk or left without a store.
// Prints one line of JSON: what was published, or the error.
import { AppError } from '../../src/kernel/index.js';
import { LoadInProgressError } from '../../src/strategy-store/index.js';
import type { Publication } from '../../src/strategy-store/index.js';
import { batchOf, openUncached, runRows } from './strategies.js';
import type { StoreAt } from './strategies.js';

export interface BulkTask extends Omit<StoreAt, 'redisUrl'> {
  readonly redisUrl: string | null;
  readonly run: number;
  readonly customers: number;
  readonly lockTtlMs: number;
}

const OFFERS = ['ACME-PLATINUM'];

const task = JSON.parse(process.argv[2] ?? '{}') as BulkTask;
const store = await openUncached(
  { dataDir: task.dataDir, redisUrl: task.redisUrl ?? undefined },
  { lockTtlMs: task.lockTtlMs, graceMs: 0 },
);
/** Waits for the lock of a loader that was killed. */
async function begin(): Promise<Publication> {
  for (;;) {
    try {
      return await store.writer.begin('acme', { offers: OFFERS });
    } catch (error) {
      if (!(error instanceof LoadInProgressError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

try {
  const publication = await begin();
  publication.addBatch(batchOf([...runRows(task.run, task.customers)], OFFERS, 1));
  process.send?.('staged');
  const { generation } = await publication.commit().finally(() => publication.abort());
  process.stdout.write(`${JSON.stringify({ generation })}\n`);
} catch (error) {
  const code = error instanceof AppError ? error.code : 'UNEXPECTED';
  process.stdout.write(`${JSON.stringify({ code, message: String(error) })}\n`);
}
await store.close();
if (process.connected) process.disconnect();
