// The story of a call as a time line: offsets from the INVITE, oldest first.
import type { CallStory, StoryDisposition, StoryExposure } from '../records/index.js';
import { clockTime, minutes, money, plain } from './report-text.js';

export interface StoryEvent {
  readonly at: Date;
  readonly what: string;
  readonly words: string;
}

/** Everything that has a time. Events of one moment stay in the order in which a call has them. */
export function storyEvents(story: CallStory): readonly StoryEvent[] {
  const { contact, decisions, attempts, outcome, exposures, usages, dispositions } = story;
  const events: StoryEvent[] = [
    {
      at: contact.startedAt,
      what: contact.medium === 'call' ? 'INVITE' : contact.medium,
      words: `${contact.caller ?? 'unknown'} to ${contact.dialled ?? 'unknown'}${by(contact.trunk, ' by trunk ')}`,
    },
    ...decisions.map(({ decidedAt, offer, presentation, reason, arm }) => ({
      at: decidedAt,
      what: 'decided',
      words: `${offer ?? 'plain service'}${by(presentation, ' by ')}, ${reason}, arm ${arm}`,
    })),
    ...exposures.flatMap(exposureEvents),
    ...attempts.map(({ at, attempt, destination, offer, status, reason }) => ({
      at,
      what: `attempt ${attempt + 1}`,
      words: `${destination}${by(offer, ' with ')}: ${status ?? 'no answer'} ${reason}`,
    })),
    ...(outcome === undefined
      ? []
      : [
          {
            at: outcome.at,
            what: 'outcome',
            words: `${outcome.result}, ${outcome.reason}${by(outcome.status?.toString(), ', ')}${by(outcome.destination, ' at ')}${by(outcome.offer, ' with ')}`,
          },
        ]),
    ...usages.map(({ at, kind, destination, agent, seconds }) => ({
      at,
      what: kind === 'agent' ? 'talk ended' : 'port free',
      words: `${clockTime(seconds)} ${kind === 'agent' ? `with ${agent ?? 'an agent'} at` : 'on an IVR port of'} ${destination}`,
    })),
    ...dispositions.map((one) => ({ at: one.at, what: 'disposition', words: dispositionWords(one) })),
  ];
  return events
    .map((event) => ({ ...event, words: plain(event.words) }))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

function by(name: string | null | undefined, before: string): string {
  return name === null || name === undefined ? '' : `${before}${name}`;
}

function exposureEvents(exposure: StoryExposure): readonly StoryEvent[] {
  const { offer, presentation, destination, agent, centre, queue, state, result } = exposure;
  const { reservedAt, confirmedAt, endedAt } = exposure;
  const name = `${offer} by ${presentation}`;
  const who = agent === null ? destination : `${agent} at ${centre ?? '?'}${by(queue, '/')}`;
  const event = (at: Date | null, what: string, words: string): readonly StoryEvent[] =>
    at === null ? [] : [{ at, what, words }];
  const isReleased = state === 'released';
  return [
    ...event(reservedAt, 'reserved', `${name} at ${destination}`),
    ...event(confirmedAt, 'confirmed', `${name}: presented by ${who}`),
    ...event(endedAt, isReleased ? 'released' : 'concluded', `${name}${by(result, ': ')}`),
  ];
}

const sources: Readonly<Record<StoryDisposition['source'], string>> = {
  agent: 'by agent',
  ivr: 'by keys in the IVR',
  web: 'on the web',
  auto: 'by auto-wrap, nobody recorded one',
};

function dispositionWords(one: StoryDisposition): string {
  const { offer, code, revision, isCurrent, source, agent, value, countsAsAccepted, callbackAt, note } = one;
  const who = source === 'agent' ? `by ${agent ?? 'an agent'}` : sources[source];
  const worth = countsAsAccepted && value !== null ? `, value ${money(value)}` : '';
  const callback = callbackAt === null ? '' : `, call back at ${callbackAt.toISOString().slice(0, 16)}Z`;
  const history = revision === 1 ? '' : `, correction ${revision - 1}`;
  const replaced = isCurrent ? '' : ', replaced later';
  const said = note === null || note === '' ? '' : `: "${note}"`;
  return `${offer} ${code} ${who}${worth}${callback}${history}${replaced}${said}`;
}

/** `+0.003 s`, `+12.400 s`, `+5:10 min`, `+2:03:04 h`. */
export function offset(ms: number): string {
  const sign = ms < 0 ? '-' : '+';
  const seconds = Math.abs(ms) / 1000;
  if (seconds < 60) return `${sign}${seconds.toFixed(3)} s`;
  return seconds < 3600 ? `${sign}${minutes(seconds)} min` : `${sign}${clockTime(seconds)} h`;
}
