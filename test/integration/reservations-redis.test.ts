// Routers that share reservations through a real redis-server.
import { Redis } from 'ioredis';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { RedisLedger } from '../../src/reservations/index.js';
import { RedisServer } from '../support/redis-server.js';
import { until } from '../support/strategies.js';
import type { Claim, ClaimAnswer } from '../../src/callcenter/index.js';
import type { RedisLedgerOptions } from '../../src/reservations/index.js';

t.setTimeout(300_000);

const sales = 'east/sales';
const care = 'east/care';
let calls = 0;
const nextCall = () => `d-${++calls}`;

function claim(destination: string, changes: Partial<Claim> = {}): Claim {
  return { destination, decisionId: nextCall(), partner: 'acme', free: 1, overlaps: [], ...changes };
}

/** Ledgers of one Redis, ready to claim; a claim that takes long waits long unless told otherwise. */
async function ledgers(
  t: Test,
  server: RedisServer,
  count: number,
  options: Partial<RedisLedgerOptions> = {},
): Promise<readonly RedisLedger[]> {
  const all = Array.from({ length: count }, () => {
    return new RedisLedger({
      url: server.url,
      lifetimeMs: 5000,
      claimDeadlineMs: 1000,
      refreshIntervalMs: 20,
      clock: systemClock,
      log: silentLogger,
      ...options,
    });
  });
  for (const one of all) {
    one.watch([sales, care, 'west/sales']);
    one.start();
    t.teardown(() => one.stop());
  }
  for (const one of all) {
    const probe = claim('warm/up', { free: 1e6 });
    await until(async () => (await one.claim(probe)).kind === 'granted');
    one.release(probe);
  }
  return all;
}

async function serverOf(t: Test): Promise<{ server: RedisServer; raw: Redis }> {
  const server = await RedisServer.start();
  const raw = new Redis(server.url);
  raw.on('error', () => undefined);
  t.teardown(async () => {
    server.resume();
    raw.disconnect();
    await server.stop();
  });
  return { server, raw };
}

const isGranted = ({ kind }: ClaimAnswer) => kind === 'granted';
const keyOf = (destination: string) => `proffer:{${destination.split('/')[0]!}}:reserved:${destination}`;

t.test('two routers, one free agent, 50 simultaneous claims: one is granted, every time', async (t) => {
  const { server } = await serverOf(t);
  const [one, two] = await ledgers(t, server, 2);
  for (let round = 0; round < 20; round++) {
    const claims = Array.from({ length: 50 }, () => claim(sales));
    const answers = await Promise.all(claims.map((each, i) => (i % 2 === 0 ? one : two)!.claim(each)));
    const granted = claims.filter((_, i) => isGranted(answers[i]!));
    t.equal(granted.length, 1, `round ${round}`);
    t.same(
      answers.find(({ kind }) => kind === 'taken'),
      { kind: 'taken', reserved: 1 },
    );
    for (const each of granted) for (const ledger of [one, two]) ledger!.release(each);
  }
});

t.test('an agent who serves two queues is granted once', async (t) => {
  const { server } = await serverOf(t);
  const [one, two] = await ledgers(t, server, 2);
  for (let round = 0; round < 20; round++) {
    const claims = Array.from({ length: 50 }, (_, i) => {
      const [destination, other] = i % 3 === 0 ? [sales, care] : [care, sales];
      return claim(destination, { overlaps: [{ destination: other, shared: 1 }] });
    });
    const answers = await Promise.all(claims.map((each, i) => (i % 2 === 0 ? one : two)!.claim(each)));
    const granted = claims.filter((_, i) => isGranted(answers[i]!));
    t.equal(granted.length, 1, `round ${round}`);
    for (const each of granted) for (const ledger of [one, two]) ledger!.release(each);
  }
});

t.test('an overlap takes no more than it shares', async (t) => {
  const { server } = await serverOf(t);
  const [ledger] = await ledgers(t, server, 1);
  for (let i = 0; i < 5; i++) ledger!.note(claim(care));
  const overlaps = [{ destination: care, shared: 1 }];
  t.ok(isGranted(await ledger!.claim(claim(sales, { free: 2, overlaps }))));
  t.same(await ledger!.claim(claim(sales, { free: 2, overlaps })), { kind: 'taken', reserved: 2 });
  t.ok(isGranted(await ledger!.claim(claim(sales, { free: 3, overlaps }))));
});

t.test('a claim that is repeated is the same claim', async (t) => {
  const { server, raw } = await serverOf(t);
  const [one, two] = await ledgers(t, server, 2);
  const first = claim(sales);
  t.ok(isGranted(await one!.claim(first)));
  t.ok(isGranted(await one!.claim(first)));
  t.ok(isGranted(await two!.claim(first)), 'whichever router asks');
  t.equal(await raw.zcard(keyOf(sales)), 1);
  t.equal(one!.own, 1);
  t.notOk(isGranted(await two!.claim(claim(sales))));
});

t.test('a reservation ends when it is released, or with its lifetime, and its key with it', async (t) => {
  const { server, raw } = await serverOf(t);
  const [one, two] = await ledgers(t, server, 2, { lifetimeMs: 500 });
  const first = claim(sales);
  t.ok(isGranted(await one!.claim(first)));
  one!.release(first);
  one!.release(claim(sales));
  t.ok(isGranted(await one!.claim(claim(sales))), 'the next one has the place');
  t.notOk(isGranted(await two!.claim(claim(sales))));
  await until(async () => isGranted(await two!.claim(claim(sales))));
  await until(() => one!.own === 0);
  await until(async () => (await raw.exists(keyOf(sales))) === 0);
});

