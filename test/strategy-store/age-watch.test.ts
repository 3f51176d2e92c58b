import t from 'tap';
import { AgeWatch } from '../../src/strategy-store/age-watch.js';
import type { Generation } from '../../src/strategy-store/index.js';
import { silentLogger } from '../../src/kernel/index.js';
import { FakeClock } from '../support/fake-clock.js';

function generation(number: number, createdAt: number, maxAgeMs?: number): Generation {
  return {
    generation: number,
    partner: 'acme',
    codecVersion: 2,
    createdAt,
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
    strategies: 1,
    phones: 1,
    sharedPhones: 0,
    recordBytes: 10,
    longRecords: 0,
    buckets: 1,
    contentHash: '',
    offers: [],
    prefixes: [],
  };
}

t.test('one line when a generation becomes too old, and one more when it is swapped back in', (t) => {
  const clock = new FakeClock();
  const told: unknown[] = [];
  const log = Object.create(silentLogger, {
    warn: {
      value: (fields: { generation: number }, phrase: string) => told.push([fields.generation, phrase]),
    },
  }) as typeof silentLogger;
  const old = generation(1, clock.wallNow(), 5000);
  let current: Generation[] = [old, generation(2, clock.wallNow())];
  const watch = new AgeWatch({ current: () => current }, { clock, log, intervalMs: 1000 });
  clock.advance(5000);
  t.same(told, [], 'as old as it may be');
  clock.advance(1000);
  const line = [1, 'strategies are outdated, no offer is made'];
  t.same(told, [line]);
  clock.advance(20_000);
  t.same(told, [line], 'not once a look');
  current = [generation(3, clock.wallNow(), 5000)];
  clock.advance(1000);
  current = [old];
  clock.advance(1000);
  t.same(told, [line, line]);
  watch.close();
  clock.advance(20_000);
  t.equal(told.length, 2);
  t.end();
});
