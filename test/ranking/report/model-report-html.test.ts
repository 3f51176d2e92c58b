import fc from 'fast-check';
import t from 'tap';
import type { ModelReport } from '../../../src/ranking/index.js';
import type { WalkForward } from '../../../src/ranking/report/model-report.js';
import { modelReportHtml } from '../../../src/ranking/report/model-report-html.js';
import { modelReport } from '../../support/ranking-reports.js';
import { readMarkup } from '../../support/strict-markup.js';
import { hostileText, loadedBy, namesOf } from './page-checks.js';

t.test('the page of a model says what the report says', (t) => {
  const report = modelReport();
  const { text } = readMarkup(modelReportHtml(report));
  t.match(text, `A taker is ranked above a non-taker in 70.8 % of pairs. ${report.calibrationVerdict}`);
  t.match(text, 'AUC 0.7213 0.7081');
  t.match(text, 'Observed rate 9.79 % 9.66 %');
  t.match(text, 'The 25 strongest of 31 coefficients');
  for (const { name, coefficient } of report.coefficients) t.match(text, `${name} `, coefficient.toFixed(4));
  t.match(text, 'segment 0.310 much affluent 18 % -> 33 %');
  t.match(text, '0.01 0.30210 0.7102 chosen');
  t.match(text, report.training.dataHash);
  t.match(text, 'complaint, customer');
  for (const bin of report.calibration) t.match(text, `${(bin.meanPropensity * 100).toFixed(2)} %`);
  t.end();
});

t.test('each chart has a title and a description, and the page loads nothing', (t) => {
  const page = modelReportHtml(modelReport());
  const names = namesOf(page);
  t.equal(names.filter((name) => name === 'desc').length, names.filter((name) => name === 'svg').length);
  t.strictSame(loadedBy(page), []);
  t.end();
});

t.test('a model of rows that all had the same outcome makes a page', (t) => {
  const { trainMetrics, testMetrics } = modelReport();
  const page = modelReportHtml(
    modelReport({
      trainMetrics: { ...trainMetrics, auc: null, topDecileLift: null },
      testMetrics: { ...testMetrics, auc: null, topDecileLift: null, positives: 0, observedRate: 0 },
      calibration: [],
      coefficients: [],
      drift: [],
      penalties: [],
      roc: [],
    }),
  );
  t.match(readMarkup(page).text, 'nothing can be said of the ranking');
  t.notMatch(page, /NaN|Infinity|undefined/);
  t.end();
});

t.test('the verdict on calibration is a sentence', (t) => {
  const calibrationVerdict = 'well calibrated: predicted 10.5 %, observed 10.6 %';
  const { text } = readMarkup(modelReportHtml(modelReport({ calibrationVerdict })));
  t.match(text, 'in 70.8 % of pairs. Well calibrated: predicted 10.5 %, observed 10.6 %. ');
  t.end();
});

t.test('poor calibration warns', (t) => {
  const outcome = (calibrationError: number): string | undefined =>
    readMarkup(modelReportHtml(modelReport({ calibrationError })))
      .elements.find(({ attributes }) => attributes.get('class')?.startsWith('outcome'))
      ?.attributes.get('class');
  t.equal(outcome(0.01), 'outcome');
  t.equal(outcome(0.2), 'outcome warn');
  t.end();
});

t.test('text from data never becomes markup', (t) => {
  const expected = namesOf(modelReportHtml(poisoned('text')));
  fc.assert(
    fc.property(hostileText, (text) => {
      const page = modelReportHtml(poisoned(text));
      t.strictSame(namesOf(page), expected);
      t.strictSame(loadedBy(page), []);
    }),
    { numRuns: 25 },
  );
  t.end();
});

function poisoned(text: string): ModelReport {
  const report = modelReport();
  return {
    ...report,
    model: text,
    partner: text,
    testFrom: text,
    testUntil: text,
    calibrationVerdict: text,
    notes: [text],
    walkForward: walkForward(text),
    training: {
      ...report.training,
      trainedAt: text,
      from: text,
      until: text,
      dataHash: text,
      droppedColumns: [text],
    },
    coefficients: report.coefficients.slice(0, 3).map((row) => ({ ...row, name: text, column: text })),
    drift: report.drift.map((row) => ({ ...row, column: text, change: text })),
  };
}

function walkForward(from: string): WalkForward {
  const { testMetrics: metrics } = modelReport();
  return {
    windowRows: 5000,
    blockRows: 250,
    penalty: 1,
    metrics,
    meanBlockAuc: 0.61,
    blocks: [{ ...metrics, from, until: from, auc: null }],
  };
}

t.test('notes, and what training anew would have given, are on the page when they are known', (t) => {
  const plain = modelReportHtml(modelReport());
  t.match(plain, 'complaint is not used: known only after the call (leaks)');
  t.notMatch(plain, 'Trained anew');
  const walked = modelReportHtml(modelReport({ walkForward: walkForward('2026-07-03T17:41:00.000Z') }));
  t.match(
    walked,
    'Each block of 250 test rows is predicted by a model trained on the 5,000 rows before it. Within a block the AUC is 0.6100 on average',
  );
  t.match(walked, '2026-07-03 17:41 UTC');
  t.end();
});
