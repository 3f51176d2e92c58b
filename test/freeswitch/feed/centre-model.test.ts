import t from 'tap';
import type { CentreReading } from '../../../src/callcenter/index.js';
import { eventFrame } from '../../support/fake-callcenter.js';
import { memberFields, ModelStage, staffedStage } from './model-support.js';

const agentOf = (reading: CentreReading, agent: string) => reading.agents.get(agent);
const free = (reading: CentreReading, queue = 'sales') => reading.queues.get(queue)?.freeAgents;
const agent = { 'CC-Agent': '1001@default' };
const other = { 'CC-Agent': '1002@default' };

t.test('the first picture: agents with tiers, queues in tier order, ports', (t) => {
  const { callcenter, ...stage } = staffedStage();
  t.ok(stage.model);
  const fresh = new ModelStage();
  Object.assign(fresh.callcenter, callcenter);
  fresh.callcenter.queues = [{ name: 'sales@default' }, { name: 'sales@elsewhere' }];
  fresh.callcenter.agents.push({ name: '1001@elsewhere', status: 'Available', state: 'Waiting' });
  fresh.callcenter.channels = [
    { uuid: 'a', direction: 'inbound', dest: 'promo' },
    { uuid: 'b', direction: 'inbound', dest: 'drachtio' },
    { uuid: 'c', direction: 'outbound', dest: 'promo' },
    { uuid: 'd', direction: 'inbound', dest: 'drachtio' },
  ];
  const reading = fresh.reconcile();
  t.strictSame([...reading.agents.keys()], ['1001', '1002'], 'other domains are left out');
  t.match(agentOf(reading, '1001'), {
    status: 'Available',
    state: 'Waiting',
    isFree: true,
    tiers: [
      { queue: 'sales', level: 2, position: 1 },
      { queue: 'service', level: 1, position: 1 },
    ],
  });
  t.match(reading.queues.get('sales'), {
    staffedAgents: 1,
    freeAgents: ['1001'],
    membersWaiting: 0,
    longestWaitMs: 0,
  });
  t.strictSame(reading.missingQueues, ['service']);
  t.notOk(reading.queues.has('service'));
  t.strictSame(
    [...(reading.portsInUse ?? [])],
    [
      ['promo', 1],
      ['drachtio', 2],
    ],
  );
  t.end();
});

t.test('a call: joined, offered, answered, ended, left; then wrap-up', (t) => {
  const stage = staffedStage();
  const call = memberFields('m1');
  stage.event('member-queue-start', {
    'variable_sip_h_X-Decision-ID': 'd-1',
    'variable_sip_h_X-Offer-Id': 'GOLD',
    ...call,
  });
  stage.clock.advance(3000);
  t.match(stage.reading().queues.get('sales'), { membersWaiting: 1, longestWaitMs: 3000 });
  stage.event('agent-state-change', { ...agent, 'CC-Agent-State': 'Receiving' });
  stage.event('agent-offering', { ...call, ...agent });
  t.strictSame(free(stage.reading()), []);
  stage.clock.advance(1000);
  stage.event('bridge-agent-start', { ...call, ...agent });
  stage.event('agent-state-change', { ...agent, 'CC-Agent-State': 'In a queue call' });
  t.match(stage.reading().queues.get('sales'), { membersWaiting: 0, longestWaitMs: 0, serviceLevel: 1 });
  stage.clock.advance(60_000);
  stage.event('bridge-agent-end', { ...call, ...agent, 'CC-Agent-Bridged': 'true' });
  stage.event('member-queue-end', { ...call, ...agent, 'CC-Cause': 'Terminated' });
  stage.event('agent-state-change', { ...agent, 'CC-Agent-State': 'Waiting' });
  const all = {
    centre: 'east',
    queue: 'sales',
    sessionUuid: 'session-m1',
    decisionId: 'd-1',
    offerCode: 'GOLD',
  };
  t.match(stage.calls(), [
    { ...all, kind: 'member-joined' },
    { ...all, kind: 'agent-offered', agent: '1001' },
    { ...all, kind: 'agent-answered', agent: '1001', waitedMs: 4000 },
    { ...all, kind: 'agent-ended', agent: '1001', talkedMs: 60_000 },
    { ...all, kind: 'member-left', cause: 'answered', waitedMs: 4000 },
  ]);
  const wrappingUp = stage.reading();
  t.equal(wrappingUp.queues.get('sales')?.handlingTimeSeconds, 65, 'talk and 5 s of wrap-up');
  t.match(agentOf(wrappingUp, '1001'), { state: 'Waiting', isFree: false });
  t.equal(stage.model.nextWakeAt, stage.clock.now() + 6000, 'whole seconds there: up to one more');
  stage.clock.advance(6000);
  t.match(agentOf(stage.reading(), '1001'), { isFree: true });
  t.strictSame(free(stage.reading(), 'service'), ['1001']);
  t.equal(stage.model.nextWakeAt, undefined);
  t.end();
});

