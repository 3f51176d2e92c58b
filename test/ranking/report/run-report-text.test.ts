import fc from 'fast-check';
import t from 'tap';
import { GATES, runReportText } from '../../../src/ranking/index.js';
import type { RunReport } from '../../../src/ranking/index.js';
import { learnedReport, runReport } from '../../support/ranking-reports.js';
import { hostileText } from './page-checks.js';

t.test('the text says what the report says', (t) => {
  const text = runReportText(runReport());
  t.match(text, /^Published generation 17 of partner acme: 18,204 of 20,000 customers have an offer\.\n/);
  t.match(text, /expected value 143,202/);
  t.match(text, /numbers +26,114, of which 802 shared; 112 customers without one$/m);
  t.match(text, /control arm +1,011 \(5\.1 %\)/);
  t.match(text, / ACME-PLATINUM +6,524 +32\.6 % +4\.0 % +184\.20 +7\.37 +█{30}$/m);
  t.match(text, / no offer +1,796 +9\.0 % +█/);
  t.match(text, / OFFER +consent +held +rule +exposure +off +policy +value +top-k +RANKED +FIRST$/m);
  t.match(text, / ACME-PLATINUM +3\.1 +4\.0 +6\.0 +2\.4 +1\.2 +0\.8 +- +8\.3 +74\.3 +32\.6$/m);
  t.match(text, /Read 153,823 rows from 6 sources, 12 of unknown customers left out, rejected 19/);
  t.match(text, /phones: 6 of 26,120 rows rejected, 100 allowed/);
  t.match(text, /8 x age is above 120, such as row 211: A00200210, age 178/);
  t.match(text, /ACME-TRAVEL +ACME-PLATINUM +610 +another offer is worth more now/);
  t.match(text, /Published to LMDB in data\/strategies/);
  t.match(text, /score +0\.93 s +60,000 +█/);
  t.end();
});

t.test('what was learned on calls has a line of its own', (t) => {
  t.match(runReportText(runReport()), /^ {2}records: none yet$/m);
  t.match(
    runReportText(learnedReport()),
    /^ {2}records: 1,234 exposures, 2 service alerts learned through 2026-11-26 04:31 UTC; 7 were/m,
  );
  t.match(runReportText(runReport({ records: { state: 'left-out' } })), /^ {2}records: left out/m);
  t.notMatch(runReportText(runReport({ records: { state: 'off' } })), /records:/);
  t.end();
});

t.test('it fits a terminal of 100 columns, whatever the report holds', (t) => {
  const reports = fc.record({
    offers: fc.integer({ min: 1, max: 60 }),
    text: hostileText,
    removed: fc.array(fc.nat(4_000_000), { minLength: GATES.length, maxLength: GATES.length }),
  });
  fc.assert(
    fc.property(reports, ({ offers, text, removed }) => {
      const lines = runReportText(withTexts(runReport({}, offers), text, removed)).split('\n');
      t.strictSame(
        lines.filter((line) => line.length > 100),
        [],
      );
      t.notOk(lines.some((line) => /\p{Cc}/u.test(line)));
    }),
    { numRuns: 60 },
  );
  t.end();
});

t.test('gates that find no room are added up', (t) => {
  const report = runReport({}, 3);
  const all = Object.fromEntries(
    GATES.map((gate, index) => [gate, 300 + index]),
  ) as RunReport['offers'][number]['removed'];
  const text = runReportText({
    ...report,
    offers: report.offers.map((offer) => ({ ...offer, removed: all })),
  });
  t.match(text, /other +RANKED/);
  t.match(text, /other gates: product/);
  t.end();
});

t.test('what there is not is left out', (t) => {
  const text = runReportText(
    runReport({
      generation: null,
      isDryRun: true,
      publication: null,
      comparison: null,
      sources: [],
      stages: [],
    }),
  );
  t.match(text, /^Dry run over partner acme, nothing was published/);
  t.notMatch(text, /Against|Published|STAGE/);
  t.match(text, /Read 0 rows from 0 sources, none rejected/);
  t.end();
});

function withTexts(report: RunReport, text: string, removed: readonly number[]): RunReport {
  return {
    ...report,
    partner: text.repeat(5),
    runId: text.repeat(5),
    offers: report.offers.map((offer) => ({
      ...offer,
      offer: text + offer.offer,
      customers: 5_000_000,
      removed: Object.fromEntries(
        GATES.map((gate, index) => [gate, removed[index] ?? 0]),
      ) as typeof offer.removed,
    })),
    stages: report.stages.map((stage) => ({ ...stage, stage: text + stage.stage })),
    sources: report.sources.map((one) => ({ ...one, source: text, rejectedFile: text.repeat(9) })),
  };
}
