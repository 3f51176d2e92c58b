// Why a feed is not live, in words that name the fix, and the state that goes with it.
import type { FeedStatus } from '../../callcenter/index.js';
import type { ConnectionClose } from '../event-socket/connection.js';

export interface FeedFault {
  readonly state: FeedStatus['state'];
  readonly reason: string;
  /** A person has to do something first: tried again, but slowly. */
  readonly isSlow: boolean;
}

export const noCallcenter: FeedFault = {
  state: 'refused',
  reason: 'mod_callcenter is not loaded there: load mod_callcenter, and name it in modules.conf.xml',
  isSlow: true,
};

export const noEvents: FeedFault = {
  state: 'refused',
  reason:
    'events are not permitted to this user of the event socket: allow CUSTOM callcenter::info and HEARTBEAT',
  isSlow: true,
};

export function silentFor(ms: number): FeedFault {
  return {
    state: 'silent',
    reason: `nothing came for ${ms} ms: is FreeSWITCH or the network stuck?`,
    isSlow: false,
  };
}

/** Undefined for a connection that we closed ourselves. */
export function faultOf({ cause, reason }: ConnectionClose): FeedFault | undefined {
  switch (cause) {
    case 'closed-here':
      return undefined;
    case 'wrong-password':
      return {
        state: 'refused',
        reason: 'wrong password: set FREESWITCH_ESL_SECRET to the password in event_socket.conf.xml',
        isSlow: true,
      };
    case 'not-allowed':
      return {
        state: 'refused',
        reason:
          'this address may not connect: add it to the list in apply-inbound-acl of event_socket.conf.xml',
        isSlow: true,
      };
    case 'silent':
    case 'no-answer':
      return { state: 'silent', reason, isSlow: false };
    case 'connect-failed':
      return {
        state: 'down',
        reason: `${reason}: is FreeSWITCH running, and mod_event_socket listening there?`,
        isSlow: false,
      };
    case 'malformed':
    case 'ended':
      return { state: 'down', reason, isSlow: false };
  }
}

export function stuckReason(queues: readonly string[]): string {
  return `${queues.join(', ')}: members wait, agents are free, and nothing was offered for 10 s; reload mod_callcenter`;
}
