// What `proffer rank` prints at its end, in 100 columns: the page of the run in short.
import { textTable } from '../../kernel/index.js';
import type { TextColumn } from '../../kernel/index.js';
import { wrapped } from '../../kernel/index.js';
import { fitted, oneLine } from './line-text.js';
import { amount, count, counted, percent, percentOf, seconds, time } from './number-text.js';
import { bestOffersWords, recordsWords } from './records-words.js';
import {
  activeGates,
  byFirstShare,
  limitWords,
  moveWords,
  outcomeSentence,
  secondsOf,
} from './run-outcome.js';
import type { Comparison, OfferFunnel, RankingGate, RunReport, SourceReport } from './run-report.js';

const COLUMNS = 100;
/** Offers in the tables; the page has all. */
const SHOWN_OFFERS = 20;
const OFFER_WIDTH = 24;
const BAR_WIDTH = 30;
/** The longest head of a column that stays on one line. */
const UNBROKEN_HEAD = 7;

/** Lines joined by line feeds, none at the end. */
export function runReportText(report: RunReport): string {
  const parts = [
    outcomeLines(report),
    firstLines(report),
    funnelLines(report),
    sourceLines(report),
    report.comparison === null ? [] : comparisonLines(report.comparison),
    publicationLines(report),
    stageLines(report),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => fitted(line, COLUMNS)).join('\n'))
    .join('\n\n');
}

function outcomeLines(report: RunReport): readonly string[] {
  const { customers } = report;
  const of = (part: number): string => `${count(part)} (${percentOf(part, customers)})`;
  const perCustomer = report.withOffers === 0 ? 0 : report.firstExpectedValue / report.withOffers;
  return [
    ...wrapped(oneLine(outcomeSentence(report)), COLUMNS),
    oneLine(`  run              ${report.runId}, worked out for ${time(report.at)}`),
    `  limits           ${limitWords(report)}`,
    `  first offers     expected value ${amount(report.firstExpectedValue)}, ${amount(perCustomer)} a customer with an offer`,
    `  numbers          ${count(report.phones)}, of which ${count(report.sharedPhones)} shared; ${counted(report.unreachable, 'customer')} without one`,
    `  control arm      ${of(report.controlArm)}, set to ${percent(report.controlArmPercent / 100)}`,
    `  service alerts   ${of(report.withServiceAlert)}`,
    `  opted out        ${of(report.optedOut)}`,
  ];
}

function firstLines(report: RunReport): readonly string[] {
  const offers = byFirstShare(report.offers);
  const most = Math.max(...offers.map(({ first }) => first), report.customers - report.withOffers, 1);
  const row = (name: string, first: number, offer?: OfferFunnel): readonly string[] => [
    fitted(oneLine(name), OFFER_WIDTH),
    count(first),
    percentOf(first, report.customers),
    maybe(offer?.meanPropensity, (value) => percent(value)),
    maybe(offer?.meanValue, amount),
    maybe(offer?.meanExpectedValue, amount),
    blocks(first / most),
  ];
  const rows = [
    ...offers.slice(0, SHOWN_OFFERS).map((offer) => row(offer.offer, offer.first, offer)),
    row('no offer', report.customers - report.withOffers),
  ];
  const columns: readonly TextColumn[] = [
    { head: 'FIRST OFFER' },
    { head: 'CUSTOMERS', isNumber: true },
    { head: 'SHARE', isNumber: true },
    { head: 'PROP', isNumber: true },
    { head: 'VALUE', isNumber: true },
    { head: 'WORTH', isNumber: true },
    { head: '' },
  ];
  return [...textTable(columns, rows), ...leftOut(offers)];
}

/** Offers by gates, as percentages of the customers; gates that find no room in the line are added up. */
function funnelLines(report: RunReport): readonly string[] {
  const offers = byFirstShare(report.offers);
  const shown = offers.slice(0, SHOWN_OFFERS);
  const gates = activeGates(offers);
  const removedBy = (gate: RankingGate): number => offers.reduce((sum, one) => sum + one.removed[gate], 0);
  const most = [...gates].sort((a, b) => removedBy(b) - removedBy(a));
  for (let kept = gates.length; kept >= 0; kept--) {
    const own = gates.filter((gate) => most.indexOf(gate) < kept);
    const others = gates.filter((gate) => !own.includes(gate));
    const lines = funnelTable(shown, own, others);
    if (lines.every((line) => line.length <= COLUMNS) || kept === 0) {
      const words = others.length === 0 ? [] : [`  other gates: ${others.join(', ')}`];
      return ['Percent of all customers that each gate removed', ...lines, ...words, ...leftOut(offers)];
    }
  }
  return [];
}

function funnelTable(
  offers: readonly OfferFunnel[],
  own: readonly RankingGate[],
  others: readonly RankingGate[],
): readonly string[] {
  const heads = [...own, ...(others.length === 0 ? [] : ['other'])].map(brokenHead);
  const columns: readonly TextColumn[] = [
    { head: '' },
    ...heads.map(([head]) => ({ head, isNumber: true })),
    { head: '', isNumber: true },
    { head: '', isNumber: true },
  ];
  const second = ['OFFER', ...heads.map(([, below]) => below), 'RANKED', 'FIRST'];
  const rows = offers.map((offer) => {
    const share = (part: number): string =>
      part === 0 ? '-' : percentOf(part, offer.customers).replace(' %', '');
    return [
      fitted(oneLine(offer.offer), OFFER_WIDTH),
      ...own.map((gate) => share(offer.removed[gate])),
      ...(others.length === 0 ? [] : [share(others.reduce((sum, gate) => sum + offer.removed[gate], 0))]),
      share(offer.ranked),
      share(offer.first),
    ];
  });
  return textTable(columns, [second, ...rows]).filter((line) => line !== '');
}

