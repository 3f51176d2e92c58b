// The page of one trained model: how far its propensities can be trusted, and what it looks at.
import { barChart } from './bar-charts.js';
import { calibrationChart, rocChart } from './curve-charts.js';
import { html } from './html.js';
import type { Html, HtmlValue } from './html.js';
import { LITTLE_DRIFT, MUCH_DRIFT } from './model-report.js';
import type { CoefficientRow, DriftRow, ModelMetrics, ModelReport, WalkForward } from './model-report.js';
import { count, counted, figure, percent, percentOf, time } from './number-text.js';
import { dataTable, facts, folded, halfChart, note, page, wideChart } from './page.js';
import type { Section, TableRow, Tile } from './page.js';

/** Coefficients in the chart; the table has all. */
const CHARTED_COEFFICIENTS = 25;
/** Calibration error past which the page warns. */
const POOR_CALIBRATION = 0.05;
/** Population stability index: below the first little has shifted, above the second much. */

/** The whole document. What comes from data is escaped; nothing is loaded from elsewhere. */
export function modelReportHtml(report: ModelReport): string {
  const { training } = report;
  return page({
    kind: 'Propensity model',
    title: `Model ${report.model} of partner ${report.partner}`,
    outcome: outcomeOf(report),
    isWarning: report.calibrationError > POOR_CALIBRATION,
    facts: `Trained ${time(training.trainedAt)} on ${counted(training.rows, 'row')} from ${time(training.from)} to ${time(training.until)}; tested on ${counted(report.testMetrics.rows, 'later row')} from ${time(report.testFrom)} to ${time(report.testUntil)}.`,
    tiles: tilesOf(report),
    sections: sectionsOf(report),
  });
}

function outcomeOf({ testMetrics, calibrationVerdict }: ModelReport): string {
  const rank =
    testMetrics.auc === null
      ? 'The test rows all had the same outcome, so nothing can be said of the ranking.'
      : `A taker is ranked above a non-taker in ${percent(testMetrics.auc)} of pairs.`;
  return `${rank} ${sentence(calibrationVerdict)}`;
}

function tilesOf(report: ModelReport): readonly Tile[] {
  const { testMetrics: test } = report;
  return [
    {
      name: 'AUC',
      figure: maybe(test.auc, (auc) => auc.toFixed(3)),
      more: `0.5 is chance; ${maybe(report.trainMetrics.auc, (auc) => auc.toFixed(3))} in training`,
    },
    {
      name: 'Calibration error',
      figure: percent(report.calibrationError, 2),
      more: 'mean distance, predicted to observed',
    },
    {
      name: 'Lift of the top tenth',
      figure: maybe(test.topDecileLift, (lift) => `${lift.toFixed(2)} x`),
      more: 'against all test rows',
    },
    {
      name: 'Takers, observed',
      figure: percent(test.observedRate, 2),
      more: `predicted ${percent(test.meanPropensity, 2)}`,
    },
    { name: 'Test rows', figure: count(test.rows), more: counted(test.positives, 'taker') },
    {
      name: 'Training rows',
      figure: count(report.training.rows),
      more: counted(report.training.positives, 'taker'),
    },
  ];
}

function sectionsOf(report: ModelReport): readonly Section[] {
  return [
    { id: 'metrics', title: 'Training against test', body: metricsBody(report) },
    { id: 'calibration', title: 'Calibration and discrimination', body: curvesBody(report) },
    { id: 'coefficients', title: 'What it looks at', body: coefficientsBody(report.coefficients) },
    { id: 'drift', title: 'What has shifted since', body: driftBody(report.drift) },
    { id: 'penalty', title: 'Choice of the penalty', body: penaltyBody(report) },
    ...(report.walkForward === undefined
      ? []
      : [
          {
            id: 'walk-forward',
            title: 'Trained anew as time goes on',
            body: walkForwardBody(report.walkForward),
          },
        ]),
    { id: 'training', title: 'Training record', body: trainingBody(report) },
  ];
}

function metricsBody({ trainMetrics, testMetrics }: ModelReport): HtmlValue {
  const row = (name: string, of: (metrics: ModelMetrics) => string, meaning: string): TableRow => ({
    cells: [name, of(trainMetrics), of(testMetrics), meaning],
  });
  return dataTable(
    'Measured on the rows the model was fitted on, and on later rows it has not seen',
    [
      { head: 'Measure' },
      { head: 'Training', isNumber: true },
      { head: 'Test', isNumber: true },
      { head: 'Meaning' },
    ],
    [
      row('Rows', ({ rows }) => count(rows), ''),
      row('Takers', ({ positives }) => count(positives), ''),
      row(
        'AUC',
        ({ auc }) => maybe(auc, (value) => value.toFixed(4)),
        'chance that a taker is ranked above a non-taker; 0.5 is chance',
      ),
      row('Log loss', ({ logLoss }) => logLoss.toFixed(4), 'mean surprise at the outcome; lower is better'),
      row(
        'Brier score',
        ({ brier }) => brier.toFixed(4),
        'mean squared error of the propensity; lower is better',
      ),
      row(
        'Lift of the top tenth',
        ({ topDecileLift }) => maybe(topDecileLift, (value) => value.toFixed(2)),
        'takers among the tenth ranked highest, over takers among all',
      ),
      row(
        'Mean propensity',
        ({ meanPropensity }) => percent(meanPropensity, 2),
        'what the model predicts on average',
      ),
      row('Observed rate', ({ observedRate }) => percent(observedRate, 2), 'what came of it'),
    ],
  );
}

