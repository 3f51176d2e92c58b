// What the store makes of a Redis that stalls, dies, is full, lies or is not there: an answer in time, never a miss, never a crash.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Redis } from 'ioredis';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { openStrategyStore, StoreFullError, StoreOpenError } from '../../src/strategy-store/index.js';
import type { StrategyStore } from '../../src/strategy-store/index.js';
import { phoneField, phoneNumberOf } from '../../src/strategy-store/phone-key.js';
import { bucketKeyOf, generationsKey } from '../../src/strategy-store/redis/redis-keys.js';
import { freePort, RedisServer } from '../support/redis-server.js';
import { phoneAt, runRows, until } from '../support/strategies.js';

t.setTimeout(300_000);

const DEADLINE_MS = 200;
/** A look-up that has not ended by then did not keep its deadline, however slow this machine is. */
const FAR_TOO_LATE_MS = 2000;

const settings = {
  kind: 'redis',
  cacheEntries: 100,
  cacheMaxAgeMs: 0,
  staleMaxAgeMs: 60_000,
  learnedEntries: 500_000,
} as const;

function open(redisUrl: string): Promise<StrategyStore> {
  return openStrategyStore(
    settings,
    { dataDir: '', redisUrl },
    {
      clock: systemClock,
      log: silentLogger,
      storeDeadlineMs: DEADLINE_MS,
      checkIntervalMs: 200,
      sweepIntervalMs: 0,
    },
  );
}

/** A Redis of the test's own, a store on it, and a client that may do anything to it. */
async function openWithRaw(
  t: Pick<Test, 'teardown'>,
  options: Parameters<typeof RedisServer.start>[0] = {},
): Promise<{ readonly raw: Redis; readonly store: StrategyStore }> {
  const server = await RedisServer.start(options);
  const raw = new Redis(server.url);
  const store = await open(server.url);
  t.teardown(async () => {
    raw.disconnect();
    await store.close();
    await server.stop();
  });
  return { raw, store };
}

async function inTime<T>(work: Promise<T>): Promise<T | 'too late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'too late'>(
    (resolve) => (timer = setTimeout(resolve, FAR_TOO_LATE_MS, 'too late')),
  );
  const result = await Promise.race([work, late]);
  clearTimeout(timer);
  return result;
}

async function kindOf(store: StrategyStore, phone: string): Promise<string> {
  const lookup = await inTime(Promise.resolve(store.reader.lookup('acme', phone)));
  return lookup === 'too late' ? lookup : lookup.kind;
}

t.test('a stalled Redis: stale or failure within the deadline, then hits again', async (t) => {
  const server = await RedisServer.start();
  const store = await open(server.url);
  t.teardown(async () => {
    await store.close();
    server.resume();
    await server.stop();
  });
  await store.writer.publish('acme', runRows(1, 1000));
  t.equal(await kindOf(store, phoneAt(1)), 'hit');
  server.stall();
  t.equal(await kindOf(store, phoneAt(1)), 'stale');
  const many = await Promise.all(
    Array.from({ length: 200 }, (_, index) => kindOf(store, phoneAt(10 + index))),
  );
  t.same(new Set(many), new Set(['failure']));
  t.not(store.reader.circuitState, 'closed', 'and it is left alone');
  // Long enough for the silent socket to be given up and a new one tried.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  t.equal(await kindOf(store, phoneAt(1)), 'stale');
  server.resume();
  await until(async () => (await kindOf(store, phoneAt(2))) === 'hit');
});

t.test('a Redis that is killed and comes back', async (t) => {
  const server = await RedisServer.start({ persistent: true });
  const store = await open(server.url);
  t.teardown(async () => {
    await store.close();
    await server.stop();
  });
  await store.writer.publish('acme', runRows(1, 1000));
  t.equal(await kindOf(store, phoneAt(1)), 'hit');
  const underWay = Array.from({ length: 50 }, (_, index) => kindOf(store, phoneAt(100 + index)));
  await server.kill();
  for (const kind of await Promise.all(underWay)) t.ok(kind === 'hit' || kind === 'failure', kind);
  t.equal(await kindOf(store, phoneAt(1)), 'stale');
  t.equal(await kindOf(store, phoneAt(500)), 'failure');
  await server.restart();
  await until(async () => (await kindOf(store, phoneAt(500))) === 'hit');
  await store.writer.publish('acme', runRows(2, 1000));
  await until(async () => {
    const lookup = await store.reader.lookup('acme', phoneAt(1));
    return lookup.kind === 'hit' && lookup.strategy.customer === 'R2-000001';
  });
});

t.test(
  'a Redis that was killed for good is a failure for every caller, and costs no deadline each',
  async (t) => {
    const server = await RedisServer.start();
    const store = await open(server.url);
    t.teardown(() => store.close());
    await store.writer.publish('acme', runRows(1, 100));
    await server.stop();
    for (let index = 0; index < 100; index++) t.equal(await kindOf(store, phoneAt(index)), 'failure');
    t.ok(
      store.reader.counters.storeLookups < 50,
      `${store.reader.counters.storeLookups} of 100 reached for Redis`,
    );
  },
);

