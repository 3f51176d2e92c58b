// Skills: what agents are qualified for, and the relaxing steps by which a queue or a presentation asks for them. The shape is the
// one of TaskRouter's workflow targets, Amazon Connect's routing steps and Cisco's precision queues.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, DateText, Id } from './primitives.js';

const SkillLevel = (description: string) => Type.Integer({ minimum: 1, maximum: 10, description });

export const AgentSkillSchema = Type.Object(
  {
    skill: Id('a partner, an offer, a language or whatever else is asked for'),
    level: SkillLevel('how qualified, 1 to 10'),
    until: Type.Optional(DateText('last day of the qualification')),
  },
  closed,
);

export const SkillNeedSchema = Type.Object(
  { skill: Id('the skill that is needed'), level: SkillLevel('least level, 1 to 10') },
  closed,
);

export const SkillStepSchema = Type.Object(
  {
    skills: Type.Array(SkillNeedSchema, {
      default: [],
      description: 'all of these are needed; empty: anyone',
    }),
    forSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3600,
        description: 'how long this step alone is asked before the next one is asked too, in seconds',
      }),
    ),
  },
  closed,
);

/** Tried in order: each step widens the circle of agents; every step but the last says for how long it stands alone. */
export const SkillSteps = (description: string) =>
  Type.Array(SkillStepSchema, { minItems: 1, maxItems: 10, description });

export type AgentSkill = Static<typeof AgentSkillSchema>;
export type SkillNeed = Static<typeof SkillNeedSchema>;
export type SkillStep = Static<typeof SkillStepSchema>;
