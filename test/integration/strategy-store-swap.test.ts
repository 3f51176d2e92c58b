// Generations on a real LMDB file and a real redis-server: swapped in whole under reads, one loader at a time, crashes cleaned up.
import { Redis } from 'ioredis';
import t from 'tap';
import { LoadInProgressError, NothingToPublishError } from '../../src/strategy-store/index.js';
import type { StrategyStore } from '../../src/strategy-store/index.js';
import { bucketKey, bucketsFor, currentKey } from '../../src/strategy-store/redis/redis-keys.js';
import { storePlaces } from '../support/store-places.js';
import { openUncached, phoneAt, runLoader, runRows, startLoader, until } from '../support/strategies.js';
import type { LoaderTask, StoreAt } from '../support/strategies.js';

t.setTimeout(300_000);

const CUSTOMERS = 2000;

const { server, directory: dataDir, places } = await storePlaces(t);

function task(at: StoreAt, change: Partial<LoaderTask>): LoaderTask {
  const { redisUrl = null } = at;
  return {
    dataDir,
    redisUrl,
    firstRun: 1,
    runs: 1,
    customers: CUSTOMERS,
    isToDie: false,
    lockTtlMs: 2500,
    ...change,
  };
}

async function customerAt(store: StrategyStore, index: number): Promise<string> {
  const lookup = await store.reader.lookup('acme', phoneAt(index));
  return lookup.kind === 'hit' ? lookup.strategy.customer : lookup.kind;
}

for (const [name, at] of places) {
  t.test(`${name}: a store without strategies has none, and nothing is not published`, async (t) => {
    const store = await openUncached(at);
    t.teardown(() => store.close());
    t.equal((await store.reader.lookup('acme', phoneAt(1))).kind, 'miss');
    t.same(await store.writer.generations(), []);
    await t.rejects(store.writer.publish('acme', []), NothingToPublishError);
    t.same(await store.writer.generations(), []);
  });

  t.test(`${name}: two readers see old or new of every record while a third process loads`, async (t) => {
    const [first, second] =
      name === 'redis'
        ? [await openUncached(at), await openUncached(at)]
        : [await openUncached(at), undefined];
    t.teardown(async () => {
      await first.close();
      await second?.close();
    });
    await first.writer.publish('acme', runRows(1, CUSTOMERS));
    const loader = startLoader(task(at, { firstRun: 2, runs: 6 }));
    const wrong: string[] = [];
    const runs = new Set<string>();
    for (
      let index = 0;
      loader.exitCode === null && loader.signalCode === null;
      index = (index + 97) % CUSTOMERS
    ) {
      for (const store of second === undefined ? [first] : [first, second]) {
        const lookup = await store.reader.lookup('acme', phoneAt(index));
        const customer = lookup.kind === 'hit' ? lookup.strategy.customer : JSON.stringify(lookup);
        if (!new RegExp(`^R[1-7]-0*${index}$`).test(customer)) wrong.push(customer);
        runs.add(customer.slice(0, 2));
      }
      await new Promise(setImmediate);
    }
    t.same(wrong, []);
    t.equal(loader.exitCode, 0);
    await until(async () => (await customerAt(first, 5)) === 'R7-000005');
    if (second !== undefined) await until(async () => (await customerAt(second, 5)) === 'R7-000005');
    t.ok(runs.has('R1') && runs.size > 1, `runs seen: ${[...runs].join(' ')}`);
  });

  t.test(`${name}: of two loads of one partner the first wins and the other is told`, async (t) => {
    const store = await openUncached(at);
    t.teardown(() => store.close());
    const winner = await store.writer.begin('acme');
    await t.rejects(store.writer.begin('acme'), LoadInProgressError);
    const other = await store.writer.begin('borealis');
    await other.abort();
    for (const row of runRows(8, CUSTOMERS)) winner.add(row);
    await winner.commit();
    const next = await store.writer.begin('acme');
    await next.abort();
    await until(async () => (await customerAt(store, 1)) === 'R8-000001');
  });

  t.test(
    `${name}: a load that dies half way leaves the old generation, the next removes what it left`,
    async (t) => {
      const store = await openUncached(at);
      t.teardown(() => store.close());
      const before = await customerAt(store, 7);
      const end = await runLoader(task(at, { firstRun: 9, customers: 20_000, isToDie: true }));
      t.equal(end.signal, 'SIGKILL');
      t.equal(await customerAt(store, 7), before);
      const left = (await store.writer.generations()).filter((one) => one.state === 'loading');
      t.equal(left.length, 1, 'its generation is known as unfinished');
      await t.rejects(store.writer.begin('acme'), LoadInProgressError, 'its lock still holds');
      await until(async () => {
        try {
          await store.writer.publish('acme', runRows(9, CUSTOMERS));
          return true;
        } catch (error) {
          if (error instanceof LoadInProgressError) return false;
          throw error;
        }
      });
      const generations = await store.writer.generations();
      t.notOk(generations.some((one) => one.generation.generation === left[0]?.generation.generation));
      await until(async () => (await customerAt(store, 7)) === 'R9-000007');
    },
  );

  t.test(`${name}: a replaced generation is removed after its grace, its records with it`, async (t) => {
    const store = await openUncached(at, { graceMs: 0 });
    t.teardown(() => store.close());
    await store.writer.publish('acme', runRows(9, CUSTOMERS), undefined, { keepRetired: 0 });
    await store.writer.sweep();
    const generations = await store.writer.generations();
    t.equal(generations.length, 1);
    t.equal(generations[0]?.state, 'current');
    const found = new Set<string>();
    for await (const one of store.search.all()) found.add(one.phone);
    t.equal(found.size, CUSTOMERS);
  });

  t.test(`${name}: strategies are found by customer`, async (t) => {
    const store = await openUncached(at);
    t.teardown(() => store.close());
    const found = [];
    for await (const one of store.search.byCustomer({ customer: 'R9-000123' })) found.push(one);
    t.match(found, [{ kind: 'customer', phone: phoneAt(123), strategy: { customer: 'R9-000123' } }]);
  });
}

t.test('redis: a swap that nobody heard of does not make a miss', async (t) => {
  const raw = new Redis(server.url);
  const store = await openUncached(places[1]![1], { checkIntervalMs: 60_000, graceMs: 0 });
  t.teardown(async () => {
    await store.close();
    raw.disconnect();
  });
  await store.writer.publish('acme', runRows(1, 100));
  await store.writer.publish('acme', runRows(2, 100));
  const [old, current] = (await store.writer.generations()).slice(-2).map((one) => one.generation.generation);
  // Back to the old one behind the reader's back, and the newer one gone: what a lost announcement looks like.
  await raw.hset(currentKey, 'acme', String(old));
  for (let bucket = 0; bucket < bucketsFor(100); bucket++) await raw.unlink(bucketKey(current!, bucket));
  t.equal(await customerAt(store, 5), 'R1-000005');
  t.equal((await store.reader.lookup('acme', '+15559999999')).kind, 'miss');
});
