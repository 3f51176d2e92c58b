// Which agent is called: strategies and tier rules.
import t from 'tap';
import type { QueueSettings } from '../../../src/switch-standin/index.js';
import { reachableGroups } from '../../../src/switch-standin/call-centre/tier-rules.js';
import { CentreBench, oneQueue } from './centre-bench.js';

type Agents = Parameters<typeof oneQueue>[1];

/** Who is called one after the other, when everyone is busy the first time and all become free again. */
function callOrder(queue: Partial<QueueSettings>, agents: Agents, calls: number, seed = 1): string {
  const bench = new CentreBench(oneQueue(queue, agents), { seed });
  const order: string[] = [];
  bench.phones.onCall = (call) => {
    order.push(/internal\/(\w)@/.exec(call.contact)?.[1] ?? '');
    const phone = call.answer();
    bench.clock.after(order.length * 1000, 'talk', () => phone.hangup('NORMAL_CLEARING'));
  };
  for (let i = 0; i < calls; i += 1) {
    bench.call('q', `caller ${i}`);
    bench.clock.advance(20_000);
  }
  return order.join('');
}

const three: Agents = [
  { name: 'a', position: 3 },
  { name: 'b', position: 1 },
  { name: 'c', position: 2 },
];

t.test('one agent after the other', (t) => {
  t.equal(callOrder({ strategy: 'longest-idle-agent' }, three, 6), 'bcabca', 'who talked last comes last');
  t.equal(callOrder({ strategy: 'round-robin' }, three, 7), 'bcabcab', 'around by position');
  t.equal(callOrder({ strategy: 'agent-with-least-talk-time' }, three, 6), 'bcabca', 'talks grow longer');
  t.equal(callOrder({ strategy: 'agent-with-fewest-calls' }, three, 6), 'bcabca');
  t.equal(
    callOrder({ strategy: 'sequentially-by-agent-order' }, three, 3),
    'bbb',
    'always the first that is free',
  );
  t.equal(callOrder({ strategy: 'top-down' }, three, 3), 'bbb', 'each caller begins at the top');
  const levels: Agents = [{ name: 'a', level: 2 }, { name: 'b' }, { name: 'c', level: 2 }];
  t.equal(callOrder({ strategy: 'longest-idle-agent' }, levels, 3), 'bbb', 'levels come before idleness');
  t.equal(callOrder({ strategy: 'round-robin' }, levels, 4), 'bbbb', 'and before the round');
  t.end();
});

t.test('random is the same for the same seed', (t) => {
  const order = callOrder({ strategy: 'random' }, three, 30, 7);
  t.equal(callOrder({ strategy: 'random' }, three, 30, 7), order);
  t.not(callOrder({ strategy: 'random' }, three, 30, 8), order);
  for (const name of 'abc') t.ok(order.split(name).length > 4, `${name} is called`);
  t.end();
});

t.test('top-down goes down for one caller, and begins again', (t) => {
  const bench = new CentreBench(oneQueue({ strategy: 'top-down' }, [...three, { name: 'd', level: 2 }]));
  const order: string[] = [];
  bench.phones.onCall = (call) => {
    order.push(/internal\/(\w)@/.exec(call.contact)?.[1] ?? '');
    call.fail('NO_ANSWER');
  };
  bench.call('q');
  bench.clock.advance(700);
  t.equal(order.join(''), 'bcadbc', 'after the last one pass without anybody');
  t.end();
});

t.test('ring-all: everybody rings, the first to answer gets the call', (t) => {
  const bench = new CentreBench(oneQueue({ strategy: 'ring-all' }, three));
  const { channel, outcomes } = bench.call('q');
  bench.clock.advance(100);
  t.equal(bench.phones.ringing.length, 3);
  t.equal(bench.centre.waiting('q'), 1);
  const [first, second, third] = bench.phones.calls;
  third?.fail('USER_BUSY');
  t.same(outcomes, []);
  const phone = second?.answer();
  t.equal(channel.bridgedTo, phone);
  t.equal(first?.state, 'cancelled');
  bench.clock.advance(100);
  t.ok(bench.story.includes('bridge-agent-fail b LOSE_RACE'));
  phone?.hangup('NORMAL_CLEARING');
  bench.clock.advance(100);
  t.same(outcomes, [{ cause: 'answered' }]);
  t.equal(bench.story.filter((one) => one.startsWith('member-queue-end')).length, 1);
  t.end();
});