t.test('statuses: who counts as staffed, who is free', (t) => {
  const cases = [
    ['Available', 'Waiting', true, true],
    ['Available (On Demand)', 'Waiting', true, true],
    ['Available (On Demand)', 'Idle', true, false],
    ['Available', 'Reserved', true, false],
    ['On Break', 'Waiting', false, false],
    ['Logged Out', 'Waiting', false, false],
    ['Lunch', 'Waiting', false, false],
    ['Available', 'Asleep', true, false],
  ] as const;
  for (const [status, state, isStaffed, isFree] of cases) {
    const stage = staffedStage();
    stage.event('agent-status-change', { ...agent, 'CC-Agent-Status': status });
    stage.event('agent-state-change', { ...agent, 'CC-Agent-State': state });
    const reading = stage.reading();
    t.equal(reading.queues.get('sales')?.staffedAgents, isStaffed ? 1 : 0, `${status}, ${state}`);
    t.equal(agentOf(reading, '1001')?.isFree, isFree);
    if (status === 'Lunch') t.equal(agentOf(reading, '1001')?.status, 'unknown');
  }
  t.end();
});

t.test('an agent who did not take a call rests as mod_callcenter has it', (t) => {
  const cases = [
    ['NO_ANSWER', 3000],
    ['USER_BUSY', 5000],
    ['CALL_REJECTED', 5000],
    ['USER_NOT_REGISTERED', 5000],
    ['ORIGINATOR_CANCEL', 0],
  ] as const;
  for (const [cause, restMs] of cases) {
    const stage = staffedStage();
    stage.callcenter.agents = stage.callcenter.agents.map((one) => ({ ...one, noAnswerDelaySeconds: 3 }));
    stage.reconcile();
    stage.event('bridge-agent-fail', { ...memberFields('m1'), ...agent, 'CC-Hangup-Cause': cause });
    t.match(stage.calls().at(-1), { kind: 'agent-failed', agent: '1001', reason: cause });
    if (restMs > 0) t.strictSame(free(stage.reading()), [], cause);
    stage.clock.advance(restMs);
    t.strictSame(free(stage.reading()), ['1001'], cause);
  }
  t.end();
});

t.test('how a member leaves', (t) => {
  const cases = [
    [{ 'CC-Cause': 'Cancel', 'CC-Cancel-Reason': 'BREAK_OUT' }, 'abandoned', 0],
    [{ 'CC-Cause': 'Cancel', 'CC-Cancel-Reason': 'NONE' }, 'abandoned', 0],
    [{ 'CC-Cause': 'Cancel', 'CC-Cancel-Reason': 'TIMEOUT' }, 'timeout', 0],
    [{ 'CC-Cause': 'Cancel', 'CC-Cancel-Reason': 'NO_AGENT_TIMEOUT' }, 'no-agent', 0],
    [{ 'CC-Cause': 'Cancel', 'CC-Cancel-Reason': 'EXIT_WITH_KEY' }, 'other', undefined],
    [{ 'CC-Cause': 'Cancel' }, 'other', undefined],
  ] as const;
  for (const [fields, cause, serviceLevel] of cases) {
    const stage = staffedStage();
    stage.event('member-queue-start', memberFields('m1'));
    stage.clock.advance(7000);
    stage.event('member-queue-end', { ...memberFields('m1'), ...fields });
    t.match(stage.calls().at(-1), { kind: 'member-left', cause, waitedMs: 7000 });
    t.match(stage.reading().queues.get('sales'), { membersWaiting: 0, serviceLevel });
  }
  t.end();
});

