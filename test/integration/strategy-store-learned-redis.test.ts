// What a router knows of what was learned while Redis is down, is emptied, has lost changes or holds something else: it serves with what
// it has, never fails a look-up, and knows all of it again afterwards.
import { Redis } from 'ioredis';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import type { Learned } from '../../src/offers/index.js';
import { openStrategyStore, StoreUnavailableError } from '../../src/strategy-store/index.js';
import type { StrategyStore } from '../../src/strategy-store/index.js';
import { encodeLearned } from '../../src/strategy-store/learned/learned-codec.js';
import { RedisCommands } from '../../src/strategy-store/redis/redis-commands.js';
import {
  learnedChangesKey,
  learnedKey,
  learnedPartnersKey,
  learnedProgressKey,
} from '../../src/strategy-store/redis/redis-keys.js';
import { RedisLearnedStore } from '../../src/strategy-store/redis/redis-learned-store.js';
import { cleared, customerAt, stateOf, suppressedAt } from '../support/learned-states.js';
import { RedisServer } from '../support/redis-server.js';
import type { RedisServerOptions } from '../support/redis-server.js';
import { phoneAt, runRows, until } from '../support/strategies.js';

t.setTimeout(300_000);
// A server a test, each with a listener of its own.
process.setMaxListeners(20);

const GOLD = 'ACME-PLATINUM';

/** A router: with a cache that serves while Redis is down. */
function open(redisUrl: string, learnedEntries = 1000, checkIntervalMs = 100): Promise<StrategyStore> {
  return openStrategyStore(
    { kind: 'redis', cacheEntries: 1000, cacheMaxAgeMs: 0, staleMaxAgeMs: 60_000, learnedEntries },
    { dataDir: '', redisUrl },
    { clock: systemClock, log: silentLogger, storeDeadlineMs: 200, checkIntervalMs, sweepIntervalMs: 0 },
  );
}

interface Stage {
  readonly server: RedisServer;
  readonly raw: Redis;
  readonly router: StrategyStore;
}

async function stage(t: Test, options: RedisServerOptions = {}, entries?: number): Promise<Stage> {
  const server = await RedisServer.start(options);
  const raw = new Redis(server.url);
  raw.on('error', () => undefined);
  const router = await open(server.url, entries);
  t.teardown(async () => {
    raw.disconnect();
    await router.close();
    await server.stop();
  });
  await router.writer.publish('acme', runRows(1, 100));
  await until(() => router.reader.learnedFigures.isLoaded);
  return { server, raw, router };
}

/** Changes Redis as another process would, without an announcement. `isInStream` false: the change is trimmed already. */
async function putUnheard(raw: Redis, states: readonly Learned[], isInStream: boolean): Promise<void> {
  for (const state of states) {
    const { partner, customer } = state;
    const text = encodeLearned(state);
    await raw.hset(learnedKey(partner), customer, text);
    const sequence = await raw.hincrby(learnedProgressKey, 'sequence', 1);
    const fields = ['partner', partner, 'customer', customer, 'state', text];
    await raw.xadd(learnedChangesKey, `${sequence}-0`, ...fields);
    if (!isInStream) await raw.xdel(learnedChangesKey, `${sequence}-0`);
  }
}

/** As `suppressedAt`, of what memory serves while Redis is down. */
async function suppressedStale(store: StrategyStore, index: number): Promise<string> {
  const lookup = await store.reader.lookup('acme', phoneAt(index));
  if (lookup.kind !== 'stale' || lookup.lookup.kind !== 'hit') return lookup.kind;
  return (lookup.lookup.strategy.suppressed ?? []).map((one) => one.offerCode).join();
}

t.test(
  'Redis is killed: memory serves with what was learned, writers are told, then it goes on',
  async (t) => {
    const { server, router } = await stage(t, { persistent: true });
    await router.learned.put([stateOf(1, 1)], 1);
    await until(async () => (await suppressedAt(router, 1)) === GOLD);
    await server.kill();
    await until(async () => (await suppressedStale(router, 1)) === GOLD);
    await t.rejects(router.learned.put([stateOf(2, 2)]), StoreUnavailableError);
    await t.rejects(router.learned.cursor(), StoreUnavailableError);
    await server.restart();
    await until(async () => {
      const isPut = await router.learned.put([stateOf(2, 2)], 2).then(
        () => true,
        () => false,
      );
      return isPut && (await suppressedAt(router, 2)) === GOLD;
    });
    t.equal(await suppressedAt(router, 1), GOLD);
  },
);

