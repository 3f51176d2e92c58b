// The board: what is known of every destination at one moment, as one immutable snapshot that a decision reads.

import type { QueueMedium } from '../config/index.js';

/** `page` and `chat` are no places at a centre: a web page, a chat queue of another system. Calls never go there. */
export type DestinationKind = 'queue' | 'ivr' | 'page' | 'chat';

/** Fixed facts of a destination, worked out when the settings load. */
export interface Destination {
  /** `centre/queue` or `centre/program`; `page:...` or `chat:...` where it is no place at a centre. */
  readonly id: string;
  /** Id of the queue that this one was derived from for a presentation that requires skills. */
  readonly base?: string;
  /** Position in `Board.states` of every board made from the same settings. */
  readonly index: number;
  readonly kind: DestinationKind;
  readonly centre: string;
  /** SIP URI without a display name, such as `sip:acme-sales@127.0.0.1:5090;transport=udp`; of a page its URL. */
  readonly uri: string;
  /** Agents staffed or ports there are, as configured. */
  readonly servers: number;
  /** 1..10; of an IVR program, 5. */
  readonly skillLevel: number;
  /** In the partner's currency. */
  readonly costPerCall: number;
  readonly weight: number;
  /** Mean time an agent or port is busy with a call, in seconds. */
  readonly handlingTimeSeconds: number;
  /** IVR only: ports a partner may use at once. */
  readonly quotas: Readonly<Record<string, number>>;
  /** Maintenance: no new calls. */
  readonly isDraining: boolean;
  /** Of a queue: what its agents take. Absent: audio alone. */
  readonly media?: readonly QueueMedium[];
}

/**
 * Why a destination of a centre with a feed is not known, or not there: `no-reading`, nothing heard yet; `stale-reading`, nothing
 * heard lately; `missing-queue`, configured here, and no queue of the centre.
 */
export type StateProblem = 'no-reading' | 'stale-reading' | 'missing-queue';

/** What is known of one destination now. `undefined` is unknown, never zero. */
export interface DestinationState {
  /** The centre answers (health check); undefined before the first result. */
  readonly isUp: boolean | undefined;
  /** Agents staffed, or ports there are. */
  readonly servers: number | undefined;
  /** Agents or ports that are free and not spoken for by a reservation. */
  readonly freeServers: number | undefined;
  /** Callers waiting ahead: members, and calls on their way that will find no free agent. */
  readonly membersWaiting: number | undefined;
  /** IVR only: ports in use by partner. */
  readonly portsInUse: Readonly<Record<string, number>> | undefined;
  /**
   * Callers who wait in other queues of the centre for the same agents, each counted as `estimateWaitSeconds` says; a fraction. Absent
   * where no feed tells.
   */
  readonly competingMembers?: number;
  /** Measured lately by the centre's feed, in seconds; serves in place of the configured one. */
  readonly handlingTimeSeconds?: number;
  /** Of the members who wait now, in milliseconds. */
  readonly longestWaitMs?: number;
  /**
   * Age of the feed's reading, in milliseconds, down to whole seconds: so coarse because a state that says nothing new is to stay
   * the same object, and a live feed is heard from more than once a second. Absent where no feed is configured or heard yet.
   */
  readonly readingAgeMs?: number;
  readonly problem?: StateProblem;
  /** Erlangs offered lately, where somebody measures it; serves only while `freeServers` or `membersWaiting` is unknown. */
  readonly offeredLoad?: number;
}

export interface Board {
  /** Clock.now() of the snapshot, in milliseconds. */
  readonly takenAt: number;
  /** Clock.wallNow() of the snapshot. */
  readonly takenAtWall: number;
  /** By `Destination.index`. */
  readonly states: readonly DestinationState[];
}
