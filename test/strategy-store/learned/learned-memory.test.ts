import t from 'tap';
import { silentLogger } from '../../../src/kernel/index.js';
import { encodeLearned } from '../../../src/strategy-store/learned/learned-codec.js';
import { LearnedMemory } from '../../../src/strategy-store/learned/learned-memory.js';
import { Malformed } from '../../../src/strategy-store/learned/malformed.js';
import { stateOf } from '../../support/learned-states.js';

function setUp(limit: number) {
  const malformed = new Malformed(silentLogger);
  const counts = { dropped: 0 };
  const memory = new LearnedMemory({ limit, malformed, onDropped: () => (counts.dropped += 1) });
  const set = (customer: string, revision: number, expiresAt?: number) =>
    memory.set(
      'acme',
      customer,
      encodeLearned(stateOf(0, revision, expiresAt === undefined ? {} : { expiresAt })),
    );
  const known = (...customers: string[]) => customers.filter((one) => memory.of('acme', one) !== undefined);
  return { memory, malformed, counts, set, known };
}

t.test('the same state is the same object, and is of its customer', (t) => {
  const { memory, set } = setUp(10);
  set('c-1', 3);
  const state = memory.of('acme', 'c-1');
  t.match(state, { partner: 'acme', customer: 'c-1', revision: 3 });
  t.equal(memory.of('acme', 'c-1'), state);
  t.equal(memory.of('acme', 'c-2'), undefined);
  t.equal(memory.of('borealis', 'c-1'), undefined);
  set('c-1', 4);
  t.match(memory.of('acme', 'c-1'), { revision: 4 });
  set('c-1', 3);
  t.match(memory.of('acme', 'c-1'), { revision: 4 }, 'an older one comes too late');
  t.end();
});

t.test('above the limit the oldest revisions give way; what is unconfirmed is not old', (t) => {
  const { memory, counts, set, known } = setUp(3);
  for (const [customer, revision] of [
    ['c-5', 5],
    ['c-2', 2],
    ['c-0', 0],
    ['c-9', 9],
    ['c-7', 7],
  ] as const)
    set(customer, revision);
  t.equal(memory.size, 3);
  t.equal(counts.dropped, 2);
  t.same(known('c-0', 'c-2', 'c-5', 'c-7', 'c-9'), ['c-0', 'c-7', 'c-9']);
  set('c-1', 0);
  set('c-3', 0);
  set('c-4', 0);
  t.equal(memory.size, 3, 'also when nothing is confirmed');
  t.end();
});

t.test('a great many: most of those that are left are the newest', (t) => {
  const { memory, set } = setUp(1000);
  const order = Array.from({ length: 4000 }, (_, index) => (index * 1789) % 4000);
  for (const one of order) set(`c-${one}`, one + 1);
  t.equal(memory.size, 1000);
  const newest = Array.from({ length: 1000 }, (_, index) => `c-${3999 - index}`);
  const left = newest.filter((one) => memory.of('acme', one) !== undefined).length;
  t.ok(left > 700, `${left} of the newest 1000`);
  t.end();
});

t.test('what is no state is counted once and left out', (t) => {
  const { memory, malformed } = setUp(10);
  memory.set('acme', 'c-1', 'garbage');
  t.equal(malformed.count, 1);
  memory.set('acme', 'c-2', '{"revision":1,"expiresAt":2,"offers":7}');
  t.equal(memory.of('acme', 'c-2'), undefined);
  t.equal(memory.of('acme', 'c-2'), undefined);
  t.equal(malformed.count, 2);
  t.end();
});

t.test('what has expired is forgotten', async (t) => {
  const { memory, set, known } = setUp(20_000);
  for (let index = 0; index < 12_000; index++) set(`c-${index}`, 1, index % 2 === 0 ? 1000 : 2000);
  await memory.prune(1000);
  t.equal(memory.size, 6000);
  t.same(known('c-0', 'c-1'), ['c-1']);
});
