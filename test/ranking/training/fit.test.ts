import t from 'tap';
import fc from 'fast-check';
import { solvePositiveDefinite } from '../../../src/ranking/training/cholesky.js';
import { encode, RowReader } from '../../../src/ranking/training/encoding.js';
import type { Encoding } from '../../../src/ranking/training/encoding.js';
import { FitError } from '../../../src/ranking/training/errors.js';
import { fitLogistic } from '../../../src/ranking/training/fit.js';
import { rowRange } from '../../../src/ranking/training/training-table.js';
import type { TrainingTable } from '../../../src/ranking/training/training-table.js';
import { categorical, logistic, numeric, simulated, trainingTable } from './tables.js';

t.test('a system of equations with a known solution', (t) => {
  const matrix = Float64Array.from([4, 0, 0, 2, 5, 0, 2, 3, 6]);
  // [4 2 2; 2 5 3; 2 3 6] x [1 2 3]
  const x = solvePositiveDefinite(matrix, Float64Array.from([14, 21, 26]));
  t.same(
    Array.from(x!, (value) => Number(value.toFixed(12))),
    [1, 2, 3],
  );
  t.equal(solvePositiveDefinite(Float64Array.from([1, 0, 2, 1]), Float64Array.from([1, 1])), undefined);
  t.end();
});

/** The row as a vector with a number for each term. */
function dense(encoding: Encoding, row: number): number[] {
  const reader = new RowReader(encoding);
  reader.read(row);
  const terms = new Array<number>(encoding.termCount).fill(0);
  reader.front.forEach((value, i) => (terms[i] = value));
  for (const term of reader.back.subarray(0, reader.backCount)) terms[term] = 1;
  return terms;
}

/** Gradient of the penalised sum at the weights, worked out from the definition. */
function gradientOf(
  table: TrainingTable,
  encoding: Encoding,
  fit: { weights: ArrayLike<number>; penalty: number },
) {
  const weights = Array.from(fit.weights);
  const gradient = weights.map((weight, i) => (i === encoding.interceptTerm ? 0 : fit.penalty * weight));
  for (let row = 0; row < table.rowCount; row++) {
    const terms = dense(encoding, row);
    const logit = terms.reduce((sum, value, i) => sum + value * weights[i]!, 0);
    for (const [i, value] of terms.entries()) gradient[i]! += value * (logistic(logit) - table.labels[row]!);
  }
  return gradient;
}

/** Newton's steps with numeric second derivatives and Gauss's elimination: slow, and nothing in common with the one tested. */
function independentFit(table: TrainingTable, encoding: Encoding, penalty: number): number[] {
  let weights = new Array<number>(encoding.termCount).fill(0);
  for (let step = 0; step < 60; step++) {
    const here = gradientOf(table, encoding, { weights, penalty });
    const h = 1e-5;
    const columns = weights.map((_, i) => {
      const moved = weights.map((weight, j) => (i === j ? weight + h : weight));
      return gradientOf(table, encoding, { weights: moved, penalty }).map(
        (value, j) => (value - here[j]!) / h,
      );
    });
    const rows = here.map((value, i) => [...columns.map((column) => column[i]!), value]);
    const direction = eliminate(rows);
    weights = weights.map((weight, i) => weight - 0.7 * direction[i]!);
  }
  return weights;
}

