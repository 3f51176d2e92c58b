import fc from 'fast-check';
import t from 'tap';
import type { RunReport } from '../../../src/ranking/index.js';
import { GATE_WORDS } from '../../../src/ranking/index.js';
import { runReportHtml } from '../../../src/ranking/report/run-report-html.js';
import { learnedReport, runReport } from '../../support/ranking-reports.js';
import { readMarkup } from '../../support/strict-markup.js';
import { hostileText, loadedBy, namesOf } from './page-checks.js';

t.test('the page of a run says what the report says', (t) => {
  const report = runReport();
  const { text } = readMarkup(runReportHtml(report));
  t.match(text, 'Published generation 17 of partner acme: 18,204 of 20,000 customers have an offer.');
  for (const number of [
    '26,114 phone numbers, 802 shared; 112 customers without one',
    '143,202',
    '1,011',
    '391',
    '620',
    '412 MB',
    '3.82 s',
  ])
    t.match(text, number, `tile ${number}`);
  for (const offer of report.offers) {
    t.match(text, offer.offer);
    t.match(text, offer.first.toLocaleString('en-US'));
    t.match(text, offer.ranked.toLocaleString('en-US'));
    t.match(text, offer.valueWords);
  }
  t.match(text, `held ${GATE_WORDS.held}`);
  t.match(text, 'exposures 60,411 60,411 0 100 12 0 data/demo/acme/exposures.parquet');
  t.match(text, 'Records: none yet.');
  t.match(text, 'age is above 120 8 row 211: A00200210, age 178');
  t.match(text, 'ACME-PLATINUM ACME-SAVER 903 40.2 % offer presented before');
  t.match(text, 'another offer is worth more now');
  t.match(text, report.publication?.contentHash);
  t.match(text, report.tableFiles[0]);
  t.end();
});

t.test('the page names what was learned on calls beside the files', (t) => {
  const { text } = readMarkup(runReportHtml(learnedReport()));
  t.match(text, 'exposures of acme 1,234 1,200 0 0 30 4 records at 127.0.0.1:5432/bank');
  t.match(
    text,
    'Records: 1,234 exposures, 2 service alerts learned through 2026-11-26 04:31 UTC; 7 were there twice and count once.',
  );
  t.end();
});

t.test('every gate is in the funnel of every offer, those that removed nobody muted', (t) => {
  const { text, elements } = readMarkup(runReportHtml(runReport()));
  for (const words of Object.values(GATE_WORDS)) t.ok(text.split(words).length > 6, words);
  t.ok(elements.some(({ name, attributes }) => name === 'tr' && attributes.get('class') === 'muted'));
  t.end();
});

t.test('each chart has a title and a description, each table a caption', (t) => {
  const { elements } = readMarkup(runReportHtml(runReport()));
  const names = elements.map(({ name }) => name);
  const charts = names.filter((name) => name === 'svg').length;
  t.ok(charts > 10);
  t.equal(names.filter((name) => name === 'desc').length, charts);
  t.equal(names.filter((name) => name === 'title').length, charts + 1);
  t.equal(names.filter((name) => name === 'caption').length, names.filter((name) => name === 'table').length);
  t.equal(names.filter((name) => name === 'h1').length, 1);
  const ids = elements.map(({ attributes }) => attributes.get('id')).filter((id) => id !== undefined);
  t.equal(new Set(ids).size, ids.length, 'no id is there twice');
  t.end();
});

t.test('a dry run, a sample and a run that published nothing say so', (t) => {
  const none = { generation: null, publication: null, comparison: null };
  const outcome = (over: Partial<RunReport>): string =>
    readMarkup(runReportHtml(runReport({ ...none, ...over }))).text;
  t.match(outcome({ isDryRun: true }), 'Dry run over partner acme, nothing was published');
  t.match(
    outcome({ sampleShare: 0.05 }),
    'Ran over a sample of 5.0 % of partner acme, nothing was published',
  );
  t.match(outcome({}), 'Nothing was published for partner acme');
  t.match(outcome({}), 'There is none before this one.');
  t.end();
});

t.test('a run over no customers makes a page', (t) => {
  const offer = runReport().offers[0]!;
  const empty = {
    ...offer,
    customers: 0,
    removed: Object.fromEntries(Object.keys(offer.removed).map((gate) => [gate, 0])) as typeof offer.removed,
    ranked: 0,
    first: 0,
    meanPropensity: null,
    meanValue: null,
    meanExpectedValue: null,
  };
  const page = runReportHtml(
    runReport({
      customers: 0,
      withOffers: 0,
      firstExpectedValue: 0,
      offers: [empty],
      propensityHistogram: [],
      expectedValueHistogram: [],
      sources: [],
      stages: [],
      tableFiles: [],
    }),
  );
  t.notMatch(page, /NaN|Infinity|undefined/);
  readMarkup(page);
  t.end();
});

t.test('fifty offers are folded, the bars of the least frequent in one', (t) => {
  const page = runReportHtml(runReport({}, 50));
  const { text, elements } = readMarkup(page);
  t.match(text, '25 other offers');
  t.equal(
    elements.filter(({ attributes }) => attributes.get('open') === 'open').length,
    2,
    'only the rejects are open',
  );
  t.notMatch(page, /NaN|Infinity|undefined/);
  t.end();
});

t.test('the page loads nothing and runs nothing', (t) => {
  t.strictSame(loadedBy(runReportHtml(runReport())), []);
  t.end();
});

t.test('text from data never becomes markup', (t) => {
  const expected = namesOf(runReportHtml(poisoned('text')));
  fc.assert(
    fc.property(hostileText, (text) => {
      const page = runReportHtml(poisoned(text));
      t.strictSame(namesOf(page), expected);
      t.strictSame(loadedBy(page), []);
    }),
    { numRuns: 25 },
  );
  t.end();
});

/** A report with `text` wherever a text is. */
function poisoned(text: string): RunReport {
  const report = runReport({}, 2);
  return {
    ...report,
    partner: text,
    runId: text,
    at: text,
    sources: [
      {
        ...report.sources[0]!,
        source: text,
        from: text,
        rejectedFile: text,
        problems: [{ problem: text, rows: 1, samples: [{ row: 1, text }] }],
      },
    ],
    offers: report.offers.map((offer) => ({ ...offer, offer: text, valueWords: text })),
    comparison: {
      ...report.comparison!,
      previousRun: text,
      moves: [{ from: text, to: text, customers: 1, why: text }],
    },
    publication: { store: text, contentHash: text, recordBytes: 1, verified: text },
    stages: [{ stage: text, seconds: 1, rows: 1 }],
    tableFiles: [text],
  };
}
