// What `proffer calls show` shows: the whole story of one call.
import type { DecisionRecord, CandidateTrace } from '../decision/index.js';
import { textTable, wrapped } from '../kernel/index.js';
import type { CallStory, StoryDecision, StoryLearned } from '../records/index.js';
import { replayLines } from './calls-replay.js';
import type { ReplayResult } from './calls-replay.js';
import { offset, storyEvents } from './calls-timeline.js';
import type { ExplainNotes } from './explain-notes.js';
import { candidateLines, inWords } from './explain-text.js';
import type { Paint, ToldDecision } from './explain-text.js';
import { moment, plain } from './report-text.js';

export interface ShownCall {
  readonly story: CallStory;
  /** One for each decision, in their order; undefined when it was not asked for, or has no record. */
  readonly replays: readonly (ReplayResult | undefined)[];
  /** `records.decisionDetailDays` */
  readonly detailDays: number;
}

const width = 96;

const noNotes: ExplainNotes = {
  maintenance: [],
  affiliates: [],
  affiliateOffers: new Map(),
  bases: new Map(),
  handlingTimes: [],
};

export function callText({ story, replays, detailDays }: ShownCall, paint: Paint): string {
  const { contact, decisions, learned } = story;
  return [
    ...headLines(story, paint),
    ...decisions.flatMap((decision, i) => [
      '',
      ...decisionLines(decision, { story, replay: replays[i], detailDays }, paint),
    ]),
    ...(decisions.length === 0 ? ['', '  No decision is recorded.'] : []),
    '',
    paint.bold('Time line') + paint.dim(`  from ${contact.startedAt.toISOString()}`),
    ...timeLines(story),
    ...exposuresOpen(story),
    '',
    paint.bold('What is known of the customer now'),
    ...learnedLines(learned),
    '',
  ].join('\n');
}

function headLines({ contact, decisions }: CallStory, paint: Paint): readonly string[] {
  const { decisionId, callId, partner, customer, trunk, source, caller, dialled, startedAt, medium } =
    contact;
  const arm = decisions.at(-1)?.arm;
  const rows = [
    ['began', `${moment(startedAt)} UTC`],
    ['Call-ID', callId],
    ['partner', partner],
    ['caller', caller],
    ['dialled', dialled],
    ['trunk', trunk === null ? null : `${trunk}${source === null ? '' : `, from ${source}`}`],
    ['customer', customer ?? 'not known'],
    ['arm', arm],
  ] as const;
  return [
    paint.bold(`${medium === 'call' ? 'Call' : `Contact by ${medium}`} ${plain(decisionId)}`),
    ...rows.flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [`  ${name.padEnd(11)}  ${plain(value)}`],
    ),
  ];
}

interface DecisionContext {
  readonly story: CallStory;
  readonly replay: ReplayResult | undefined;
  readonly detailDays: number;
}

function decisionLines(
  decision: StoryDecision,
  { story, replay, detailDays }: DecisionContext,
  paint: Paint,
): readonly string[] {
  const { decidedAt, record, generation, decisionMs } = decision;
  const at = offset(decidedAt.getTime() - story.contact.startedAt.getTime());
  const facts = [
    ...(decisionMs === null ? [] : [`in ${decisionMs.toFixed(1)} ms`]),
    ...(generation === null ? [] : [`generation ${generation}`]),
    ...(record?.settingsId === undefined ? [] : [`settings ${record.settingsId}`]),
  ].join(', ');
  const head = paint.bold(`Decision at ${at}`) + paint.dim(facts === '' ? '' : `  ${facts}`);
  if (record === undefined) {
    const what = `${decision.offer ?? 'plain service'}, ${decision.reason}, arm ${decision.arm}`;
    return [
      head,
      `  ${plain(what)}`,
      `  The candidates and gates were removed: they are kept for ${detailDays} days (records.decisionDetailDays).`,
    ];
  }
  const told = toldOf(record);
  return [
    head,
    ...wrapped(plain(inWords({ decision: told, identity: { kind: 'anonymous' } })), width).map(
      (line) => `  ${line}`,
    ),
    ...(record.failOpen.length === 0 ? [] : [`  failed open: ${record.failOpen.join(', ')}`]),
    ...candidateLines(told, noNotes, paint).map(plain),
    ...(replay === undefined
      ? []
      : replayLines(replay, record.settingsId).map((line, i) =>
          plain(`  ${i === 0 ? 'decided again: ' : '  '}${line}`),
        )),
  ];
}

