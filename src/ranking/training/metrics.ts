// How good predicted propensities are against what happened.
import type { ModelMetrics } from '../report/model-report.js';

/**
 * Area under the ROC curve: the share of (taker, other) pairs in which the taker has the higher score, ties counted half
 * (Mann and Whitney 1947; Hanley and McNeil 1982). Null when all labels are the same.
 */
export function areaUnderRoc(scores: Float64Array, labels: Uint8Array): number | null {
  const takers = scores.filter((_, i) => labels[i] === 1).sort();
  const others = scores.filter((_, i) => labels[i] !== 1).sort();
  if (takers.length === 0 || others.length === 0) return null;
  let pairs = 0;
  let below = 0;
  let notAbove = 0;
  for (const score of takers) {
    while (below < others.length && (others[below] ?? 0) < score) below++;
    if (notAbove < below) notAbove = below;
    while (notAbove < others.length && (others[notAbove] ?? 0) <= score) notAbove++;
    pairs += below + (notAbove - below) / 2;
  }
  return pairs / (takers.length * others.length);
}

/** Propensities of exactly 0 and 1 would cost infinitely much when they are wrong. */
const surest = 1e-15;

/** Mean negative log likelihood, natural logarithm. 0 when there are no rows. */
export function logLoss(propensities: Float64Array, labels: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < propensities.length; i++) {
    const propensity = Math.min(Math.max(propensities[i] ?? 0, surest), 1 - surest);
    sum -= Math.log(labels[i] === 1 ? propensity : 1 - propensity);
  }
  return propensities.length === 0 ? 0 : sum / propensities.length;
}

/** Mean squared error of the propensity (Brier 1950). 0 when there are no rows. */
export function brierScore(propensities: Float64Array, labels: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < propensities.length; i++) sum += ((propensities[i] ?? 0) - (labels[i] ?? 0)) ** 2;
  return propensities.length === 0 ? 0 : sum / propensities.length;
}

/**
 * Rate of takers among the tenth of the rows with the highest propensity, over the rate among all. Of rows that tie at the
 * edge of the tenth, each counts for the share that is still wanted. Null when there are no takers.
 */
export function topDecileLift(propensities: Float64Array, labels: Uint8Array): number | null {
  let positives = 0;
  for (const label of labels) positives += label;
  if (positives === 0) return null;
  const wanted = propensities.length / 10;
  const sorted = Float64Array.from(propensities).sort();
  const edge = sorted[sorted.length - Math.ceil(wanted)] ?? 0;
  let above = 0;
  let takersAbove = 0;
  let ties = 0;
  let takersAmongTies = 0;
  for (let i = 0; i < propensities.length; i++) {
    const propensity = propensities[i] ?? 0;
    if (propensity > edge) {
      above++;
      takersAbove += labels[i] ?? 0;
    } else if (propensity === edge) {
      ties++;
      takersAmongTies += labels[i] ?? 0;
    }
  }
  const takers = takersAbove + ((wanted - above) / ties) * takersAmongTies;
  return takers / wanted / (positives / propensities.length);
}

export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

const rocPoints = 100;

/** At most 101 points of the ROC curve from (0, 0) to (1, 1), a hundredth of the rows apart; none when all labels are the same. */
export function rocCurve(propensities: Float64Array, labels: Uint8Array): readonly RocPoint[] {
  const order = descending(propensities);
  let positives = 0;
  for (const label of labels) positives += label;
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return [];
  const points: RocPoint[] = [{ falsePositiveRate: 0, truePositiveRate: 0 }];
  let takers = 0;
  for (let i = 0; i < order.length; i++) {
    takers += labels[order[i] ?? 0] ?? 0;
    const isTied = propensities[order[i] ?? 0] === propensities[order[i + 1] ?? -1];
    const isDue = i + 1 >= (points.length * order.length) / rocPoints;
    if (isTied || !isDue) continue;
    points.push({ falsePositiveRate: (i + 1 - takers) / negatives, truePositiveRate: takers / positives });
  }
  return points;
}

/** Row numbers from the highest propensity to the lowest; of equal ones the earlier row first. */
export function descending(propensities: Float64Array): Uint32Array {
  return Uint32Array.from(propensities, (_, i) => i).sort(
    (a, b) => (propensities[b] ?? 0) - (propensities[a] ?? 0) || a - b,
  );
}

/** Everything that is measured of one set of rows. */
export function metricsOf(propensities: Float64Array, labels: Uint8Array): ModelMetrics {
  const rows = propensities.length;
  let positives = 0;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    positives += labels[i] ?? 0;
    sum += propensities[i] ?? 0;
  }
  return {
    rows,
    positives,
    auc: areaUnderRoc(propensities, labels),
    logLoss: logLoss(propensities, labels),
    brier: brierScore(propensities, labels),
    topDecileLift: topDecileLift(propensities, labels),
    meanPropensity: rows === 0 ? 0 : sum / rows,
    observedRate: rows === 0 ? 0 : positives / rows,
  };
}
