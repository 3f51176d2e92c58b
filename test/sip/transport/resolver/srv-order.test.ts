// RFC 2782: priorities are kept, weights share the load.
import t from 'tap';
import fc from 'fast-check';
import { srvOrder } from '../../../../src/sip/transport/resolver/srv-order.js';
import { Random } from '../../../support/random.js';

const record = fc.record({ priority: fc.nat(3), weight: fc.nat(100), name: fc.string({ maxLength: 4 }) });

t.test('each record once, by priority, whatever chance says', (t) => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), fc.nat(), (records, seed) => {
      const random = new Random(seed);
      const ordered = srvOrder(records, () => random.next());
      t.equal(new Set(ordered).size, records.length);
      t.ok(ordered.every((one, i) => i === 0 || (ordered[i - 1]?.priority ?? 0) <= one.priority));
      t.ok(ordered.every((one) => records.includes(one)));
    }),
    { numRuns: 200 },
  );
  t.end();
});

t.test('the first is chosen as often as its weight says, of those of one priority', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 6 }),
      fc.nat(),
      (weights, seed) => {
        const random = new Random(seed);
        const records = [
          ...weights.map((weight) => ({ priority: 1, weight })),
          { priority: 2, weight: 1000 },
        ];
        const firsts = new Map<unknown, number>();
        const rounds = 4000;
        for (let i = 0; i < rounds; i++) {
          const first = srvOrder(records, () => random.next())[0];
          firsts.set(first, (firsts.get(first) ?? 0) + 1);
        }
        const sum = weights.reduce((total, one) => total + one, 0);
        for (const [i, weight] of weights.entries()) {
          // The number is drawn from 0 to the sum, both included, so the shares are of sum + 1: within 6 % of one.
          const share = (firsts.get(records[i]) ?? 0) / rounds;
          t.ok(Math.abs(share - weight / sum) < 0.06 + 1 / sum, `${share} for ${weight} of ${sum}`);
        }
      },
    ),
    { numRuns: 15 },
  );
  t.end();
});

t.test('weight 0 comes seldom beside others (RFC 2782), and last when the number is not 0', (t) => {
  const records = [
    { priority: 0, weight: 0, name: 'spare' },
    { priority: 0, weight: 99, name: 'main' },
  ];
  t.equal(srvOrder(records, () => 0)[0]?.name, 'spare');
  t.equal(srvOrder(records, () => 0.02)[0]?.name, 'main');
  t.equal(srvOrder(records, () => 0.999)[0]?.name, 'main');
  t.end();
});
