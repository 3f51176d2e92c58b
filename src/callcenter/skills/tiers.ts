// Skills as tiers of mod_callcenter, which knows none: the step that an agent meets becomes the level of its tier, how well it is
// qualified the position within the level.
//
// How mod_callcenter compares level and waiting (mod_callcenter.c at cc93a683, agents_callback). On every pass, ten a second, the agents
// of a queue who are not Logged Out are gone through by rising level. Entering a level above the one reached so far (0 at the start of
// each pass) is allowed if
//   tier_rule_no_agent_no_wait and no agent has been gone through yet in this pass, or
//   tier_rule_wait_multiply_level and seconds since the member joined >= level x tier_rule_wait_second,
// and otherwise the pass is over for this member. So with tier_rule_wait_second = 1, multiplied, the level is the wait in seconds:
//   - level 0 is never above the one reached, so the first step is asked at once; a level of 1 would wait for a second;
//   - step n gets the sum of the seconds of the steps before it, and ">=" offers it when that sum has passed. Both times are whole
//     seconds cut off, so it may be up to one second early and a pass (0.1 s) late;
//   - with tier_rule_no_agent_no_wait the lowest level at which anybody is logged in is asked at once, so nobody waits for agents who
//     are not there. An agent On Break or in a call counts as there. It holds for the lowest level only: an empty level between two
//     others shortens nothing.
// Two strategies do not go by rising level from the bottom each time. round-robin begins behind the agent asked last, wherever that is,
// and so asks a later step at once or stops before the first: settings refuse it for queues with more than one step. top-down begins
// behind the agent that this member was offered to last: when everybody of a step has been tried, the next step is asked at once.
import type { SkillStep } from '../../config/index.js';
import { firstStepMet, skillLevelAt } from './qualification.js';
import type { SkilledAgent } from './qualification.js';

/** The tier rules that `stepLevels` counts on; the same for every provisioned queue. */
export const tierRules = {
  apply: true,
  waitSeconds: 1,
  multiplyByLevel: true,
  noAgentNoWait: true,
} as const;

/** An agent's tier in one queue. */
export interface SkillTier {
  readonly agent: string;
  /** Seconds a caller has waited before the agent is asked too; 0 for the first step. */
  readonly level: number;
  /** From 1, within the level. */
  readonly position: number;
}

/** The tier level of each step: the seconds of the steps before it. */
export function stepLevels(steps: readonly SkillStep[]): readonly number[] {
  let waited = 0;
  return steps.map((step) => {
    const level = waited;
    waited += step.forSeconds ?? 0;
    return level;
  });
}

/**
 * The tiers of a queue. An agent stands at the first step it meets; within a step the better qualified come first, equals by agent id.
 * How qualified is the sum of the levels of the skills that the step asks for; where it asks for none, of those that any step does.
 * @param date the day as `2026-12-31`
 * @returns by level, then position; agents that meet no step have no tier
 */
export function skillTiers(
  agents: readonly SkilledAgent[],
  steps: readonly SkillStep[],
  date: string,
): readonly SkillTier[] {
  const levels = stepLevels(steps);
  const ranked = agents.flatMap((agent) => {
    const step = firstStepMet(agent, steps, date);
    if (step === undefined) return [];
    const asked = skillsAsked(steps, step);
    const qualification = asked.reduce((sum, skill) => sum + skillLevelAt(agent, skill, date), 0);
    return [{ agent: agent.agent, step, level: levels[step] ?? 0, qualification }];
  });
  ranked.sort((a, b) => a.step - b.step || b.qualification - a.qualification || (a.agent < b.agent ? -1 : 1));
  let [level, position] = [-1, 0];
  return ranked.map((one) => {
    position = one.level === level ? position + 1 : 1;
    level = one.level;
    return { agent: one.agent, level, position };
  });
}

function skillsAsked(steps: readonly SkillStep[], step: number): readonly string[] {
  const own = steps[step]?.skills ?? [];
  const needs = own.length > 0 ? own : steps.flatMap((one) => one.skills);
  return [...new Set(needs.map((need) => need.skill))];
}
