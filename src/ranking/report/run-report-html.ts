// The page of one ranking run: a file of its own that loads nothing, for people who run contact centres and offer analysts.
import { barChart } from './bar-charts.js';
import type { Bar } from './bar-charts.js';
import { histogramChart } from './curve-charts.js';
import { html } from './html.js';
import type { Html, HtmlValue } from './html.js';
import { amount, count, counted, figure, percent, percentOf, seconds, time } from './number-text.js';
import { dataTable, facts, folded, halfChart, note, page, wideChart } from './page.js';
import type { Section, Tile } from './page.js';
import { comparisonBody } from './run-comparison-html.js';
import { funnelBody, valuesTable } from './run-funnel-html.js';
import { sourcesBody } from './run-sources-html.js';
import { byFirstShare, limitWords, outcomeKind, outcomeSentence, secondsOf } from './run-outcome.js';
import type { HistogramBin, OfferFunnel, RunReport } from './run-report.js';

/** Offers that have a bar of their own; the table has all. */
const CHARTED_OFFERS = 25;

/** The whole document. What comes from data is escaped; nothing is loaded from elsewhere. */
export function runReportHtml(report: RunReport): string {
  return page({
    kind: 'Ranking run',
    title: `Ranking of partner ${report.partner}`,
    outcome: outcomeSentence(report),
    isWarning: outcomeKind(report) === 'nothing' && !report.isDryRun,
    facts: `Run ${report.runId}, worked out for ${time(report.at)}; ${limitWords(report)}.`,
    tiles: tilesOf(report),
    sections: sectionsOf(report),
  });
}

function tilesOf(report: RunReport): readonly Tile[] {
  const share = (part: number): string => `${percentOf(part, report.customers)} of customers`;
  const unreachable =
    report.unreachable === 0 ? '' : `; ${counted(report.unreachable, 'customer')} without one`;
  const shared = report.sharedPhones === 0 ? '' : `, ${count(report.sharedPhones)} shared`;
  return [
    {
      name: 'Customers',
      figure: count(report.customers),
      more: `${counted(report.phones, 'phone number')}${shared}${unreachable}`,
    },
    { name: 'With an offer', figure: count(report.withOffers), more: share(report.withOffers) },
    {
      name: 'Expected value of first offers',
      figure: amount(report.firstExpectedValue),
      more: `${amount(report.withOffers === 0 ? 0 : report.firstExpectedValue / report.withOffers)} a customer with an offer`,
    },
    {
      name: 'Control arm',
      figure: count(report.controlArm),
      more: `${percentOf(report.controlArm, report.customers)}, set to ${percent(report.controlArmPercent / 100)}`,
    },
    {
      name: 'Open service alerts',
      figure: count(report.withServiceAlert),
      more: share(report.withServiceAlert),
    },
    { name: 'Opted out', figure: count(report.optedOut), more: share(report.optedOut) },
    {
      name: 'Time',
      figure: seconds(secondsOf(report)),
      more: report.stages.length === 0 ? 'no stages' : `in ${counted(report.stages.length, 'stage')}`,
    },
    { name: 'Peak memory', figure: `${count(report.peakMemoryMb)} MB`, more: 'of the whole process' },
  ];
}

function sectionsOf(report: RunReport): readonly Section[] {
  return [
    { id: 'first', title: 'Which offer comes first', body: firstBody(report) },
    { id: 'funnel', title: 'Where customers drop out', body: funnelBody(report) },
    { id: 'spread', title: 'How propensity and value spread', body: spreadBody(report) },
    {
      id: 'comparison',
      title: 'Against the generation before',
      body:
        report.comparison === null
          ? note('There is none before this one.')
          : comparisonBody(report.comparison),
    },
    { id: 'sources', title: 'Sources', body: sourcesBody(report.sources, report.records) },
    {
      id: 'values',
      title: 'Propensity and value of each offer',
      body: valuesTable(byFirstShare(report.offers)),
    },
    { id: 'publication', title: 'Publication', body: publicationBody(report) },
    { id: 'stages', title: 'Where the time went', body: stagesBody(report) },
    { id: 'files', title: 'Files', body: filesBody(report.tableFiles) },
  ];
}

function firstBody(report: RunReport): HtmlValue {
  const offers = byFirstShare(report.offers);
  const without = report.customers - report.withOffers;
  const bars = [...firstBars(report, offers), noOfferBar(report, without)];
  const table = dataTable(
    'Customers by their first offer',
    [
      { head: 'Offer', isCode: true },
      { head: 'First for', isNumber: true },
      { head: 'Share', isNumber: true },
      { head: 'Ranked for', isNumber: true },
      { head: 'Mean value', isNumber: true },
      { head: 'Mean expected value', isNumber: true },
    ],
    [
      ...offers.map((offer) => ({
        cells: [
          offer.offer,
          count(offer.first),
          percentOf(offer.first, report.customers),
          count(offer.ranked),
          offer.meanValue === null ? '' : amount(offer.meanValue),
          offer.meanExpectedValue === null ? '' : amount(offer.meanExpectedValue),
        ],
        look: offer.first === 0 ? ('muted' as const) : undefined,
      })),
      {
        cells: ['no offer', count(without), percentOf(without, report.customers), '', '', ''],
        look: 'muted' as const,
      },
    ],
  );
  return [
    wideChart(
      {
        title: 'Share of customers for whom the offer is first',
        description: 'Horizontal bars, one an offer, the most frequent first, with the mean value of a sale.',
      },
      (width) => barChart(bars, width),
    ),
    folded('The same numbers as a table', table),
  ];
}

