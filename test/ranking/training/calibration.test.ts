import t from 'tap';
import fc from 'fast-check';
import { chooseCalibration, fitPooled } from '../../../src/ranking/training/calibrate.js';
import {
  calibrationBins,
  calibrationVerdict,
  expectedCalibrationError,
  wilsonInterval,
} from '../../../src/ranking/training/calibration-bins.js';
import { metricsOf } from '../../../src/ranking/training/metrics.js';
import { fitPlatt, sigmoid } from '../../../src/ranking/training/platt.js';
import { seededRandom } from '../../callcenter/simulated-queue.js';
import { logistic, normal } from './tables.js';

const close = (a: number, b: number, by = 1e-9) => Math.abs(a - b) < by;

/** Logits of `rows` rows whose labels follow slope x logit + intercept. */
function drawn(rows: number, { seed = 1, slope = 1, intercept = 0 }) {
  const random = seededRandom(seed);
  const logits = Float64Array.from({ length: rows }, () => normal(random) - 1);
  const labels = Uint8Array.from(logits, (logit) => (random() < logistic(slope * logit + intercept) ? 1 : 0));
  return { logits, labels };
}

t.test('Wilson: 10 of 100, as in his table; nothing known of no rows', (t) => {
  const { low, high } = wilsonInterval(10, 100);
  t.ok(close(low, 0.05523, 1e-5) && close(high, 0.17437, 1e-5), `${low} ${high}`);
  t.equal(wilsonInterval(0, 20).low, 0);
  t.same(wilsonInterval(0, 0), { low: 0, high: 1 });
  t.end();
});

t.test('bins hold every row once, in order', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 70 }),
      (values) => {
        const labels = Uint8Array.from(values, (_, i) => i % 2);
        const bins = calibrationBins(Float64Array.from(values), labels);
        const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
        const ordered = bins.every((bin, i) => i === 0 || bins[i - 1]!.highest <= bin.lowest);
        return rows === values.length && ordered && bins.length === Math.min(10, values.length);
      },
    ),
  );
  t.end();
});

t.test('calibration error: what the bins are off, weighted by rows', (t) => {
  const propensities = Float64Array.from({ length: 20 }, (_, i) => (i < 10 ? 0.1 : 0.7));
  const labels = Uint8Array.from({ length: 20 }, (_, i) => (i === 0 || i >= 12 ? 1 : 0));
  // The upper ten take at a rate of 0.8: 0.1 off; the lower ten at one of 0.1, two a bin: 4 bins off by 0.1, one by 0.4.
  const bins = calibrationBins(propensities, labels);
  t.equal(bins.length, 10);
  t.ok(close(expectedCalibrationError(bins), (4 * 0.1 + 0.4 + 4 * 0.3 + 0.7) / 10));
  t.end();
});

t.test('the verdict says by how much, and that the rate of takers moved', (t) => {
  const train = metricsOf(
    new Float64Array(1000).fill(0.05),
    Uint8Array.from({ length: 1000 }, (_, i) => (i % 20 === 0 ? 1 : 0)),
  );
  const propensities = Float64Array.from({ length: 1000 }, (_, i) => i / 10_000);
  const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const words = (drifted: string | null, test = metricsOf(propensities, labels)) =>
    calibrationVerdict({ bins: calibrationBins(propensities, labels), train, test, drifted });
  t.match(
    words('rate (mean 5 -> 1)'),
    /too low by 15.0 points: predicted 5.0 %, observed 20.0 % of 1000 test rows/,
  );
  t.match(
    words('rate (mean 5 -> 1)'),
    /from 5.0 % in training to 20.0 %, and rate \(mean 5 -> 1\) drifted most\.$/,
  );
  t.match(words(null), /to 20.0 %\.$/);
  const good = drawn(5000, {});
  const right = good.logits.map(sigmoid);
  const metrics = metricsOf(right, good.labels);
  const bins = calibrationBins(right, good.labels);
  t.match(calibrationVerdict({ bins, train: metrics, test: metrics, drifted: null }), /^Well calibrated/);
  t.end();
});

t.test('Platt finds the slope and the intercept that the labels were drawn with', (t) => {
  const { logits, labels } = drawn(40_000, { slope: 0.6, intercept: -0.4 });
  const { slope, intercept } = fitPlatt(logits, labels);
  t.ok(close(slope, 0.6, 0.05) && close(intercept, -0.4, 0.05), `${slope} ${intercept}`);
  t.end();
});

t.test(
  'Platt leaves calibrated logits nearly alone, and stays finite where they separate the labels',
  (t) => {
    const good = drawn(40_000, { seed: 3 });
    const { slope, intercept } = fitPlatt(good.logits, good.labels);
    t.ok(close(slope, 1, 0.05) && close(intercept, 0, 0.05), `${slope} ${intercept}`);
    // Two and two: targets 3/4 and 1/4, met exactly at logits of +-ln 3.
    const split = fitPlatt(Float64Array.from([-1, -1, 1, 1]), Uint8Array.from([0, 0, 1, 1]));
    t.ok(close(split.slope, Math.log(3), 1e-6) && close(split.intercept, 0, 1e-6));
    const flat = fitPlatt(new Float64Array(8).fill(2), Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0]));
    t.ok(close(flat.slope, 0) && Number.isFinite(flat.intercept), 'equal logits say nothing of a slope');
    t.same(fitPlatt(new Float64Array(0), new Uint8Array(0)), { slope: 1, intercept: 0 });
    t.end();
  },
);

t.test('scaling is adopted when it helps on the last fold, and says so', (t) => {
  const folds = [1, 2, 3].map((seed) => drawn(4000, { seed, slope: 0.5, intercept: 0.5 }));
  const { scaling, words } = chooseCalibration(folds);
  t.same(scaling, fitPooled(folds));
  t.match(words, /^Platt scaling with slope 0\.\d+ and intercept 0\.\d+ \(log loss of the last fold/);
  t.end();
});

t.test('scaling that does not help on later rows is left', (t) => {
  const folds = [
    drawn(4000, { seed: 1, intercept: -2 }),
    drawn(4000, { seed: 2, intercept: -2 }),
    drawn(4000, { seed: 3 }),
  ];
  const { scaling, words } = chooseCalibration(folds);
  t.same(scaling, { slope: 1, intercept: 0 });
  t.match(words, /did not help on later rows/);
  t.end();
});

t.test('scaling that would turn the ranking round is left', (t) => {
  const folds = [1, 2].map((seed) => drawn(2000, { seed, slope: -1 }));
  const { scaling, words } = chooseCalibration(folds);
  t.same(scaling, { slope: 1, intercept: 0 });
  t.match(words, /slope is -\d.*turn the ranking round/);
  t.match(chooseCalibration([drawn(100, {})]).words, /two folds/);
  t.end();
});
