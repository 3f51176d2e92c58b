import t from 'tap';
import { flagsFromNames } from '../../src/strategy-store/codec/flags.js';
import { decodeRecord, MAX_SHARED_CUSTOMERS } from '../../src/strategy-store/codec/record.js';
import { parseGeneration } from '../../src/strategy-store/generation.js';
import { Staging } from '../../src/strategy-store/staging.js';

const identity = { generation: 3, partner: 'acme', createdAt: 1000 };
const row = (customer: string, phones: string[], propensity = 0.5) => ({
  partner: 'acme',
  customer,
  phones,
  flags: flagsFromNames([]),
  offers: [{ offerCode: 'X', propensity, value: 10 }],
});
const finish = (staging: Staging) => staging.finish(identity, (phones) => phones);

t.test('numbers in order, each with its record', async (t) => {
  const staging = new Staging();
  t.equal(staging.add(row('b', ['+3000', '+1000'])), undefined);
  t.equal(staging.add(row('a', ['+2000'])), undefined);
  const staged = await finish(staging);
  const { generation, phones } = staged;
  t.same([...phones], [1000, 2000, 3000]);
  const customers = [0, 1, 2].map((position) => decodeRecord(staged.recordAt(position), generation));
  t.match(customers, [{ customer: 'b' }, { customer: 'a' }, { customer: 'b' }]);
  t.match(generation, { ...identity, strategies: 2, phones: 3, sharedPhones: 0, buckets: 3, offers: ['X'] });
  t.ok(parseGeneration(JSON.parse(JSON.stringify(generation))));
});

t.test('a number of several customers becomes shared, however many there are', async (t) => {
  const staging = new Staging();
  for (let n = 0; n < MAX_SHARED_CUSTOMERS + 10; n++) {
    t.equal(staging.add(row(`customer ${String(n).padStart(3, '0')}`, ['+1000', `+${2000 + n}`])), undefined);
  }
  const staged = await finish(staging);
  const { generation } = staged;
  const shared = decodeRecord(staged.recordAt(0), generation);
  t.equal(shared.kind, 'shared');
  t.match(shared, { customers: ['customer 000', 'customer 001', 'customer 002'] });
  t.equal(generation.sharedPhones, 1);
  t.match(decodeRecord(staged.recordAt(2), generation), { kind: 'customer', customer: 'customer 001' });
});

t.test('a customer may come in several lines, but not twice for one number', async (t) => {
  const staging = new Staging();
  t.equal(staging.add(row('a', ['+1000'])), undefined);
  t.equal(staging.add(row('a', ['+2000'])), undefined);
  t.match(staging.add(row('a', ['+3000', '+2000'])), { field: 'phones[1]', reason: /earlier line/ });
  t.equal(staging.add(row('b', ['+1000'])), undefined);
  t.match(staging.add(row('b', ['+1000'])), { field: 'phones[0]' }, 'nor for a shared one');
  const { generation, phones } = await finish(staging);
  t.same([...phones], [1000, 2000], 'nothing of a refused line is kept');
  t.equal(generation.strategies, 3);
});

t.test('the content hash tells contents apart, not the order of lines', async (t) => {
  const hash = async (...rows: ReturnType<typeof row>[]) => {
    const staging = new Staging();
    for (const one of rows) staging.add(one);
    return (await finish(staging)).generation.contentHash;
  };
  const [a, b] = [row('a', ['+1000']), row('b', ['+2000'])];
  t.equal(await hash(a, b), await hash(b, a));
  t.not(await hash(a, b), await hash(a));
  t.not(await hash(a), await hash(row('a', ['+1000'], 0.6)));
});

t.test('a meta record of another format or with holes is not read', async (t) => {
  const staging = new Staging();
  staging.add(row('a', ['+1000']));
  const { generation } = await finish(staging);
  for (const broken of [
    null,
    'x',
    {},
    { ...generation, codecVersion: 99 },
    { ...generation, codecVersion: 0 },
    { ...generation, maxAgeMs: 'long' },
    { ...generation, runId: 7 },
    { ...generation, offers: [1] },
    { ...generation, buckets: 0 },
    { ...generation, phones: -1 },
    { ...generation, partner: undefined },
  ]) {
    t.equal(parseGeneration(broken), undefined);
  }
  t.ok(parseGeneration({ ...generation, codecVersion: 1 }), 'of the version before');
});
