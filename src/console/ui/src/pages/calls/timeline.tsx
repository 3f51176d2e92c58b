// What happened, oldest first, as offsets from the INVITE.
import type { TFunction } from 'i18next';
import type { CallStoryView } from '../../../../board/calls-view.js';
import { clockText, useFormat } from '../../app/format.js';
import type { Format } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { useOffset } from './offset.js';
import { outcomeWords } from './outcome-words.js';

type Tone = 'main' | 'info' | 'good' | 'bad';

interface Happened {
  readonly at: string;
  readonly words: string;
  readonly tone: Tone;
}

export function Timeline({ story }: { readonly story: CallStoryView }) {
  const { t } = useT('call');
  const { t: words } = useT('calls');
  const format = useFormat();
  const offset = useOffset();
  const start = Date.parse(story.contact.startedAt);
  const events = [
    ...routingEvents(story, t, words),
    ...exposureEvents(story, t),
    ...afterwards(story, t, format),
  ].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return (
    <ol className="calls-timeline">
      {events.map(({ at, words: said, tone }, i) => (
        <li key={`${at} ${i}`} data-tone={tone}>
          <time dateTime={at}>+{offset(Math.max(0, Date.parse(at) - start))}</time>
          <span>{said}</span>
        </li>
      ))}
    </ol>
  );
}

function routingEvents(story: CallStoryView, t: TFunction, words: TFunction): readonly Happened[] {
  const { contact, decisions, attempts, outcome } = story;
  return [
    {
      at: contact.startedAt,
      tone: 'main',
      words: t('timeline.invite', {
        caller: contact.caller ?? t('timeline.unknownNumber'),
        dialled: contact.dialled ?? t('timeline.unknownNumber'),
        trunk: contact.trunk ?? '–',
      }),
    },
    ...decisions.map(({ decidedAt, offer, presentation, reason }): Happened => ({
      at: decidedAt,
      tone: 'main',
      words:
        offer === null
          ? t('timeline.decidedPlain', { reason })
          : t('timeline.decided', { offer, presentation: presentation ?? '–', reason }),
    })),
    ...attempts.map(({ at, attempt, destination, status, reason }): Happened => ({
      at,
      tone: status !== null && status < 400 ? 'good' : 'bad',
      words: t('timeline.attempt', {
        number: attempt + 1,
        destination,
        end: status === null ? t('timeline.noAnswer', { reason }) : `${status} ${reason}`,
      }),
    })),
    ...(outcome === undefined
      ? []
      : [
          {
            at: outcome.at,
            tone: outcome.result === 'success' ? ('good' as const) : ('bad' as const),
            words: t('timeline.outcome', {
              outcome: outcomeWords(words, outcome),
              place: outcome.destination ?? '–',
            }),
          },
        ]),
  ];
}

function exposureEvents({ exposures }: CallStoryView, t: TFunction): readonly Happened[] {
  return exposures.flatMap((one): readonly Happened[] => {
    const { offer, presentation, destination, agent, state, result } = one;
    const event = (at: string | null, words: string, tone: Tone): readonly Happened[] =>
      at === null ? [] : [{ at, words, tone }];
    const end = { offer, result: result ?? '' };
    const isOpen = result === null;
    return [
      ...event(one.reservedAt, t('timeline.reserved', { offer, presentation, destination }), 'info'),
      ...event(
        one.confirmedAt,
        t('timeline.confirmed', { offer, who: agent === null ? destination : agent, destination }),
        'good',
      ),
      ...event(
        one.endedAt,
        t(state === 'released' ? 'timeline.released' : isOpen ? 'timeline.open' : 'timeline.concluded', end),
        state === 'released' ? 'bad' : 'info',
      ),
    ];
  });
}

function afterwards(story: CallStoryView, t: TFunction, { money }: Format): readonly Happened[] {
  return [
    ...story.usages.map(({ at, kind, agent, destination, seconds }): Happened => ({
      at,
      tone: 'info',
      words: t(kind === 'agent' ? 'timeline.talkEnded' : 'timeline.portFree', {
        time: clockText(seconds * 1000),
        agent: agent ?? '–',
        destination,
      }),
    })),
    ...story.dispositions.map(
      ({ at, offer, name, revision, source, agent, value, countsAsAccepted }): Happened => ({
        at,
        tone: countsAsAccepted ? 'good' : 'info',
        words: [
          t(revision === 1 ? 'timeline.disposition' : 'timeline.corrected', {
            offer,
            name,
            by: agent ?? t(`sources.${source}`, { defaultValue: source }),
          }),
          ...(countsAsAccepted && value !== null ? [t('timeline.worth', { value: money(value) })] : []),
        ].join(', '),
      }),
    ),
  ];
}
