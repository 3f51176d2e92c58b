import t from 'tap';
import { encode, MAX_LEVELS, momentsOf, RowReader } from '../../../src/ranking/training/encoding.js';
import { rowRange } from '../../../src/ranking/training/training-table.js';
import { categorical, numeric, trainingTable } from './tables.js';

const repeated = <T>(value: T, times: number): T[] => new Array<T>(times).fill(value);

t.test('numbers are standardised over the rows that have one; missing has a term of its own', (t) => {
  const table = trainingTable([numeric('age', [20, 40, null])], [0, 1, 0]);
  const encoding = encode(table, rowRange(0, 3));
  t.match(encoding.numerics[0], { mean: 30, standardDeviation: 10, missingTerm: 2 });
  t.equal(encoding.termCount, 3, 'age, intercept, age missing');
  const reader = new RowReader(encoding);
  const read = (row: number) => {
    reader.read(row);
    return [[...reader.front], [...reader.back.subarray(0, reader.backCount)]];
  };
  t.same(read(0), [[-1, 1], []]);
  t.same(read(1), [[1, 1], []]);
  t.same(read(2), [[0, 1], [2]]);
  t.end();
});

t.test('levels on fewer than ten rows count as never seen', (t) => {
  const jobs = [...repeated('clerk', 10), ...repeated('retired', 12), ...repeated('pilot', 9), null];
  const table = trainingTable([categorical('job', jobs)], repeated(0, jobs.length));
  const encoding = encode(table, rowRange(0, jobs.length));
  const [job] = encoding.categoricals;
  t.same(job!.source.levels, ['clerk', 'pilot', 'retired']);
  t.same([...job!.termOfCode], [2, -1, 3]);
  t.same([...job!.rowsOfCode], [10, 9, 12]);
  t.equal(job!.missingTerm, 1);
  t.end();
});

t.test('of many levels the commonest stay', (t) => {
  const values = Array.from({ length: MAX_LEVELS + 5 }, (_, i) =>
    repeated(`l${String(i).padStart(3, '0')}`, 10 + i),
  ).flat();
  const table = trainingTable([categorical('town', values)], repeated(0, values.length));
  const [town] = encode(table, rowRange(0, values.length)).categoricals;
  t.same([...town!.termOfCode].filter((term) => term >= 0).length, MAX_LEVELS);
  t.same([...town!.termOfCode.subarray(0, 6)], [-1, -1, -1, -1, -1, 1]);
  t.end();
});

t.test('columns that do not vary over the training rows are left out, whatever comes later', (t) => {
  const table = trainingTable(
    [
      numeric('rate', [3, 3, 3, 9]),
      numeric('noise', [0.1 + 0.2, 0.3, 0.3, 0.3]),
      numeric('none', [null, null, null, 1]),
    ],
    [0, 1, 0, 1],
  );
  t.equal(encode(table, rowRange(0, 3)).termCount, 1);
  t.equal(encode(table, rowRange(0, 4)).numerics.length, 1, 'a difference of rounding is none');
  t.end();
});

t.test('moments of values that are far from zero do not cancel', (t) => {
  const { mean, standardDeviation, missing } = momentsOf(
    Float64Array.from([1e9 + 1, 1e9 + 3, NaN]),
    rowRange(0, 3),
  );
  t.equal(mean, 1e9 + 2);
  t.equal(standardDeviation, 1);
  t.equal(missing, 1);
  t.end();
});