/** One bar an offer; those past the first few in one. */
function firstBars(report: RunReport, offers: readonly OfferFunnel[]): readonly Bar[] {
  const bars = offers.slice(0, CHARTED_OFFERS).map((offer): Bar => {
    const value = offer.meanValue === null ? '' : `, value ${amount(offer.meanValue)}`;
    return {
      label: offer.offer,
      value: offer.first,
      text: `${percentOf(offer.first, report.customers)}${value}`,
    };
  });
  const others = offers.slice(CHARTED_OFFERS);
  if (others.length === 0) return bars;
  const first = others.reduce((sum, offer) => sum + offer.first, 0);
  const label = counted(others.length, 'other offer');
  return [...bars, { label, value: first, text: percentOf(first, report.customers), color: 'var(--rest)' }];
}

function noOfferBar(report: RunReport, without: number): Bar {
  return {
    label: 'no offer',
    value: without,
    text: percentOf(without, report.customers),
    color: 'var(--rest)',
  };
}

function spreadBody(report: RunReport): HtmlValue {
  return html`<div class="pair">
    ${histogram(
      {
        title: 'Propensity of ranked offers',
        axis: 'Propensity up to',
        label: (value) => percent(value, value < 0.1 ? 1 : 0),
      },
      report.propensityHistogram,
    )}${histogram(
      { title: 'Expected value of ranked offers', axis: 'Expected value up to', label: figure },
      report.expectedValueHistogram,
    )}
  </div>`;
}

function histogram(
  words: { readonly title: string; readonly axis: string; readonly label: (value: number) => string },
  bins: readonly HistogramBin[],
): Html {
  if (bins.length === 0) return html`<div>${note(`${words.title}: nothing was ranked.`)}</div>`;
  const all = bins.reduce((sum, bin) => sum + bin.count, 0);
  const labelled = bins.map((bin) => ({ label: words.label(bin.upTo), count: bin.count }));
  const chart = halfChart(
    { title: words.title, description: `Histogram; each bar is named by the most that is in it.` },
    (width) => histogramChart(labelled, words.axis, width),
  );
  const table = dataTable(
    words.title,
    [
      { head: 'Up to', isNumber: true },
      { head: 'Ranked offers', isNumber: true },
      { head: 'Share', isNumber: true },
    ],
    labelled.map((bin) => ({ cells: [bin.label, count(bin.count), percentOf(bin.count, all)] })),
  );
  return html`<div>${chart}${folded('The same numbers as a table', table)}</div>`;
}

function publicationBody({ publication, generation, isDryRun }: RunReport): HtmlValue {
  if (publication === null)
    return note(isDryRun ? 'Nothing was published: it was a dry run.' : 'Nothing was published.');
  return facts([
    ['Generation', generation === null ? 'none' : count(generation)],
    ['Store', publication.store],
    ['Content', html`<code>${publication.contentHash}</code>`],
    ['Records', counted(publication.recordBytes, 'byte')],
    ['Verification', publication.verified],
  ]);
}

function stagesBody(report: RunReport): HtmlValue {
  if (report.stages.length === 0) return note('No stage was timed.');
  const all = secondsOf(report);
  const bars = report.stages.map((stage) => ({
    label: stage.stage,
    value: stage.seconds,
    text: seconds(stage.seconds),
  }));
  const table = dataTable(
    'Stages in their order',
    [
      { head: 'Stage' },
      { head: 'Time', isNumber: true },
      { head: 'Share', isNumber: true },
      { head: 'Rows', isNumber: true },
      { head: 'Rows a second', isNumber: true },
    ],
    [
      ...report.stages.map((stage) => ({
        cells: [
          stage.stage,
          seconds(stage.seconds),
          percentOf(stage.seconds, all),
          stage.rows === null ? '' : count(stage.rows),
          stage.rows === null || stage.seconds < 0.01 ? '' : count(stage.rows / stage.seconds),
        ],
      })),
      { cells: ['All', seconds(all), '', '', ''], look: 'total' as const },
    ],
  );
  return [
    wideChart(
      { title: 'Seconds a stage', description: 'Horizontal bars, one a stage, in their order.' },
      (width) => barChart(bars, width),
    ),
    folded('The same numbers as a table', table),
  ];
}

function filesBody(files: readonly string[]): HtmlValue {
  if (files.length === 0) return note('No tables were written.');
  return [
    note('Written beside this report:'),
    html`<ul class="files">
      ${files.map((file) => html`<li><code>${file}</code></li>`)}
    </ul>`,
  ];
}
