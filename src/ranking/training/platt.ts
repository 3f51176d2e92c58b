// Platt scaling: a slope and an intercept that turn logits into calibrated ones (Platt 1999, "Probabilistic outputs for support
// vector machines"). His targets, (N+ + 1) / (N+ + 2) for takers and 1 / (N- + 2) for others in place of 1 and 0, keep it finite
// where the logits separate the labels. Newton's steps with halving after Lin, Lin and Weng 2007.

export interface Scaling {
  readonly slope: number;
  readonly intercept: number;
}

export const noScaling: Scaling = { slope: 1, intercept: 0 };

const mostIterations = 100;
/** Logits whose spread is smaller than this share of their size are all the same. */
const flat = 1e-10;

/** The scaling under which the labels are likeliest. Of no rows, none. */
export function fitPlatt(logits: Float64Array, labels: Uint8Array): Scaling {
  if (logits.length === 0) return noScaling;
  const targets = smoothedTargets(labels);
  let here: Scaling = { slope: 0, intercept: startOf(labels) };
  let sum = lossOf(here, logits, targets);
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const { slope, intercept, decrement } = newtonStep(here, logits, targets);
    if (decrement <= 1e-14 * Math.max(1, sum)) return here;
    let size = 1;
    let next = here;
    let nextSum = Infinity;
    while (size > 1e-10) {
      next = { slope: here.slope - size * slope, intercept: here.intercept - size * intercept };
      nextSum = lossOf(next, logits, targets);
      if (nextSum <= sum - 1e-4 * size * decrement) break;
      size /= 2;
    }
    if (!(nextSum < sum)) return here;
    here = next;
    sum = nextSum;
  }
  return here;
}

export function scaled(logit: number, scaling: Scaling): number {
  return scaling.slope * logit + scaling.intercept;
}

export function sigmoid(logit: number): number {
  const tail = Math.exp(-Math.abs(logit));
  return logit < 0 ? tail / (1 + tail) : 1 / (1 + tail);
}

function counts(labels: Uint8Array): { readonly positives: number; readonly negatives: number } {
  let positives = 0;
  for (const label of labels) positives += label;
  return { positives, negatives: labels.length - positives };
}

function startOf(labels: Uint8Array): number {
  const { positives, negatives } = counts(labels);
  return Math.log((positives + 1) / (negatives + 1));
}

function smoothedTargets(labels: Uint8Array): Float64Array {
  const { positives, negatives } = counts(labels);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  return Float64Array.from(labels, (label) => (label === 1 ? high : low));
}

function lossOf(scaling: Scaling, logits: Float64Array, targets: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const logit = scaled(logits[i] ?? 0, scaling);
    sum += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - (targets[i] ?? 0) * logit;
  }
  return sum;
}

function newtonStep(
  scaling: Scaling,
  logits: Float64Array,
  targets: Float64Array,
): Scaling & { readonly decrement: number } {
  let [gSlope, gIntercept, hSlope, hBoth, hIntercept] = [0, 0, 0, 0, 0];
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i] ?? 0;
    const probability = sigmoid(scaled(logit, scaling));
    const residual = probability - (targets[i] ?? 0);
    const weight = probability * (1 - probability);
    gSlope += residual * logit;
    gIntercept += residual;
    hSlope += weight * logit * logit;
    hBoth += weight * logit;
    hIntercept += weight;
  }
  const determinant = hSlope * hIntercept - hBoth * hBoth;
  const isFlat = !(determinant > flat * hSlope * hIntercept);
  // Logits that are all the same say nothing of a slope.
  const slope = isFlat ? 0 : (hIntercept * gSlope - hBoth * gIntercept) / determinant;
  const intercept = isFlat ? gIntercept / hIntercept : (hSlope * gIntercept - hBoth * gSlope) / determinant;
  return { slope, intercept, decrement: slope * gSlope + intercept * gIntercept };
}
