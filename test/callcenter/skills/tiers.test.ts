import fc from 'fast-check';
import t from 'tap';
import {
  agentsFromStep,
  firstStepMet,
  skillLevelAt,
  skillTiers,
  stepLevels,
  tierRules,
} from '../../../src/callcenter/index.js';
import type { SkilledAgent } from '../../../src/callcenter/index.js';
import type { SkillStep } from '../../../src/config/index.js';
import { agentsReached } from './tier-rule-model.js';

const today = '2026-11-26';

const cards: readonly SkillStep[] = [
  { skills: [{ skill: 'cards', level: 7 }], forSeconds: 20 },
  { skills: [{ skill: 'cards', level: 4 }], forSeconds: 15 },
  { skills: [] },
];

function agent(id: string, levels: Readonly<Record<string, number>>, until?: string): SkilledAgent {
  const skills = Object.entries(levels).map(([skill, level]) => ({
    skill,
    level,
    ...(until === undefined ? {} : { until }),
  }));
  return { agent: id, skills };
}

t.test('an agent stands at the first step it meets, the better qualified first', (t) => {
  const agents = [
    agent('eve', {}),
    agent('dan', { cards: 4 }),
    agent('carol', { cards: 7 }),
    agent('bob', { cards: 9 }),
    agent('alice', { cards: 7 }),
    agent('frank', { cards: 2 }),
    agent('gina', { loans: 10 }),
  ];
  t.strictSame(skillTiers(agents, cards, today), [
    { agent: 'bob', level: 0, position: 1 },
    { agent: 'alice', level: 0, position: 2 },
    { agent: 'carol', level: 0, position: 3 },
    { agent: 'dan', level: 20, position: 1 },
    { agent: 'frank', level: 35, position: 1 },
    { agent: 'eve', level: 35, position: 2 },
    { agent: 'gina', level: 35, position: 3 },
  ]);
  t.strictSame(
    agentsFromStep(agents, cards, { step: 1, date: today }).map((one) => one.agent),
    ['dan'],
  );
  t.end();
});

t.test('all skills of a step are needed, and how qualified is their sum', (t) => {
  const steps: readonly SkillStep[] = [
    {
      skills: [
        { skill: 'cards', level: 5 },
        { skill: 'spanish', level: 3 },
      ],
      forSeconds: 10,
    },
    { skills: [{ skill: 'cards', level: 5 }] },
  ];
  const agents = [
    agent('half', { cards: 10 }),
    agent('both', { cards: 5, spanish: 9 }),
    agent('more', { cards: 9, spanish: 6 }),
    agent('none', { spanish: 10 }),
  ];
  t.strictSame(skillTiers(agents, steps, today), [
    { agent: 'more', level: 0, position: 1 },
    { agent: 'both', level: 0, position: 2 },
    { agent: 'half', level: 10, position: 1 },
  ]);
  t.equal(firstStepMet(agents[3]!, steps, today), undefined, 'who meets no step has no tier');
  t.end();
});

t.test('a qualification holds through its last day', (t) => {
  const one = agent('alice', { cards: 8 }, today);
  t.equal(skillLevelAt(one, 'cards', '2026-11-25'), 8);
  t.equal(skillLevelAt(one, 'cards', today), 8);
  t.equal(skillLevelAt(one, 'cards', '2026-11-27'), 0);
  t.equal(skillLevelAt(one, 'cards', '2027-01-01'), 0);
  t.strictSame(skillTiers([one], cards, today), [{ agent: 'alice', level: 0, position: 1 }]);
  t.strictSame(skillTiers([one], cards, '2026-11-27'), [{ agent: 'alice', level: 35, position: 1 }]);
  t.end();
});

t.test('levels are the seconds of the steps before', (t) => {
  t.strictSame(stepLevels(cards), [0, 20, 35]);
  t.strictSame(stepLevels([{ skills: [] }]), [0]);
  t.end();
});

const skillNames = ['cards', 'loans', 'spanish'] as const;
const arbitrarySkills = fc.uniqueArray(
  fc.record(
    {
      skill: fc.constantFrom(...skillNames),
      level: fc.integer({ min: 1, max: 10 }),
      until: fc.constantFrom('2026-11-25', today, '2026-12-31'),
    },
    { requiredKeys: ['skill', 'level'] },
  ),
  { selector: (one) => one.skill },
);
const arbitraryAgents = fc
  .array(arbitrarySkills, { maxLength: 12 })
  .map((all) => all.map((skills, index) => ({ agent: `a${index}`, skills })));
