// One customer's ranking for people.
import { textTable } from '../kernel/index.js';
import { npvLines } from './npv-lines.js';
import { GATE_WORDS } from '../ranking/index.js';
import type { CustomerExplanation, ExplainedOffer, KeptRanking } from '../ranking/index.js';

const SHOWN_FEATURES = 8;

export function explanationText(one: CustomerExplanation): string {
  const { partner, customer, at, phones, hasServiceAlert, arm, offers } = one;
  const alert = hasServiceAlert ? ', a service alert is open: its offer comes ahead of these' : '';
  const head = `customer ${customer} of ${partner}, ranked for ${at}: ${phones} phone number${phones === 1 ? '' : 's'}, ${arm} arm${alert}`;
  const ordered = offers.toSorted((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || 0);
  return [head, '', ...summary(ordered), ...ordered.flatMap((offer) => ['', ...offerLines(offer)])].join(
    '\n',
  );
}

function summary(offers: readonly ExplainedOffer[]): readonly string[] {
  const columns = [
    { head: 'RANK', isNumber: true },
    { head: 'OFFER' },
    { head: 'PROPENSITY', isNumber: true },
    { head: 'VALUE', isNumber: true },
    { head: 'FACTOR', isNumber: true },
    { head: 'EXPECTED', isNumber: true },
    { head: '' },
  ];
  const rows = offers.map(({ rank, offer, propensity, value, factor, expectedValue, stoppedBy }) => [
    rank === null ? '-' : String(rank),
    offer,
    propensity.toFixed(4),
    value.toFixed(2),
    String(factor),
    expectedValue.toFixed(2),
    stoppedBy === null ? '' : `stopped by ${stoppedBy}: ${GATE_WORDS[stoppedBy]}`,
  ]);
  return textTable(columns, rows);
}

function offerLines(one: ExplainedOffer): readonly string[] {
  const gates = one.gates.map(
    ({ gate, words, stops }) => `    ${stops ? '-' : '+'} ${gate}${stops ? `: ${words}` : ''}`,
  );
  const by = one.model === null ? 'rate of past exposures' : `model ${one.model} (${one.propensityKind})`;
  return [
    one.offer,
    '  gates',
    ...(gates.length === 0 ? ['    none is set'] : gates),
    `  propensity ${one.propensity.toFixed(4)} by ${by}`,
    ...featureLines(one),
    `  value ${one.value.toFixed(2)}: ${one.valueWords}`,
    ...(one.npv === null ? [] : npvLines(one.npv).map((line) => `    ${line}`)),
  ];
}

function featureLines({ features }: ExplainedOffer): readonly string[] {
  const ordered = features.toSorted((a, b) => Math.abs(b.contribution ?? 0) - Math.abs(a.contribution ?? 0));
  const shown = ordered.slice(0, SHOWN_FEATURES).map(({ column, value, contribution }) => {
    const adds =
      contribution === null ? '' : ` (${contribution < 0 ? '' : '+'}${contribution.toFixed(3)} to the logit)`;
    return `    ${column} = ${value ?? 'missing'}${adds}`;
  });
  const more = features.length - shown.length;
  return more > 0 ? [...shown, `    and ${more} features that count less`] : shown;
}

export function keptRankingText(partner: string, one: KeptRanking): string {
  const columns = [
    { head: 'RANK', isNumber: true },
    { head: 'OFFER' },
    { head: 'PROPENSITY', isNumber: true },
    { head: 'VALUE', isNumber: true },
    { head: 'EXPECTED', isNumber: true },
    { head: '' },
  ];
  const number = (value: number | null, digits: number): string =>
    value === null ? '-' : value.toFixed(digits);
  const rows = one.offers.map(({ rank, offer, propensity, value, expectedValue, stoppedBy }) => [
    rank === null ? '-' : String(rank),
    offer,
    number(propensity, 4),
    number(value, 2),
    number(expectedValue, 2),
    stoppedBy === null ? '' : `stopped by ${stoppedBy}: ${GATE_WORDS[stoppedBy]}`,
  ]);
  const head = `customer ${one.customer} of ${partner} in generation ${one.generation ?? 0}, ranked for ${one.at} (run ${one.runId})`;
  return [head, '', ...textTable(columns, rows)].join('\n');
}
