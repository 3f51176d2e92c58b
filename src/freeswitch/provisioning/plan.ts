// The difference between what the settings ask of a centre and what it has, as ordered steps. Pure.
//
// What is not in the ledger was made by hand and stays as it is: agents keep their attributes and tiers their places, whatever the
// settings say; that is noted, never changed. Agents that the settings name get their tiers from us whoever made the agent.
import type { ActualAgent, ActualCentre } from './actual-centre.js';
import { agentKeys, queueKeys, tierKey } from './desired-centre.js';
import type {
  AgentAttributes,
  AgentKey,
  DesiredAgent,
  DesiredCentre,
  DesiredTier,
  QueueKey,
  TierPlace,
} from './desired-centre.js';
import type { Ledger } from './ledger.js';

export interface QueueChange {
  readonly key: QueueKey;
  readonly before: string;
  readonly value: string;
}

export type TierKeyName = 'level' | 'position';

/** One thing to do. `load-queue` and `reload-queue` need XML that has the queue; all others are one command each. */
export type PlanStep =
  | { readonly kind: 'load-queue'; readonly queue: string }
  | { readonly kind: 'reload-queue'; readonly queue: string; readonly changes: readonly QueueChange[] }
  | { readonly kind: 'add-agent'; readonly agent: string }
  | {
      readonly kind: 'set-agent';
      readonly agent: string;
      readonly key: AgentKey;
      readonly value: string;
      /** Absent for an agent that is added by the same plan. */
      readonly before?: string;
    }
  | { readonly kind: 'remove-agent'; readonly agent: string }
  | ({ readonly kind: 'add-tier' } & DesiredTier)
  | ({
      readonly kind: 'set-tier';
      readonly key: TierKeyName;
      readonly value: number;
      readonly before: number;
    } & TierPlace)
  | ({ readonly kind: 'remove-tier' } & TierPlace);

export type AgentStep = Extract<PlanStep, { agent: string }>;

/** Something left as it is, or worth knowing before the plan is applied. */
export interface PlanNote {
  /** The agent, or agent and queue. */
  readonly about: string;
  readonly note: string;
}

export interface CentrePlan {
  readonly centre: string;
  /** In the order in which they are safe: what is missing first, what goes last. */
  readonly steps: readonly PlanStep[];
  readonly notes: readonly PlanNote[];
  /** Entries of the ledger that the centre does not have and nobody wants: dropped without a command. */
  readonly forgotten: { readonly agents: readonly string[]; readonly tiers: readonly string[] };
}

/** What `agent add` makes of an agent. */
const freshAttributes: AgentAttributes = {
  type: 'callback',
  contact: '',
  max_no_answer: '0',
  wrap_up_time: '0',
  reject_delay_time: '0',
  busy_delay_time: '0',
  no_answer_delay_time: '0',
};

/** Plans nothing when the centre is as the settings ask. */
export function planCentre(desired: DesiredCentre, actual: ActualCentre, ledger: Ledger): CentrePlan {
  const notes: PlanNote[] = [];
  const agents = agentSteps(desired, actual, { ledger, notes });
  const tiers = tierSteps(desired, actual, { ledger, notes });
  const removedTiers = tiersToRemove(desired, actual, ledger);
  const removedAgents = agentsToRemove(desired, actual, { ledger, notes });
  const steps = [...queueSteps(desired, actual), ...agents, ...tiers, ...removedTiers, ...removedAgents];
  notes.push(...busyAgents(steps, actual));
  return { centre: desired.centre, steps, notes, forgotten: forgotten(desired, actual, ledger) };
}

function queueSteps(desired: DesiredCentre, actual: ActualCentre): readonly PlanStep[] {
  return desired.queues.flatMap(({ name, parameters }): readonly PlanStep[] => {
    const found = actual.queues.get(name);
    if (found === undefined) return [{ kind: 'load-queue', queue: name }];
    const changes = queueKeys
      .filter((key) => found[key] !== parameters[key])
      .map((key) => ({ key, before: found[key], value: parameters[key] }));
    return changes.length === 0 ? [] : [{ kind: 'reload-queue', queue: name, changes }];
  });
}

interface Context {
  readonly ledger: Ledger;
  readonly notes: PlanNote[];
}

function agentSteps(
  desired: DesiredCentre,
  actual: ActualCentre,
  { ledger, notes }: Context,
): readonly PlanStep[] {
  return desired.agents.flatMap((agent): readonly PlanStep[] => {
    const found = actual.agents.get(agent.name);
    if (found === undefined) {
      const settings = changedKeys(agent, freshAttributes).map((key) => setAgent(agent, key));
      return [{ kind: 'add-agent', agent: agent.name }, ...settings];
    }
    const changed = changedKeys(agent, found.attributes);
    if (ledger.agents.has(agent.name)) {
      return changed.map((key) => ({ ...setAgent(agent, key), before: found.attributes[key] }));
    }
    if (changed.length > 0) {
      notes.push({
        about: agent.name,
        note: `made by hand: ${fewNames(changed)} not as in centres.yaml, and left so`,
      });
    }
    return [];
  });
}