function curvesBody(report: ModelReport): HtmlValue {
  return html`${note(sentence(report.calibrationVerdict))}
    <div class="pair">${calibration(report)}${roc(report)}</div>`;
}

function calibration({ calibration: bins }: ModelReport): Html {
  if (bins.length === 0) return html`<div>${note('There are no test rows to compare with.')}</div>`;
  const points = bins.map((bin) => ({
    predicted: bin.meanPropensity,
    observed: bin.observedRate,
    low: bin.low,
    high: bin.high,
  }));
  const chart = halfChart(
    {
      title: 'Observed against predicted rate of takers',
      description:
        'One point for each bin of test rows, with its 95 % Wilson interval. On the dashed diagonal both are the same.',
    },
    (width) => calibrationChart(points, width),
  );
  const table = dataTable(
    'Calibration: bins of test rows by propensity',
    [
      { head: 'Bin' },
      { head: 'Rows', isNumber: true },
      { head: 'Predicted', isNumber: true },
      { head: 'Observed', isNumber: true },
      { head: '95 % interval', isNumber: true },
    ],
    bins.map((bin) => ({
      cells: [
        `${percent(bin.lowest, 2)} to ${percent(bin.highest, 2)}`,
        count(bin.rows),
        percent(bin.meanPropensity, 2),
        percent(bin.observedRate, 2),
        `${percent(bin.low, 2)} to ${percent(bin.high, 2)}`,
      ],
    })),
  );
  return html`<div>${chart}${folded('The same numbers as a table', table)}</div>`;
}

function roc({ roc: points, testMetrics }: ModelReport): Html {
  if (points.length === 0 || testMetrics.auc === null)
    return html`<div>${note('There is no ROC curve: all test rows had the same outcome.')}</div>`;
  const chart = halfChart(
    {
      title: `ROC curve, area ${testMetrics.auc.toFixed(3)}`,
      description:
        'Share of the takers found against share of the non-takers called takers, as the threshold falls. The dashed diagonal is chance.',
    },
    (width) => rocChart(points, width),
  );
  const table = dataTable(
    'Points of the ROC curve',
    [{ head: 'Non-takers called takers' }, { head: 'Takers found', isNumber: true }],
    points.map((point) => ({
      cells: [percent(point.falsePositiveRate, 2), percent(point.truePositiveRate, 2)],
    })),
  );
  return html`<div>${chart}${folded('The same numbers as a table', table)}</div>`;
}

function coefficientsBody(coefficients: readonly CoefficientRow[]): HtmlValue {
  if (coefficients.length === 0) return note('The model has no coefficient but its intercept.');
  const strongest = [...coefficients].sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient));
  const bars = strongest.slice(0, CHARTED_COEFFICIENTS).map(({ name, coefficient, oddsRatio }) => ({
    label: name,
    value: coefficient,
    text: `odds x ${figure(oddsRatio)}`,
    color: coefficient < 0 ? 'var(--gate-cool-off)' : 'var(--accent)',
  }));
  const table = dataTable(
    'All coefficients, the strongest first',
    [
      { head: 'Feature' },
      { head: 'Column', isCode: true },
      { head: 'Coefficient', isNumber: true },
      { head: 'Odds ratio', isNumber: true },
    ],
    strongest.map(({ name, column, coefficient, oddsRatio }) => ({
      cells: [name, html`<code>${column}</code>`, coefficient.toFixed(4), figure(oddsRatio)],
    })),
  );
  const more =
    coefficients.length > CHARTED_COEFFICIENTS
      ? `The ${CHARTED_COEFFICIENTS} strongest of ${coefficients.length} coefficients`
      : 'Coefficients, the strongest first';
  return [
    note(
      'To the right: takes the offer more readily. The odds ratio is what a step of the size in brackets, or the level, does to the odds.',
    ),
    wideChart(
      { title: more, description: 'Bars to the left and right of zero, with the odds ratio.' },
      (width) => barChart(bars, width),
    ),
    folded(`All ${counted(coefficients.length, 'coefficient')} as a table`, table),
  ];
}

