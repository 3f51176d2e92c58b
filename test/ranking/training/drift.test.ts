import t from 'tap';
import { driftOf, stabilityIndex } from '../../../src/ranking/training/drift.js';
import { rowRange } from '../../../src/ranking/training/training-table.js';
import { categorical, numeric, trainingTable } from './tables.js';

const [then, now] = [rowRange(0, 100), rowRange(100, 200)];
const twice = <T>(before: (i: number) => T, after: (i: number) => T): T[] =>
  Array.from({ length: 200 }, (_, i) => (i < 100 ? before(i) : after(i - 100)));
const driftIn = (column: ReturnType<typeof numeric> | ReturnType<typeof categorical>) =>
  driftOf(
    trainingTable(
      [column],
      twice(
        () => 0,
        () => 1,
      ),
    ),
    then,
    now,
  )[0]!;

t.test('the index by hand: a half that becomes a quarter', (t) => {
  const expected = (0.25 - 0.5) * Math.log(0.25 / 0.5) + (0.75 - 0.5) * Math.log(0.75 / 0.5);
  t.ok(Math.abs(stabilityIndex([50, 50], [25, 75]) - expected) < 1e-12);
  t.equal(stabilityIndex([3, 7], [30, 70]), 0, 'shares count, not rows');
  t.ok(Number.isFinite(stabilityIndex([10, 0], [0, 10])));
  t.end();
});

t.test('a number that keeps its spread has no drift, one that moves has much', (t) => {
  t.equal(
    driftIn(
      numeric(
        'age',
        twice(
          (i) => i,
          (i) => i,
        ),
      ),
    ).psi,
    0,
  );
  const moved = driftIn(
    numeric(
      'age',
      twice(
        (i) => i,
        (i) => i + 40,
      ),
    ),
  );
  t.ok(moved.psi > 0.25);
  t.equal(moved.change, 'mean 49.5 -> 89.5');
  t.match(
    driftIn(
      numeric(
        'age',
        twice(
          (i) => i,
          (i) => i / 2 + 25,
        ),
      ),
    ).change,
    /deviation 28.9 -> 14.4/,
  );
  t.end();
});

t.test('leaving a value that nearly all had is drift', (t) => {
  const { psi } = driftIn(
    numeric(
      'pdays',
      twice(
        (i) => (i < 95 ? 999 : 998),
        (i) => (i < 50 ? 999 : 5),
      ),
    ),
  );
  t.ok(psi > 0.25, String(psi));
  t.end();
});

t.test('values that go missing are drift, and are told', (t) => {
  const { psi, change } = driftIn(
    numeric(
      'age',
      twice(
        (i) => i,
        (i) => (i % 2 === 0 ? null : i),
      ),
    ),
  );
  t.ok(psi > 0.25);
  t.match(change, /missing 0 % -> 50 %$/);
  t.end();
});

t.test('a text is told by the level that moved most', (t) => {
  const line = driftIn(
    categorical(
      'contact',
      twice(
        (i) => (i < 60 ? 'phone' : 'mail'),
        (i) => (i < 10 ? 'phone' : 'mail'),
      ),
    ),
  );
  t.equal(line.change, 'mail 40 % -> 90 %');
  t.ok(line.psi > 0.25);
  t.end();
});

t.test('the most drifted column comes first', (t) => {
  const table = trainingTable(
    [
      numeric(
        'still',
        twice(
          (i) => i,
          (i) => i,
        ),
      ),
      numeric(
        'moved',
        twice(
          (i) => i,
          (i) => i + 50,
        ),
      ),
    ],
    twice(
      () => 0,
      () => 1,
    ),
  );
  t.same(
    driftOf(table, then, now).map(({ column }) => column),
    ['moved', 'still'],
  );
  t.end();
});
