// What `proffer explain` shows a person: the way of one call through identity, look-up, gates and arbitration to its destinations.
import type {
  CandidateTrace,
  Decision,
  GateName,
  Identity,
  OfferOnCall,
  RouteStep,
} from '../decision/index.js';
import { textTable } from '../kernel/index.js';
import type { NpvComputation } from '../ranking/index.js';
import { candidateNotes, headNotes, placeWords } from './explain-notes.js';
import type { ExplainNotes } from './explain-notes.js';
import { npvLines } from './npv-lines.js';

/** What is told of a decision: one just made, or one that the records hold. */
export type ToldDecision = Pick<Decision, 'customer' | 'reason' | 'offer' | 'gates' | 'candidates'> & {
  readonly steps: readonly ToldStep[];
};

export interface ToldStep {
  readonly target:
    | { readonly kind: 'destination'; readonly destination: { readonly id: string; readonly uri: string } }
    | { readonly kind: 'overflow'; readonly uri: string };
  readonly offer: Pick<OfferOnCall, 'offerCode' | 'presentation'> | undefined;
}

/** Everything there is to show. */
export interface Explanation {
  readonly from: string;
  readonly to: string;
  readonly trunk: string;
  readonly identity: Identity;
  readonly partner: string;
  readonly partnerName: string;
  /** What the look-up said and where. */
  readonly store: string;
  readonly board: string;
  readonly notes: ExplainNotes;
  readonly decision: Decision;
  /** Where propensities and values come from; undefined when no run that is kept published them. */
  readonly origin: StrategyOrigin | undefined;
}

/** The run that a customer's strategy was published by. */
export interface StrategyOrigin {
  readonly runId: string;
  readonly generation: number;
  /** report.html */
  readonly report: string;
  readonly offers: readonly {
    readonly offer: string;
    readonly propensityKind: string;
    readonly valueWords: string;
    readonly npv: NpvComputation | null;
  }[];
}

/** Colours, or functions that leave the text as it is. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
}

const gateOrder: readonly GateName[] = [
  'store',
  'identity',
  'kill-switch',
  'strategy-age',
  'service-first',
  'opt-out',
  'control-arm',
  'diversion-cap',
  'entitlement',
  'suppression',
  'confidence',
  'offer-kill-switch',
  'resources',
  'wait-cap',
  'skill',
  'arbitration',
];

/** Width that the text is made for. */
const columns = 100;

function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function identityWords(identity: Identity): string {
  if (identity.kind === 'number') return `${identity.phone}, ${identity.confidence} by ${identity.source}`;
  return identity.kind === 'anonymous' ? 'anonymous' : 'no number that can be read';
}

/** Gates that limit sales; a caller who is served ahead of any sale does not meet them. */
const salesGates: ReadonlySet<GateName> = new Set(['opt-out', 'control-arm', 'diversion-cap']);

function gateLines(decision: Decision, paint: Paint): string[] {
  const width = Math.max(...gateOrder.map((one) => one.length));
  const seen = new Map(decision.gates.map((one) => [one.gate, one]));
  return gateOrder.flatMap((name) => {
    const gate = seen.get(name);
    const label = name.padEnd(width);
    if (gate === undefined) {
      const isSkipped = salesGates.has(name) && seen.has('entitlement');
      return [paint.dim(`    ${label}  ${isSkipped ? 'limits sales, and this is service' : 'not reached'}`)];
    }
    const [first = '', ...rest] = wrap(gate.detail, columns - width - 6);
    const mark = gate.passed ? paint.green('  + ') : paint.red('  - ');
    return [`${mark}${label}  ${first}`, ...rest.map((line) => `${' '.repeat(width + 6)}${line}`)];
  });
}

function number(value: number | undefined, digits: number): string {
  if (value === undefined) return '';
  return Number.isFinite(value) ? value.toFixed(digits) : '-';
}

function waitWords(row: CandidateTrace): string {
  if (row.destination === '') return '';
  return row.waitSeconds === undefined ? 'unknown' : `${number(row.waitSeconds, 0)} s`;
}

