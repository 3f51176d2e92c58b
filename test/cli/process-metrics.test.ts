import { Registry } from 'prom-client';
import t from 'tap';
import { observeStore } from '../../src/cli/process-metrics.js';
import { CachedStrategyReader } from '../../src/strategy-store/index.js';
import { nothingLearned } from '../../src/strategy-store/learned/port.js';
import type { Generation } from '../../src/strategy-store/index.js';
import { FakeClock } from '../support/fake-clock.js';

t.test('age and whether that is too old, of each partner that has strategies now', async (t) => {
  const clock = new FakeClock();
  const of = (partner: string, change: object) =>
    ({ partner, generation: 1, createdAt: clock.wallNow(), ...change }) as unknown as Generation;
  let current = [of('acme', { maxAgeMs: 60_000 }), of('borealis', {})];
  const source = {
    learned: nothingLearned,
    current: () => current,
    generationOf: () => undefined,
    get: () => ({ kind: 'miss', generation: undefined }) as const,
    refresh: () => Promise.resolve(),
    ready: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const reader = new CachedStrategyReader(source, {
    cacheEntries: 0,
    cacheMaxAgeMs: 0,
    staleMaxAgeMs: 0,
    clock,
  });
  const registry = new Registry();
  observeStore(registry, reader);
  const text = await registry.metrics();
  t.match(text, /^proffer_strategy_learned_loaded 0$/m);
  t.match(text, /^proffer_strategy_learned_entries 0$/m);
  t.match(text, /^proffer_strategy_learned_revision 0$/m);
  t.match(text, /^proffer_strategy_learned_dropped_total 0$/m);
  t.match(text, /^proffer_strategy_learned_malformed_total 0$/m);
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('proffer_strategies_'));
  clock.advance(90_000);
  t.same(await lines(), [
    'proffer_strategies_age_seconds{partner="acme"} 90',
    'proffer_strategies_age_seconds{partner="borealis"} 90',
    'proffer_strategies_outdated{partner="acme"} 1',
    'proffer_strategies_outdated{partner="borealis"} 0',
  ]);
  current = [of('acme', { createdAt: clock.wallNow(), maxAgeMs: 60_000 })];
  t.same(await lines(), [
    'proffer_strategies_age_seconds{partner="acme"} 0',
    'proffer_strategies_outdated{partner="acme"} 0',
  ]);
});
