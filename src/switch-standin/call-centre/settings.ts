// Settings of the stand-in of mod_callcenter: what callcenter.conf.xml of FreeSWITCH holds.

export const queueStrategies = [
  'ring-all',
  'ring-progressively',
  'longest-idle-agent',
  'round-robin',
  'top-down',
  'agent-with-least-talk-time',
  'agent-with-fewest-calls',
  'sequentially-by-agent-order',
  'random',
] as const;
export type QueueStrategy = (typeof queueStrategies)[number];

/** A queue; defaults are those of mod_callcenter. */
export interface QueueSettings {
  /** `cards-sales@default` */
  readonly name: string;
  /** Default `longest-idle-agent`. */
  readonly strategy?: QueueStrategy;
  readonly mohSound?: string;
  /** `system` counts the time before the member joined as well. Default `queue`. */
  readonly timeBaseScore?: 'queue' | 'system';
  /** Default false. */
  readonly tierRulesApply?: boolean;
  /** Default 0. */
  readonly tierRuleWaitSeconds?: number;
  /** Default false. */
  readonly tierRuleWaitMultiplyLevel?: boolean;
  /** Default true. */
  readonly tierRuleNoAgentNoWait?: boolean;
  /** How long an abandoned member is kept. Default 60. */
  readonly discardAbandonedAfterSeconds?: number;
  /** Default false. */
  readonly abandonedResumeAllowed?: boolean;
  /** 0 is for ever, the default. */
  readonly maxWaitSeconds?: number;
  /** 0 is for ever, the default. */
  readonly maxWaitWithNoAgentSeconds?: number;
  /** Grace of who joined lately. Default 5. */
  readonly maxWaitWithNoAgentTimeReachedSeconds?: number;
  readonly recordTemplate?: string;
  /** Default 0, which counts as 10. */
  readonly ringProgressivelyDelaySeconds?: number;
  /** Default true. */
  readonly skipAgentsWithExternalCalls?: boolean;
  /** Default `On Break`. */
  readonly agentNoAnswerStatus?: string;
}

/** An agent; times default to 0. */
export interface AgentSettings {
  /** `1001@default` */
  readonly name: string;
  /** Default `callback`. */
  readonly type?: string;
  /** `[leg_timeout=10]sofia/internal/agent1001@127.0.0.1:5095` */
  readonly contact?: string;
  /** Default: as it was, `Logged Out` for a new one. */
  readonly status?: string;
  /** Calls in a row that are not answered before the agent is sent on break. 0 is never. */
  readonly maxNoAnswer?: number;
  readonly wrapUpSeconds?: number;
  readonly rejectDelaySeconds?: number;
  readonly busyDelaySeconds?: number;
  readonly noAnswerDelaySeconds?: number;
}

export interface TierSettings {
  readonly queue: string;
  readonly agent: string;
  /** Default 1. */
  readonly level?: number;
  /** Default 1. */
  readonly position?: number;
}

export interface CallCentreSettings {
  readonly queues: readonly QueueSettings[];
  readonly agents: readonly AgentSettings[];
  readonly tiers: readonly TierSettings[];
}
