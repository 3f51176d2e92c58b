// Where customers drop out on the way to an offer: all offers beside each other, then each by itself.
import { stackedChart, waterfallChart } from './bar-charts.js';
import type { Step } from './bar-charts.js';
import { html } from './html.js';
import type { Html, HtmlValue } from './html.js';
import { amount, count, counted, percent, percentOf } from './number-text.js';
import { dataTable, folded, legend, note, smallChart, wideChart } from './page.js';
import type { TableRow } from './page.js';
import { activeGates, byFirstShare } from './run-outcome.js';
import { GATE_WORDS, GATES } from './run-report.js';
import type { OfferFunnel, RankingGate, RunReport } from './run-report.js';

/** Up to so many offers the first one is shown unfolded. */
const FEW_OFFERS = 8;

export function funnelBody(report: RunReport): HtmlValue {
  const offers = byFirstShare(report.offers);
  const gates = activeGates(offers);
  return [
    note(
      'Each customer is checked against each offer. The first gate that stops an offer counts; whoever passes all of them has the offer ranked.',
    ),
    overview(report, offers, gates),
    folded('All offers and gates as a table', matrix(offers, gates)),
    html`<h3>Offer by offer</h3>`,
    offers.map((offer, index) => offerDetails(offer, index === 0 && offers.length <= FEW_OFFERS)),
  ];
}

function overview(report: RunReport, offers: readonly OfferFunnel[], gates: readonly RankingGate[]): Html {
  const shown = [
    ...gates.map((gate) => ({
      color: gateColor(gate),
      words: GATE_WORDS[gate],
      values: offers.map((offer) => offer.removed[gate]),
    })),
    {
      color: 'var(--ranked)',
      words: 'ranked, not first',
      values: offers.map((offer) => offer.ranked - offer.first),
    },
    { color: 'var(--first)', words: 'ranked first', values: offers.map((offer) => offer.first) },
  ];
  const rows = offers.map((offer) => ({
    label: offer.offer,
    text: `${percentOf(offer.ranked, offer.customers)} ranked`,
  }));
  const chart = wideChart(
    {
      title: 'What becomes of the customers of each offer',
      description: `Stacked bars, one an offer: customers removed by each gate, ranked, and ranked first, of ${count(report.customers)}.`,
    },
    (width) => stackedChart(rows, shown, report.customers, width),
  );
  return html`${legend(shown)}${chart}`;
}

function matrix(offers: readonly OfferFunnel[], gates: readonly RankingGate[]): Html {
  return dataTable(
    'Customers that each gate removed, by offer; gates that removed nobody are left out',
    [
      { head: 'Offer', isCode: true },
      ...gates.map((gate) => ({ head: GATE_WORDS[gate], isNumber: true })),
      { head: 'ranked', isNumber: true },
      { head: 'first', isNumber: true },
    ],
    offers.map((offer) => ({
      cells: [
        offer.offer,
        ...gates.map((gate) => quietZero(offer.removed[gate])),
        count(offer.ranked),
        count(offer.first),
      ],
    })),
  );
}

function offerDetails(offer: OfferFunnel, isOpen: boolean): Html {
  const body = html`<summary>
      <span class="name">${offer.offer}</span>
      <span class="aside"
        >first for ${percentOf(offer.first, offer.customers)}, ranked for
        ${percentOf(offer.ranked, offer.customers)}${meansWords(offer)}</span
      >
    </summary>
    <div class="pair">${waterfall(offer)}${funnelTable(offer)}</div>`;
  return isOpen
    ? html`<details class="item" open="open">${body}</details>`
    : html`<details class="item">${body}</details>`;
}

function meansWords(offer: OfferFunnel): string {
  if (offer.meanPropensity === null || offer.meanValue === null || offer.meanExpectedValue === null)
    return '';
  return `; propensity ${percent(offer.meanPropensity)} x value ${amount(offer.meanValue)}, on average worth ${amount(offer.meanExpectedValue)}`;
}

function waterfall(offer: OfferFunnel): Html {
  return smallChart(
    {
      title: `From ${counted(offer.customers, 'customer')} to ${count(offer.first)}`,
      description: `Waterfall of offer ${offer.offer}: customers, those that each gate removed, ranked and ranked first.`,
    },
    (width) => waterfallChart(waterfallSteps(offer), width),
  );
}

function waterfallSteps(offer: OfferFunnel): readonly Step[] {
  const steps: Step[] = [];
  let left = offer.customers;
  steps.push({ label: 'customers', from: 0, to: left, text: count(left), color: 'var(--rest)' });
  for (const gate of GATES) {
    const removed = offer.removed[gate];
    if (removed === 0) continue;
    steps.push({
      label: gate,
      from: left,
      to: left - removed,
      text: `−${count(removed)}`,
      color: gateColor(gate),
    });
    left -= removed;
  }
  steps.push({
    label: 'ranked',
    from: 0,
    to: offer.ranked,
    text: count(offer.ranked),
    color: 'var(--ranked)',
  });
  steps.push({ label: 'first', from: 0, to: offer.first, text: count(offer.first), color: 'var(--first)' });
  return steps;
}

function funnelTable(offer: OfferFunnel): Html {
  let left = offer.customers;
  const gateRows = GATES.map((gate): TableRow => {
    const removed = offer.removed[gate];
    left -= removed;
    return {
      cells: [
        html`<code>${gate}</code> ${GATE_WORDS[gate]}`,
        removed === 0 ? '0' : `−${count(removed)}`,
        percentOf(removed, offer.customers),
        count(left),
      ],
      look: removed === 0 ? 'muted' : undefined,
    };
  });
  const whole = (name: string, value: number): TableRow => ({
    cells: [name, '', percentOf(value, offer.customers), count(value)],
    look: 'total',
  });
  return dataTable(
    `Funnel of ${offer.offer}`,
    [
      { head: 'Gate' },
      { head: 'Removed', isNumber: true },
      { head: 'Of all', isNumber: true },
      { head: 'Left', isNumber: true },
    ],
    [
      whole('Customers', offer.customers),
      ...gateRows,
      whole('Ranked', offer.ranked),
      whole('First', offer.first),
    ],
  );
}

/** Name, propensity and value of each offer, in numbers and in words. */
export function valuesTable(offers: readonly OfferFunnel[]): Html {
  return dataTable(
    'Means over the customers for whom the offer is ranked',
    [
      { head: 'Offer', isCode: true },
      { head: 'Propensity by' },
      { head: 'Propensity', isNumber: true },
      { head: 'Value', isNumber: true },
      { head: 'Expected value', isNumber: true },
      { head: 'What a sale is worth' },
    ],
    offers.map((offer) => ({
      cells: [
        offer.offer,
        propensityWords[offer.propensityKind],
        offer.meanPropensity === null ? '' : percent(offer.meanPropensity, 2),
        offer.meanValue === null ? '' : amount(offer.meanValue),
        offer.meanExpectedValue === null ? '' : amount(offer.meanExpectedValue),
        offer.valueWords,
      ],
      look: offer.ranked === 0 ? 'muted' : undefined,
    })),
  );
}

const propensityWords = {
  rate: 'acceptance rate so far',
  logistic: 'logistic model',
  onnx: 'ONNX model',
} as const;

function quietZero(value: number): HtmlValue {
  return value === 0 ? html`<span class="muted">0</span>` : count(value);
}

function gateColor(gate: RankingGate): string {
  return `var(--gate-${gate})`;
}
