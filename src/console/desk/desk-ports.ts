// Ports of the agents' desks: what they need of the router, the centres and the records. src/cli wires them.
import type { AgentReading, RouteAnswer, StatusAnswer } from '../../callcenter/index.js';
import type { CandidateTrace } from '../../decision/index.js';
import type { KnownOffer } from './desk-pairs.js';
import type { DeskToday, OpenOnDesk, PresentationForCaller } from './desk-view.js';

/** An offer as the call's decision weighed it. */
export interface WeighedOffer extends Pick<CandidateTrace, 'removedBy' | 'removedWhy'> {
  readonly offer: string;
  readonly propensity: number | undefined;
  readonly offerValue: number | undefined;
  readonly isBoosted: boolean;
}

/** A call of this router. */
export interface KnownCall {
  readonly partner: string;
  readonly caller: string | undefined;
  readonly offer: string | undefined;
  readonly offers: readonly WeighedOffer[];
}

/** Every operation may reject with an error whose code is RECORDS_UNAVAILABLE. */
export interface DeskRecords {
  /** @param agent who logged in, or `centre/agent` */
  today(agent: string, since: number): Promise<DeskToday>;
  undispositioned(agent: string): Promise<readonly OpenOnDesk[]>;
  countUndispositioned(agent: string): Promise<number>;
  /** What this router still has to tell the records is told now, as far as that goes at once. */
  catchUp(): Promise<void>;
}

export type PresentedAnswer =
  | { readonly kind: 'done' }
  | Extract<RouteAnswer, { kind: 'unknown-call' }>
  | { readonly kind: 'not-entitled' | 'not-yours'; readonly message: string };

export interface DeskPorts {
  callOf(decisionId: string): KnownCall | undefined;
  offerOf(code: string): KnownOffer | undefined;
  partnerName(partner: string): string;
  /** Where an offer could be presented now to a call at this centre. */
  presentationsOf(partner: string, offer: string, centre: string): readonly PresentationForCaller[];
  /** Undefined while the feed of the centre is not live. */
  agentOf(centre: string, agent: string): AgentReading | undefined;
  isLive(centre: string): boolean;
  setStatus(centre: string, agent: string, status: string): Promise<StatusAnswer>;
  /** A person wants an agent to have this status: told before it is set and after. */
  wished(centre: string, agent: string, status: string): void;
  /** Notes that the agent presents an offer to the call, whether it talks or is over. */
  present(
    decisionId: string,
    by: { readonly centre: string; readonly queue: string; readonly agent: string; readonly isOver: boolean },
    offer: string,
  ): PresentedAnswer;
  /** True: agents see whole numbers of callers. */
  isCallerShown(): boolean;
  readonly records: DeskRecords | undefined;
}
