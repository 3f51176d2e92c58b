import t from 'tap';
import { candidateColumns, usefulColumns } from '../../../src/ranking/training/choose-columns.js';
import type { TypedColumn } from '../../../src/ranking/training/choose-columns.js';
import { rowRange } from '../../../src/ranking/training/training-table.js';
import { seededRandom } from '../../callcenter/simulated-queue.js';
import { categorical, normal, numeric, trainingTable } from './tables.js';

const columns: TypedColumn[] = [
  { column: 'age', type: 'integer' },
  { column: 'duration', type: 'integer' },
  { column: 'born', type: 'date' },
  { column: 'customer', type: 'text' },
  { column: 'at', type: 'timestamp' },
  { column: 'sold', type: 'text' },
];
const roles = {
  features: [],
  leaks: ['duration'],
  label: 'sold',
  timeColumn: 'at',
  customerColumn: 'customer',
};

t.test('leaks and dates are dropped with a note; label, time and customer are no features', (t) => {
  const { kept, dropped } = candidateColumns(columns, roles);
  t.same(
    kept.map(({ column }) => column),
    ['age'],
  );
  t.match(dropped, [
    { column: 'duration', why: /leaks/ },
    { column: 'born', why: /date/ },
  ]);
  t.equal(dropped.length, 2);
  t.end();
});

t.test('features that were named and cannot be used are told', (t) => {
  const { kept, dropped } = candidateColumns(columns, { ...roles, features: ['sold', 'duration', 'age'] });
  t.same(
    kept.map(({ column }) => column),
    ['age'],
  );
  t.match(dropped, [
    { column: 'sold', why: /is the label/ },
    { column: 'duration', why: /leaks/ },
  ]);
  t.end();
});

t.test(
  'columns that do not vary or that give the label away are dropped; one that nearly does is told',
  (t) => {
    const random = seededRandom(2);
    const rows = 400;
    const labels = Array.from({ length: rows }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const all = rowRange(0, rows);
    const table = trainingTable(
      [
        numeric(
          'age',
          labels.map(() => 40 + 10 * normal(random)),
        ),
        numeric(
          'always',
          labels.map(() => 7),
        ),
        categorical(
          'same',
          labels.map(() => 'x'),
        ),
        categorical(
          'reference',
          labels.map((_, i) => `R${i}`),
        ),
        categorical(
          'outcome',
          labels.map((label) => (label === 1 ? 'sold' : 'none')),
        ),
        numeric(
          'revenue',
          labels.map((label) => (label === 1 ? 50 + random() : random())),
        ),
        numeric(
          'talk',
          labels.map((label) => 3 * label + normal(random)),
        ),
      ],
      labels,
    );
    const { kept, dropped, warnings } = usefulColumns(table, all);
    t.same(
      kept.map(({ column }) => column),
      ['age', 'talk'],
    );
    t.match(dropped, [
      { column: 'always', why: /same value/ },
      { column: 'same', why: /same value/ },
      { column: 'reference', why: /400 values of which at most one is on 10/ },
      { column: 'outcome', why: /tells the label/ },
      { column: 'revenue', why: /tells the label/ },
    ]);
    t.match(warnings, [/^talk alone has an AUC of 0\.9\d\d; .*leaks$/]);
    t.end();
  },
);