t.test(
  'Redis comes back empty: the cursor says so, and the router knows what it is given anew',
  async (t) => {
    const { server, router } = await stage(t);
    await router.learned.put([stateOf(1, 7), stateOf(2, 8)], 8);
    await until(async () => (await suppressedAt(router, 2)) === GOLD);
    await server.kill();
    await server.restart();
    await until(() => router.reader.learnedFigures.entries === 0);
    t.equal(await router.learned.cursor(), 0);
    await router.writer.publish('acme', runRows(1, 100));
    await router.learned.put([stateOf(1, 7)], 7);
    await until(async () => (await suppressedAt(router, 1)) === GOLD);
    await until(async () => (await suppressedAt(router, 2)) === '');
  },
);

t.test('Redis is emptied while it runs, and filled by another', async (t) => {
  const { raw, router } = await stage(t);
  await router.learned.put([stateOf(1, 7)], 7);
  await until(() => router.reader.learnedFigures.entries === 1);
  await raw.del(learnedProgressKey, learnedPartnersKey, learnedKey('acme'));
  await router.learned.put([stateOf(2, 3), stateOf(3, 4)], 4);
  await until(() => router.reader.learnedFigures.entries === 2);
  await until(async () => (await suppressedAt(router, 2)) === GOLD);
  t.equal(await suppressedAt(router, 1), '');
  t.equal(await router.learned.cursor(), 4);
});

t.test('changes that nobody announced are found by looking', async (t) => {
  const { raw, router } = await stage(t);
  await router.learned.put([stateOf(1, 1)]);
  await putUnheard(raw, [stateOf(2, 2), cleared(1, 3)], true);
  await until(async () => (await suppressedAt(router, 2)) === GOLD && (await suppressedAt(router, 1)) === '');
});

t.test('a router that is behind the stream reads everything anew', async (t) => {
  const { raw, router } = await stage(t);
  await router.learned.put([stateOf(1, 1), stateOf(2, 2)]);
  await until(() => router.reader.learnedFigures.entries === 2);
  await putUnheard(raw, [stateOf(3, 3), cleared(1, 4)], false);
  await until(async () => (await suppressedAt(router, 1)) === '' && (await suppressedAt(router, 3)) === GOLD);
  t.equal(await suppressedAt(router, 2), GOLD);
  await putUnheard(raw, [cleared(2, 5)], false);
  await putUnheard(raw, [stateOf(4, 6)], true);
  await until(async () => (await suppressedAt(router, 2)) === '' && (await suppressedAt(router, 4)) === GOLD);
});

t.test('the stream keeps no more than it is told, and a router goes on across that', async (t) => {
  const { server, raw, router } = await stage(t);
  const commands = new RedisCommands({ url: server.url, clock: systemClock, log: silentLogger });
  t.teardown(() => commands.close());
  const hooks = { onChange: () => undefined, onPurge: () => Promise.resolve() };
  const options = { clock: systemClock, ...hooks, changesKept: 10 };
  const other = new RedisLearnedStore(commands, options);
  for (let revision = 1; revision <= 20; revision++)
    await other.put(Array.from({ length: 50 }, (_, index) => stateOf(index, revision)));
  await other.put([cleared(49, 21)]);
  t.ok((await raw.xlen(learnedChangesKey)) < 500, 'of 1001 changes');
  await until(
    async () => (await suppressedAt(router, 49)) === '' && (await suppressedAt(router, 48)) === GOLD,
  );
});

t.test('Redis came back from an older copy: what it lost is not known any more', async (t) => {
  const { raw, router } = await stage(t);
  await router.learned.put([stateOf(1, 1), stateOf(2, 2)]);
  await until(() => router.reader.learnedFigures.entries === 2);
  await raw.hset(learnedProgressKey, 'sequence', 1);
  await raw.hdel(learnedKey('acme'), customerAt(2));
  await until(() => router.reader.learnedFigures.entries === 1);
  t.equal(await suppressedAt(router, 1), GOLD);
});

