// What the desk's API tells, for the pages. Times are milliseconds since the Unix epoch.
import type { DeskAgent } from '../live/desk-state.js';

export interface DeskToday {
  /** The numbers are of what happened since then. */
  readonly since: number;
  readonly calls: number;
  readonly talkSeconds: number;
  /** Talk alone; null before the first call. */
  readonly averageHandlingSeconds: number | null;
  readonly presented: number;
  readonly accepted: number;
  readonly declined: number;
  readonly callbacks: number;
  readonly undispositioned: number;
}

export interface OpenOnDesk {
  readonly decisionId: string;
  readonly offer: string;
  readonly offerName: string;
  readonly partner: string;
  readonly presentation: string;
  readonly queue: string | null;
  readonly confirmedAt: number;
  readonly endedAt: number | null;
  /** When and as what it is recorded by itself; null where that is not so, or while the talk goes on. */
  readonly autoWrapAt: number | null;
  readonly autoWrapCode: string | null;
}

export interface PresentationForCaller {
  readonly presentation: string;
  readonly kind: string;
  /** The call could be sent there now. */
  readonly isReachable: boolean;
  /** Why not, in words; empty when it could. */
  readonly why: string;
}

export interface OfferForCaller {
  readonly offer: string;
  readonly name: string;
  readonly kind: 'sales' | 'service';
  /** 1 is the first to try. */
  readonly rank: number;
  /** 0..1 */
  readonly propensity: number | null;
  readonly value: number | null;
  readonly expectedValue: number | null;
  /** False: it must not be offered to this caller; `notNow` says why. */
  readonly isAllowed: boolean;
  readonly presentations: readonly PresentationForCaller[];
  readonly reasons: readonly string[];
  readonly notNow: string | null;
}

export interface DeskAgents {
  readonly agents: readonly DeskAgent[];
}
