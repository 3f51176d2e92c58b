// What `proffer train` prints at its end, in 100 columns: the page of the model in short.
import { textTable } from '../../kernel/index.js';
import { wrapped } from '../../kernel/index.js';
import { fitted, oneLine } from './line-text.js';
import { LITTLE_DRIFT } from './model-report.js';
import type { DriftRow, ModelMetrics, ModelReport, WalkForward } from './model-report.js';
import { count, counted, figure, percent, time } from './number-text.js';

const COLUMNS = 100;
/** The page has all coefficients. */
const SHOWN_COEFFICIENTS = 10;
/** Blocks of a walk-forward evaluation in the table; of more, some evenly spread. */
const SHOWN_BLOCKS = 12;
const NAME_WIDTH = 48;
/** Population stability index from which a column is worth a look. */

/** Lines joined by line feeds, none at the end. */
export function modelReportText(report: ModelReport): string {
  const parts = [
    outcomeLines(report),
    metricsLines(report),
    paragraph(`Calibration: ${report.calibrationVerdict}`),
    coefficientLines(report),
    driftLines(report.drift),
    report.walkForward === undefined ? [] : walkForwardLines(report.walkForward),
    noteLines(report.notes),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => fitted(line, COLUMNS)).join('\n'))
    .join('\n\n');
}

function outcomeLines({
  model,
  partner,
  training,
  testMetrics,
  testFrom,
  testUntil,
}: ModelReport): readonly string[] {
  const rank =
    testMetrics.auc === null
      ? 'all test rows had the same outcome'
      : `it ranks a taker above another in ${percent(testMetrics.auc)} of pairs (50 % is chance)`;
  return [
    ...paragraph(`Model ${model} of partner ${partner}: ${rank}.`),
    oneLine(
      `  trained on  ${counted(training.rows, 'row')}, ${time(training.from)} to ${time(training.until)}`,
    ),
    oneLine(
      `  tested on   ${counted(testMetrics.rows, 'later row')}, ${time(testFrom)} to ${time(testUntil)}`,
    ),
    `  penalty     ${figure(training.penalty)}`,
  ];
}

function metricsLines({ trainMetrics, testMetrics }: ModelReport): readonly string[] {
  const row = (name: string, of: (metrics: ModelMetrics) => string): readonly string[] => [
    name,
    of(trainMetrics),
    of(testMetrics),
  ];
  return textTable(
    [{ head: '' }, { head: 'TRAINING', isNumber: true }, { head: 'TEST', isNumber: true }],
    [
      row('AUC', ({ auc }) => maybe(auc, 4)),
      row('log loss', ({ logLoss }) => logLoss.toFixed(4)),
      row('Brier score', ({ brier }) => brier.toFixed(4)),
      row('lift of the top tenth', ({ topDecileLift }) => maybe(topDecileLift, 2)),
      row('takers, predicted', ({ meanPropensity }) => percent(meanPropensity, 2)),
      row('takers, observed', ({ observedRate }) => percent(observedRate, 2)),
    ],
  );
}

function coefficientLines({ coefficients }: ModelReport): readonly string[] {
  const rows = coefficients
    .slice(0, SHOWN_COEFFICIENTS)
    .map(({ name, oddsRatio }) => [fitted(oneLine(name), NAME_WIDTH), figure(oddsRatio)]);
  const head =
    coefficients.length > rows.length
      ? `STRONGEST ${rows.length} OF ${coefficients.length} COEFFICIENTS`
      : 'COEFFICIENTS';
  return textTable([{ head }, { head: 'ODDS x', isNumber: true }], rows);
}

function driftLines(drift: readonly DriftRow[]): readonly string[] {
  const drifted = drift.filter(({ psi }) => psi > LITTLE_DRIFT);
  if (drifted.length === 0)
    return [`No column has drifted since the training window (index above ${LITTLE_DRIFT}).`];
  return textTable(
    [{ head: `DRIFT ABOVE ${LITTLE_DRIFT}` }, { head: 'INDEX', isNumber: true }, { head: 'CHANGE' }],
    drifted.map(({ column, psi, change }) => [
      fitted(oneLine(column), NAME_WIDTH),
      psi.toFixed(2),
      oneLine(change),
    ]),
  );
}

function walkForwardLines({
  windowRows,
  blockRows,
  metrics,
  meanBlockAuc,
  blocks,
}: WalkForward): readonly string[] {
  const every = Math.ceil(blocks.length / SHOWN_BLOCKS);
  const cells = (
    name: string,
    one: Pick<ModelMetrics, 'rows' | 'auc' | 'logLoss' | 'meanPropensity' | 'observedRate'>,
  ): readonly string[] => [
    oneLine(name),
    count(one.rows),
    maybe(one.auc, 4),
    one.logLoss.toFixed(4),
    percent(one.meanPropensity),
    percent(one.observedRate),
  ];
  const shown = blocks.filter((_, i) => i % every === 0);
  return [
    ...paragraph(
      `Trained anew for each ${counted(blockRows, 'test row')} on the ${counted(windowRows, 'row')} before` +
        (every === 1 ? ':' : ` (${shown.length} of ${blocks.length} blocks shown):`),
    ),
    ...textTable(
      [
        { head: 'FROM' },
        { head: 'ROWS', isNumber: true },
        { head: 'AUC', isNumber: true },
        { head: 'LOG LOSS', isNumber: true },
        { head: 'PREDICTED', isNumber: true },
        { head: 'OBSERVED', isNumber: true },
      ],
      [...shown.map((block) => cells(time(block.from), block)), cells('together', metrics)],
    ),
    ...(meanBlockAuc === null
      ? []
      : paragraph(`Within a block the AUC is ${maybe(meanBlockAuc, 4)} on average.`)),
  ];
}

function noteLines(notes: readonly string[]): readonly string[] {
  if (notes.length === 0) return [];
  return [
    'Notes',
    ...notes.flatMap((note) =>
      wrapped(oneLine(note), COLUMNS - 4).map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`),
    ),
  ];
}

function paragraph(text: string): readonly string[] {
  return wrapped(oneLine(text), COLUMNS);
}

function maybe(value: number | null, digits: number): string {
  return value === null ? 'none' : value.toFixed(digits);
}
