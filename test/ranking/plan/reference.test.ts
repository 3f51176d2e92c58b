// The plan and a plain implementation in memory agree on 10,000 random customers.
import t from 'tap';
import { GATES } from '../../../src/ranking/report/run-report.js';
import { marketBench } from '../../support/random-market.js';
import { referenceRanking } from '../../support/reference-ranking.js';

const CUSTOMERS = 10_000;

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

t.test('the plan agrees with the reference on every customer, offer and gate', async (t) => {
  const { bench, input } = marketBench(CUSTOMERS, 20261126);
  t.teardown(() => bench.remove());
  const { kept, strategies, report } = await bench.rank({ partitionRows: 3333 });
  const reference = referenceRanking(input);
  t.equal(kept.size, CUSTOMERS);
  t.equal(reference.size, CUSTOMERS);
  const differences: unknown[] = [];
  const differ = (customer: string, what: string, found: unknown, expected: unknown): void => {
    if (differences.length < 10) differences.push({ customer, what, found, expected });
  };
  const seen = new Map<string, number>();
  const count = (what: string): unknown => seen.set(what, (seen.get(what) ?? 0) + 1);
  for (const [customer, expected] of reference) {
    const found = kept.get(customer);
    const published = strategies.get(customer);
    const gates = JSON.stringify(found?.gates);
    if (gates !== JSON.stringify(expected.gates)) differ(customer, 'gates', found?.gates, expected.gates);
    for (const gate of Object.values(expected.gates)) count(gate ?? 'ranked');
    const order = expected.ranked.map((one) => one.offer);
    const offers = published?.offers.map((one) => one.offer);
    if (JSON.stringify(found?.ranked.map((one) => one.offer)) !== JSON.stringify(order))
      differ(customer, 'order', found?.ranked, expected.ranked);
    if (JSON.stringify(offers) !== JSON.stringify([...expected.serviceOffers, ...order]))
      differ(customer, 'published', offers, [...expected.serviceOffers, ...order]);
    if (expected.serviceOffers.length > 0) count('service');
    for (const [rank, one] of expected.ranked.entries()) {
      const mine = found?.ranked[rank];
      const sent = published?.offers[rank + expected.serviceOffers.length];
      const numbers = [
        [mine?.propensity, one.propensity],
        [mine?.value, one.value],
        [mine?.expectedValue, one.expectedValue],
        [sent?.propensity, one.propensity],
        [sent?.value, one.value],
      ] as const;
      if (!numbers.every(([a = NaN, b]) => isNear(a, b))) differ(customer, 'numbers', [mine, sent], one);
    }
    if (JSON.stringify(published?.flags) !== JSON.stringify(expected.flags))
      differ(customer, 'flags', published?.flags, expected.flags);
    if (published?.arm !== expected.arm) differ(customer, 'arm', published?.arm, expected.arm);
  }
  t.strictSame(differences, []);
  for (const gate of [...GATES, 'ranked', 'service'])
    t.ok((seen.get(gate) ?? 0) >= 50, `${gate}: ${seen.get(gate) ?? 0}`);
  for (const { offer, removed, ranked, customers } of report.offers) {
    t.equal(
      Object.values(removed).reduce((sum, one) => sum + one, ranked),
      customers,
      offer,
    );
  }
});
