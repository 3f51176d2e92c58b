// Agents and tiers of the stand-in call centre, and the events that their changes raise (mod_callcenter.c, cc_agent_* and cc_tier_*).
import { agentStates, agentStatuses, newAgent, tierStates, wordIn } from './agent.js';
import type { Agent, AgentState, AgentStatus, Tier } from './agent.js';
import { fireInfo } from './centre-context.js';
import type { CentreContext } from './centre-context.js';
import { Staffing } from './staffing.js';

/** How a change ended. */
export type ChangeResult =
  | 'ok'
  | 'agent-not-found'
  | 'agent-exists'
  | 'invalid-status'
  | 'invalid-state'
  | 'invalid-type'
  | 'invalid-key'
  | 'tier-exists'
  | 'tier-not-found'
  | 'queue-not-found';

const agentTypes = ['callback', 'uuid-standby'] as const;

const numbers = {
  ready_time: 'readyTime',
  busy_delay_time: 'busyDelayTime',
  reject_delay_time: 'rejectDelayTime',
  no_answer_delay_time: 'noAnswerDelayTime',
  max_no_answer: 'maxNoAnswer',
  wrap_up_time: 'wrapUpTime',
} as const;

/** As C's atoi reads it: what is no number is 0. */
export function leadingInteger(text: string): number {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? 0 : value;
}

export class Roster {
  /** Agents that wait for a call and may get one, wrap-up and delays apart. */
  readonly idle = new Set<Agent>();
  readonly #context: CentreContext;
  readonly #agents = new Map<string, Agent>();
  readonly #tiers = new Map<string, Map<string, Tier>>();
  readonly #staffing = new Map<string, Staffing>();
  readonly #onNotAvailable: (agent: Agent) => void;
  #order = 0;

  /** @param onNotAvailable an agent chose another status than Available: a call that rings is to be ended */
  constructor(context: CentreContext, onNotAvailable: (agent: Agent) => void) {
    this.#context = context;
    this.#onNotAvailable = onNotAvailable;
  }

