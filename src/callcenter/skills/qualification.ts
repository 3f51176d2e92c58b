// Which agents are qualified for what a queue or a presentation asks: skills with levels 1 to 10 that may expire, and steps that
// relax one after the other.
import type { AgentSettings, SkillStep } from '../../config/index.js';

export type SkilledAgent = Pick<AgentSettings, 'agent' | 'skills'>;

/**
 * How qualified an agent is on a day.
 * @param date the day as `2026-12-31`; a qualification holds through its `until`
 * @returns 1..10, or 0 for a skill that the agent lacks or that has expired
 */
export function skillLevelAt(agent: SkilledAgent, skill: string, date: string): number {
  return agent.skills.reduce(
    (best, one) =>
      // Dates of this form compare as text.
      one.skill === skill && (one.until === undefined || date <= one.until)
        ? Math.max(best, one.level)
        : best,
    0,
  );
}

/** Whether an agent has every skill of a step at its least level; a step without skills is met by anyone. */
export function meetsStep(agent: SkilledAgent, step: SkillStep, date: string): boolean {
  return step.skills.every((need) => skillLevelAt(agent, need.skill, date) >= need.level);
}

/** The first of the relaxing steps that an agent meets, from 0; undefined for none. */
export function firstStepMet(
  agent: SkilledAgent,
  steps: readonly SkillStep[],
  date: string,
): number | undefined {
  const index = steps.findIndex((step) => meetsStep(agent, step, date));
  return index === -1 ? undefined : index;
}

/** The agents that a step adds to those of the steps before it, in the order given. */
export function agentsFromStep<T extends SkilledAgent>(
  agents: readonly T[],
  steps: readonly SkillStep[],
  { step, date }: { readonly step: number; readonly date: string },
): readonly T[] {
  return agents.filter((agent) => firstStepMet(agent, steps, date) === step);
}
