// Are the propensities right as probabilities? Bins of predicted against observed, the error over all of them, and words.
import type { CalibrationBin, ModelMetrics } from '../report/model-report.js';
import { descending } from './metrics.js';

/** Half the width of 95 % of a normal distribution. */
const z = 1.959963984540054;

/** 95 % interval of a rate (Wilson 1927). 0 to 1 when there are no rows. */
export function wilsonInterval(
  positives: number,
  rows: number,
): { readonly low: number; readonly high: number } {
  if (rows === 0) return { low: 0, high: 1 };
  const rate = positives / rows;
  const denominator = 1 + (z * z) / rows;
  const centre = (rate + (z * z) / (2 * rows)) / denominator;
  const half = (z / denominator) * Math.sqrt((rate * (1 - rate)) / rows + (z * z) / (4 * rows * rows));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

const binCount = 10;

/** Bins of equal size in order of propensity, lowest first; fewer than ten when there are fewer rows. */
export function calibrationBins(propensities: Float64Array, labels: Uint8Array): readonly CalibrationBin[] {
  const order = descending(propensities).reverse();
  const bins: CalibrationBin[] = [];
  for (let bin = 0; bin < binCount; bin++) {
    const start = Math.floor((bin * order.length) / binCount);
    const members = order.subarray(start, Math.floor(((bin + 1) * order.length) / binCount));
    if (members.length > 0) bins.push(binOf(members, propensities, labels));
  }
  return bins;
}

function binOf(members: Uint32Array, propensities: Float64Array, labels: Uint8Array): CalibrationBin {
  let sum = 0;
  let positives = 0;
  for (const row of members) {
    sum += propensities[row] ?? 0;
    positives += labels[row] ?? 0;
  }
  return {
    rows: members.length,
    lowest: propensities[members[0] ?? 0] ?? 0,
    highest: propensities[members[members.length - 1] ?? 0] ?? 0,
    meanPropensity: sum / members.length,
    observedRate: positives / members.length,
    ...wilsonInterval(positives, members.length),
  };
}

/** Mean of |predicted - observed| over the bins, weighted by rows (Naeini, Cooper and Hauskrecht 2015). */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  let rows = 0;
  let sum = 0;
  for (const bin of bins) {
    rows += bin.rows;
    sum += bin.rows * Math.abs(bin.meanPropensity - bin.observedRate);
  }
  return rows === 0 ? 0 : sum / rows;
}

export interface VerdictInput {
  readonly bins: readonly CalibrationBin[];
  readonly train: ModelMetrics;
  readonly test: ModelMetrics;
  /** The most drifted column, when it drifted much. */
  readonly drifted: string | null;
}

/** How far off calibration is on the test rows, and why, for a person. */
export function calibrationVerdict({ bins, train, test, drifted }: VerdictInput): string {
  const outside = bins.filter((bin) => bin.meanPropensity < bin.low || bin.meanPropensity > bin.high);
  const gap = test.meanPropensity - test.observedRate;
  const error = `on average ${points(expectedCalibrationError(bins))} off`;
  const shift = `predicted ${percent(test.meanPropensity)} %, observed ${percent(test.observedRate)} % of ${test.rows} test rows`;
  if (outside.length <= 1) return `Well calibrated: ${shift}, ${error}.`;
  const overall = wilsonInterval(test.positives, test.rows);
  const isShifted = test.meanPropensity < overall.low || test.meanPropensity > overall.high;
  const how = isShifted
    ? `too ${gap < 0 ? 'low' : 'high'} by ${points(Math.abs(gap))}`
    : 'right on the whole, but not at every propensity';
  const why = reason(train, test, drifted);
  return `Propensities are ${how}: ${shift}, ${error}, ${outside.length} of ${bins.length} bins outside their 95 % interval${why}.`;
}

function reason(train: ModelMetrics, test: ModelMetrics, drifted: string | null): string {
  const before = wilsonInterval(train.positives, train.rows);
  const hasMoved = test.observedRate < before.low || test.observedRate > before.high;
  const moved = hasMoved
    ? `the rate of takers went from ${percent(train.observedRate)} % in training to ${percent(test.observedRate)} %`
    : '';
  const drift = drifted === null ? '' : `${drifted} drifted most`;
  const reasons = [moved, drift].filter((one) => one !== '').join(', and ');
  return reasons === '' ? '' : `; ${reasons}`;
}

const percent = (share: number): string => (100 * share).toFixed(1);
const points = (share: number): string => `${(100 * share).toFixed(1)} points`;
