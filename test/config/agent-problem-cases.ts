// Bad input about agents, skills and the queues that are provisioned for them, and exactly what is said of it.
import type { ProblemCase } from './problem-cases.js';

const pools = '    ivrPools:\n';
export const agentProblemCases: readonly ProblemCase[] = [
  [
    'an agent twice at one centre',
    'centres.yaml',
    pools,
    `    agents: [{ agent: '1001' }, { agent: '1002' }, { agent: '1001' }]\n${pools}`,
    'config/centres.yaml:36: centres[0].agents[2].agent: "1001" is already at centres[0].agents[0].agent (line 36); each agent of a centre has an id of its own',
  ],
  [
    'a skill twice',
    'centres.yaml',
    pools,
    `    agents: [{ agent: '1001', skills: [{ skill: cards, level: 7 }, { skill: cards, level: 4 }] }]\n${pools}`,
    'config/centres.yaml:36: centres[0].agents[0].skills[1].skill: "cards" is already at centres[0].agents[0].skills[0].skill (line 36); an agent has one level of a skill',
  ],
  [
    'a day that no month has',
    'centres.yaml',
    pools,
    `    agents: [{ agent: '1001', skills: [{ skill: cards, level: 7, until: '2027-02-29' }] }]\n${pools}`,
    'config/centres.yaml:36: centres[0].agents[0].skills[0].until: 2027-02-29 is no day of the calendar; name one that its month has',
  ],
  [
    'a name that would be two words for FreeSWITCH',
    'centres.yaml',
    pools,
    `    agents: [{ agent: '10 01', contact: 'user/1 @x' }]\n${pools}`,
    'config/centres.yaml:36: centres[0].agents[0].agent: "10 01" is not an id: up to 64 letters, digits, "-", "_" and ".", the first a letter or a digit',
    'config/centres.yaml:36: centres[0].agents[0].contact: "user/1 @x" is not a dial string without spaces, quotes and |, such as user/1001@example.com',
  ],
  [
    'a strategy that does not keep to steps',
    'centres.yaml',
    '      - queue: acme-sales\n',
    '      - queue: acme-sales\n        queueStrategy: round-robin\n        requires: [{ skills: [{ skill: cards, level: 7 }], forSeconds: 20 }, {}]\n',
    'config/centres.yaml:22: centres[0].queues[0].queueStrategy: round-robin does not keep to the steps that it requires; longest-idle-agent and sequentially-by-agent-order do',
  ],
];
