// Agents and tiers as mod_callcenter keeps them, and their rows in `agent list` and `tier list`.

export const agentStatuses = ['Logged Out', 'Available', 'Available (On Demand)', 'On Break'] as const;
export type AgentStatus = (typeof agentStatuses)[number];

export const agentStates = ['Waiting', 'Receiving', 'In a queue call', 'Idle', 'Reserved'] as const;
export type AgentState = (typeof agentStates)[number];

export const tierStates = ['No Answer', 'Ready', 'Offering', 'Active Inbound', 'Standby'] as const;
export type TierState = (typeof tierStates)[number];

/** mod_callcenter compares these words in any case. */
export function wordIn<T extends string>(words: readonly T[], text: string): T | undefined {
  const lower = text.toLowerCase();
  return words.find((word) => word.toLowerCase() === lower);
}

/** Times are seconds, moments seconds since the Unix epoch. */
export interface Agent {
  readonly name: string;
  /** When it was added, among all: the order of `agent list`. */
  readonly order: number;
  readonly tiers: Set<Tier>;
  /** Of its channel in a call; undefined until it had one. */
  uuid: string | undefined;
  type: string;
  contact: string | undefined;
  status: AgentStatus;
  state: AgentState;
  maxNoAnswer: number;
  wrapUpTime: number;
  rejectDelayTime: number;
  busyDelayTime: number;
  noAnswerDelayTime: number;
  lastBridgeStart: number;
  lastBridgeEnd: number;
  lastOfferedCall: number;
  lastStatusChange: number;
  noAnswerCount: number;
  callsAnswered: number;
  talkTime: number;
  readyTime: number;
  externalCallsCount: number;
}

export interface Tier {
  readonly queue: string;
  readonly agent: Agent;
  state: TierState;
  level: number;
  position: number;
}

/** Columns with their values; one that is not set is undefined. */
export type Row = readonly (readonly [column: string, value: string | number | undefined])[];

export function newAgent(name: string, type: string, order: number): Agent {
  return {
    name,
    order,
    tiers: new Set(),
    uuid: undefined,
    type,
    contact: undefined,
    status: 'Logged Out',
    state: 'Waiting',
    maxNoAnswer: 0,
    wrapUpTime: 0,
    rejectDelayTime: 0,
    busyDelayTime: 0,
    noAnswerDelayTime: 0,
    lastBridgeStart: 0,
    lastBridgeEnd: 0,
    lastOfferedCall: 0,
    lastStatusChange: 0,
    noAnswerCount: 0,
    callsAnswered: 0,
    talkTime: 0,
    readyTime: 0,
    externalCallsCount: 0,
  };
}

export function agentRow(agent: Agent): Row {
  return [
    ['name', agent.name],
    ['instance_id', 'single_box'],
    ['uuid', agent.uuid],
    ['type', agent.type],
    ['contact', agent.contact],
    ['status', agent.status],
    ['state', agent.state],
    ['max_no_answer', agent.maxNoAnswer],
    ['wrap_up_time', agent.wrapUpTime],
    ['reject_delay_time', agent.rejectDelayTime],
    ['busy_delay_time', agent.busyDelayTime],
    ['no_answer_delay_time', agent.noAnswerDelayTime],
    ['last_bridge_start', agent.lastBridgeStart],
    ['last_bridge_end', agent.lastBridgeEnd],
    ['last_offered_call', agent.lastOfferedCall],
    ['last_status_change', agent.lastStatusChange],
    ['no_answer_count', agent.noAnswerCount],
    ['calls_answered', agent.callsAnswered],
    ['talk_time', agent.talkTime],
    ['ready_time', agent.readyTime],
    ['external_calls_count', agent.externalCallsCount],
  ];
}

export function tierRow(tier: Tier): Row {
  return [
    ['queue', tier.queue],
    ['agent', tier.agent.name],
    ['state', tier.state],
    ['level', tier.level],
    ['position', tier.position],
  ];
}
