// Port: what the API knows of live centres and calls, and what it can do with them. src/cli wires it to the router.
import type { RouteAnswer, RouteTarget, StatusAnswer } from '../callcenter/index.js';

export interface CentreView {
  readonly centre: string;
  /** Its feed: `live`, `connecting`, `silent`, `down`, `refused`, or `none` where no event socket is configured. */
  readonly feed: string;
  readonly reason: string | undefined;
  readonly ageMs: number | undefined;
  /** By health check; undefined before the first result. */
  readonly isUp: boolean | undefined;
}

export interface QueueView {
  /** `centre/queue` */
  readonly destination: string;
  readonly kind: 'queue' | 'ivr';
  readonly isDraining: boolean;
  /** Agents staffed or ports there are; undefined is unknown. */
  readonly servers: number | undefined;
  readonly freeServers: number | undefined;
  readonly membersWaiting: number | undefined;
  readonly longestWaitMs: number | undefined;
  /** Expected wait of a call that comes now, in seconds; undefined when unknown, null when nobody serves. */
  readonly expectedWaitSeconds: number | null | undefined;
  readonly serviceLevel: number | undefined;
  readonly readingAgeMs: number | undefined;
}

export interface AgentView {
  readonly centre: string;
  readonly agent: string;
  readonly status: string;
  readonly state: string;
  readonly isFree: boolean;
  /** Since status and state are so, in milliseconds. */
  readonly sinceMs: number;
  readonly tiers: readonly { readonly queue: string; readonly level: number; readonly position: number }[];
}

export interface LiveCallView {
  readonly decisionId: string;
  readonly partner: string;
  readonly customer: string | undefined;
  /** The offer that the call is routed for. */
  readonly offer: string | undefined;
  /** What was presented before, such as `ACME-TRAVEL:declined`. */
  readonly presented: readonly string[];
  /** Where it is; undefined while it is on its way. */
  readonly centre: string | undefined;
  readonly queue: string | undefined;
  readonly agent: string | undefined;
  /** `routed`, `waiting`, `ringing`, `talking` */
  readonly state: string;
  readonly sinceMs: number;
}

export interface LiveOperations {
  centres(): readonly CentreView[];
  queues(): readonly QueueView[];
  /** Which destinations, as centre/queue, calls of these partners may go to. @param partners undefined: all */
  seenBy(partners: readonly string[] | undefined): (destination: string) => boolean;
  agents(): readonly AgentView[];
  calls(): readonly LiveCallView[];
  call(decisionId: string): LiveCallView | undefined;
  route(decisionId: string, target: RouteTarget): Promise<RouteAnswer>;
  setAgentStatus(centre: string, agent: string, status: string): Promise<StatusAnswer>;
}
