import t from 'tap';
import fc from 'fast-check';
import { cutAt, splitAt, timeFolds } from '../../../src/ranking/training/time-split.js';
import { trainingTable } from './tables.js';

const labels = (rows: number) => Array.from({ length: rows }, (_, i) => i % 2);

t.test('rows of one time stay on one side of a cut', (t) => {
  const table = trainingTable([], labels(8), { times: [1, 1, 1, 2, 2, 3, 3, 3] });
  t.equal(cutAt(table, 4), 3, 'the first of that time');
  t.equal(cutAt(table, 5), 5);
  t.equal(cutAt(table, 2), 3, 'never before the first time');
  t.equal(cutAt(table, 4, 3), 5, 'nor before the window');
  t.equal(cutAt(trainingTable([], labels(3), { times: [1, 1, 1] }), 2), 3, 'one time only: nothing is later');
  t.equal(cutAt(trainingTable([], labels(8)), 4), 4, 'without times every row has its own');
  t.end();
});

t.test(
  'customers of the later side are taken out of the earlier one; unknown ones are not one customer',
  (t) => {
    const table = trainingTable([], labels(6), { customers: [1, 2, -1, 3, 2, -1] });
    const { earlier, later, sameCustomer } = splitAt(table, { from: 0, cut: 4, until: 6 });
    t.same([...earlier], [0, 2, 3]);
    t.same([...later], [4, 5]);
    t.equal(sameCustomer, 1);
    t.end();
  },
);

t.test('folds train on all periods before the one they validate on', (t) => {
  const folds = timeFolds(trainingTable([], labels(12)), { from: 0, until: 12 }, 2);
  t.same(
    folds.map(({ earlier, later }) => [[...earlier], [...later]]),
    [
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
      [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [8, 9, 10, 11],
      ],
    ],
  );
  t.end();
});

t.test('folds whose training has one label only are left out', (t) => {
  const folds = timeFolds(trainingTable([], [0, 0, 0, 0, 1, 1, 0, 0]), { from: 0, until: 8 }, 3);
  t.same(
    folds.map(({ later }) => later[0]),
    [6],
  );
  t.end();
});

t.test('no fold shows the future or the same customer to the past, whatever times and customers', (t) => {
  const row = fc.record({ step: fc.integer({ min: 0, max: 2 }), customer: fc.integer({ min: -1, max: 9 }) });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 10, maxLength: 80 }),
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 0, max: 5 }),
      (rows, count, from) => {
        let now = 0;
        const times = rows.map(({ step }) => (now += step));
        const customers = rows.map(({ customer }) => customer);
        const table = trainingTable([], labels(rows.length), { times, customers });
        return timeFolds(table, { from, until: rows.length }, count).every(({ earlier, later }) => {
          const known = new Set([...later].map((one) => customers[one]!).filter((one) => one >= 0));
          const newest = Math.max(...[...earlier].map((one) => times[one]!));
          const oldest = Math.min(...[...later].map((one) => times[one]!));
          return (
            newest < oldest && earlier[0]! >= from && [...earlier].every((one) => !known.has(customers[one]!))
          );
        });
      },
    ),
  );
  t.end();
});