function fewNames(keys: readonly AgentKey[]): string {
  const [first = '', second, ...more] = keys;
  if (second === undefined) return first;
  return more.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${more.length} more`;
}

function changedKeys(agent: DesiredAgent, found: AgentAttributes): readonly AgentKey[] {
  return agentKeys.filter((key) => agent.attributes[key] !== found[key]);
}

function setAgent(agent: DesiredAgent, key: AgentKey): PlanStep & { readonly kind: 'set-agent' } {
  return { kind: 'set-agent', agent: agent.name, key, value: agent.attributes[key] };
}

function tierSteps(
  desired: DesiredCentre,
  actual: ActualCentre,
  { ledger, notes }: Context,
): readonly PlanStep[] {
  return desired.tiers.flatMap((tier): readonly PlanStep[] => {
    const { queue, agent } = tier;
    const found = actual.tiers.get(tierKey(tier));
    if (found === undefined) return [{ kind: 'add-tier', ...tier }];
    const changed = (['level', 'position'] as const).filter((key) => found[key] !== tier[key]);
    if (ledger.tiers.has(tierKey(tier))) {
      return changed.map((key) => ({
        kind: 'set-tier',
        queue,
        agent,
        key,
        value: tier[key],
        before: found[key],
      }));
    }
    if (changed.length > 0) {
      const is = `level ${found.level}, position ${found.position}`;
      const wanted = `level ${tier.level}, position ${tier.position}`;
      notes.push({
        about: `${agent} in ${queue}`,
        note: `tier made by hand: left at ${is} (${wanted} by skills)`,
      });
    }
    return [];
  });
}

function tiersToRemove(desired: DesiredCentre, actual: ActualCentre, ledger: Ledger): readonly PlanStep[] {
  const wanted = new Set(desired.tiers.map(tierKey));
  return [...ledger.tiers]
    .filter(([key]) => !wanted.has(key) && actual.tiers.has(key))
    .map(([, { queue, agent }]) => ({ kind: 'remove-tier', queue, agent }));
}

/** `agent del` takes the agent out whatever it does, and every tier with it: so never while it is logged in or has tiers by hand. */
function agentsToRemove(
  desired: DesiredCentre,
  actual: ActualCentre,
  { ledger, notes }: Context,
): readonly PlanStep[] {
  const wanted = new Set(desired.agents.map((one) => one.name));
  const queuesByHand = new Map<string, string>();
  for (const [key, { agent, queue }] of actual.tiers)
    if (!ledger.tiers.has(key)) queuesByHand.set(agent, queue);
  return [...ledger.agents].flatMap((name): readonly PlanStep[] => {
    const found = actual.agents.get(name);
    if (wanted.has(name) || found === undefined) return [];
    const queue = queuesByHand.get(name);
    if (queue !== undefined) {
      notes.push({
        about: name,
        note: `in no settings, but left: its tier in ${queue} was made by hand`,
      });
      return [];
    }
    if (found.status !== 'Logged Out') {
      notes.push({
        about: name,
        note: `in no settings, but ${found.status}: apply again after log-out`,
      });
      return [];
    }
    return [{ kind: 'remove-agent', agent: name }];
  });
}

/** mod_callcenter lets a call that rings or runs go on whatever becomes of the tier, so nothing has to wait for it. */
function busyAgents(steps: readonly PlanStep[], actual: ActualCentre): readonly PlanNote[] {
  const tierKinds: readonly PlanStep['kind'][] = ['add-tier', 'set-tier', 'remove-tier'];
  const touched = new Set(
    steps.flatMap((one) => ('agent' in one && tierKinds.includes(one.kind) ? [one.agent] : [])),
  );
  return [...touched].flatMap((name) => {
    const agent = actual.agents.get(name);
    if (agent === undefined || !isBusy(agent)) return [];
    return [
      { about: name, note: `in a call (${agent.state}), which goes on: its tiers count from the next` },
    ];
  });
}

function isBusy({ state }: ActualAgent): boolean {
  return state === 'In a queue call' || state === 'Receiving' || state === 'Reserved';
}

function forgotten(desired: DesiredCentre, actual: ActualCentre, ledger: Ledger): CentrePlan['forgotten'] {
  const agents = new Set(desired.agents.map((one) => one.name));
  const tiers = new Set(desired.tiers.map(tierKey));
  return {
    agents: [...ledger.agents].filter((name) => !agents.has(name) && !actual.agents.has(name)),
    tiers: [...ledger.tiers.keys()].filter((key) => !tiers.has(key) && !actual.tiers.has(key)),
  };
}