const candidateColumns = [
  { head: 'OFFER' },
  { head: 'BY' },
  { head: 'AT' },
  { head: 'PROP', isNumber: true },
  { head: 'VALUE', isNumber: true },
  { head: 'CONV', isNumber: true },
  { head: 'WAIT', isNumber: true },
  { head: 'STAY', isNumber: true },
  { head: 'COST', isNumber: true },
  { head: 'WORTH', isNumber: true },
  { head: '' },
];

function candidateRow(row: CandidateTrace, notes: ExplainNotes, chosen: string | undefined): string[] {
  // Why an offer as a whole is out may take a sentence, which the gates above have.
  const removed = (row.destination === '' ? undefined : row.removedWhy) ?? row.removedBy ?? '';
  return [
    row.offerCode ?? 'plain service',
    row.presentation ?? '',
    placeWords(row.destination, notes),
    number(row.propensity, 3),
    number(row.offerValue, 2),
    number(row.conversion, 2),
    waitWords(row),
    number(row.patience, 2),
    number(row.cost, 2),
    number(row.value, 2),
    removed === '' && chosen !== undefined ? chosen : removed,
  ];
}

/** What was weighed, and is what the call goes to first. */
export function isChosen({ steps: [first] }: Pick<ToldDecision, 'steps'>, row: CandidateTrace): boolean {
  return (
    first?.target.kind === 'destination' &&
    row.destination === first.target.destination.id &&
    row.offerCode === first.offer?.offerCode &&
    row.presentation === first.offer?.presentation
  );
}

/** The table of what was weighed. */
export function candidateLines(decision: ToldDecision, notes: ExplainNotes, paint: Paint): string[] {
  const rows = decision.candidates.map((row) =>
    candidateRow(row, notes, isChosen(decision, row) ? 'chosen' : undefined),
  );
  const [head = '', ...lines] = textTable(candidateColumns, rows);
  return [
    paint.dim(head),
    ...lines.map((line, i) => {
      const row = decision.candidates[i];
      if (row === undefined) return line;
      if (row.removedBy !== undefined) return paint.dim(line);
      return isChosen(decision, row) ? paint.bold(line) : line;
    }),
    ...candidateNotes(decision.candidates, notes),
  ];
}

/** The CTI data that travels with a step, as key=value pairs. */
export function ctiData(decision: Decision, step: RouteStep): Readonly<Record<string, string>> {
  const base = { decisionId: decision.decisionId };
  if (step.offer === undefined) return base;
  const { offerCode, offerUrl, kind } = step.offer;
  return kind === 'service'
    ? { ...base, serviceOfferCode: offerCode, serviceOfferUrl: offerUrl }
    : { ...base, offerCode, offerUrl };
}

function stepWords({ target }: ToldStep): readonly [string, string] {
  return target.kind === 'destination'
    ? [target.destination.id, target.destination.uri]
    : ['overflow', target.uri];
}

function stepLines(decision: Decision, paint: Paint): string[] {
  const rows = decision.steps.map((step, i) => {
    const offer =
      step.offer === undefined ? 'plain service' : `${step.offer.offerCode} by ${step.offer.presentation}`;
    return [String(i + 1), ...stepWords(step), offer];
  });
  const [head = '', ...lines] = textTable(
    [{ head: '#', isNumber: true }, { head: 'AT' }, { head: 'URI' }, { head: 'GETS' }],
    rows,
  );
  return [paint.dim(head), ...lines];
}

function ctiLines(decision: Decision): string[] {
  const [first] = decision.steps;
  if (first === undefined) return [];
  const offer = first.offer;
  return [
    `  User-to-User and X-Decision-ID  ${decision.decisionId} (a new id for each call)`,
    ...(offer === undefined
      ? ['  no offer header: plain service']
      : [
          `  X-Offer-ID                      ${offer.offerCode}`,
          `  X-Offer-URL and Call-Info       ${offer.offerUrl}`,
        ]),
  ];
}