function eliminate(rows: number[][]): number[] {
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    const pivot = rows.slice(i).reduce((best, row) => (Math.abs(row[i]!) > Math.abs(best[i]!) ? row : best));
    const at = rows.indexOf(pivot);
    [rows[i], rows[at]] = [rows[at]!, rows[i]!];
    for (const row of rows) {
      if (row === rows[i]) continue;
      const factor = row[i]! / rows[i]![i]!;
      rows[i]!.forEach((value, j) => (row[j]! -= factor * value));
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}

t.test('the fit agrees with an independent solution', (t) => {
  const table = simulated(120, { missingShare: 0.2 });
  const encoding = encode(table, rowRange(0, 120));
  const { weights } = fitLogistic(encoding, rowRange(0, 120), table.labels, { penalty: 1 });
  const expected = independentFit(table, encoding, 1);
  weights.forEach((weight, i) =>
    t.ok(Math.abs(weight - expected[i]!) < 1e-6, `term ${i}: ${weight} ${expected[i]}`),
  );
  t.end();
});

t.test('the gradient is zero at the fit, whatever the data', (t) => {
  const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(null));
  const row = fc.record({ x: value, y: fc.integer({ min: -3, max: 3 }), g: fc.constantFrom('a', 'b', null) });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 20, maxLength: 60 }),
      fc.constantFrom(0.01, 1, 100),
      fc.integer({ min: 1, max: 9 }),
      (rows, penalty, every) => {
        const labels = rows.map((_, i) => (i % (every + 1) === 0 ? 1 : 0));
        const columns = [
          numeric(
            'x',
            rows.map(({ x }) => x),
          ),
          numeric(
            'y',
            rows.map(({ y }) => y),
          ),
          categorical(
            'g',
            rows.map(({ g }) => g),
          ),
        ];
        const table = trainingTable(columns, labels);
        const encoding = encode(table, rowRange(0, rows.length));
        const { weights } = fitLogistic(encoding, rowRange(0, rows.length), table.labels, { penalty });
        const worst = Math.max(...gradientOf(table, encoding, { weights, penalty }).map(Math.abs));
        return worst < 1e-4;
      },
    ),
    { numRuns: 100 },
  );
  t.end();
});

t.test('separable data and columns that repeat each other have a fit, by the penalty', (t) => {
  const x = Array.from({ length: 60 }, (_, i) => i);
  const labels = x.map((value) => (value >= 30 ? 1 : 0));
  const table = trainingTable(
    [
      numeric('x', x),
      numeric(
        'twice',
        x.map((value) => 2 * value),
      ),
      numeric(
        'far',
        x.map((value) => 1e9 + value),
      ),
    ],
    labels,
  );
  const encoding = encode(table, rowRange(0, 60));
  const { weights, iterations } = fitLogistic(encoding, rowRange(0, 60), table.labels, { penalty: 0.01 });
  t.ok(weights.every(Number.isFinite));
  t.ok(iterations < 30, `${iterations} steps`);
  t.ok(Math.abs(weights[0]! - weights[1]!) < 1e-9, 'twins share the effect');
  t.ok(Math.abs(weights[0]! - weights[2]!) < 1e-5, 'and one that is far from zero has the same');
  t.end();
});

t.test('a start elsewhere ends at the same place', (t) => {
  const table = simulated(300);
  const rows = rowRange(0, 300);
  const encoding = encode(table, rows);
  const cold = fitLogistic(encoding, rows, table.labels, { penalty: 1 });
  const { weights: start } = fitLogistic(encoding, rows, table.labels, { penalty: 100 });
  const warm = fitLogistic(encoding, rows, table.labels, { penalty: 1, start });
  cold.weights.forEach((weight, i) => t.ok(Math.abs(weight - warm.weights[i]!) < 1e-6));
  t.end();
});

t.test('the intercept is not penalised: the mean propensity is the rate of takers', (t) => {
  const table = simulated(500);
  const rows = rowRange(0, 500);
  const encoding = encode(table, rows);
  const { weights } = fitLogistic(encoding, rows, table.labels, { penalty: 1e6 });
  const rate = table.labels.reduce((sum, label) => sum + label, 0) / 500;
  t.ok(Math.abs(logistic(weights[encoding.interceptTerm]!) - rate) < 1e-3);
  t.end();
});

t.test('more coefficients than can be solved for are refused', (t) => {
  const column = numeric(
    'x',
    Array.from({ length: 30 }, (_, i) => i),
  );
  const columns = Array.from({ length: 2000 }, (_, i) => ({ ...column, column: `x${i}` }));
  const table = trainingTable(
    columns,
    Array.from({ length: 30 }, (_, i) => i % 2),
  );
  const encoding = encode(table, rowRange(0, 30));
  t.throws(() => fitLogistic(encoding, rowRange(0, 30), table.labels, { penalty: 1 }), FitError);
  t.end();
});
