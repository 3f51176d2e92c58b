// How a model would have done that is trained anew again and again: for each block of the test period in turn, one is fitted on
// the latest rows before that block and predicts it. What serves a block has seen nothing of it.
import type { WalkForward, WalkForwardBlock } from '../report/model-report.js';
import { usefulColumns } from './choose-columns.js';
import { encode } from './encoding.js';
import { fitLogistic } from './fit.js';
import { areaUnderRoc, logLoss, metricsOf } from './metrics.js';
import { sigmoid } from './platt.js';
import { logitsOf } from './score.js';
import { cutAt, hasBothLabels, splitAt } from './time-split.js';
import { labelsOf, timeWords } from './training-table.js';
import type { TrainingTable } from './training-table.js';

export interface WalkForwardOptions {
  /** First row of the test period. */
  readonly testStart: number;
  readonly windowRows: number;
  /** Rows after which it is trained anew. */
  readonly blockRows: number;
  /** The one that was chosen before the test period. */
  readonly penalty: number;
  readonly onBlock?: (done: number, of: number) => void;
}

/** Blocks whose window lacks one of the labels are left out. Null when all are. */
export function walkForward(table: TrainingTable, options: WalkForwardOptions): WalkForward | null {
  const { testStart, windowRows, blockRows, penalty } = options;
  const count = Math.ceil((table.rowCount - testStart) / blockRows);
  const blocks: WalkForwardBlock[] = [];
  const propensities: Float64Array[] = [];
  const labels: Uint8Array[] = [];
  let start = testStart;
  for (let i = 0; i < count && start < table.rowCount; i++) {
    const end = cutAt(table, Math.min(start + blockRows, table.rowCount), start);
    const { earlier, later } = splitAt(table, {
      from: Math.max(0, start - windowRows),
      cut: start,
      until: end,
    });
    if (hasBothLabels(table, earlier)) {
      const { kept } = usefulColumns(table, earlier);
      const encoding = encode({ ...table, columns: kept }, earlier);
      const { weights } = fitLogistic(encoding, earlier, table.labels, { penalty });
      const predicted = logitsOf(encoding, weights, later).map(sigmoid);
      const observed = labelsOf(table, later);
      propensities.push(predicted);
      labels.push(observed);
      blocks.push(
        blockOf(predicted, observed, { from: timeWords(table, start), until: timeWords(table, end - 1) }),
      );
    }
    options.onBlock?.(i + 1, count);
    start = end;
  }
  if (blocks.length === 0) return null;
  const all = Float64Array.from(propensities.flatMap((one) => [...one]));
  const metrics = metricsOf(all, Uint8Array.from(labels.flatMap((one) => [...one])));
  return { windowRows, blockRows, penalty, metrics, meanBlockAuc: meanAuc(blocks), blocks };
}

function meanAuc(blocks: readonly WalkForwardBlock[]): number | null {
  const areas = blocks.map(({ auc }) => auc).filter((auc) => auc !== null);
  return areas.length === 0 ? null : areas.reduce((sum, auc) => sum + auc, 0) / areas.length;
}

function blockOf(
  propensities: Float64Array,
  labels: Uint8Array,
  time: { readonly from: string; readonly until: string },
): WalkForwardBlock {
  const { rows, positives, meanPropensity, observedRate } = metricsOf(propensities, labels);
  return {
    ...time,
    rows,
    positives,
    auc: areaUnderRoc(propensities, labels),
    logLoss: logLoss(propensities, labels),
    meanPropensity,
    observedRate,
  };
}
