// What the settings ask of the mod_callcenter of one centre: queues with steps of skills, agents, tiers.
import { skillTiers, tierRules } from '../../callcenter/index.js';
import type { DerivedQueue } from '../../callcenter/index.js';
import type { AgentSettings, Centre, Queue, SkillStep } from '../../config/index.js';
import { fullName, safeWord } from './names.js';

/** What is set of an agent, by the key of `callcenter_config agent set`. */
export const agentKeys = [
  'type',
  'contact',
  'max_no_answer',
  'wrap_up_time',
  'reject_delay_time',
  'busy_delay_time',
  'no_answer_delay_time',
] as const;
export type AgentKey = (typeof agentKeys)[number];
export type AgentAttributes = Readonly<Record<AgentKey, string>>;

/** What is compared of a queue, by the column of `callcenter_config queue list`. */
export const queueKeys = [
  'strategy',
  'tier_rules_apply',
  'tier_rule_wait_second',
  'tier_rule_wait_multiply_level',
  'tier_rule_no_agent_no_wait',
] as const;
export type QueueKey = (typeof queueKeys)[number];
export type QueueParameters = Readonly<Record<QueueKey, string>>;

export interface DesiredQueue {
  /** `<queue>@<domain>`. */
  readonly name: string;
  readonly parameters: QueueParameters;
  readonly steps: readonly SkillStep[];
  /** Such as `ACME-PLATINUM/agents`; absent for a queue of centres.yaml. */
  readonly presentation?: string;
}

export interface DesiredAgent {
  readonly name: string;
  readonly attributes: AgentAttributes;
}

export interface TierPlace {
  readonly queue: string;
  readonly agent: string;
}

export interface DesiredTier extends TierPlace {
  readonly level: number;
  readonly position: number;
}

export interface DesiredCentre {
  readonly centre: string;
  readonly domain: string;
  readonly queues: readonly DesiredQueue[];
  readonly agents: readonly DesiredAgent[];
  readonly tiers: readonly DesiredTier[];
}

/**
 * What the settings ask of a centre.
 * @param derived of all centres; those of others are left out
 * @param date the day on which skills are looked at, as `2026-12-31`
 * @throws UnsafeValueError
 */
export function desiredCentre(centre: Centre, derived: readonly DerivedQueue[], date: string): DesiredCentre {
  const domain = centre.eventSocket?.domain ?? 'default';
  const queues = [
    ...centre.queues.flatMap((one) =>
      one.requires === undefined ? [] : [desiredQueue(one.queue, one, one.requires, domain)],
    ),
    ...derived.filter((one) => one.centre === centre.centre).map((one) => besideQueue(centre, one, domain)),
  ];
  const tiers = queues.flatMap(({ name, steps }) =>
    skillTiers(centre.agents, steps, date).map((one) => ({
      queue: name,
      agent: fullName('agent', one.agent, domain),
      level: one.level,
      position: one.position,
    })),
  );
  const agents = centre.agents.map((one) => desiredAgent(one, domain));
  return { centre: centre.centre, domain, queues, agents, tiers };
}

/** By what a tier is known: mod_callcenter has one at most of an agent in a queue. */
export function tierKey({ queue, agent }: TierPlace): string {
  return `${queue}|${agent}`;
}

function besideQueue(centre: Centre, derived: DerivedQueue, domain: string): DesiredQueue {
  const base = centre.queues.find((one) => one.queue === derived.baseQueue);
  const queue = desiredQueue(derived.queue, base, derived.requires, domain);
  return { ...queue, presentation: `${derived.offer}/${derived.presentation}` };
}

function desiredQueue(
  id: string,
  settings: Pick<Queue, 'queueStrategy'> | undefined,
  steps: readonly SkillStep[],
  domain: string,
): DesiredQueue {
  return {
    name: fullName('queue', id, domain),
    steps,
    parameters: {
      strategy: settings?.queueStrategy ?? 'longest-idle-agent',
      tier_rules_apply: String(tierRules.apply),
      tier_rule_wait_second: String(tierRules.waitSeconds),
      tier_rule_wait_multiply_level: String(tierRules.multiplyByLevel),
      tier_rule_no_agent_no_wait: String(tierRules.noAgentNoWait),
    },
  };
}

function desiredAgent(settings: AgentSettings, domain: string): DesiredAgent {
  const name = fullName('agent', settings.agent, domain);
  return {
    name,
    attributes: {
      type: 'callback',
      contact: safeWord(`contact of agent ${name}`, settings.contact ?? `user/${name}`),
      max_no_answer: String(settings.maxNoAnswer),
      wrap_up_time: String(settings.wrapUpSeconds),
      reject_delay_time: String(settings.rejectDelaySeconds),
      busy_delay_time: String(settings.busyDelaySeconds),
      no_answer_delay_time: String(settings.noAnswerDelaySeconds),
    },
  };
}
