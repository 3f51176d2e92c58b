import t from 'tap';
import fc from 'fast-check';
import {
  areaUnderRoc,
  brierScore,
  logLoss,
  metricsOf,
  rocCurve,
  topDecileLift,
} from '../../../src/ranking/training/metrics.js';

const scores = (...values: number[]) => Float64Array.from(values);
const labels = (...values: number[]) => Uint8Array.from(values);
const close = (a: number | null, b: number) => a !== null && Math.abs(a - b) < 1e-12;

t.test('AUC: pairs in the right order, ties half', (t) => {
  // Pairs: 0.8 beats 0.6 and 0.3; 0.6 ties with 0.6 and beats 0.3. (2 + 1.5) / 4
  t.equal(areaUnderRoc(scores(0.8, 0.6, 0.6, 0.3), labels(1, 1, 0, 0)), 0.875);
  t.equal(areaUnderRoc(scores(1, 2, 3), labels(0, 0, 1)), 1);
  t.equal(areaUnderRoc(scores(1, 1, 1), labels(0, 1, 1)), 0.5);
  t.equal(areaUnderRoc(scores(1, 2), labels(1, 1)), null);
  t.equal(areaUnderRoc(scores(), labels()), null);
  t.end();
});

const row = fc.record({ score: fc.integer({ min: -20, max: 20 }), label: fc.constantFrom(0, 1) });
const sample = fc.array(row, { minLength: 2, maxLength: 80 });
const split = (rows: { score: number; label: number }[]) =>
  [Float64Array.from(rows, (one) => one.score), Uint8Array.from(rows, (one) => one.label)] as const;

t.test(
  'AUC is that of all pairs, unchanged by a rising transformation, and turned round by a falling one',
  (t) => {
    fc.assert(
      fc.property(sample, (rows) => {
        const [s, l] = split(rows);
        const auc = areaUnderRoc(s, l);
        let pairs = 0;
        let won = 0;
        for (const a of rows) {
          for (const b of rows) {
            if (a.label !== 1 || b.label !== 0) continue;
            pairs++;
            won += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
          }
        }
        if (auc === null) return pairs === 0;
        const cubed = areaUnderRoc(
          s.map((value) => value ** 3 + 7),
          l,
        );
        const turned = areaUnderRoc(
          s.map((value) => -value),
          l,
        );
        return close(auc, won / pairs) && cubed === auc && close(turned, 1 - auc);
      }),
    );
    t.end();
  },
);

t.test('log loss and Brier, by hand', (t) => {
  const [p, l] = [scores(0.8, 0.4), labels(1, 0)];
  t.ok(close(logLoss(p, l), -(Math.log(0.8) + Math.log(0.6)) / 2));
  t.ok(close(brierScore(p, l), (0.04 + 0.16) / 2));
  t.ok(Number.isFinite(logLoss(scores(0, 1), labels(1, 0))), 'certain and wrong is finite');
  t.ok(close(logLoss(scores(0.5, 0.5), l), Math.LN2));
  t.end();
});

t.test('lift: the rate of the best tenth over the rate of all', (t) => {
  const p = Float64Array.from({ length: 20 }, (_, i) => i / 20);
  const l = Uint8Array.from({ length: 20 }, (_, i) => (i >= 18 || i < 2 ? 1 : 0));
  t.equal(topDecileLift(p, l), 5, 'two of two against four of twenty');
  t.ok(close(topDecileLift(new Float64Array(20).fill(0.1), l), 1), 'of equal propensities none is best');
  t.equal(topDecileLift(p, new Uint8Array(20)), null);
  t.end();
});

t.test('the ROC curve rises from (0, 0) to (1, 1) in at most 101 points, and its area is the AUC', (t) => {
  fc.assert(
    fc.property(sample, (rows) => {
      const [s, l] = split(rows);
      const points = rocCurve(s, l);
      const auc = areaUnderRoc(s, l);
      if (auc === null) return points.length === 0;
      let area = 0;
      for (let i = 1; i < points.length; i++) {
        const [a, b] = [points[i - 1]!, points[i]!];
        if (b.falsePositiveRate < a.falsePositiveRate || b.truePositiveRate < a.truePositiveRate)
          return false;
        area += ((b.falsePositiveRate - a.falsePositiveRate) * (a.truePositiveRate + b.truePositiveRate)) / 2;
      }
      const [last] = points.slice(-1);
      return last!.falsePositiveRate === 1 && last!.truePositiveRate === 1 && close(area, auc);
    }),
  );
  const many = Float64Array.from({ length: 5000 }, (_, i) => (i * 37) % 5000);
  const mixed = Uint8Array.from({ length: 5000 }, (_, i) => (i % 3 === 0 ? 1 : 0));
  t.equal(rocCurve(many, mixed).length, 101);
  t.end();
});

t.test('all of them at once', (t) => {
  t.match(metricsOf(scores(0.8, 0.4), labels(1, 0)), {
    rows: 2,
    positives: 1,
    auc: 1,
    observedRate: 0.5,
  });
  t.end();
});
