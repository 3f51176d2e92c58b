// What is read back before a swap: a store that holds something else than was written is found out, and nobody is led to it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import t from 'tap';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { StrategyWriter } from '../../src/strategy-store/index.js';
import { openLmdb, writeRecordKey } from '../../src/strategy-store/lmdb/lmdb-environment.js';
import { LmdbSink } from '../../src/strategy-store/lmdb/lmdb-sink.js';
import { phoneField, phoneNumberOf } from '../../src/strategy-store/phone-key.js';
import type { StrategySink } from '../../src/strategy-store/port.js';
import { bucketKeyOf } from '../../src/strategy-store/redis/redis-keys.js';
import { RedisCommands } from '../../src/strategy-store/redis/redis-commands.js';
import { RedisSink } from '../../src/strategy-store/redis/redis-sink.js';
import type { StagedGeneration } from '../../src/strategy-store/staged-generation.js';
import { Staging } from '../../src/strategy-store/staging.js';
import { RedisServer } from '../support/redis-server.js';
import { batchOf, phoneAt, runRows } from '../support/strategies.js';

t.setTimeout(300_000);

const CUSTOMERS = 5000;
const OFFERS = ['ACME-PLATINUM'];
const phone = phoneNumberOf(phoneAt(77)) ?? 0;

const server = await RedisServer.start();
const raw = new Redis(server.url);
const directory = mkdtempSync(join(tmpdir(), 'proffer-verify-'));
const environment = openLmdb(join(directory, 'strategies'));
const commands = new RedisCommands({ url: server.url, clock: systemClock, log: silentLogger });
const redisSink = new RedisSink(commands, () => Promise.resolve());
t.teardown(async () => {
  raw.disconnect();
  await redisSink.close();
  await environment.root.close();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** One record of a stored generation made another, or removed, behind the writer's back. */
type Damage = (staged: StagedGeneration, record: Buffer | undefined) => Promise<unknown>;

const lmdbDamage: Damage = async ({ generation }, record) => {
  const key = writeRecordKey(Buffer.alloc(11), generation.generation, phone);
  if (record === undefined) environment.records.removeSync(key);
  else environment.records.putSync(key, record);
};
const redisDamage: Damage = ({ generation }, record) => {
  const key = bucketKeyOf(generation.generation, phone, generation.buckets);
  const field = phoneField(phone);
  return record === undefined ? raw.hdel(key, field) : raw.hset(key, field, record);
};

const stores: readonly [string, StrategySink, Damage][] = [
  ['lmdb', new LmdbSink(environment, systemClock, () => undefined), lmdbDamage],
  ['redis', redisSink, redisDamage],
];

async function stage(sink: StrategySink, customers = (run: number) => [...runRows(run, CUSTOMERS)]) {
  const staging = new Staging(OFFERS);
  staging.addBatch(batchOf(customers(1), OFFERS, 1));
  const identity = { generation: await sink.nextGeneration(), partner: 'acme', createdAt: 0 };
  return staging.finish(identity, (phones) => sink.bucketsFor(phones));
}

/** The same length, another meaning, and a checksum that is right: only a comparison finds it. */
function otherRecord(staged: StagedGeneration): Buffer {
  return Buffer.from(staged.recordAt(78));
}

for (const [name, sink, damage] of stores) {
  t.test(`${name}: what was written is found whole, also where records are long`, async (t) => {
    const plain = await stage(sink);
    const writing = sink.prepare(plain);
    await writing.write(() => undefined);
    t.equal(await writing.verify(), CUSTOMERS);
    const long = await stage(sink, (run) =>
      [...runRows(run, 500)].map((row, index) =>
        index % 50 === 0 ? { ...row, customer: `${row.customer} ${'é'.repeat(25)}` } : row,
      ),
    );
    const longWriting = sink.prepare(long);
    await longWriting.write(() => undefined);
    t.ok(long.generation.longRecords > 0, 'Redis keeps their buckets in another form');
    t.equal(await longWriting.verify(), 500);
    const answers = await sink.answers(plain.generation.generation, [phone, 15_559_999_999]);
    t.match(answers, [{ kind: 'hit', strategy: { customer: 'R1-000077' } }, { kind: 'miss' }]);
    t.match(await sink.answers(999_999, [phone]), [{ kind: 'failure' }]);
  });

  t.test(`${name}: one record that is another, cut or gone is found out`, async (t) => {
    const staged = await stage(sink);
    const writing = sink.prepare(staged);
    await writing.write(() => undefined);
    const damaged = { code: 'STRATEGY_GENERATION_DAMAGED' };
    await damage(staged, otherRecord(staged));
    await t.rejects(writing.verify(), damaged);
    await damage(staged, staged.recordAt(77).subarray(0, 5));
    await t.rejects(writing.verify(), damaged);
    await damage(staged, undefined);
    await t.rejects(writing.verify(), { code: 'STRATEGY_GENERATION_INCOMPLETE' });
    await damage(staged, staged.recordAt(77));
    t.equal(await writing.verify(), CUSTOMERS);
  });

  t.test(`${name}: a generation that is not whole is removed, and the old one serves`, async (t) => {
    const options = { clock: systemClock, log: silentLogger, graceMs: 0 };
    const writer = new StrategyWriter(sink, options);
    const { generation: old } = await writer.publish('acme', runRows(1, CUSTOMERS));
    t.match(old.verification, { records: CUSTOMERS, checksum: old.contentHash, sampled: 300 });
    const faulty: StrategySink = Object.assign(Object.create(sink) as StrategySink, methodsOf(sink), {
      prepare: (staged: StagedGeneration) => {
        const writing = sink.prepare(staged);
        return {
          write: (onProgress: (written: number) => void) => writing.write(onProgress),
          verify: async () => {
            await damage(staged, otherRecord(staged));
            return writing.verify();
          },
        };
      },
    });
    const failing = new StrategyWriter(faulty, options).publish('acme', runRows(2, CUSTOMERS));
    await t.rejects(failing, { code: 'STRATEGY_GENERATION_DAMAGED', message: /of acme cannot be read back/ });
    const left = (await writer.generations()).filter((one) => one.generation.generation >= old.generation);
    t.match(left, [{ state: 'current', generation: { generation: old.generation } }]);
    t.equal(left.length, 1);
  });

  t.test(`${name}: a retired generation that is not whole is not swapped back`, async (t) => {
    const writer = new StrategyWriter(sink, { clock: systemClock, log: silentLogger, graceMs: 0 });
    const { generation: old } = await writer.publish('acme', runRows(1, CUSTOMERS));
    const { generation: current } = await writer.publish('acme', runRows(2, CUSTOMERS));
    const staged = { generation: old } as unknown as StagedGeneration;
    await damage(staged, Buffer.from('something else'));
    await t.rejects(writer.makeCurrent('acme', old.generation), { code: 'STRATEGY_GENERATION_DAMAGED' });
    await damage(staged, undefined);
    await t.rejects(writer.makeCurrent('acme', old.generation), { code: 'STRATEGY_GENERATION_INCOMPLETE' });
    const states = (await writer.generations()).find((one) => one.state === 'current');
    t.equal(states?.generation.generation, current.generation);
  });
}

/** Methods bound to their object: private fields are not inherited. */
function methodsOf(sink: StrategySink): Partial<StrategySink> {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(sink)) as (keyof StrategySink)[];
  return Object.fromEntries(names.map((name) => [name, (sink[name] as () => unknown).bind(sink)]));
}
