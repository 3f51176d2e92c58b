// Account numbers and secrets in both stores: found by digits, stored as keyed hashes, never confused with phone numbers.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Redis } from 'ioredis';
import t from 'tap';
import type { Test } from 'tap';
import type { RefusedLine, StrategyStore } from '../../src/strategy-store/index.js';
import { loadNdjson, openStrategyStore } from '../../src/strategy-store/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { RedisServer } from '../support/redis-server.js';

t.setTimeout(300_000);

const identityKey = 'a key of sixteen or more characters';
const account = '98761234';
const secret = '471147';

const lines = [
  { customer: 'A1', phones: ['+15550100001'], accounts: [{ account, secret }] },
  { customer: 'A2', phones: ['+15550100002'], accounts: [{ account: '55556666', secret: '1111' }] },
  // A joint account: two secrets, and the account alone does not say who it is.
  { customer: 'A3', phones: ['+15550100003'], accounts: [{ account: '55556666', secret: '2222' }] },
  { customer: 'A4', phones: ['+15550100004'], accounts: [{ account: '77778888' }] },
];

async function load(store: StrategyStore, key: string | undefined): Promise<readonly RefusedLine[]> {
  const refused: RefusedLine[] = [];
  const text = lines.map((line) => `${JSON.stringify({ partner: 'acme', offers: [], ...line })}\n`);
  await loadNdjson(store.writer, Readable.from(text.map((line) => Buffer.from(line))), {
    rules: { identityKey: key },
    onRefused: (line) => refused.push(line),
  });
  return refused;
}

function open(dataDir: string, redisUrl: string | undefined, key?: string): Promise<StrategyStore> {
  const settings = {
    kind: 'lmdb',
    cacheEntries: 10,
    cacheMaxAgeMs: 0,
    staleMaxAgeMs: 0,
    learnedEntries: 1000,
  } as const;
  return openStrategyStore(
    settings,
    { dataDir, redisUrl, ...(key === undefined ? {} : { identityKey: key }) },
    {
      clock: systemClock,
      log: silentLogger,
      storeDeadlineMs: 1000,
      checkIntervalMs: 100,
      sweepIntervalMs: 0,
    },
  );
}

/** Everything that the store holds, as bytes. */
type Content = () => Promise<string>;

async function checkStore(
  t: Test,
  dataDir: string,
  redisUrl: string | undefined,
  content: Content,
): Promise<void> {
  const store = await open(dataDir, redisUrl, identityKey);
  t.teardown(() => store.close());
  t.same(await load(store, identityKey), []);
  const match = (given: string, its: string) => store.digits.match('acme', given, its);
  t.match(await match(account, secret), {
    kind: 'person',
    lookup: { kind: 'hit', strategy: { customer: 'A1' } },
  });
  t.match(await match(account, '000000'), { kind: 'account', lookup: { strategy: { customer: 'A1' } } });
  t.same(await match('00000000', secret), { kind: 'no-match' });
  t.same(await match('', ''), { kind: 'no-match' });
  t.same(await store.digits.match('borealis', account, secret), { kind: 'no-match' }, 'of another partner');
  t.match(await match('55556666', '2222'), { kind: 'person', lookup: { strategy: { customer: 'A3' } } });
  t.match(await match('55556666', '3333'), {
    kind: 'account',
    lookup: { kind: 'ambiguous', customers: ['A2', 'A3'] },
  });
  t.match(await match('77778888', '1'), { kind: 'account', lookup: { strategy: { customer: 'A4' } } });
  t.match(await store.reader.lookup('acme', '+15550100001'), { kind: 'hit', strategy: { customer: 'A1' } });
  t.same(await store.reader.lookup('acme', `+${account}`), { kind: 'miss' }, 'an account is no number');

  const [generation] = await store.search.current('acme');
  t.match(
    generation,
    { strategies: 4, phones: 10, sharedPhones: 1 },
    'four numbers, three accounts, three secrets',
  );
  t.equal(
    generation === undefined ? '' : await store.search.contentHash(generation),
    generation?.contentHash,
  );
  const phones: string[] = [];
  for await (const { phone } of store.search.all('acme')) phones.push(phone);
  t.same(
    phones.sort(),
    lines.flatMap((line) => line.phones),
    'what is shown are numbers',
  );
  const bytes = await content();
  t.ok(bytes.length > 0);
  for (const digits of [account, secret, '55556666', '77778888'])
    t.notOk(bytes.includes(digits), 'not in the clear');

  const other = await open(dataDir, redisUrl, `${identityKey}, another`);
  t.same(await other.digits.match('acme', account, secret), { kind: 'no-match' }, 'under another key');
  await other.close();
  const without = await open(dataDir, redisUrl);
  t.same(await without.digits.match('acme', account, secret), {
    kind: 'failure',
    reason: 'PROFFER_IDENTITY_KEY is not set',
  });
  t.match(await load(without, undefined), [
    { line: 1, field: 'accounts', reason: /set PROFFER_IDENTITY_KEY$/ },
    { line: 2 },
    { line: 3 },
    { line: 4 },
  ]);
  await without.close();
}

t.test('in LMDB', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'proffer-digits-'));
  t.teardown(() => rmSync(dataDir, { recursive: true }));
  const content: Content = async () =>
    readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
      .map((name) => join(dataDir, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, 'latin1'))
      .join('');
  await checkStore(t, dataDir, undefined, content);
});

t.test('in Redis', async (t) => {
  const server = await RedisServer.start();
  const redis = new Redis(server.url);
  t.teardown(async () => {
    redis.disconnect();
    await server.stop();
  });
  const content: Content = async () => {
    const keys = await redis.keys('*');
    const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    return keys.join('') + dumps.map((dump) => dump.toString('latin1')).join('');
  };
  await checkStore(t, '', server.url, content);
  await redis.quit();
  const store = await open('', server.url, identityKey);
  await server.stop();
  t.match(await store.digits.match('acme', account, secret), { kind: 'failure' }, 'a Redis that is gone');
  await store.close();
});
