// Intervals for shares, means and ratios, as reports show them. Pure; what is estimated comes as sums, so that a database can add up.
//
// Wilson score interval: E. B. Wilson, JASA 22 (1927) 209-212; compared with others by R. G. Newcombe, Statistics in Medicine 17
// (1998) 857-872, method 3. Welch's test: B. L. Welch, Biometrika 34 (1947) 28-35, degrees of freedom by F. E. Satterthwaite,
// Biometrics Bulletin 2 (1946) 110-114. Ratio of totals over clusters: W. G. Cochran, Sampling Techniques, 3rd ed., 2.11 and 6.4.

/** An estimate between its limits. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % of the standard normal distribution lies below. */
export const z975 = 1.959963984540054;
/** 80 % of it lies below. */
const z80 = 0.8416212335729143;

/** Share `hits / trials` with its 95 % Wilson interval; undefined without trials. */
export function wilson(hits: number, trials: number): Interval | undefined {
  if (trials <= 0) return undefined;
  const share = hits / trials;
  const square = z975 * z975;
  const centre = (share + square / (2 * trials)) / (1 + square / trials);
  const half =
    (z975 / (1 + square / trials)) *
    Math.sqrt((share * (1 - share)) / trials + square / (4 * trials * trials));
  // At 0 and 1 the limit is exact, and rounding is not to put it a hair outside.
  return {
    estimate: share,
    low: hits === 0 ? 0 : centre - half,
    high: hits === trials ? 1 : centre + half,
  };
}

/** Sums over the customers of a group: of something, of how many it is divided by, and of their squares and products. */
export interface ClusterSums {
  /** Customers. */
  readonly clusters: number;
  /** Sum of x, such as the value of what a customer bought. */
  readonly x: number;
  /** Sum of n, such as the customer's calls; 1 each for a mean per customer. */
  readonly n: number;
  readonly xx: number;
  readonly xn: number;
  readonly nn: number;
}

/** A mean, its squared standard error, and from how many independent things it comes. */
export interface Mean {
  readonly mean: number;
  readonly variance: number;
  readonly degrees: number;
}

/**
 * Mean per call, where calls of one customer are not independent: the ratio R = sum x / sum n over customers, with
 * var R = c / (c - 1) x sum (x - R n)^2 / (sum n)^2 (linearisation; the ultimate cluster is the customer). With n = 1 for everybody it
 * is the plain mean and s^2 / c. Undefined when there is nothing to divide by; variance NaN from a single customer.
 */
export function clusterMean({ clusters, x, n, xx, xn, nn }: ClusterSums): Mean | undefined {
  if (n <= 0) return undefined;
  const mean = x / n;
  const residual = Math.max(0, xx - 2 * mean * xn + mean * mean * nn);
  // What rounding leaves of sums that cancel out is nothing.
  const rest = residual < 1e-12 * (xx + mean * mean * nn) ? 0 : residual;
  const variance = clusters < 2 ? NaN : ((clusters / (clusters - 1)) * rest) / (n * n);
  return { mean, variance, degrees: clusters - 1 };
}

export interface Difference extends Interval {
  readonly standardError: number;
  /** Of freedom, by Satterthwaite. */
  readonly degrees: number;
}

/** `a - b` with its 95 % interval by Welch; undefined when a spread is unknown. */
export function welch(a: Mean, b: Mean): Difference | undefined {
  return combined([
    { mean: a, weight: 1 },
    { mean: b, weight: -1 },
  ]);
}

/** The weighted sum of independent means with its 95 % interval; degrees of freedom by Satterthwaite. */
export function combined(
  parts: readonly { readonly mean: Mean; readonly weight: number }[],
): Difference | undefined {
  let estimate = 0;
  let variance = 0;
  let spread = 0;
  for (const { mean, weight } of parts) {
    const part = weight * weight * mean.variance;
    estimate += weight * mean.mean;
    variance += part;
    if (part > 0) spread += (part * part) / mean.degrees;
  }
  if (Number.isNaN(variance)) return undefined;
  const degrees = spread === 0 ? Infinity : (variance * variance) / spread;
  const standardError = Math.sqrt(variance);
  const half = standardError === 0 ? 0 : standardError * t975(degrees);
  return { estimate, low: estimate - half, high: estimate + half, standardError, degrees };
}

export interface Power {
  /** Times as many calls of the same kind would tell a difference as great as this one; undefined when there is none. */
  readonly factor: number | undefined;
  /** The least difference that as many calls as these would tell. */
  readonly detectable: number;
}

/**
 * What it takes to tell a difference with 95 % confidence in 80 % of such comparisons: it must be 1.96 + 0.84 standard errors, and the
 * standard error falls with the root of the calls. Source: S.-C. Chow, J. Shao, H. Wang, Sample Size Calculations in Clinical Research,
 * 3.2.
 */
export function power({ estimate, standardError }: Pick<Difference, 'estimate' | 'standardError'>): Power {
  const detectable = (z975 + z80) * standardError;
  return { factor: estimate === 0 ? undefined : (detectable / estimate) ** 2, detectable };
}

/** 97.5 % of Student's t distribution lies below. @param degrees of freedom, above 0, whole or not */
export function t975(degrees: number): number {
  if (degrees > 1e7) return z975;
  let low = z975;
  let high = 10;
  while (tailOf(high, degrees) > 0.025 && high < 1e12) high *= 10;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (tailOf(middle, degrees) > 0.025) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability that Student's t is above `t` > 0: half the incomplete beta function (Abramowitz and Stegun 26.7.1). */
function tailOf(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
}

/** Regularised, by its continued fraction (NIST Digital Library of Mathematical Functions 8.17.22). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

const lanczosFirst = 0.99999999999980993;
const lanczos: readonly number[] = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function for x > 0: C. Lanczos, SIAM J. Numer. Anal. B 1 (1964) 86-96, g = 7. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const sum = lanczos.reduce((total, one, i) => total + one / (shifted + i + 1), lanczosFirst);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}