t.test('each router is told what the others hold, and not what it holds itself', async (t) => {
  const { server } = await serverOf(t);
  const [one, two] = await ledgers(t, server, 2);
  const noted = [claim(sales), claim(sales), claim('west/sales')];
  for (const each of noted) one!.note(each);
  const own = claim(sales, { free: 9 });
  t.ok(isGranted(await two!.claim(own)));
  // With the claim, or with the next reading where the claim was answered too late to be heard.
  await until(async () => two!.others.get(sales) === 2);
  await until(async () => two!.others.get('west/sales') === 1 && one!.others.get(sales) === 1);
  t.same([...one!.others], [[sales, 1]]);
  const { others } = two!;
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(two!.others, others, 'the same map while nothing changes');
  one!.release(noted[0]!);
  two!.release(own);
  await until(async () => two!.others.get(sales) === 1 && one!.others.size === 0);
  two!.watch([care]);
  t.equal(two!.others.size, 0, 'of destinations that are not watched nothing is told');
});

t.test(
  'a Redis that stalls costs claims their deadline, then nothing, and all is well when it goes on',
  async (t) => {
    const { server, raw } = await serverOf(t);
    const [ledger] = await ledgers(t, server, 1, { claimDeadlineMs: 25, lifetimeMs: 60_000 });
    server.stall();
    const late = { kind: 'failure', reason: 'redis: no answer within 25 ms' };
    const during = await Promise.all(
      Array.from({ length: 20 }, () => ledger!.claim(claim(sales, { free: 99 }))),
    );
    t.same(
      during,
      during.map(() => late),
      'answered while nobody answers',
    );
    t.equal(ledger!.circuitState, 'open');
    const before = ledger!.counters.failures;
    const timer = new Promise((resolve) => setImmediate(resolve, 'a turn of the event loop'));
    const refused = Promise.all(Array.from({ length: 1000 }, () => ledger!.claim(claim(sales))));
    t.equal((await Promise.race([refused, timer])) === 'a turn of the event loop', false, 'at once');
    t.equal(ledger!.counters.failures, before + 1000);
    ledger!.note(claim(sales));
    ledger!.release(claim(sales));
    t.equal(ledger!.counters.lost, 2);
    server.resume();
    await until(async () => isGranted(await ledger!.claim(claim(care, { free: 99 }))));
    t.equal(ledger!.circuitState, 'closed');
    await until(async () => (await raw.zcard(keyOf(sales))) === 0);
    t.pass('what was granted too late was given back');
  },
);

t.test('what was granted too late and noted since stays', async (t) => {
  const { server, raw } = await serverOf(t);
  const [ledger] = await ledgers(t, server, 1, { claimDeadlineMs: 25 });
  server.stall();
  const first = claim(sales);
  t.equal((await ledger!.claim(first)).kind, 'failure');
  ledger!.note(first);
  server.resume();
  await until(async () => (await raw.zcard(keyOf(sales))) === 1);
  t.equal(ledger!.own, 1);
  await until(async () => isGranted(await ledger!.claim(claim(care))));
  t.equal(await raw.zscore(keyOf(sales), first.decisionId).then(Boolean), true);
});

t.test('a Redis that dies and comes back empty is used again', async (t) => {
  const { server } = await serverOf(t);
  const [one, two] = await ledgers(t, server, 2, { claimDeadlineMs: 200, lifetimeMs: 600 });
  one!.note(claim(sales));
  await until(async () => two!.others.get(sales) === 1);
  await server.kill();
  const answers = await Promise.all(Array.from({ length: 30 }, () => one!.claim(claim(sales))));
  t.ok(answers.every(({ kind }) => kind === 'failure'));
  await until(async () => two!.circuitState !== 'closed' && two!.others.size === 0);
  t.pass('what others held then has ended');
  await server.restart();
  await until(async () => isGranted(await one!.claim(claim(sales, { free: 99 }))));
  t.ok(isGranted(await one!.claim(claim(care))), 'the scripts were sent anew');
  t.equal(one!.circuitState, 'closed');
});

t.test(
  'without a Redis, before the start and after the stop every claim fails and nothing throws',
  async (t) => {
    const ledger = new RedisLedger({
      url: 'redis://127.0.0.1:1',
      lifetimeMs: 5000,
      claimDeadlineMs: 25,
      clock: systemClock,
      log: silentLogger,
    });
    t.same(await ledger.claim(claim(sales)), { kind: 'failure', reason: 'not started' });
    ledger.start();
    for (let i = 0; i < 20; i++) t.equal((await ledger.claim(claim(sales))).kind, 'failure');
    ledger.note(claim(sales));
    t.equal(ledger.own, 0);
    ledger.stop();
    ledger.stop();
    t.equal((await ledger.claim(claim(sales))).kind, 'failure');
    ledger.release(claim(sales));
    const wrong = new RedisLedger({
      url: 'http://127.0.0.1',
      lifetimeMs: 5000,
      claimDeadlineMs: 25,
      clock: systemClock,
      log: silentLogger,
    });
    t.throws(() => wrong.start(), { code: 'REDIS_URL' });
  },
);
