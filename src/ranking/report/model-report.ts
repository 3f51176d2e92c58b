// What is known about a trained model, measured on the rows it was not trained on. Plain data: JSON and the HTML report say the same.
import type { TrainingRecord } from '../model/logistic-model.js';

export interface ModelMetrics {
  readonly rows: number;
  readonly positives: number;
  /** Area under the ROC curve (Mann-Whitney, ties count half); null when all labels are the same. */
  readonly auc: number | null;
  /** Mean negative log likelihood, natural logarithm. */
  readonly logLoss: number;
  readonly brier: number;
  /** Rate of takers among the tenth of the rows with the highest propensity, over the rate among all. */
  readonly topDecileLift: number | null;
  readonly meanPropensity: number;
  readonly observedRate: number;
}

export interface CalibrationBin {
  readonly rows: number;
  readonly lowest: number;
  readonly highest: number;
  readonly meanPropensity: number;
  readonly observedRate: number;
  /** 95 % Wilson interval of observedRate. */
  readonly low: number;
  readonly high: number;
}

export interface CoefficientRow {
  /** Such as `age (per 10.4)`, `job = retired`, `age missing`. */
  readonly name: string;
  readonly column: string;
  readonly coefficient: number;
  readonly oddsRatio: number;
}

/** Population stability index up to which a column has hardly moved, and above which it has much (Siddiqi, Credit Risk Scorecards). */
export const LITTLE_DRIFT = 0.1;
export const MUCH_DRIFT = 0.25;

export interface DriftRow {
  readonly column: string;
  /** Population stability index between the training window and now (the test rows); below 0.1 little, above 0.25 much. */
  readonly psi: number;
  /** In words, such as `mean 40.1 -> 38.9` or `missing 0 % -> 4 %`. */
  readonly change: string;
}

export interface PenaltyRow {
  readonly penalty: number;
  /** Mean over the folds of the time-ordered cross-validation. */
  readonly logLoss: number;
  readonly auc: number | null;
  readonly isChosen: boolean;
}

/** One block of the test period, predicted by a model trained on the latest rows before it. */
export interface WalkForwardBlock {
  readonly from: string;
  readonly until: string;
  readonly rows: number;
  readonly positives: number;
  readonly auc: number | null;
  readonly logLoss: number;
  readonly meanPropensity: number;
  readonly observedRate: number;
}

/** What training anew again and again would have given over the test period. */
export interface WalkForward {
  readonly windowRows: number;
  /** Rows after which it is trained anew. */
  readonly blockRows: number;
  readonly penalty: number;
  /** Over the blocks together. Where the rate of takers moves, following it alone makes a high AUC. */
  readonly metrics: ModelMetrics;
  /** Mean over the blocks of the AUC within each: how well callers of one time are told apart. */
  readonly meanBlockAuc: number | null;
  readonly blocks: readonly WalkForwardBlock[];
}

export interface ModelReport {
  readonly model: string;
  readonly partner: string;
  readonly training: TrainingRecord;
  readonly testFrom: string;
  readonly testUntil: string;
  /** What a reader should know: columns and rows left out and why, how penalty and calibration were chosen. */
  readonly notes: readonly string[];
  readonly trainMetrics: ModelMetrics;
  readonly testMetrics: ModelMetrics;
  /** Ten bins of equal size over the test rows, by propensity. */
  readonly calibration: readonly CalibrationBin[];
  /** Expected calibration error: mean of |meanPropensity - observedRate| over the bins, weighted by rows. */
  readonly calibrationError: number;
  /** Says in words how far off calibration is, and why. */
  readonly calibrationVerdict: string;
  readonly coefficients: readonly CoefficientRow[];
  readonly drift: readonly DriftRow[];
  readonly penalties: readonly PenaltyRow[];
  /** Points of the ROC curve, at most 101. */
  readonly roc: readonly { readonly falsePositiveRate: number; readonly truePositiveRate: number }[];
  /** Absent unless it was asked for. */
  readonly walkForward?: WalkForward;
}