  get agents(): readonly Agent[] {
    return [...this.#agents.values()];
  }

  /** In the order of `tier list`: level, position, then as they were added. */
  get tiers(): readonly Tier[] {
    return [...this.#tiers.values()]
      .flatMap((ofQueue) => [...ofQueue.values()])
      .sort((a, b) => a.level - b.level || a.position - b.position);
  }

  agent(name: string): Agent | undefined {
    return this.#agents.get(name);
  }

  tiersOf(queue: string): readonly Tier[] {
    return [...(this.#tiers.get(queue)?.values() ?? [])];
  }

  tier(queue: string, agent: string): Tier | undefined {
    return this.#tiers.get(queue)?.get(agent);
  }

  /** Which levels of a queue have agents that are logged in. */
  staffing(queue: string): Staffing {
    let staffing = this.#staffing.get(queue);
    if (staffing === undefined) {
      staffing = new Staffing(() => this.#tiers.get(queue)?.values() ?? []);
      this.#staffing.set(queue, staffing);
    }
    return staffing;
  }

  add(name: string, type: string): ChangeResult {
    if (wordIn(agentTypes, type) === undefined) return 'invalid-type';
    if (this.#agents.has(name)) return 'agent-exists';
    this.#agents.set(name, newAgent(name, type, this.#order++));
    fireInfo(this.#context, 'cc_agent_add:915', [
      ['CC-Agent', name],
      ['CC-Agent-Type', type],
      ['CC-Action', 'agent-add'],
    ]);
    return 'ok';
  }

  /** Its tiers go with it; no event says so. */
  remove(name: string): void {
    const agent = this.#agents.get(name);
    if (agent === undefined) return;
    for (const tier of [...agent.tiers]) this.removeTier(tier.queue, name);
    this.#agents.delete(name);
    this.idle.delete(agent);
  }

  /** `agent set KEY NAME VALUE` */
  set(key: string, name: string, value: string): ChangeResult {
    const agent = this.#agents.get(name);
    if (agent === undefined) return 'agent-not-found';
    const lower = key.toLowerCase();
    switch (lower) {
      case 'status': {
        const status = wordIn(agentStatuses, value);
        if (status === undefined) return 'invalid-status';
        this.setStatus(name, status);
        return 'ok';
      }
      case 'state': {
        const state = wordIn(agentStates, value);
        if (state === undefined) return 'invalid-state';
        this.setState(name, state);
        return 'ok';
      }
      case 'type':
        if (wordIn(agentTypes, value) === undefined) return 'invalid-type';
        agent.type = value;
        return 'ok';
      case 'uuid':
        agent.uuid = value;
        return 'ok';
      case 'contact':
        this.#setContact(agent, value);
        return 'ok';
      default:
        return setNumber(agent, lower, value);
    }
  }

  setStatus(name: string, status: AgentStatus): void {
    const agent = this.#agents.get(name);
    if (agent === undefined) return;
    if (status !== 'Available' || agent.status !== status) {
      if (status === 'Available') Object.assign(agent, { talkTime: 0, callsAnswered: 0, noAnswerCount: 0 });
      agent.lastStatusChange = this.#context.stamp.epoch();
    }
    const wasStaffed = agent.status !== 'Logged Out';
    agent.status = status;
    if (wasStaffed !== (status !== 'Logged Out')) this.#restaff(agent);
    this.#noteIdle(agent);
    if (status !== 'Available') this.#onNotAvailable(agent);
    this.#changed(name, '1043', ['agent-status-change', 'CC-Agent-Status', status]);
  }

  setState(name: string, state: AgentState): void {
    const agent = this.#agents.get(name);
    if (agent === undefined) return;
    agent.state = state;
    if (state === 'Receiving') {
      agent.lastOfferedCall = this.#context.stamp.epoch();
      for (const tier of agent.tiers) this.staffing(tier.queue).lastOffered = tier;
    }
    this.#noteIdle(agent);
    this.#changed(name, '1067', ['agent-state-change', 'CC-Agent-State', state]);
  }

  addTier(queue: string, name: string, level: number, position: number): ChangeResult {
    const agent = this.#agents.get(name);
    if (agent === undefined) return 'agent-not-found';
    if (this.tier(queue, name) !== undefined) return 'tier-exists';
    const tier: Tier = { queue, agent, state: 'Ready', level, position };
    const ofQueue = this.#tiers.get(queue) ?? new Map<string, Tier>();
    this.#tiers.set(queue, ofQueue.set(name, tier));
    agent.tiers.add(tier);
    this.staffing(queue).invalidate();
    return 'ok';
  }

  removeTier(queue: string, name: string): void {
    const tier = this.tier(queue, name);
    if (tier === undefined) return;
    this.#tiers.get(queue)?.delete(name);
    tier.agent.tiers.delete(tier);
    this.staffing(queue).forget(tier);
  }

  /** `tier set KEY QUEUE AGENT VALUE` */
  setTier(tier: Tier, key: string, value: string): ChangeResult {
    const lower = key.toLowerCase();
    if (lower === 'state') {
      const state = wordIn(tierStates, value);
      if (state === undefined) return 'invalid-state';
      tier.state = state;
    } else if (lower === 'level' || lower === 'position') {
      tier[lower] = leadingInteger(value);
      this.staffing(tier.queue).invalidate();
    } else {
      return 'invalid-key';
    }
    return 'ok';
  }

  /** After an unclean end: nobody is in a call. */
  reset(): void {
    for (const agent of this.#agents.values()) {
      agent.state = 'Waiting';
      agent.uuid = '';
      agent.externalCallsCount = 0;
      for (const tier of agent.tiers) tier.state = 'Ready';
      this.#noteIdle(agent);
    }
  }

  #setContact(agent: Agent, contact: string): void {
    agent.contact = contact;
    this.#changed(agent.name, '1091', ['agent-contact-change', 'CC-Agent-Contact', contact]);
  }

  #changed(name: string, line: string, [action, header, value]: readonly [string, string, string]): void {
    fireInfo(this.#context, `cc_agent_update:${line}`, [
      ['CC-Agent', name],
      ['CC-Action', action],
      [header, value],
    ]);
  }

  #noteIdle(agent: Agent): void {
    const isAvailable = agent.status === 'Available' || agent.status === 'Available (On Demand)';
    if (agent.state === 'Waiting' && isAvailable) this.idle.add(agent);
    else this.idle.delete(agent);
  }

  #restaff(agent: Agent): void {
    for (const tier of agent.tiers) this.staffing(tier.queue).invalidate();
  }
}

function setNumber(agent: Agent, key: string, value: string): ChangeResult {
  if (!Object.hasOwn(numbers, key)) return 'invalid-key';
  agent[numbers[key as keyof typeof numbers]] = leadingInteger(value);
  return 'ok';
}
