import fc from 'fast-check';
import t from 'tap';
import { DiversionWindow } from '../../src/decision/index.js';
import { weightedOrder } from '../../src/decision/weighted-order.js';

t.test('each place goes to one of those left in proportion to its weight', (t) => {
  const firsts = [0, 0, 0];
  const seconds = [0, 0, 0];
  const draws = 60_000;
  for (let i = 0; i < draws; i++) {
    const [first = -1, second = -1] = weightedOrder([1, 2, 3], (i + 0.5) / draws);
    firsts[first]!++;
    seconds[second]!++;
  }
  t.same(firsts, [10_000, 20_000, 30_000]);
  // P(second = 0) = 2/6 x 1/4 + 3/6 x 1/3 = 0.25
  t.ok(Math.abs(seconds[0]! / draws - 0.25) < 0.001);
  t.end();
});

t.test('every position of positive weight comes once, those of weight 0 never', (t) => {
  const weights = fc.array(fc.constantFrom(0, 0.5, 1, 7), { maxLength: 60 });
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(10), (list, seed, limit) => {
      const order = weightedOrder(list, seed);
      const expected = list.flatMap((weight, i) => (weight > 0 ? [i] : []));
      return (
        [...order].sort((a, b) => a - b).join() === expected.join() &&
        weightedOrder(list, seed, limit).join() === order.slice(0, limit).join()
      );
    }),
    { seed: 3 },
  );
  t.pass();
  t.end();
});

t.test('the share of diverted calls is that of the last calls', (t) => {
  const window = new DiversionWindow(4);
  t.equal(window.share, 0);
  window.add(true);
  t.equal(window.share, 1);
  for (const one of [false, false, false]) window.add(one);
  t.equal(window.share, 0.25);
  window.add(false);
  t.equal(window.share, 0);
  t.end();
});
