// A caller in a queue, as mod_callcenter keeps it, and its row in `queue list members`.
import type { StandInChannel } from '../switch-event.js';
import type { Row } from './agent.js';
import type { LastOffer } from './selection.js';

export type MemberState = 'Waiting' | 'Trying' | 'Answered' | 'Abandoned';

export type CancelReason = 'TIMEOUT' | 'NO_AGENT_TIMEOUT' | 'BREAK_OUT' | 'EXIT_WITH_KEY';

/** How the application `callcenter` ended for a caller. */
export type MemberOutcome =
  { readonly cause: 'answered' } | { readonly cause: 'cancel'; readonly reason: CancelReason };

/** A call to an agent on behalf of a member. */
export interface MemberOffering {
  readonly agentName: string;
  /** Ends it while it rings; the rest happens a little later, as with the threads of mod_callcenter. */
  cancel(cause: string): void;
}

/** Moments are seconds since the Unix epoch, 0 for never. */
export interface Member {
  readonly uuid: string;
  readonly queue: string;
  readonly joinedEpoch: number;
  readonly baseScore: number;
  readonly systemEpoch: number;
  readonly cidNumber: string;
  readonly cidName: string;
  /** When it joined, among all: who came first goes first. */
  readonly order: number;
  readonly offerings: Set<MemberOffering>;
  channel: StandInChannel;
  /** Of this stay; after an abandoned caller came back, of the second. */
  arrivedEpoch: number;
  onLeft: (outcome: MemberOutcome) => void;
  sessionUuid: string;
  rejoinedEpoch: number;
  bridgeEpoch: number;
  abandonedEpoch: number;
  /** Name of an agent, or `ring-all` or `ring-progressively`. */
  servingAgent: string;
  servingSystem: string;
  state: MemberState;
  lastOffer: LastOffer;
  lastOriginatedEpoch: number;
  /** Monotonic; when it was last looked whether it has waited too long. */
  checkedAt: number;
}

export const noOffer: LastOffer = { level: 0, position: 0 };

/** The order of service: the highest score first, which is who waited longest but for `cc_base_score`. */
export function compareMembers(a: Member, b: Member): number {
  return a.joinedEpoch - a.baseScore - (b.joinedEpoch - b.baseScore) || a.order - b.order;
}

export function memberRow(member: Member, now: number): Row {
  return [
    ['queue', member.queue],
    ['instance_id', 'single_box'],
    ['uuid', member.uuid],
    ['session_uuid', member.sessionUuid],
    ['cid_number', member.cidNumber],
    ['cid_name', member.cidName],
    ['system_epoch', member.systemEpoch],
    ['joined_epoch', member.joinedEpoch],
    ['rejoined_epoch', member.rejoinedEpoch],
    ['bridge_epoch', member.bridgeEpoch],
    ['abandoned_epoch', member.abandonedEpoch],
    ['base_score', member.baseScore],
    ['skill_score', 0],
    ['serving_agent', member.servingAgent],
    ['serving_system', member.servingSystem],
    ['state', member.state],
    ['score', now - member.joinedEpoch + member.baseScore],
  ];
}
