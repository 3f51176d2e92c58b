import t from 'tap';
import { OwnReservations } from '../../src/reservations/own-reservations.js';

t.test('entries count by destination until they end or expire', (t) => {
  const own = new OwnReservations(100);
  own.hold('east/sales', 'd-1', 0);
  own.hold('east/sales', 'd-2', 10);
  own.hold('east/care', 'd-1', 20);
  t.same(
    [...own.counts],
    [
      ['east/sales', 2],
      ['east/care', 1],
    ],
  );
  t.ok(own.has('east/care', 'd-1'));
  t.ok(own.end('east/sales', 'd-2'));
  t.notOk(own.end('east/sales', 'd-2'), 'only once');
  own.expire(100);
  t.same([...own.counts], [['east/care', 1]]);
  own.expire(120);
  t.equal(own.size, 0);
  t.same([...own.counts], []);
  t.end();
});

t.test('an entry that is held again counts once and lasts longer', (t) => {
  const own = new OwnReservations(100);
  own.hold('east/sales', 'd-1', 0);
  own.hold('east/sales', 'd-2', 10);
  own.hold('east/sales', 'd-1', 50);
  t.equal(own.counts.get('east/sales'), 2);
  own.expire(110);
  t.notOk(own.has('east/sales', 'd-2'));
  t.ok(own.has('east/sales', 'd-1'));
  own.expire(150);
  t.equal(own.size, 0);
  t.end();
});
