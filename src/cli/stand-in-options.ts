// A centre of the settings as a stand-in centre: its queues, its programs, and agents without phones to serve them.
import { skillTiers, tierRules } from '../callcenter/index.js';
import type { DerivedQueue } from '../callcenter/index.js';
import type { Settings, SkillStep } from '../config/index.js';
import type {
  AgentProfile,
  AgentSettings,
  ProgramSettings,
  QueueSettings,
  QueueStrategy,
  TierSettings,
} from '../switch-standin/index.js';

type Centre = Settings['centres']['centres'][number];

/** Simulated agents of one queue, at most. */
const mostAgentsOfQueue = 50;
/** Of agents that are named in the settings. */
const namedProfile = 'agent';

export interface StandInPeople {
  readonly queues: readonly QueueSettings[];
  readonly programs: readonly ProgramSettings[];
  readonly agents: readonly AgentSettings[];
  readonly tiers: readonly TierSettings[];
  readonly profiles: Readonly<Record<string, AgentProfile>>;
}

/** A queue as it is there: of the settings, or derived for a presentation. */
interface PlannedQueue {
  readonly queue: string;
  readonly requires: readonly SkillStep[] | undefined;
  readonly strategy: QueueStrategy;
  /** The queue of the settings whose agents serve it where none are named. */
  readonly base: string;
}

/**
 * @param derived queues that presentations ask for there
 * @param date of today, such as 2026-11-26: qualifications expire
 * @param first simulated agents that are asked before the others of their queue: calls reach those whom somebody has logged in as
 */
export function standInPeople(
  centre: Centre,
  derived: readonly DerivedQueue[],
  date: string,
  first: ReadonlySet<string> = new Set(),
): StandInPeople {
  const programs = centre.ivrPools.map(({ program, ports, holdingTimeSeconds }) => ({
    program,
    ports,
    holdingTimeSeconds,
  }));
  const planned = plannedQueues(centre, derived);
  const queues = planned.map(({ queue, strategy, requires }) => ({
    name: queue,
    strategy,
    ...(requires === undefined ? {} : skillRules),
  }));
  const people =
    centre.agents.length > 0 ? namedPeople(centre, planned, date) : staffedPeople(centre, planned, first);
  return { queues, programs, ...people };
}

/** As `proffer centres xml` writes them. */
const skillRules = {
  tierRulesApply: tierRules.apply,
  tierRuleWaitSeconds: tierRules.waitSeconds,
  tierRuleWaitMultiplyLevel: tierRules.multiplyByLevel,
  tierRuleNoAgentNoWait: tierRules.noAgentNoWait,
};

function plannedQueues(centre: Centre, derived: readonly DerivedQueue[]): readonly PlannedQueue[] {
  const strategies = new Map(centre.queues.map((one) => [one.queue, one.queueStrategy]));
  return [
    ...centre.queues.map(({ queue, requires, queueStrategy: strategy }) => ({
      queue,
      requires,
      strategy,
      base: queue,
    })),
    ...derived
      .filter((one) => one.centre === centre.centre)
      .map(({ queue, requires, baseQueue: base }) => ({
        queue,
        requires,
        base,
        strategy: strategies.get(base) ?? ('longest-idle-agent' as const),
      })),
  ];
}

function behaviour(talkSeconds: number): AgentProfile {
  return {
    answerMs: [1000, 4000],
    refuseShare: 0.02,
    meanTalkMs: 1000 * talkSeconds,
    breakEveryMs: 3_600_000,
    breakMs: 300_000,
  };
}

function namedPeople(
  centre: Centre,
  planned: readonly PlannedQueue[],
  date: string,
): Pick<StandInPeople, 'agents' | 'tiers' | 'profiles'> {
  const talks = centre.queues.map(({ handlingTimeSeconds }) => handlingTimeSeconds);
  const meanTalk = talks.reduce((sum, one) => sum + one, 0) / talks.length;
  const tiers = planned.flatMap(({ queue, requires }): readonly TierSettings[] =>
    requires === undefined
      ? centre.agents.map(({ agent }) => ({ queue, agent }))
      : skillTiers(centre.agents, requires, date).map((tier) => ({ queue, ...tier })),
  );
  return {
    tiers,
    profiles: { [namedProfile]: behaviour(meanTalk) },
    agents: centre.agents.map((one) => ({
      name: one.agent,
      // A phone that is given is rung; all others answer by themselves.
      contact: one.contact?.includes('sofia/') === true ? one.contact : `simulated/${namedProfile}`,
      status: 'Available',
      maxNoAnswer: one.maxNoAnswer,
      wrapUpSeconds: one.wrapUpSeconds,
      rejectDelaySeconds: one.rejectDelaySeconds,
      busyDelaySeconds: one.busyDelaySeconds,
      noAnswerDelaySeconds: one.noAnswerDelaySeconds,
    })),
  };
}

function staffedPeople(
  centre: Centre,
  planned: readonly PlannedQueue[],
  first: ReadonlySet<string>,
): Pick<StandInPeople, 'agents' | 'tiers' | 'profiles'> {
  const staff = centre.queues.flatMap(({ queue, staffedAgents }) =>
    Array.from({ length: Math.min(staffedAgents, mostAgentsOfQueue) }, (_, at) => ({
      queue,
      agent: `sim-${queue}-${at + 1}`,
    })),
  );
  return {
    profiles: Object.fromEntries(
      centre.queues.map(({ queue, handlingTimeSeconds }) => [queue, behaviour(handlingTimeSeconds)]),
    ),
    agents: staff.map(({ queue, agent }) => ({
      name: agent,
      contact: `simulated/${queue}`,
      status: 'Available',
      wrapUpSeconds: 10,
      rejectDelaySeconds: 10,
    })),
    tiers: planned.flatMap(({ queue, base, requires }) =>
      staff
        .filter((one) => one.queue === base)
        // Where levels are not waited for.
        .map(({ agent }) => ({
          queue,
          agent,
          ...(requires === undefined && first.has(agent) ? { level: 0 } : {}),
        })),
    ),
  };
}
