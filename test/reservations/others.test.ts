import t from 'tap';
import { withCounts } from '../../src/reservations/others.js';

t.test('what Redis counted less what is ours is the others’', (t) => {
  const before = new Map([
    ['east/sales', 2],
    ['east/care', 1],
  ]);
  const counted = [
    ['east/sales', 5],
    ['east/care', 1],
    ['east/repair', 0],
  ] as const;
  const after = withCounts(
    before,
    counted,
    new Map([
      ['east/sales', 2],
      ['east/care', 3],
    ]),
  );
  t.same([...after], [['east/sales', 3]], 'never below zero, and zero is not listed');
  t.same(before.size, 2, 'the map before stays as it was');
  t.end();
});

t.test('counts that say nothing new give the same map', (t) => {
  const before = new Map([['east/sales', 2]]);
  t.equal(withCounts(before, [['east/sales', 3]], new Map([['east/sales', 1]])), before);
  t.equal(withCounts(before, [['east/care', 0]], new Map()), before);
  t.equal(withCounts(before, [], new Map()), before);
  t.end();
});