t.test('an offer before the member joined, and every event twice', (t) => {
  const stage = staffedStage();
  const call = memberFields('m1');
  const late = stage.callcenter.event('member-queue-start', {
    'variable_sip_h_x-decision-id': 'd-1',
    ...call,
  });
  const offer = eventFrame(stage.callcenter.event('agent-offering', { ...call, ...agent }));
  t.strictSame(stage.hear(offer + offer + eventFrame(late) + eventFrame(late)), [
    'used',
    'repeated',
    'used',
    'repeated',
  ]);
  t.match(stage.reading().queues.get('sales'), { membersWaiting: 1 });
  t.strictSame(
    stage.calls().map(({ kind, decisionId }) => [kind, decisionId]),
    [
      ['agent-offered', undefined],
      ['member-joined', 'd-1'],
    ],
  );
  t.end();
});

t.test('a late event does not bring back who left', (t) => {
  const stage = staffedStage();
  const [start, bridge, end] = ['member-queue-start', 'bridge-agent-start', 'member-queue-end'].map(
    (action) =>
      eventFrame(
        stage.callcenter.event(action, { ...memberFields('m1'), ...agent, 'CC-Cause': 'Terminated' }),
      ),
  );
  stage.hear(`${end ?? ''}${bridge ?? ''}${start ?? ''}`);
  t.strictSame(
    stage.calls().map((one) => one.kind),
    ['member-left'],
  );
  t.match(stage.reading().queues.get('sales'), { membersWaiting: 0 });
  stage.event('member-queue-resume', { ...memberFields('m1'), 'CC-Member-Session-UUID': 'another' });
  t.match(stage.calls(), [{ kind: 'member-joined', sessionUuid: 'another' }], 'the same caller again');
  t.match(stage.reading().queues.get('sales'), { membersWaiting: 1 });
  t.end();
});

t.test('older news of an agent change nothing', (t) => {
  const stage = staffedStage();
  const older = stage.callcenter.event('agent-status-change', { ...agent, 'CC-Agent-Status': 'Available' });
  stage.event('agent-status-change', { ...agent, 'CC-Agent-Status': 'On Break' });
  stage.hear(eventFrame(older));
  t.equal(agentOf(stage.reading(), '1001')?.status, 'On Break');
  t.end();
});

t.test('a bridge that failed: the member waits on', (t) => {
  const stage = staffedStage();
  stage.event('member-queue-start', memberFields('m1'));
  stage.event('bridge-agent-start', { ...memberFields('m1'), ...agent });
  stage.event('bridge-agent-end', { ...memberFields('m1'), ...agent, 'CC-Agent-Bridged': 'false' });
  t.strictSame(
    stage.calls().map((one) => one.kind),
    ['member-joined', 'agent-answered', 'agent-failed'],
  );
  t.match(stage.reading().queues.get('sales'), { membersWaiting: 1 });
  t.equal(agentOf(stage.reading(), '1001')?.isFree, true, 'no wrap-up');
  t.end();
});

t.test('tables that events overtook do not undo them', (t) => {
  const stage = staffedStage();
  const { callcenter } = stage;
  callcenter.members = [
    {
      queue: 'sales@default',
      uuid: 'gone',
      sessionUuid: 'session-gone',
      state: 'Waiting',
      joinedEpoch: callcenter.epoch(),
    },
  ];
  stage.event('member-queue-start', memberFields('gone'));
  const reading = stage.reconcile((command) => {
    if (command === 'api callcenter_config agent list') {
      stage.event('agent-status-change', { ...agent, 'CC-Agent-Status': 'On Break' });
      stage.event('agent-add', { 'CC-Agent': '1003@default' });
    }
    if (command === 'api callcenter_config queue list members sales@default') {
      stage.event('member-queue-start', memberFields('new'));
      stage.event('member-queue-end', { ...memberFields('gone'), 'CC-Cancel-Reason': 'BREAK_OUT' });
    }
  });
  t.equal(agentOf(reading, '1001')?.status, 'On Break', 'the table said Available');
  t.ok(agentOf(reading, '1003'), 'the table did not have it yet');
  t.equal(reading.queues.get('sales')?.membersWaiting, 1, 'new is there, gone is not');
  callcenter.members = [];
  t.equal(stage.reconcile().queues.get('sales')?.membersWaiting, 1, 'not written yet: within the second');
  stage.clock.advance(2000);
  const later = stage.reconcile();
  t.equal(later.queues.get('sales')?.membersWaiting, 0);
  t.equal(agentOf(later, '1001')?.status, 'Available', 'now the table is the younger word');
  t.notOk(agentOf(later, '1003'), 'no event tells of a removed agent');
  t.match(stage.calls().at(-1), { kind: 'member-left', cause: 'other', sessionUuid: 'session-new' });
  t.end();
});

