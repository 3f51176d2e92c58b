// A strategy store that dies, stalls, is full or answers nonsense: calls land all the same. Real redis-server, real SIPp.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import t from 'tap';
import type { Test } from 'tap';
import { CallStage, pathOf } from '../support/call-stage.js';
import { waitUntil } from '../support/child-process.js';
import { sumOf } from '../support/metrics-text.js';
import { RedisServer } from '../support/redis-server.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';
import { trunkAddress } from '../support/router-settings.js';
import type { StageOptions } from '../support/call-stage.js';

const skip = sippMissing() ?? false;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function open(t: Test, redis: RedisServer, options: StageOptions = {}): Promise<CallStage> {
  const stage = await CallStage.open({
    ...options,
    env: { REDIS_URL: redis.url },
    edit: (draft) => {
      // No cache: every call asks the store.
      draft.proffer.strategyStore = { ...draft.proffer.strategyStore, cacheEntries: 0 };
      options.edit?.(draft);
    },
  });
  t.teardown(() => stage.close());
  return stage;
}

const load = (stage: CallStage, calls: number, callersFile: string) =>
  callWithSipp({
    scenario: 'load-call',
    remote: stage.router.sip,
    localAddress: trunkAddress.proxy,
    calls,
    rate: 100,
    traceMessages: false,
    timeoutSeconds: 90,
    args: ['-inf', callersFile],
  });

