// The headers of an event about a channel, in the order of switch_channel_event_set_data.
import type { MediaSession } from '../media/media-session.js';
import type { EventHeader } from '../switch-event.js';
import type { OtherLeg } from './bridge.js';
import { profileHeaders } from './caller-profile.js';
import type { CallerProfile } from './caller-profile.js';
import { stateNumber } from './channel-state.js';
import type { AnswerState, CallState, ChannelState } from './channel-state.js';

export interface DescribedChannel {
  readonly uuid: string;
  readonly profile: CallerProfile;
  readonly state: ChannelState;
  readonly runningState: ChannelState;
  readonly callState: CallState;
  readonly answerState: AnswerState;
  readonly cause: string | undefined;
  readonly media: MediaSession;
  readonly otherLeg: OtherLeg | undefined;
  readonly variables: ReadonlyMap<string, string>;
}

/** Without variables, as of DTMF and CHANNEL_CALLSTATE. */
export function basicHeaders(channel: DescribedChannel): readonly EventHeader[] {
  const { profile, cause, otherLeg } = channel;
  return [
    ['Channel-State', channel.runningState],
    ['Channel-Call-State', channel.callState],
    ['Channel-State-Number', String(stateNumber(channel.state))],
    ['Channel-Name', profile.channelName],
    ['Unique-ID', channel.uuid],
    ['Call-Direction', profile.direction],
    ['Presence-Call-Direction', profile.direction],
    ['Channel-HIT-Dialplan', profile.direction === 'inbound' ? 'true' : 'false'],
    ['Channel-Call-UUID', channel.variables.get('call_uuid') ?? channel.uuid],
    ['Answer-State', channel.answerState],
    ...(cause === undefined ? [] : [['Hangup-Cause', cause] as const]),
    ...codecHeaders(channel.media),
    ...profileHeaders('Caller', profile),
    ...(otherLeg === undefined
      ? []
      : [['Other-Type', otherLeg.type] as const, ...profileHeaders('Other-Leg', otherLeg.profile)]),
  ];
}

export function channelHeaders(channel: DescribedChannel): readonly EventHeader[] {
  const headers = [...basicHeaders(channel)];
  for (const [name, value] of channel.variables) headers.push([`variable_${name}`, value]);
  return headers;
}

function codecHeaders({ remote }: MediaSession): readonly EventHeader[] {
  if (remote === undefined) return [];
  return (['Read', 'Write'] as const).flatMap((way): readonly EventHeader[] => [
    [`Channel-${way}-Codec-Name`, remote.law],
    [`Channel-${way}-Codec-Rate`, '8000'],
    [`Channel-${way}-Codec-Bit-Rate`, '64000'],
  ]);
}