t.test('tier changes come with the tables; tiers that are offered nothing', (t) => {
  const stage = staffedStage();
  stage.callcenter.agents = stage.callcenter.agents.map((one) => ({ ...one, status: 'Available' }));
  t.strictSame(free(stage.reconcile()), ['1002', '1001'], 'level by level');
  stage.callcenter.tiers = [
    { queue: 'sales@default', agent: '1001@default', state: 'Standby' },
    { queue: 'service@default', agent: '1001@default', state: 'No Answer' },
  ];
  const reading = stage.reconcile();
  t.strictSame(free(reading), [], 'a tier that hangs');
  t.strictSame(free(reading, 'service'), ['1001']);
  t.equal(reading.queues.get('sales')?.staffedAgents, 1);
  stage.event('agent-state-change', { ...agent, 'CC-Agent-State': 'Waiting' });
  t.strictSame(free(stage.reading()), ['1001'], 'mod_callcenter opens the tiers before it says Waiting');
  stage.callcenter.agents = [
    { name: '1001@default', status: 'Available', state: 'Waiting', externalCalls: 1 },
  ];
  t.strictSame(free(stage.reconcile(), 'service'), [], 'skip-agents-with-external-calls');
  t.end();
});

t.test('members that were there before us, by the clock of the centre', (t) => {
  const stage = new ModelStage();
  const skew = 3_600_000;
  stage.callcenter.epoch = () => Math.floor((stage.clock.wallNow() - skew) / 1000);
  stage.clock.advance(100_000);
  stage.learnTime();
  t.ok(Math.abs((stage.time.skewMs ?? 0) + skew) < 150, `${String(stage.time.skewMs)} ms`);
  const joinedEpoch = stage.callcenter.epoch() - 40;
  stage.callcenter.queues = [{ name: 'sales@default' }];
  const row = { queue: 'sales@default', state: 'Trying', joinedEpoch };
  stage.callcenter.members = [
    { ...row, uuid: 'm1', sessionUuid: 's1', cidName: 'a|b|Waiting' },
    { ...row, uuid: 'm2', sessionUuid: 's2', state: 'Answered' },
    { ...row, uuid: 'm3', sessionUuid: '', state: 'Abandoned' },
    { ...row, uuid: 'm4', sessionUuid: 's4', joinedEpoch: joinedEpoch - 3600 },
  ];
  stage.callcenter.channels = [{ uuid: 's1', direction: 'inbound', dest: 'sales' }];
  const reading = stage.reconcile();
  t.equal(reading.queues.get('sales')?.membersWaiting, 1, 'm4 has had no channel for long');
  const waited = reading.queues.get('sales')?.longestWaitMs ?? 0;
  t.ok(waited > 39_000 && waited < 41_500, `${waited} ms`);
  stage.event('member-queue-end', {
    ...memberFields('m1', { 'CC-Member-Session-UUID': 's1', 'CC-Cancel-Reason': 'TIMEOUT' }),
    'variable_sip_h_X-Decision-ID': 'd-9',
  });
  t.match(
    stage.calls(),
    [{ kind: 'member-left', cause: 'timeout', decisionId: 'd-9' }],
    'the last event has the data too',
  );
  t.end();
});

t.test('what did not change is the same object', (t) => {
  const stage = staffedStage();
  const first = stage.reading();
  stage.clock.advance(1000);
  const second = stage.reading();
  t.not(second, first);
  t.equal(second.agents, first.agents);
  t.equal(second.queues, first.queues);
  stage.event('agent-status-change', { ...other, 'CC-Agent-Status': 'Available' });
  const third = stage.reconcile();
  t.not(third.agents, first.agents);
  t.equal(third.agents.get('1001'), first.agents.get('1001'));
  t.equal(third.queues.get('service'), first.queues.get('service'));
  t.equal(stage.reconcile().queues, third.queues, 'tables that say the same');
  t.end();
});