void t.test('a Redis that fails under load', { skip }, async (t) => {
  const redis = await RedisServer.start({ persistent: true });
  t.teardown(() => redis.stop());
  const folder = mkdtempSync(join(tmpdir(), 'proffer-callers-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const callers = join(folder, 'callers.csv');
  writeFileSync(callers, 'SEQUENTIAL\n+15550100001\n+15550100002\n+15550100003\n+15550100006\n');
  const stage = await open(t, redis);
  await stage.set({ east: 'load-answer', west: 'load-answer', overflow: 'load-answer' });

  const lookups = async () => {
    const samples = await stage.router.metrics();
    const of = (result: string) => sumOf(samples, 'proffer_store_lookups_total', { result });
    return { hit: of('hit'), failed: of('failure') + of('stale') };
  };

  await t.test('killed and back again: no call fails', async (t) => {
    const before = await lookups();
    const running = load(stage, 600, callers);
    await waitUntil('the store serves', async () => (await lookups()).hit >= before.hit + 100);
    await redis.kill();
    await waitUntil('it does not', async () => (await lookups()).failed >= before.failed + 100);
    await redis.restart();
    const run = await running;
    t.equal(run.statistics.failed, 0, run.errors);
    t.equal(run.statistics.successful, 600);
    const after = await lookups();
    t.ok(after.hit > before.hit, 'the store served');
    t.ok(after.failed > before.failed, 'a failure is not a miss');
    t.ok(sumOf(await stage.router.metrics(), 'proffer_fail_open_total') > 0);
  });

  await t.test('stalled and awake again: no call fails', async (t) => {
    const before = await lookups();
    const running = load(stage, 600, callers);
    await waitUntil('the store serves', async () => (await lookups()).hit >= before.hit + 100);
    redis.stall();
    await waitUntil('it does not', async () => (await lookups()).failed >= before.failed + 100);
    redis.resume();
    const run = await running;
    t.equal(run.statistics.failed, 0, run.errors);
    t.equal(run.statistics.successful, 600);
    t.ok((await lookups()).failed > before.failed);
  });

  await t.test('healthy and ready while Redis is gone', async (t) => {
    await redis.kill();
    await sleep(500);
    t.equal(await stage.router.httpStatus('/healthz'), 200);
    t.equal(await stage.router.httpStatus('/readyz'), 200, 'degraded still takes calls');
    await redis.restart();
  });

  await t.test('the best offer is back once Redis is', async (t) => {
    await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
    let offer: string | undefined;
    for (let attempt = 0; attempt < 20 && offer === undefined; attempt++) {
      await sleep(500);
      offer = (await stage.call('proxy', { scenario: 'uac-call' })).arrivals[0]?.invite.header('X-Offer-ID');
    }
    t.equal(offer, 'ACME-PLATINUM');
  });

  await t.test('garbage for a record: plain service, counted as a failure', async (t) => {
    const client = new Redis(redis.url);
    t.teardown(() => client.quit());
    for (const key of await client.keys('proffer:strategies:*:*')) {
      if ((await client.type(key)) !== 'hash') continue;
      for (const field of await client.hkeysBuffer(key))
        await client.hset(key, field, '\x00\xff garbage \xfe');
    }
    const before = await lookups();
    const story = await stage.call('proxy', { scenario: 'uac-call' });
    t.equal(story.run.exitCode, 0, story.run.errors);
    t.match(pathOf(story)[0], /\/service$/);
    t.ok((await lookups()).failed > before.failed);
  });

  await t.test('garbage for the current generation: plain service', async (t) => {
    const client = new Redis(redis.url);
    t.teardown(() => client.quit());
    await client.hset('proffer:strategies:current', 'acme', 'no number');
    await client.hset('proffer:strategies:current', 'borealis', '-1');
    await client.publish('proffer:strategies:swapped', 'acme');
    await sleep(300);
    const story = await stage.call('proxy', { scenario: 'uac-call' });
    t.equal(story.run.exitCode, 0, story.run.errors);
    t.match(pathOf(story)[0], /\/service$/);
  });
});

void t.test('CANCEL while the store is slow', { skip }, async (t) => {
  const redis = await RedisServer.start();
  t.teardown(() => redis.stop());
  const stage = await open(t, redis);
  await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
  redis.stall();
  for (const trunk of ['redirect', 'proxy', 'b2bua'] as const) {
    await t.test(`on a ${trunk} trunk: 487`, async (t) => {
      const story = await stage.call(trunk, { scenario: 'uac-cancel-quick' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.match(story.outcome, { reason: 'cancelled' });
    });
  }
  await t.test('no destination hears of the calls', async (t) => {
    await sleep(2000);
    t.equal(stage.destination('east').invites.length + stage.destination('west').invites.length, 0);
  });
  redis.resume();
});

void t.test('a Redis with no memory left: the router starts and calls land', { skip }, async (t) => {
  const redis = await RedisServer.start({ args: ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'] });
  t.teardown(() => redis.stop());
  const stage = await open(t, redis);
  await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
  const story = await stage.call('proxy', { scenario: 'uac-call' });
  t.equal(story.run.exitCode, 0, story.run.errors);
  t.match(pathOf(story)[0], /\/service$/);
});

void t.test('two routers on one Redis', { skip }, async (t) => {
  const redis = await RedisServer.start();
  t.teardown(() => redis.stop());
  // Both find the store empty and want to load it.
  const [first, second] = await Promise.all([open(t, redis), open(t, redis)]);
  const places = { east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' };
  await Promise.all([first.set(places), second.set(places)]);
  const digest = async () => {
    const client = new Redis(redis.url);
    const hash = createHash('sha256');
    for (const key of (await client.keys('*')).toSorted()) {
      if ((await client.type(key)) !== 'hash') continue;
      const fields = await client.hgetallBuffer(key);
      for (const field of Object.keys(fields).toSorted())
        hash.update(`${key} ${field} `).update(fields[field]!);
    }
    await client.quit();
    return hash.digest('hex');
  };
  const before = await digest();
  const calls = (stage: CallStage) =>
    Promise.all(
      ['+15550100001', '+15550100002', '+15550100003'].map((caller) =>
        callWithSipp({
          scenario: 'uac-call',
          remote: stage.router.sip,
          localAddress: trunkAddress.proxy,
          localPort: 0,
          caller,
          calls: 20,
          rate: 50,
        }),
      ),
    );
  for (const run of (await Promise.all([calls(first), calls(second)])).flat()) {
    t.equal(run.statistics.successful, 20, run.errors);
  }
  for (const stage of [first, second]) {
    const offers = stage.destination('east').invites.map((one) => one.header('X-Offer-ID'));
    t.ok(offers.includes('ACME-PLATINUM'), 'both know the strategies');
  }
  t.equal(await digest(), before, 'calls change nothing in the store');
  await first.router.child.stop('SIGKILL');
  const story = await second.call('proxy', { scenario: 'uac-call' });
  t.equal(story.arrivals[0]?.invite.header('X-Offer-ID'), 'ACME-PLATINUM', 'one gone, the other goes on');
});
