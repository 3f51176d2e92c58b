import t from 'tap';
import { encode } from '../../../src/ranking/training/encoding.js';
import { fitLogistic } from '../../../src/ranking/training/fit.js';
import { priorShift } from '../../../src/ranking/training/prior-correction.js';
import { rowRange } from '../../../src/ranking/training/training-table.js';
import { seededRandom } from '../../callcenter/simulated-queue.js';
import { simulated } from './tables.js';

t.test('half takers in the sample, one in a hundred in the population', (t) => {
  t.ok(Math.abs(priorShift(0.5, 0.01) - Math.log(1 / 99)) < 1e-12);
  t.equal(Math.abs(priorShift(0.2, 0.2)) < 1e-12, true);
  for (const rate of [0, 1, NaN]) t.throws(() => priorShift(rate, 0.5), { code: 'TRAINING_RATE' });
  t.end();
});

t.test(
  'the intercept of the population comes back from a sample that kept one in ten of those who declined',
  (t) => {
    const table = simulated(60_000, { intercept: -3, slope: 0.8 });
    const all = rowRange(0, table.rowCount);
    const random = seededRandom(9);
    const sampled = all.filter((row) => table.labels[row] === 1 || random() < 0.1);
    const rate = (rows: Int32Array) => rows.reduce((sum, row) => sum + table.labels[row]!, 0) / rows.length;
    const fitOn = (rows: Int32Array) => {
      const encoding = encode(table, rows);
      const { weights } = fitLogistic(encoding, rows, table.labels, { penalty: 0.01 });
      const [x] = encoding.numerics;
      const slope = weights[0]! / x!.standardDeviation;
      return { slope, intercept: weights[encoding.interceptTerm]! - slope * x!.mean };
    };
    const [population, sample] = [fitOn(all), fitOn(sampled)];
    t.ok(sample.intercept - population.intercept > 2, 'the sample alone is far too high');
    const corrected = sample.intercept + priorShift(rate(sampled), rate(all));
    t.ok(Math.abs(corrected - population.intercept) < 0.1, `${corrected} ${population.intercept}`);
    t.ok(Math.abs(sample.slope - population.slope) < 0.06, 'coefficients were right all along');
    t.end();
  },
);