t.test('another run of FreeSWITCH: all that was known is dropped', (t) => {
  const stage = staffedStage();
  t.equal(stage.model.meetCore(stage.callcenter.coreUuid), false);
  stage.event('member-queue-start', memberFields('m1'));
  stage.calls();
  t.equal(stage.model.meetCore('another'), true);
  stage.callcenter.coreUuid = 'another';
  t.match(stage.calls(), [{ kind: 'member-left', cause: 'other' }]);
  const reading = stage.reading();
  t.equal(reading.agents.size, 0);
  t.match(reading.queues.get('sales'), { membersWaiting: 0, staffedAgents: 0, freeAgents: [] });
  stage.callcenter.sequence = 1;
  t.equal(stage.event('agent-add', agent), 'used', 'its numbers begin anew');
  t.end();
});

t.test(
  'a dispatcher that stopped: members wait, agents are free, nothing is offered for 10 s (freeswitch#1641)',
  (t) => {
    const stage = staffedStage();
    stage.event('member-queue-start', memberFields('m1'));
    stage.reading();
    stage.clock.advance(9999);
    stage.reading();
    t.strictSame(stage.model.stuckQueues, []);
    stage.clock.advance(1);
    t.strictSame(stage.model.stuckQueues, ['sales']);
    stage.event('agent-offering', { ...memberFields('m1'), ...agent });
    t.strictSame(stage.model.stuckQueues, []);
    stage.clock.advance(10_000);
    t.strictSame(stage.model.stuckQueues, ['sales']);
    stage.event('agent-state-change', { ...agent, 'CC-Agent-State': 'Receiving' });
    stage.reading();
    t.strictSame(stage.model.stuckQueues, [], 'nobody is free');
    stage.event('agent-state-change', { ...agent, 'CC-Agent-State': 'Waiting' });
    stage.event('agent-status-change', { ...other, 'CC-Agent-Status': 'Available' });
    stage.event('agent-state-change', { ...other, 'CC-Agent-State': 'Receiving' });
    stage.callcenter.queues = [{ name: 'sales@default', tierRules: true }];
    stage.callcenter.agents = [
      { name: '1001@default', status: 'Available', state: 'Waiting' },
      { name: '1002@default', status: 'Available', state: 'Receiving' },
    ];
    stage.callcenter.members = [
      { queue: 'sales@default', uuid: 'm1', sessionUuid: 'session-m1', state: 'Waiting', joinedEpoch: 1 },
    ];
    stage.reconcile();
    stage.clock.advance(20_000);
    stage.reading();
    t.strictSame(stage.model.stuckQueues, [], 'the free one is of a level that is not open yet');
    t.end();
  },
);

t.test('other queues: their members are no business of ours, their agents are', (t) => {
  const stage = staffedStage();
  const elsewhere = { ...memberFields('m1'), 'CC-Queue': 'other@default', ...agent };
  t.equal(stage.event('member-queue-start', elsewhere), 'of-no-interest');
  stage.event('bridge-agent-end', elsewhere);
  t.strictSame(stage.calls(), []);
  t.equal(agentOf(stage.reading(), '1001')?.isFree, false, 'wrap-up is of the agent');
  t.equal(stage.event('agent-status-change', { 'CC-Agent': '1001@elsewhere' }), 'of-no-interest');
  t.end();
});

t.test('queues to look at can change', (t) => {
  const stage = staffedStage();
  stage.event('member-queue-start', memberFields('m1'));
  stage.calls();
  stage.model.watch([{ queue: 'service', serviceLevelSeconds: 20 }]);
  t.match(stage.calls(), [{ kind: 'member-left', cause: 'other' }]);
  t.strictSame([...stage.reading().queues.keys()], ['service']);
  stage.model.watch([
    { queue: 'sales', serviceLevelSeconds: 20 },
    { queue: 'nowhere', serviceLevelSeconds: 20 },
  ]);
  t.strictSame([...stage.reading().queues.keys()], ['sales'], 'known from the tables that were read');
  t.strictSame(stage.reading().missingQueues, ['nowhere']);
  t.end();
});