/** Why the chosen offer: its worth beside the best of what it was compared with. */
function comparison(decision: ToldDecision, worth: string): string {
  const code = decision.offer?.offerCode;
  const best = (rows: readonly CandidateTrace[]): number =>
    Math.max(...rows.map((row) => row.value ?? -Infinity));
  const left = decision.candidates.filter((row) => row.removedBy === undefined);
  const service = best(left.filter((row) => row.offerCode === undefined));
  const others = left.filter((row) => row.offerCode !== undefined && row.offerCode !== code);
  const other = others.find((row) => row.value === best(others));
  const beside = [
    ...(other === undefined ? [] : [`${other.offerCode ?? ''} (${number(other.value, 2)})`]),
    ...(service === -Infinity ? [] : [`plain service (${number(service, 2)})`]),
  ];
  const than = beside.length === 0 ? '' : `, more than ${beside.join(' and ')}`;
  return `it is worth ${worth} there${than}`;
}

/** The decision in one sentence. */
export function inWords({
  decision,
  identity,
}: {
  readonly decision: ToldDecision;
  readonly identity: Identity;
}): string {
  const [first] = decision.steps;
  const from = identity.kind === 'number' ? `The call from ${identity.phone}` : 'The call';
  const who = decision.customer === undefined ? from : `The call of customer ${decision.customer}`;
  const where = first === undefined ? '' : stepWords(first)[0];
  const code = decision.offer?.offerCode ?? '';
  const chosen = decision.candidates.find(
    (row) =>
      row.destination === where &&
      row.offerCode === decision.offer?.offerCode &&
      row.presentation === decision.offer?.presentation,
  );
  const worth = number(chosen?.value, 2);
  switch (decision.reason) {
    case 'offer':
      return `${who} goes to ${where} with ${code}, because ${comparison(decision, worth)}.`;
    case 'mandatory':
      return `${who} goes to ${where} with ${code}, because the offer is mandatory; it is worth ${worth} there.`;
    case 'service-alert':
      return `${who} goes to ${where} with the service offer ${code}, because a service alert is open on the account.`;
    default: {
      const detail = decision.gates.at(-1)?.detail ?? '';
      return detail === ''
        ? `${who} gets plain service at ${where}: ${decision.reason}.`
        : `${who} gets plain service at ${where}, because it does not pass gate ${decision.reason}: ${detail}.`;
    }
  }
}

/** How the propensity and the value of each candidate were worked out before the call. */
function originLines({ decision, origin }: Explanation, paint: Paint): readonly string[] {
  if (origin === undefined) return [];
  const weighed = new Set(decision.candidates.map((one) => one.offerCode));
  const lines = origin.offers
    .filter(({ offer }) => weighed.has(offer))
    .flatMap(({ offer, propensityKind, valueWords, npv }) => [
      `  ${offer}: propensity by ${propensityKind}, value ${valueWords}`,
      ...(npv === null ? [] : npvLines(npv).map((line) => `    ${line}`)),
    ]);
  if (lines.length === 0) return [];
  const run = paint.dim(`  ranking run ${origin.runId}, generation ${origin.generation}`);
  return ['', paint.bold('Where the numbers come from') + run, ...lines, `  report ${origin.report}`];
}

/** The whole explanation, lines for a terminal of 100 columns. */
export function explanationText(explanation: Explanation, paint: Paint): string {
  const { decision, from, to, trunk, identity, partner, partnerName, store, board } = explanation;
  const failOpen = decision.failOpen.length === 0 ? [] : [`  failed open  ${decision.failOpen.join(', ')}`];
  const generation = decision.generation === undefined ? '' : `, generation ${decision.generation}`;
  return [
    paint.bold(`From ${from} to ${to}`),
    `  trunk        ${trunk}`,
    `  caller       ${identityWords(identity)}`,
    `  partner      ${partner}, ${partnerName}`,
    `  strategy     ${store}${generation}`,
    `  board        ${board}`,
    ...headNotes(explanation.notes),
    `  arm          ${decision.arm}`,
    ...failOpen,
    '',
    paint.bold('Gates'),
    ...gateLines(decision, paint),
    '',
    paint.bold('Candidates') +
      paint.dim('  worth = propensity x value x conversion x share that stays through the wait - cost'),
    ...candidateLines(decision, explanation.notes, paint),
    ...originLines(explanation, paint),
    '',
    paint.bold('Steps, in the order they are tried'),
    ...stepLines(decision, paint),
    '',
    paint.bold('CTI data on the first step'),
    ...ctiLines(decision),
    '',
    ...wrap(inWords(explanation), columns).map((line) => paint.bold(line)),
    '',
  ].join('\n');
}