t.test('ring-progressively: one more rings after each delay', (t) => {
  const queue = { strategy: 'ring-progressively', ringProgressivelyDelaySeconds: 3 } as const;
  const bench = new CentreBench(oneQueue(queue, three));
  const { channel } = bench.call('q');
  const ringing = [100, 2800, 200, 3000].map((ms) => {
    bench.clock.advance(ms);
    return bench.phones.ringing.length;
  });
  t.same(ringing, [1, 1, 2, 3]);
  channel.hangup('NORMAL_CLEARING');
  t.equal(bench.phones.ringing.length, 0);
  t.end();
});

t.test('an agent of two queues gets one call at a time', (t) => {
  const settings = {
    queues: [{ name: 'p' }, { name: 'q' }],
    agents: [{ name: 'a', contact: 'internal/a@', status: 'Available' }],
    tiers: [
      { queue: 'p', agent: 'a' },
      { queue: 'q', agent: 'a' },
    ],
  };
  const bench = new CentreBench(settings);
  bench.call('p');
  bench.call('q');
  bench.clock.advance(100);
  t.equal(bench.phones.calls.length, 1);
  t.match(bench.config('tier list'), 'p|a|Offering|1|1\nq|a|Standby|1|1');
  bench.phones.last.answer().hangup('NORMAL_CLEARING');
  bench.clock.advance(100);
  t.match(bench.config('tier list'), 'p|a|Ready|1|1\nq|a|Ready|1|1');
  bench.clock.advance(1000);
  t.equal(bench.phones.calls.length, 2);
  t.end();
});

t.test('a queue whose strategy changes takes its callers along', (t) => {
  const bench = new CentreBench(
    oneQueue(
      { strategy: 'ring-all' },
      three.map((one) => ({ ...one, status: 'On Break' })),
    ),
  );
  bench.call('q');
  bench.clock.advance(200);
  const [queue] = bench.settings.queues;
  bench.settings = { ...bench.settings, queues: [{ ...queue!, strategy: 'longest-idle-agent' }], agents: [] };
  t.equal(bench.config('queue reload q'), '+OK\n');
  for (const name of 'abc') bench.centre.setAgentStatus(name, 'Available');
  bench.clock.advance(100);
  t.equal(bench.phones.ringing.length, 1);
  t.end();
});

t.test('tier rules: how many groups a caller reaches', (t) => {
  const rules = {
    tierRulesApply: true,
    tierRuleWaitSeconds: 10,
    tierRuleWaitMultiplyLevel: true,
    tierRuleNoAgentNoWait: true,
  };
  const groups = [1, 2, 3].map((level) => ({ level, agents: 2 }));
  const table: readonly (readonly [string, Partial<typeof rules>, number, number])[] = [
    ['no rules', { tierRulesApply: false }, 0, 3],
    ['the first level at once', {}, 0, 1],
    ['before its time', {}, 19, 1],
    ['the second after twice the wait', {}, 20, 2],
    ['the third after three times', {}, 30, 3],
    ['without multiplying all at once', { tierRuleWaitMultiplyLevel: false }, 10, 3],
    ['without multiplying, before', { tierRuleWaitMultiplyLevel: false }, 9, 1],
    ['even the first waits without tier_rule_no_agent_no_wait', { tierRuleNoAgentNoWait: false }, 9, 0],
    ['and then is reached', { tierRuleNoAgentNoWait: false }, 10, 1],
  ];
  for (const [name, changed, waited, reached] of table) {
    t.equal(reachableGroups({ ...rules, ...changed }, waited, groups), reached, name);
  }
  t.equal(reachableGroups(rules, 0, groups.slice(2)), 1, 'nobody is waited for who is not logged in');
  t.equal(reachableGroups(rules, 0, []), 0);
  const round = [{ level: 2, agents: 1 }, ...groups];
  t.equal(reachableGroups(rules, 0, round), 3, 'a round that begins at level 2 has reached it');
  t.end();
});

t.test(
  'tier rules in a queue: the second level is called after the wait, or at once if the first is empty',
  (t) => {
    const queue = { tierRulesApply: true, tierRuleWaitSeconds: 5, tierRuleWaitMultiplyLevel: true };
    const agents: Agents = [
      { name: 'a', status: 'On Break' },
      { name: 'b', level: 2 },
    ];
    const bench = new CentreBench(oneQueue(queue, agents));
    bench.call('q');
    bench.clock.advance(9900);
    t.equal(bench.phones.calls.length, 0, 'the agent of the first level is on break, but there');
    bench.clock.advance(200);
    t.match(bench.phones.last.contact, /\/b@/);
    bench.phones.last.answer().hangup('NORMAL_CLEARING');
    bench.clock.advance(2000);
    bench.centre.setAgentStatus('a', 'Logged Out');
    bench.call('q');
    bench.clock.advance(100);
    t.equal(bench.phones.calls.length, 2);
    t.end();
  },
);
