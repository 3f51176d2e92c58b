import t from 'tap';
import { isBetter, PENALTIES, searchPenalty } from '../../../src/ranking/training/penalty-search.js';
import { timeFolds } from '../../../src/ranking/training/time-split.js';
import { seededRandom } from '../../callcenter/simulated-queue.js';
import { normal, numeric, simulated, trainingTable } from './tables.js';

t.test('a penalty has to be better on more folds than chance explains', (t) => {
  /** The wins are the last folds. */
  const losses = (folds: number, wins: number) =>
    Array.from({ length: folds }, (_, i) => (i >= folds - wins ? 0.2 : 0.4));
  const usual = (folds: number) => new Array<number>(folds).fill(0.3);
  // Chance of so many heads: 1/32 for 5 of 5, 6/32 for 4 of 5, 0.011 for 9 of 10, 0.055 for 8 of 10.
  for (const [folds, wins, expected] of [
    [5, 5, true],
    [5, 4, false],
    [10, 9, true],
    [10, 8, false],
    [20, 15, true],
    [20, 14, false],
    [4, 4, false],
    [0, 0, false],
  ] as const) {
    t.equal(isBetter(usual(folds), losses(folds, wins)), expected, `${wins} of ${folds}`);
  }
  t.equal(isBetter(usual(10), losses(10, 9).reverse()), false, 'not on the last one');
  t.equal(isBetter([4, 0.2, 0.2, 0.2, 0.2], [0.2, 0.2, 0.2, 0.2, 0.2]), false, 'one fold is no evidence');
  t.end();
});

t.test('where the columns say something the usual penalty stays', (t) => {
  const table = simulated(3000);
  let fits = 0;
  const search = searchPenalty(table, timeFolds(table, { from: 0, until: 3000 }, 5), () => fits++);
  t.equal(search.penalty, 1);
  t.equal(fits, 5 * PENALTIES.length);
  t.same(
    search.rows.map(({ penalty, isChosen }) => [penalty, isChosen]),
    [
      [0.01, false],
      [0.1, false],
      [1, true],
      [10, false],
      [100, false],
      [1000, false],
    ],
  );
  t.equal(search.outOfTime.length, 5);
  t.end();
});

t.test('where there are many columns that say nothing a stronger one is chosen', (t) => {
  const random = seededRandom(5);
  const columns = Array.from({ length: 40 }, (_, i) =>
    numeric(
      `noise${i}`,
      Array.from({ length: 600 }, () => normal(random)),
    ),
  );
  const table = trainingTable(
    columns,
    Array.from({ length: 600 }, () => (random() < 0.3 ? 1 : 0)),
  );
  const { penalty } = searchPenalty(table, timeFolds(table, { from: 0, until: 600 }, 5));
  t.ok(penalty >= 100, String(penalty));
  t.end();
});

t.test('without folds there is nothing to choose by', (t) => {
  t.same(searchPenalty(simulated(100), []), { penalty: 1, rows: [], outOfTime: [] });
  t.end();
});