function driftBody(drift: readonly DriftRow[]): HtmlValue {
  if (drift.length === 0) return note('No column was compared.');
  const rows = [...drift].sort((a, b) => b.psi - a.psi);
  const bars = rows.map(({ column, psi }) => ({
    label: column,
    value: psi,
    text: `${psi.toFixed(3)} ${driftWord(psi)}`,
    color:
      psi >= MUCH_DRIFT
        ? 'var(--gate-exposure)'
        : psi >= LITTLE_DRIFT
          ? 'var(--gate-cool-off)'
          : 'var(--rest)',
  }));
  return [
    note(
      `Population stability index between the training window and the test rows: below ${LITTLE_DRIFT} little has shifted, above ${MUCH_DRIFT} much.`,
    ),
    wideChart(
      {
        title: 'Stability index of each column',
        description: 'Horizontal bars, the most shifted column first.',
      },
      (width) => barChart(bars, width),
    ),
    dataTable(
      'What has shifted',
      [
        { head: 'Column', isCode: true },
        { head: 'Index', isNumber: true },
        { head: 'Shift', isCode: true },
        { head: 'Change' },
      ],
      rows.map(({ column, psi, change }) => ({
        cells: [
          column,
          psi.toFixed(3),
          html`<span class="badge${psi < LITTLE_DRIFT ? ' good' : ''}">${driftWord(psi)}</span>`,
          change,
        ],
      })),
    ),
  ];
}

function driftWord(psi: number): string {
  if (psi >= MUCH_DRIFT) return 'much';
  return psi >= LITTLE_DRIFT ? 'some' : 'little';
}

function penaltyBody({ penalties }: ModelReport): HtmlValue {
  if (penalties.length === 0) return note('The penalty was set, not chosen.');
  return dataTable(
    'L2 penalties by time-ordered cross-validation; 1 unless another has the lower log loss on nearly all folds and on the latest',
    [
      { head: 'Penalty' },
      { head: 'Log loss', isNumber: true },
      { head: 'AUC', isNumber: true },
      { head: 'Chosen', isCode: true },
    ],
    penalties.map(({ penalty, logLoss, auc, isChosen }) => ({
      cells: [
        figure(penalty),
        logLoss.toFixed(5),
        maybe(auc, (value) => value.toFixed(4)),
        isChosen ? html`<span class="badge good">chosen</span>` : '',
      ],
      look: isChosen ? ('total' as const) : undefined,
    })),
  );
}

function walkForwardBody({ windowRows, blockRows, metrics, meanBlockAuc, blocks }: WalkForward): HtmlValue {
  const cells = (name: string, one: Omit<ModelMetrics, 'brier' | 'topDecileLift'>): TableRow['cells'] => [
    name,
    count(one.rows),
    maybe(one.auc, (value) => value.toFixed(4)),
    one.logLoss.toFixed(4),
    percent(one.meanPropensity, 2),
    percent(one.observedRate, 2),
  ];
  return [
    note(
      `Each block of ${count(blockRows)} test rows is predicted by a model trained on the ${count(windowRows)} rows before it. Within a block the AUC is ${maybe(meanBlockAuc, (value) => value.toFixed(4))} on average; together it is also that of following the rate of takers.`,
    ),
    dataTable(
      'Blocks of test rows, each predicted by a model of its own',
      [
        { head: 'From' },
        { head: 'Rows', isNumber: true },
        { head: 'AUC', isNumber: true },
        { head: 'Log loss', isNumber: true },
        { head: 'Predicted', isNumber: true },
        { head: 'Observed', isNumber: true },
      ],
      [
        ...blocks.map((block) => ({ cells: cells(time(block.from), block) })),
        { cells: cells('together', metrics), look: 'total' as const },
      ],
    ),
  ];
}

function trainingBody({ training, model, partner, notes }: ModelReport): HtmlValue {
  const record = facts([
    ['Model', model],
    ['Partner', partner],
    ['Trained', time(training.trainedAt)],
    [
      'Rows',
      `${count(training.rows)}, of which ${counted(training.positives, 'taker')} (${percentOf(training.positives, training.rows)})`,
    ],
    ['Window', `${time(training.from)} to ${time(training.until)}`],
    ['Penalty', figure(training.penalty)],
    ['Columns left out', training.droppedColumns.length === 0 ? 'none' : training.droppedColumns.join(', ')],
    [
      'Rate of takers corrected to',
      training.populationRate === undefined ? 'not corrected' : percent(training.populationRate, 2),
    ],
    ['Data', html`<code>${training.dataHash}</code>`],
  ]);
  return [record, ...notes.map((one) => note(one))];
}

function maybe(value: number | null, text: (value: number) => string): string {
  return value === null ? 'none' : text(value);
}

/** With a capital letter and a full stop. */
function sentence(words: string): string {
  const start = words.slice(0, 1).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
