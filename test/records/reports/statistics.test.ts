import fc from 'fast-check';
import t from 'tap';
import type { Test } from 'tap';
import {
  clusterMean,
  combined,
  power,
  t975,
  welch,
  wilson,
} from '../../../src/records/reports/statistics.js';
import type { ClusterSums, Interval, Mean } from '../../../src/records/reports/statistics.js';

type Near = readonly [wanted: number, by: number];

function near(t: Test, found: number | undefined, [wanted, by]: Near, what: string): void {
  t.ok(found !== undefined && Math.abs(found - wanted) <= by, `${what}: ${found ?? 'none'}, not ${wanted}`);
}

t.test('Wilson as in Newcombe 1998, table I, method 3', (t) => {
  const published = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const;
  for (const [hits, trials, low, high] of published) {
    const found = wilson(hits, trials);
    near(t, found?.low, [low, 0.00005], `${hits}/${trials} low`);
    near(t, found?.high, [high, 0.00005], `${hits}/${trials} high`);
  }
  t.equal(wilson(0, 0), undefined);
  t.end();
});

t.test('Wilson is a share within its limits, and symmetric', (t) => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), (hits, more) => {
      const trials = hits + more;
      if (trials === 0) return true;
      const { estimate, low, high } = wilson(hits, trials) as Interval;
      const other = wilson(more, trials) as Interval;
      const isSymmetric = Math.abs(other.low - (1 - high)) < 1e-12;
      return 0 <= low && low <= estimate && estimate <= high && high <= 1 && isSymmetric;
    }),
  );
  t.end();
});

t.test('quantiles of Student’s t as tables have them', (t) => {
  const table = [
    [1, 12.7062],
    [2, 4.3027],
    [3, 3.1824],
    [5, 2.5706],
    [10, 2.2281],
    [19, 2.093],
    [30, 2.0423],
    [120, 1.9799],
    [1000, 1.9623],
  ] as const;
  for (const [degrees, quantile] of table) near(t, t975(degrees), [quantile, 0.00005], `${degrees}`);
  near(t, t975(17.776), [2.10282, 0.0001], 'not whole');
  near(t, t975(1e9), [1.959964, 1e-6], 'many');
  near(t, t975(0.3) / t975(0.3), [1, 0], 'fewer than one');
  t.end();
});

function sumsOf(rows: readonly { readonly x: number; readonly n: number }[]): ClusterSums {
  const sum = (of: (row: { readonly x: number; readonly n: number }) => number): number =>
    rows.reduce((total, row) => total + of(row), 0);
  return {
    clusters: rows.length,
    x: sum(({ x }) => x),
    n: sum(({ n }) => n),
    xx: sum(({ x }) => x * x),
    xn: sum(({ x, n }) => x * n),
    nn: sum(({ n }) => n * n),
  };
}

const meanOf = (values: readonly number[]): Mean =>
  clusterMean(sumsOf(values.map((x) => ({ x, n: 1 })))) as Mean;

// Student, The probable error of a mean, Biometrika 6 (1908) 20: additional hours of sleep. R's help page of t.test has its output:
// df = 17.776, 95 percent confidence interval -3.3654832 0.2054832.
const sleep = {
  first: [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
  second: [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
};

t.test('Welch as R has it for Student’s sleep data', (t) => {
  const found = welch(meanOf(sleep.first), meanOf(sleep.second));
  near(t, found?.estimate, [-1.58, 1e-9], 'difference');
  near(t, found?.degrees, [17.776, 0.0005], 'degrees of freedom');
  near(t, found?.low, [-3.3654832, 1e-6], 'low');
  near(t, found?.high, [0.2054832, 1e-6], 'high');
  t.end();
});

t.test('degrees of freedom of published examples with unequal sizes', (t) => {
  // G. D. Ruxton, Behavioral Ecology 17 (2006) 688-690, and the examples after it: means, variances, sizes; t and its degrees.
  const examples = [
    [20.8, 7.9, 15, 23, 3.8, 15, -2.46, 25],
    [20.6, 9, 10, 22.1, 0.9, 20, -1.57, 9.9],
    [19.4, 1.4, 10, 21.6, 17.1, 20, -2.22, 24.5],
  ] as const;
  for (const [m1, v1, n1, m2, v2, n2, statistic, degrees] of examples) {
    const a = { mean: m1, variance: v1 / n1, degrees: n1 - 1 };
    const b = { mean: m2, variance: v2 / n2, degrees: n2 - 1 };
    const found = welch(a, b);
    near(t, found && found.estimate / found.standardError, [statistic, 0.06], 't');
    near(t, found?.degrees, [degrees, 0.2], 'degrees');
  }
  t.end();
});

t.test('the ratio over customers is the mean of calls, with the spread of whole customers', (t) => {
  // Three customers by hand: R = 30 / 6 = 5; residuals 10 - 5, 0 - 10, 20 - 15; sum of squares 150; var = 3 / 2 x 150 / 36.
  const mean = clusterMean(
    sumsOf([
      { x: 10, n: 1 },
      { x: 0, n: 2 },
      { x: 20, n: 3 },
    ]),
  );
  t.strictSame(mean, { mean: 5, variance: 6.25, degrees: 2 });
  // Each customer counted twice over is the same knowledge, and says so; as independent calls it would claim to be more.
  const doubled = clusterMean(
    sumsOf([
      { x: 20, n: 2 },
      { x: 0, n: 4 },
      { x: 40, n: 6 },
    ]),
  );
  t.equal(doubled?.variance, 6.25);
  t.end();
});

t.test('edges: nobody, one customer, no spread', (t) => {
  t.equal(clusterMean(sumsOf([])), undefined);
  const one = clusterMean(sumsOf([{ x: 3, n: 1 }])) as Mean;
  t.ok(Number.isNaN(one.variance));
  t.equal(welch(one, meanOf([1, 2, 3])), undefined);
  const flat = welch(meanOf([0, 0, 0]), meanOf([0, 0, 0, 0]));
  t.match(flat, { estimate: 0, low: 0, high: 0, standardError: 0 });
  const steady = clusterMean(sumsOf(Array.from({ length: 1000 }, () => ({ x: 0.1, n: 1 }))));
  t.equal(steady?.variance, 0);
  const oneSided = welch(meanOf([1, 2, 3, 4]), meanOf([0, 0, 0]));
  near(t, oneSided?.degrees, [3, 1e-9], 'a group without spread adds no degrees');
  t.end();
});

t.test('strata are added up by weight', (t) => {
  const [a, b] = [meanOf(sleep.first), meanOf(sleep.second)];
  const halves = combined([
    { mean: a, weight: 0.5 },
    { mean: b, weight: 0.5 },
  ]);
  near(t, halves?.estimate, [(0.75 + 2.33) / 2, 1e-9], 'mean of means');
  near(t, halves?.standardError, [Math.sqrt(a.variance + b.variance) / 2, 1e-9], 'standard error');
  t.end();
});

t.test('calls that would be needed', (t) => {
  // Two groups of n with spread s tell a difference d with power 0.8 when n = 2 (1.96 + 0.84)^2 s^2 / d^2: s = 1, d = 0.5 needs 62.8.
  const n = 20;
  const { factor, detectable } = power({ estimate: 0.5, standardError: Math.sqrt(2 / n) });
  near(t, (factor ?? 0) * n, [62.79, 0.01], 'calls in each group');
  near(t, detectable, [2.80159 * Math.sqrt(0.1), 1e-5], 'least difference');
  t.equal(power({ estimate: 0, standardError: 1 }).factor, undefined);
  t.end();
});