t.test(
  'what is no state is left out, whether it is read at the start, by the stream or in use',
  async (t) => {
    const { server, raw, router } = await stage(t);
    await router.learned.put([stateOf(1, 1)]);
    await until(() => router.reader.learnedFigures.entries === 1);
    await raw.hset(
      learnedKey('acme'),
      customerAt(2),
      'garbage',
      customerAt(3),
      '{"revision":1,"expiresAt":9,"offers":7}',
    );
    const sequence = Number(await raw.hget(learnedProgressKey, 'sequence'));
    await raw.xadd(learnedChangesKey, `${sequence + 1}-0`, 'partner', 'acme');
    await raw.xadd(learnedChangesKey, `${sequence + 2}-0`, 'partner', 'acme', 'customer', 'c', 'state', '{');
    await raw.hset(learnedProgressKey, 'sequence', sequence + 2);
    await until(() => router.reader.learnedFigures.malformed === 2);
    const second = await open(server.url);
    t.teardown(() => second.close());
    await until(() => second.reader.learnedFigures.isLoaded);
    t.equal(second.reader.learnedFigures.malformed, 1);
    t.equal(await suppressedAt(second, 1), GOLD);
    t.equal(await suppressedAt(second, 2), '');
    t.equal(await suppressedAt(second, 3), '');
    t.equal(second.reader.learnedFigures.malformed, 2);
    await second.learned.put([stateOf(2, 1)]);
    await second.learned.add('acme', customerAt(3), stateOf(3, 1).offers[0]!, Date.now() + 100_000);
    await until(
      async () => (await suppressedAt(second, 2)) + (await suppressedAt(second, 3)) === GOLD + GOLD,
    );
  },
);

t.test('above the setting the oldest give way in memory, and none in Redis', async (t) => {
  const { server, raw, router } = await stage(t, {}, 10);
  await router.learned.put(Array.from({ length: 30 }, (_, index) => stateOf(index, index + 1)));
  await until(() => router.reader.learnedFigures.dropped === 20);
  t.equal(router.reader.learnedFigures.entries, 10);
  t.equal(await suppressedAt(router, 29), GOLD);
  t.equal(await suppressedAt(router, 2), '');
  t.equal(await raw.hlen(learnedKey('acme')), 30);
  const none = await open(server.url, 0);
  t.teardown(() => none.close());
  t.equal(await suppressedAt(none, 29), '', 'with 0 nothing is read');
});

t.test('a router whose Redis is not there yet serves without, and with it once it is', async (t) => {
  const server = await RedisServer.start({ persistent: true });
  const first = await open(server.url);
  await first.writer.publish('acme', runRows(1, 100));
  await first.learned.put([stateOf(1, 1)], 1);
  await first.close();
  await server.kill();
  const router = await open(server.url);
  t.teardown(async () => {
    await router.close();
    await server.stop();
  });
  t.match(router.reader.learnedFigures, { isLoaded: false, entries: 0 });
  t.equal((await router.reader.lookup('acme', phoneAt(1))).kind, 'failure');
  await server.restart();
  await until(async () => (await suppressedAt(router, 1)) === GOLD);
  t.match(router.reader.learnedFigures, { isLoaded: true, entries: 1, revision: 1 });
});

t.test('a look-up of a customer of whom something was learned asks Redis for one record, once', async (t) => {
  const { server, raw, router } = await stage(t);
  await router.learned.put([stateOf(1, 1)]);
  await until(async () => (await suppressedAt(router, 1)) === GOLD);
  const calls = async (): Promise<ReadonlyMap<string, number>> =>
    new Map(
      [...(await raw.info('commandstats')).matchAll(/cmdstat_(hget|hscan|hgetall):calls=(\d+)/g)].map(
        ([, command = '', count]) => [command, Number(count)],
      ),
    );
  const quiet = await open(server.url, 1000, 60_000);
  t.teardown(() => quiet.close());
  await until(() => quiet.reader.learnedFigures.isLoaded);
  const before = await calls();
  for (let n = 0; n < 100; n++) t.equal(await suppressedAt(quiet, 1), GOLD);
  const after = await calls();
  t.equal((after.get('hget') ?? 0) - (before.get('hget') ?? 0), 100);
  t.equal(after.get('hscan'), before.get('hscan'));
});