/** `family-exposure` on two lines, so that its column stays narrow. */
function brokenHead(gate: string): readonly [string, string] {
  const dash = gate.indexOf('-');
  return dash < 0 || gate.length <= UNBROKEN_HEAD
    ? ['', gate]
    : [gate.slice(0, dash + 1), gate.slice(dash + 1)];
}

function leftOut(offers: readonly OfferFunnel[]): readonly string[] {
  const more = offers.length - SHOWN_OFFERS;
  return more > 0 ? [`  and ${counted(more, 'more offer')}, first for fewer: see the report`] : [];
}

function sourceLines({ sources, records }: RunReport): readonly string[] {
  const recorded = recordsWords(records, sources);
  const own =
    recorded === undefined ? [] : wrapped(oneLine(recorded), COLUMNS - 2).map((line) => `  ${line}`);
  const bad = sources.filter(({ rejected, problems }) => rejected > 0 || problems.length > 0);
  const rows = counted(
    sources.reduce((sum, source) => sum + source.rows, 0),
    'row',
  );
  const ignored = sources.reduce((sum, source) => sum + source.ignored, 0);
  const strangers = ignored === 0 ? '' : `, ${count(ignored)} of unknown customers left out`;
  const read = `Read ${rows} from ${counted(new Set(sources.map(({ source }) => source)).size, 'source')}${strangers}`;
  if (bad.length === 0) return [`${read}, none rejected`, ...own];
  const rejected = bad.reduce((sum, source) => sum + source.rejected, 0);
  return [`${read}, rejected ${count(rejected)}`, ...bad.flatMap(problemLines), ...own];
}

function problemLines(source: SourceReport): readonly string[] {
  const head = `  ${source.source}: ${count(source.rejected)} of ${counted(source.rows, 'row')} rejected, ${count(source.maxRejected)} allowed`;
  const problems = source.problems.map(({ problem, rows, samples, isLine }) => {
    const [sample] = samples;
    const such =
      sample === undefined
        ? ''
        : `, such as ${isLine === true ? 'line' : 'row'} ${count(sample.row)}: ${sample.text}`;
    return oneLine(`    ${count(rows)} x ${problem}${such}`);
  });
  const file = source.rejectedFile === null ? [] : [oneLine(`    all in ${source.rejectedFile}`)];
  return [oneLine(head), ...problems, ...file];
}

function comparisonLines(comparison: Comparison): readonly string[] {
  const { customersNew, customersGone, firstSame, firstChanged } = comparison;
  const head = [
    oneLine(`Against run ${comparison.previousRun}`),
    `  first offer the same for ${count(firstSame)}, changed for ${count(firstChanged)}; customers new ${count(customersNew)}, gone ${count(customersGone)}`,
  ];
  const moves = textTable(
    [{ head: 'FROM' }, { head: 'TO' }, { head: 'CUSTOMERS', isNumber: true }, { head: 'WHY' }],
    comparison.moves
      .slice(0, 5)
      .map(({ from, to, customers, why }) => [
        fitted(oneLine(from ?? 'no offer'), OFFER_WIDTH),
        fitted(oneLine(to ?? 'no offer'), OFFER_WIDTH),
        count(customers),
        oneLine(moveWords(why)),
      ]),
  );
  return comparison.moves.length === 0 ? head : [...head, ...moves];
}

function publicationLines({ publication, generation, bestOffers }: RunReport): readonly string[] {
  if (publication === null) return [];
  const number = generation === null ? '' : `generation ${count(generation)}, `;
  return [
    oneLine(`Published to ${publication.store}`),
    `  ${number}${counted(publication.recordBytes, 'byte')}, content ${oneLine(publication.contentHash).slice(0, 12)}`,
    oneLine(`  ${publication.verified}`),
    ...(bestOffers === null
      ? []
      : wrapped(oneLine(bestOffersWords(bestOffers)), COLUMNS - 2).map((line) => `  ${line}`)),
  ];
}

function stageLines(report: RunReport): readonly string[] {
  if (report.stages.length === 0) return [];
  const longest = Math.max(...report.stages.map((stage) => stage.seconds), 0.001);
  const rows = report.stages.map((stage) => [
    oneLine(stage.stage),
    seconds(stage.seconds),
    stage.rows === null ? '' : count(stage.rows),
    blocks(stage.seconds / longest),
  ]);
  return [
    ...textTable(
      [{ head: 'STAGE' }, { head: 'TIME', isNumber: true }, { head: 'ROWS', isNumber: true }, { head: '' }],
      rows,
    ),
    `  ${seconds(secondsOf(report))} in all, at most ${count(report.peakMemoryMb)} MB`,
  ];
}

/** A bar of block characters, to an eighth of a character. */
function blocks(share: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH * 8);
  const part = eighths % 8 === 0 ? '' : String.fromCharCode(0x2590 - (eighths % 8));
  return '█'.repeat(Math.floor(eighths / 8)) + part;
}

function maybe(value: number | null | undefined, text: (value: number) => string): string {
  return value === null || value === undefined ? '' : text(value);
}
