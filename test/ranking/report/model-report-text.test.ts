import fc from 'fast-check';
import t from 'tap';
import { modelReportText } from '../../../src/ranking/index.js';
import type { ModelReport } from '../../../src/ranking/index.js';
import { modelReport } from '../../support/ranking-reports.js';
import { hostileText } from './page-checks.js';

t.test('the text says what the report says', (t) => {
  const text = modelReportText(modelReport());
  t.match(text, /^Model acme-platinum of partner acme: it ranks a taker above another in 70\.8 % of pairs/);
  t.match(text, /trained on {2}16,480 rows, 2024-11-27 08:00 UTC to 2026-07-03 17:40 UTC/);
  t.match(text, / AUC +0\.7213 +0\.7081$/m);
  t.match(text, /^Calibration: Well calibrated/m);
  t.match(text, /STRONGEST 10 OF 31 COEFFICIENTS/);
  t.match(text, / income \(per 21,400\) +2\.27$/m);
  t.match(text, / segment +0\.31 +affluent 18 % -> 33 %$/m);
  t.notMatch(text, /mean 44\.1/, 'little drift is not shown');
  t.match(text, / {2}- complaint is not used/);
  t.notMatch(text, /Trained anew/);
  t.match(modelReportText(modelReport({ drift: [] })), /No column has drifted/);
  t.end();
});

t.test('of many blocks some are shown, and all are counted', (t) => {
  const { testMetrics: metrics } = modelReport();
  const blocks = Array.from({ length: 33 }, (_, i) => ({ ...metrics, from: String(i), until: String(i) }));
  const walkForward = { windowRows: 5000, blockRows: 250, penalty: 1, metrics, meanBlockAuc: 0.6123, blocks };
  const text = modelReportText(modelReport({ walkForward }));
  t.match(text, /each 250 test rows on the 5,000 rows before \(11 of 33 blocks shown\):/);
  t.match(text, /Within a block the AUC is 0\.6123 on average\./);
  t.match(text, / together +4,120 +0\.7081/);
  t.end();
});

t.test('it fits a terminal of 100 columns and stays on its lines, whatever the data is called', (t) => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const report = modelReport();
      const poisoned: ModelReport = {
        ...report,
        model: text,
        calibrationVerdict: text,
        notes: [text],
        coefficients: report.coefficients.map((row) => ({ ...row, name: text })),
        drift: report.drift.map((row) => ({ ...row, column: text, change: text })),
      };
      const lines = modelReportText(poisoned).split('\n');
      return lines.every((line) => line.length <= 100 && !/\p{Cc}/u.test(line));
    }),
    { numRuns: 50 },
  );
  t.end();
});
