// A centre of the settings as a stand-in centre: its queues, its programs, and agents without phones to serve them.
import type { Settings } from '../config/index.js';
import type {
  AgentProfile,
  AgentSettings,
  ProgramSettings,
  QueueSettings,
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

/**
 * @param tiers which agent serves which queue, where the centre names its agents
 */
export function standInPeople(centre: Centre, tiers: readonly TierSettings[]): StandInPeople {
  const programs = centre.ivrPools.map(({ program, ports, holdingTimeSeconds }) => ({
    program,
    ports,
    holdingTimeSeconds,
  }));
  const queues = centre.queues.map(({ queue, queueStrategy }) => ({ name: queue, strategy: queueStrategy }));
  const people = centre.agents.length > 0 ? namedPeople(centre, tiers) : staffedPeople(centre);
  return { queues, programs, ...people };
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
  tiers: readonly TierSettings[],
): Pick<StandInPeople, 'agents' | 'tiers' | 'profiles'> {
  const talks = centre.queues.map(({ handlingTimeSeconds }) => handlingTimeSeconds);
  const meanTalk = talks.reduce((sum, one) => sum + one, 0) / talks.length;
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

function staffedPeople(centre: Centre): Pick<StandInPeople, 'agents' | 'tiers' | 'profiles'> {
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
    tiers: staff,
  };
}