/** A recorded decision as explain tells one that was just made. */
export function toldOf({ customer, reason, offer, gates, candidates, steps }: DecisionRecord): ToldDecision {
  return {
    customer,
    reason,
    offer,
    gates,
    candidates: candidates.map(traceOf),
    steps: steps.map(({ destination, offer: code }) => ({
      target:
        destination === 'overflow'
          ? { kind: 'overflow', uri: '' }
          : { kind: 'destination', destination: { id: destination, uri: '' } },
      offer:
        code === undefined
          ? undefined
          : { offerCode: code, presentation: code === offer?.offerCode ? offer.presentation : '' },
    })),
  };
}

/** A number that is not finite is null in a record. */
function traceOf(row: DecisionRecord['candidates'][number]): CandidateTrace {
  const number = (value: number | null | undefined): number | undefined =>
    value === null ? Infinity : value;
  return {
    offerCode: row.offerCode,
    presentation: row.presentation,
    destination: row.destination ?? '',
    removedBy: row.removedBy,
    removedWhy: row.removedWhy,
    propensity: number(row.propensity),
    offerValue: number(row.offerValue),
    conversion: number(row.conversion),
    waitSeconds: number(row.waitSeconds),
    patience: number(row.patience),
    cost: number(row.cost),
    value: number(row.value),
  };
}

function timeLines(story: CallStory): readonly string[] {
  const events = storyEvents(story);
  const start = story.contact.startedAt.getTime();
  const offsets = events.map(({ at }) => offset(at.getTime() - start));
  const widest = Math.max(...offsets.map((one) => one.length));
  const names = Math.max(...events.map(({ what }) => what.length));
  return events.flatMap(({ what, words }, i) => {
    const indent = widest + names + 6;
    const [first = '', ...rest] = wrapped(words, Math.max(110 - indent, 40));
    return [
      `  ${(offsets[i] ?? '').padStart(widest)}  ${what.padEnd(names)}  ${first}`,
      ...rest.map((line) => `${' '.repeat(indent)}${line}`),
    ];
  });
}

/** Exposures that have not come to an end, or whose offer has no disposition. */
function exposuresOpen({ exposures, dispositions }: CallStory): readonly string[] {
  const recorded = new Set(dispositions.filter((one) => one.isCurrent).map((one) => one.offer));
  return exposures.flatMap(({ offer, presentation, state }) => {
    if (state === 'reserved') return [`  ${offer} by ${presentation} is reserved: it has no end yet.`];
    const isOpen = state === 'confirmed' && !recorded.has(offer);
    return isOpen ? [`  ${offer} by ${presentation} was presented: it has no disposition yet.`] : [];
  });
}

function learnedLines(learned: StoryLearned | undefined): readonly string[] {
  if (learned === undefined) return ['  Nothing beside the ranking.'];
  const time = (value: unknown): string =>
    typeof value === 'number' && Math.abs(value) < 8e15 ? moment(new Date(value)) : '?';
  const text = (value: unknown): string => (typeof value === 'string' ? plain(value) : '?');
  const offers = (learned.state.offers ?? []).map((one) => {
    const when =
      one['effect'] === 'boosted'
        ? `from ${time(one['from'])} until ${time(one['until'])}`
        : `until ${time(one['until'])}`;
    return [
      text(one['offerCode']),
      text(one['effect']),
      text(one['reason']),
      `since ${time(one['at'])}, ${when} UTC`,
    ];
  });
  const alerts = (learned.state.alerts ?? []).map((one) => [
    text(one['offerCode']),
    'in front',
    'service alert',
    'open now',
  ]);
  const rows = [...offers, ...alerts];
  const holds = `  revision ${learned.revision}, until ${moment(learned.expiresAt)} UTC`;
  if (rows.length === 0) return [`${holds}: nothing is withheld or put in front.`];
  return [
    holds,
    ...textTable([{ head: 'OFFER' }, { head: 'IS' }, { head: 'BECAUSE' }, { head: 'WHEN' }], rows),
  ];
}