const arbitrarySteps = fc
  .array(
    fc.record({
      skills: fc.uniqueArray(
        fc.record({ skill: fc.constantFrom(...skillNames), level: fc.integer({ min: 1, max: 10 }) }),
        { selector: (one) => one.skill, maxLength: 2 },
      ),
      forSeconds: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((steps) => steps.map((one, at) => (at === steps.length - 1 ? { skills: one.skills } : one)));

t.test('positions of a level are 1, 2, 3 and so on, whatever the order of the agents', (t) => {
  fc.assert(
    fc.property(arbitraryAgents, arbitrarySteps, (agents, steps) => {
      const tiers = skillTiers(agents, steps, today);
      for (const level of new Set(tiers.map((one) => one.level))) {
        const positions = tiers.filter((one) => one.level === level).map((one) => one.position);
        t.strictSame(
          positions,
          positions.map((_, at) => at + 1),
        );
      }
      const shuffled = agents.toReversed();
      t.strictSame(skillTiers(shuffled, steps, today), tiers);
      t.equal(tiers.length, agents.filter((one) => firstStepMet(one, steps, today) !== undefined).length);
    }),
  );
  t.end();
});

t.test('a better level never sends an agent to a later step or a worse place', (t) => {
  fc.assert(
    fc.property(arbitraryAgents, arbitrarySteps, fc.nat(), (agents, steps, pick) => {
      const chosen = agents[pick % Math.max(1, agents.length)];
      if (chosen === undefined) return;
      const better = agents.map((one) =>
        one === chosen ? { ...one, skills: one.skills.map((skill) => ({ ...skill, level: 10 })) } : one,
      );
      const [before, after] = [agents, better].map((all) =>
        skillTiers(all, steps, today).find((one) => one.agent === chosen.agent),
      );
      if (before === undefined) return;
      t.ok(after !== undefined);
      if (after === undefined) return;
      t.ok(after.level < before.level || (after.level === before.level && after.position <= before.position));
    }),
  );
  t.end();
});

const rules = {
  waitSeconds: tierRules.waitSeconds,
  multiplyByLevel: tierRules.multiplyByLevel,
  noAgentNoWait: tierRules.noAgentNoWait,
};

t.test('mod_callcenter asks the agents of a step when the steps before it have had their seconds', (t) => {
  const tiers = skillTiers(
    [agent('seven', { cards: 7 }), agent('four', { cards: 4 }), agent('other', {})],
    cards,
    today,
  ).map((one) => ({ ...one, isLoggedIn: true }));
  const at = (waited: number): readonly string[] => agentsReached(tiers, waited, rules);
  t.strictSame(at(0), ['seven'], 'the first step at once: its level is 0');
  t.strictSame(at(19), ['seven']);
  t.strictSame(at(20), ['seven', 'four'], 'not one second later: waited >= level');
  t.strictSame(at(34), ['seven', 'four']);
  t.strictSame(at(35), ['seven', 'four', 'other']);
  t.strictSame(
    agentsReached(
      tiers.map((one) => ({ ...one, level: one.level + 1 })),
      0,
      { ...rules, noAgentNoWait: false },
    ),
    [],
    'levels from 1 would make everybody wait',
  );
  t.end();
});

t.test('nobody waits for a step without anybody logged in, when it is the lowest', (t) => {
  const tiers = skillTiers(
    [agent('seven', { cards: 7 }), agent('four', { cards: 4 }), agent('other', {})],
    cards,
    today,
  );
  const without = (gone: string) => tiers.map((one) => ({ ...one, isLoggedIn: one.agent !== gone }));
  t.strictSame(agentsReached(without('seven'), 0, rules), ['four']);
  t.strictSame(agentsReached(without('seven'), 34, rules), ['four'], 'the step after it still waits');
  t.strictSame(
    agentsReached(without('four'), 34, rules),
    ['seven'],
    'an empty step between shortens nothing',
  );
  t.strictSame(agentsReached(without('seven'), 0, { ...rules, noAgentNoWait: false }), []);
  t.end();
});

t.test('whoever may be asked has a step whose turn has come, or there is nobody before it', (t) => {
  fc.assert(
    fc.property(
      arbitraryAgents,
      arbitrarySteps,
      fc.nat(200),
      fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      (agents, steps, waited, loggedIn) => {
        const tiers = skillTiers(agents, steps, today).map((one) => ({
          ...one,
          isLoggedIn: loggedIn[Number(one.agent.slice(1))] ?? true,
        }));
        const there = tiers.filter((one) => one.isLoggedIn);
        const lowest = Math.min(...there.map((one) => one.level));
        const expected = there.filter((one) => one.level <= waited || one.level === lowest);
        t.strictSame(
          agentsReached(tiers, waited, rules),
          expected.map((one) => one.agent),
        );
      },
    ),
  );
  t.end();
});