t.test('a value that is damaged, cut, of another type or under another key is a failure', async (t) => {
  const { raw, store } = await openWithRaw(t);
  const { generation } = await store.writer.publish('acme', runRows(1, 3000));
  const keyOf = (phone: string) =>
    bucketKeyOf(generation.generation, phoneNumberOf(phone) ?? 0, generation.buckets);
  const put = (phone: string, value: Buffer) =>
    raw.hset(keyOf(phone), phoneField(phoneNumberOf(phone) ?? 0), value);
  const whole = (await raw.hgetBuffer(keyOf(phoneAt(0)), phoneField(phoneNumberOf(phoneAt(0)) ?? 0)))!;
  await put(phoneAt(1), Buffer.from('garbage'));
  await put(phoneAt(2), whole.subarray(0, whole.length - 3));
  await put(phoneAt(3), Buffer.alloc(0));
  await raw.set(keyOf(phoneAt(4)), 'a string');
  for (const index of [1, 2, 3, 4]) {
    const lookup = await store.reader.lookup('acme', phoneAt(index));
    t.equal(lookup.kind, 'failure', lookup.kind === 'failure' ? lookup.reason : lookup.kind);
  }
  t.equal(await kindOf(store, phoneAt(0)), 'hit');
  t.equal(store.reader.circuitState, 'closed');

  await raw.hset(generationsKey, '999', '{"partner":');
  await raw.hset('proffer:strategies:current', 'acme', '999');
  let fresh = 0;
  await until(async () => (await kindOf(store, `+1555777${1000 + fresh++}`)) === 'failure');
});

t.test('a server that answers in another protocol, or says nothing at all', async (t) => {
  const sockets = new Set<Socket>();
  const answers = ['HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n', '$5\r\nab', ''];
  for (const answer of answers) {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', () => {
        if (answer !== '' && socket.writable) socket.write(answer);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const store = await open(`redis://127.0.0.1:${port}`);
    for (let n = 0; n < 10; n++) t.equal(await kindOf(store, phoneAt(n)), 'failure');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await store.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

t.test(
  'a Redis that is full: one clear error, the old generation serves, and there is room again later',
  async (t) => {
    const { raw, store } = await openWithRaw(t, { args: ['--maxmemory-policy', 'noeviction'] });
    await store.writer.publish('acme', runRows(1, 1000));
    const used = Number(/used_memory:(\d+)/.exec(await raw.info('memory'))?.[1]);
    await raw.config('SET', 'maxmemory', String(used + 250_000));
    await t.rejects(store.writer.publish('acme', runRows(2, 20_000)), StoreFullError);
    const lookup = await store.reader.lookup('acme', phoneAt(1));
    t.match(lookup, { kind: 'hit', strategy: { customer: 'R1-000001' } });
    t.equal((await store.writer.generations()).length, 1, 'nothing of the new one is left');
    await raw.config('SET', 'maxmemory', '0');
    await store.writer.publish('acme', runRows(2, 20_000));
    await until(async () => (await kindOf(store, phoneAt(19_999))) === 'hit');
  },
);

t.test('a Redis that evicts keys is found out before the swap', async (t) => {
  const { raw, store } = await openWithRaw(t);
  await raw.config('SET', 'maxmemory-policy', 'allkeys-random');
  const used = Number(/used_memory:(\d+)/.exec(await raw.info('memory'))?.[1]);
  await raw.config('SET', 'maxmemory', String(used + 250_000));
  await t.rejects(store.writer.publish('acme', runRows(1, 20_000)), {
    code: /STRATEGY_GENERATION_INCOMPLETE|STRATEGY_STORE_FULL|STRATEGY_LOAD_LOCK_LOST/,
  });
  t.equal((await store.reader.lookup('acme', phoneAt(1))).kind, 'miss');
});

t.test('a Redis that is not there when the store opens is used once it is', async (t) => {
  const port = await freePort();
  const store = await open(`redis://127.0.0.1:${port}`);
  t.teardown(() => store.close());
  const lookup = await store.reader.lookup('acme', phoneAt(1));
  t.match(lookup, { kind: 'failure', reason: /ECONNREFUSED/ });
  await t.rejects(store.writer.generations(), { code: 'STRATEGY_STORE_UNAVAILABLE' });
  const server = await RedisServer.start({ port });
  t.teardown(() => server.stop());
  await until(async () => (await kindOf(store, phoneAt(1))) === 'miss');
  await store.writer.publish('acme', runRows(1, 10));
  await until(async () => (await kindOf(store, phoneAt(1))) === 'hit');
});

t.test('a wrong password is the reason that is told, and no secret is shown', async (t) => {
  const server = await RedisServer.start({ args: ['--requirepass', 'right'] });
  const store = await open(server.url.replace('//', '//:wrong@'));
  t.teardown(async () => {
    await store.close();
    await server.stop();
  });
  const lookup = await store.reader.lookup('acme', phoneAt(1));
  t.match(lookup, { kind: 'failure', reason: /WRONGPASS/ });
  t.notMatch(store.describe(), /wrong/);
});

t.test('a URL or a directory that cannot be used is refused at once', async (t) => {
  await t.rejects(open('http://127.0.0.1'), StoreOpenError);
  const lmdb = { ...settings, kind: 'lmdb' as const };
  const deps = { clock: systemClock, log: silentLogger, storeDeadlineMs: DEADLINE_MS };
  await t.rejects(
    openStrategyStore(lmdb, { dataDir: '/dev/null', redisUrl: undefined }, deps),
    StoreOpenError,
  );
  await t.rejects(openStrategyStore(settings, { dataDir: '', redisUrl: undefined }, deps), StoreOpenError);
});
