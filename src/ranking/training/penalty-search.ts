// The penalty that time-ordered cross-validation chooses.
//
// The penalty is 1 (a standard normal prior on each coefficient) unless another one has the lower log loss on more folds than
// chance explains, the latest fold among them; of those the one with the lowest mean is chosen. Taking the lowest mean alone
// fails where the data drifts: there a fold or two, whose training lacked what came next, outweigh all others, and what they
// ask for is a model that knows nothing. The latest fold is the nearest to what the model will meet.
import type { PenaltyRow } from '../report/model-report.js';
import { encode } from './encoding.js';
import { fitLogistic } from './fit.js';
import { areaUnderRoc, logLoss } from './metrics.js';
import { sigmoid } from './platt.js';
import { logitsOf } from './score.js';
import type { TimeSplit } from './time-split.js';
import { labelsOf } from './training-table.js';
import type { TrainingTable } from './training-table.js';

export const DEFAULT_PENALTY = 1;
/** Strongest first, so that each fit begins where the one before ended. */
export const PENALTIES: readonly number[] = [1000, 100, 10, DEFAULT_PENALTY, 0.1, 0.01];

/** Predictions of rows by a model that was trained on earlier ones. */
export interface OutOfTime {
  readonly logits: Float64Array;
  readonly labels: Uint8Array;
}

export interface PenaltySearch {
  readonly penalty: number;
  /** Weakest first. */
  readonly rows: readonly PenaltyRow[];
  /** By fold, at the penalty that was chosen. */
  readonly outOfTime: readonly OutOfTime[];
}

interface Candidate {
  readonly penalty: number;
  readonly outOfTime: OutOfTime[];
}

/** @param onFit called after each of the `folds.length x PENALTIES.length` fits */
export function searchPenalty(
  table: TrainingTable,
  folds: readonly TimeSplit[],
  onFit: () => void = () => undefined,
): PenaltySearch {
  const candidates: readonly Candidate[] = PENALTIES.map((penalty) => ({ penalty, outOfTime: [] }));
  for (const { earlier, later } of folds) {
    const encoding = encode(table, earlier);
    const labels = labelsOf(table, later);
    let start: Float64Array | undefined;
    for (const { penalty, outOfTime } of candidates) {
      const options = start === undefined ? { penalty } : { penalty, start };
      const { weights } = fitLogistic(encoding, earlier, table.labels, options);
      outOfTime.push({ logits: logitsOf(encoding, weights, later), labels });
      start = weights;
      onFit();
    }
  }
  const losses = candidates.map(({ outOfTime }) => outOfTime.map(lossOf));
  const chosen = candidates[chosenIndex(losses)] ?? { penalty: DEFAULT_PENALTY, outOfTime: [] };
  const rows = candidates.map(({ penalty, outOfTime }, i) => ({
    penalty,
    logLoss: mean(losses[i] ?? []),
    auc: meanAuc(outOfTime),
    isChosen: penalty === chosen.penalty,
  }));
  return {
    penalty: chosen.penalty,
    rows: folds.length === 0 ? [] : rows.reverse(),
    outOfTime: chosen.outOfTime,
  };
}

function chosenIndex(losses: readonly (readonly number[])[]): number {
  const usual = PENALTIES.indexOf(DEFAULT_PENALTY);
  let best = usual;
  for (const [i, loss] of losses.entries()) {
    if (isBetter(losses[usual] ?? [], loss) && mean(loss) < mean(losses[best] ?? [])) best = i;
  }
  return best;
}

const significance = 0.05;

/**
 * Whether the losses of the other are lower on more folds than chance explains (sign test, one-sided, at 5 %; fewer than five
 * folds cannot show it), the last fold among them.
 */
export function isBetter(usual: readonly number[], other: readonly number[]): boolean {
  const isLower = usual.map((loss, i) => (other[i] ?? loss) < loss);
  const wins = isLower.filter(Boolean).length;
  return isLower.at(-1) === true && chanceOfWins(wins, usual.length) <= significance;
}

/** Probability that a fair coin falls on one side `wins` times or more out of `folds`. */
function chanceOfWins(wins: number, folds: number): number {
  let ways = 1;
  let sum = 0;
  for (let k = 0; k <= folds; k++) {
    if (k >= wins) sum += ways;
    ways = (ways * (folds - k)) / (k + 1);
  }
  return sum / 2 ** folds;
}

function lossOf({ logits, labels }: OutOfTime): number {
  return logLoss(logits.map(sigmoid), labels);
}

function meanAuc(outOfTime: readonly OutOfTime[]): number | null {
  const areas = outOfTime
    .map(({ logits, labels }) => areaUnderRoc(logits, labels))
    .filter((one) => one !== null);
  return areas.length === 0 ? null : mean(areas);
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
