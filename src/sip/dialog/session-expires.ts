// Session-Expires and the state of a session timer: RFC 4028 4 and 7.
import type { Timer } from '../../kernel/index.js';
import type { SipMessage } from '../message/sip-message.js';

/** Seen from the transaction: the one that sent the request, or the one that answered it. */
export type Refresher = 'uac' | 'uas';

export interface SessionExpires {
  readonly seconds: number;
  readonly refresher: Refresher | undefined;
}

/** 4: the least that a Session-Expires may say. */
export const minSessionSeconds = 90;

/** A session that expires unless it is refreshed. */
export interface Session {
  seconds: number;
  /** We refresh it, not the peer. */
  isOurs: boolean;
  /** When it expires, by the engine's clock. */
  deadline: number;
  /** Ours, as last sent. */
  sdp: string;
  contact: string;
  timer: Timer | undefined;
  /** A refreshing INVITE of the engine is under way. */
  isRefreshing: boolean;
  /** What has to wait for the outcome of that INVITE. */
  readonly waiting: (() => void)[];
}

export function sessionExpiresOf(message: SipMessage): SessionExpires | undefined {
  const value = message.get('session-expires');
  const match = value === undefined ? null : /^(\d{1,9})\s*(?:;|$)/.exec(value);
  if (match === null) return undefined;
  const refresher = /;\s*refresher\s*=\s*(ua[cs])\s*(?:;|$)/i.exec(value ?? '')?.[1]?.toLowerCase();
  return { seconds: Number(match[1]), refresher: refresher as Refresher | undefined };
}

/** The value of a Min-SE, in seconds. */
export function minSeOf(message: SipMessage): number | undefined {
  const match = /^(\d{1,9})\s*(?:;|$)/.exec(message.get('min-se') ?? '');
  return match === null ? undefined : Number(match[1]);
}

/** The sender of a message understands session timers. */
export function supportsTimer(message: SipMessage): boolean {
  if (!message.has('supported')) return false;
  return message.list('supported').some((tag) => tag.toLowerCase() === 'timer');
}
