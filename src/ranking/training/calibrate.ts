// Whether Platt scaling is taken up.
//
// It is fitted on the predictions of the time-ordered folds, each made by a model that had seen only earlier rows. It is adopted
// only when it has been shown to help on later rows: fitted on all folds but the last, it must lower the log loss of the last.
// And its slope must be above 0 on all of them: one below would turn the ranking round. A logistic regression is calibrated on
// the rows it was fitted on; where the folds say nothing reliable about later ones, leaving it alone is the better guess.
import { logLoss } from './metrics.js';
import type { OutOfTime } from './penalty-search.js';
import { fitPlatt, noScaling, scaled, sigmoid } from './platt.js';
import type { Scaling } from './platt.js';

export interface Calibration {
  readonly scaling: Scaling;
  /** What was decided and why, for a person. */
  readonly words: string;
}

export function chooseCalibration(folds: readonly OutOfTime[]): Calibration {
  const last = folds.at(-1);
  if (last === undefined || folds.length < 2) {
    return { scaling: noScaling, words: 'no Platt scaling: it takes two folds with both labels' };
  }
  const scaling = fitPooled(folds);
  const earlier = fitPooled(folds.slice(0, -1));
  if (!(scaling.slope > 0) || !(earlier.slope > 0)) {
    const slope = Math.min(scaling.slope, earlier.slope);
    return {
      scaling: noScaling,
      words: `no Platt scaling: over the folds its slope is ${slope.toFixed(3)}, which would turn the ranking round`,
    };
  }
  const before = logLoss(last.logits.map(sigmoid), last.labels);
  const after = logLoss(
    last.logits.map((logit) => sigmoid(scaled(logit, earlier))),
    last.labels,
  );
  const change = `log loss of the last fold ${before.toFixed(4)} without, ${after.toFixed(4)} with`;
  if (!(after < before))
    return { scaling: noScaling, words: `no Platt scaling: it did not help on later rows (${change})` };
  const { slope, intercept } = scaling;
  return {
    scaling,
    words: `Platt scaling with slope ${slope.toFixed(3)} and intercept ${intercept.toFixed(3)} (${change})`,
  };
}

/** Platt scaling over the predictions of several folds. */
export function fitPooled(folds: readonly OutOfTime[]): Scaling {
  const rows = folds.reduce((sum, { logits }) => sum + logits.length, 0);
  const logits = new Float64Array(rows);
  const labels = new Uint8Array(rows);
  let at = 0;
  for (const fold of folds) {
    logits.set(fold.logits, at);
    labels.set(fold.labels, at);
    at += fold.logits.length;
  }
  return fitPlatt(logits, labels);
}