t.test('tables that cannot be used', (t) => {
  const stage = staffedStage();
  const { callcenter } = stage;
  const answer = callcenter.answer.bind(callcenter);
  callcenter.answer = (command) =>
    command.startsWith('callcenter_config') ? '-ERR Command not found!\n' : answer(command);
  t.strictSame(stage.snapshot(), { kind: 'no-callcenter' });
  callcenter.answer = (command) => {
    if (command === 'callcenter_config agent list') return 'name|status|state\n1001@default|Available\n+OK\n';
    if (command === 'show channels count') return '\n90000 total.\n';
    return answer(command);
  };
  t.match(stage.snapshot(), {
    kind: 'read',
    malformed: 1,
    overflow: 1,
    snapshot: { portsInUse: undefined, agents: [] },
  });
  callcenter.answer = (command) => (command.startsWith('show channels') ? '<not json>' : answer(command));
  t.match(stage.snapshot(), { kind: 'read', malformed: 1, snapshot: { portsInUse: undefined } });
  t.end();
});

t.test('more agents and members than there is room for', (t) => {
  const stage = staffedStage({ maxAgents: 10, maxMembers: 5 });
  for (let i = 0; i < 50; i++) {
    stage.event('agent-add', { 'CC-Agent': `x${i}@default` });
    stage.event('member-queue-start', memberFields(`m${i}`));
  }
  const reading = stage.reading();
  t.equal(reading.agents.size, 10);
  t.equal(reading.queues.get('sales')?.membersWaiting, 5);
  t.equal(stage.model.overflow, 42 + 45);
  t.end();
});

t.test('a flood of 10,000 events of calls that come and go', (t) => {
  const stage = staffedStage();
  for (let i = 0; i < 5000; i++) {
    stage.event('member-queue-start', memberFields(`m${i}`));
    stage.event('member-queue-end', { ...memberFields(`m${i}`), 'CC-Cancel-Reason': 'BREAK_OUT' });
    if (i % 10 === 0) stage.reading();
  }
  t.equal(stage.calls().length, 10_000);
  t.equal(stage.reading().queues.get('sales')?.membersWaiting, 0);
  t.ok(stage.model.heldCount <= 5003, `${stage.model.heldCount} held`);
  for (let i = 5000; i < 7000; i++) {
    stage.event('member-queue-start', memberFields(`m${i}`));
    stage.event('member-queue-end', { ...memberFields(`m${i}`), 'CC-Cancel-Reason': 'BREAK_OUT' });
  }
  t.ok(stage.model.heldCount <= 5003, 'no more than before');
  stage.clock.advance(700_000);
  stage.reconcile();
  t.equal(stage.model.heldCount, 2, 'who left is forgotten');
  t.end();
});

t.test(
  'a call of a router brings its CTI headers, its number and when it joined; another brings nothing',
  (t) => {
    const stage = staffedStage();
    stage.learnTime();
    const sip = (name: string) => `variable_sip_h_${name}`;
    const brought = {
      [sip('X-Decision-ID')]: 'd-1',
      [sip('X-Offer-ID')]: 'GOLD',
      [sip('X-Offer-URL')]: 'https://desk.example.com/gold?x=1',
      [sip('X-Offer-Presented')]: 'SAVER:declined, TRAVEL:agent',
      [sip('X-Service-Offer-ID')]: '',
      [sip('X-Custom')]: 'of somebody else',
    };
    stage.event('member-queue-start', {
      ...brought,
      'CC-Member-CID-Number': '+15550100001',
      ...memberFields('m1'),
    });
    stage.event('agent-offering', { ...memberFields('m1'), ...agent });
    stage.event('member-queue-start', memberFields('m2'));
    const [joined, offered, other] = stage.calls();
    t.strictSame(joined?.brought?.headers, {
      'x-decision-id': 'd-1',
      'x-offer-id': 'GOLD',
      'x-offer-url': 'https://desk.example.com/gold?x=1',
      'x-offer-presented': 'SAVER:declined, TRAVEL:agent',
    });
    t.equal(joined?.brought?.callerNumber, '+15550100001');
    t.equal(offered?.brought, joined?.brought, 'an event without channel variables has it from the first');
    t.equal(other?.brought, undefined);
    t.end();
  },
);
