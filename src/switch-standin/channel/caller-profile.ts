// Who calls whom on a channel, and when what happened to it: the caller profile of FreeSWITCH (switch_caller.c).
import type { EventHeader } from '../switch-event.js';

/** Microseconds since the Unix epoch; 0: not yet. */
export interface ChannelTimes {
  profileCreated: number;
  created: number;
  answered: number;
  progress: number;
  progressMedia: number;
  hangup: number;
  transfer: number;
  bridged: number;
}

export interface CallerProfile {
  readonly uuid: string;
  readonly direction: 'inbound' | 'outbound';
  /** `XML`; outbound legs have none. */
  readonly dialplan: string;
  readonly username: string;
  /** Number and name of the caller; '' when there is none. */
  readonly callerNumber: string;
  readonly callerName: string;
  calleeName: string;
  calleeNumber: string;
  readonly networkAddress: string;
  destinationNumber: string;
  /** `mod_sofia`, or where outbound legs are made. */
  readonly source: string;
  context: string;
  readonly channelName: string;
  transferSource: string;
  /** Grows with each transfer. */
  index: number;
  readonly times: ChannelTimes;
}

export function noTimes(now: number): ChannelTimes {
  return {
    profileCreated: now,
    created: now,
    answered: 0,
    progress: 0,
    progressMedia: 0,
    hangup: 0,
    transfer: 0,
    bridged: 0,
  };
}

/** The headers, in the order of switch_caller_profile_event_set_data; what is empty is left out. */
export function profileHeaders(prefix: string, profile: CallerProfile): readonly EventHeader[] {
  const { times } = profile;
  const isOtherLeg = prefix === 'Other-Leg';
  const texts: readonly EventHeader[] = [
    ['Direction', profile.direction],
    ['Logical-Direction', isOtherLeg ? 'inbound' : profile.direction],
    ['Username', profile.username],
    ['Dialplan', profile.dialplan],
    ['Caller-ID-Name', profile.callerName],
    ['Caller-ID-Number', profile.callerNumber],
    ['Orig-Caller-ID-Name', profile.callerName],
    ['Orig-Caller-ID-Number', profile.callerNumber],
    ['Callee-ID-Name', profile.calleeName],
    ['Callee-ID-Number', profile.calleeNumber],
    ['Network-Addr', profile.networkAddress],
    ['ANI', profile.callerNumber],
    ['Destination-Number', profile.destinationNumber],
    ['Unique-ID', profile.uuid],
    ['Source', profile.source],
    ['Transfer-Source', profile.transferSource],
    ['Context', profile.context],
    ['Channel-Name', profile.channelName],
    ['Profile-Index', isOtherLeg ? '' : String(profile.index)],
  ];
  const numbers: readonly (readonly [string, number])[] = [
    ['Profile-Created-Time', times.profileCreated],
    ['Channel-Created-Time', times.created],
    ['Channel-Answered-Time', times.answered],
    ['Channel-Progress-Time', times.progress],
    ['Channel-Progress-Media-Time', times.progressMedia],
    ['Channel-Hangup-Time', times.hangup],
    ['Channel-Transfer-Time', times.transfer],
    ['Channel-Resurrect-Time', 0],
    ['Channel-Bridged-Time', times.bridged],
    ['Channel-Last-Hold', 0],
    ['Channel-Hold-Accum', 0],
  ];
  return [
    ...texts.filter(([, value]) => value !== ''),
    ...numbers.map(([name, value]): EventHeader => [name, String(value)]),
    ['Screen-Bit', 'true'] as const,
    ['Privacy-Hide-Name', 'false'] as const,
    ['Privacy-Hide-Number', 'false'] as const,
  ].map(([name, value]) => [`${prefix}-${name}`, value]);
}
