// A disk that is full, a Redis that stalls or dies, a load that fails: a clear error, the old generation whole, readers in service.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { LoadInProgressError, StoreUnavailableError } from '../../src/strategy-store/index.js';
import { TestChild } from '../support/child-process.js';
import { RedisServer } from '../support/redis-server.js';
import {
  CUSTOMERS,
  loader,
  loadRun,
  LOCK_TTL_MS,
  OFFERS,
  publishRun,
  ReaderInService,
  taskOf,
  wholeRun,
} from '../support/store-proofs.js';
import { storePlaces } from '../support/store-places.js';
import { batchOf, openUncached, runRows, until } from '../support/strategies.js';
import type { StoreAt } from '../support/strategies.js';

t.setTimeout(300_000);

const { directory, places } = await storePlaces(t, 'in-service');

/** The loader's line, run by a shell under `limits`. */
async function loadUnder(limits: string, at: StoreAt, run: number): Promise<unknown> {
  const args = ['-c', `${limits}; exec "$0" "$@"`, process.execPath, fileURLToPath(loader), taskOf(at, run)];
  const child = new TestChild({ command: 'bash', args });
  const exit = await child.exited;
  t.same(exit, { code: 0, signal: null }, child.stderr);
  t.equal(child.stderr, '', 'and nothing else is said');
  return JSON.parse(child.stdout);
}

t.test('lmdb: a file that may not grow is one clear error, and the old generation is whole', async (t) => {
  const at = { dataDir: join(directory, 'limited'), redisUrl: undefined };
  const store = await openUncached(at, { graceMs: 0, lockTtlMs: LOCK_TTL_MS });
  t.teardown(() => store.close());
  await publishRun(store, 1);
  const reader = new ReaderInService(store, CUSTOMERS);
  // In kB: more than there is, less than as many records again take.
  t.match(await loadUnder('ulimit -f 800', at, 2), {
    code: 'STRATEGY_STORE_FULL',
    message: /did not take all/,
  });
  t.equal(await wholeRun(store), 1);
  await reader.stop();
  t.same(reader.wrong, []);
  await publishRun(store, 3);
  await until(async () => (await wholeRun(store)) === 3);
  t.notOk((await store.writer.generations()).some((one) => one.state === 'loading'));
});

const smallDisk = join(directory, 'small-disk');
mkdirSync(smallDisk);
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', smallDisk]).status === 0;
const skip = isMounted ? false : 'no tmpfs can be mounted here';

t.test(
  'lmdb: a disk that is full is one clear error, and the old generation is whole',
  { skip },
  async (t) => {
    t.teardown(() => spawnSync('umount', ['-l', smallDisk]));
    const at = { dataDir: smallDisk, redisUrl: undefined };
    const store = await openUncached(at, { graceMs: 0, lockTtlMs: LOCK_TTL_MS });
    t.teardown(() => store.close());
    await publishRun(store, 1, 15_000);
    const full = { code: 'STRATEGY_STORE_FULL', message: /No space left|did not take all/ };
    await t.rejects(publishRun(store, 2, 20_000), full);
    t.equal(await wholeRun(store), 1);
    await publishRun(store, 3, 1000);
    t.equal(await wholeRun(store), 3, 'and a smaller one has room');
  },
);

t.test(
  'redis that stalls or dies in the midst: a clear error, the old generation whole when it is back',
  async (t) => {
    const own = await RedisServer.start({ persistent: true });
    const at = { dataDir: directory, redisUrl: own.url };
    const store = await openUncached(at, { graceMs: 0, lockTtlMs: LOCK_TTL_MS, storeDeadlineMs: 300 });
    t.teardown(async () => {
      own.resume();
      await store.close();
      await own.stop();
    });
    await publishRun(store, 1);
    const interrupted = async (run: number, interrupt: () => void): Promise<void> => {
      const publication = await store.writer.begin('acme', { offers: OFFERS });
      publication.addBatch(batchOf([...runRows(run, CUSTOMERS)], OFFERS, 1));
      let isDone = false;
      const commit = publication.commit((written, of) => {
        if (isDone || written < of / 2) return;
        isDone = true;
        interrupt();
      });
      await t.rejects(commit, StoreUnavailableError);
      await publication.abort();
    };

    await interrupted(2, () => own.stall());
    own.resume();
    await until(async () => (await store.reader.lookup('acme', '+15550300000')).kind === 'hit');
    t.equal(await wholeRun(store), 1);

    let killed: Promise<void> | undefined;
    await until(async () => {
      try {
        await interrupted(3, () => {
          killed = own.kill();
        });
        return true;
      } catch (error) {
        if (error instanceof LoadInProgressError) return false;
        throw error;
      }
    });
    await killed;
    await own.restart();
    await until(async () => (await store.reader.lookup('acme', '+15550300000')).kind === 'hit');
    t.equal(await wholeRun(store), 1);
    await publishRun(store, 4);
    await until(async () => (await wholeRun(store)) === 4);
    t.notOk((await store.writer.generations()).some((one) => one.state === 'loading'));
  },
);

for (const [name, at] of places) {
  t.test(`${name}: a reader in service notices no swap, no way back and no load that fails`, async (t) => {
    const store = await openUncached(at, { graceMs: 0, lockTtlMs: LOCK_TTL_MS });
    t.teardown(() => store.close());
    await publishRun(store, 1);
    await until(async () => (await wholeRun(store)) === 1);
    const before = (await store.search.current('acme'))[0]!.generation;
    const reader = new ReaderInService(store, CUSTOMERS);
    await loadRun(at, 2);
    await until(async () => (await wholeRun(store)) === 2);
    await store.writer.makeCurrent('acme', before);
    await until(async () => (await wholeRun(store)) === 1);
    const failing = await store.writer.begin('acme');
    await t.rejects(failing.commit(), { code: 'STRATEGY_NOTHING_TO_PUBLISH' });
    await failing.abort();
    await loadRun(at, 3, 30);
    await publishRun(store, 4);
    await until(async () => (await wholeRun(store)) === 4);
    await reader.stop();
    t.same(reader.wrong, [], `of ${reader.lookups} look-ups`);
    t.ok(reader.lookups > 100);
  });
}
