import t from 'tap';
import { planChanges, planSummary } from '../../../src/freeswitch/index.js';
import { ModelCentre, plainQueue } from './model-centre.js';
import { applyAt, cardSteps, MemoryLedger, planAt, wishOf, withXml } from './wishes.js';

const team = [
  { agent: '1001', skills: { cards: 8 }, contact: 'user/1001@example.com' },
  { agent: '1002', skills: { cards: 5 } },
  { agent: '1003', skills: {} },
];

t.test('an empty centre gets its queues, then agents with what is set of them, then tiers', async (t) => {
  const centre = new ModelCentre();
  const { steps, notes } = await planAt(centre, new MemoryLedger(), wishOf(team.slice(0, 1)));
  t.strictSame(steps, [
    { kind: 'load-queue', queue: 'cards@default' },
    { kind: 'add-agent', agent: '1001@default' },
    ...Object.entries({
      contact: 'user/1001@example.com',
      max_no_answer: '3',
      wrap_up_time: '10',
      reject_delay_time: '10',
      busy_delay_time: '30',
      no_answer_delay_time: '5',
    }).map(([key, value]) => ({ kind: 'set-agent', agent: '1001@default', key, value })),
    { kind: 'add-tier', queue: 'cards@default', agent: '1001@default', level: 0, position: 1 },
  ]);
  t.strictSame(notes, []);
});

t.test('apply makes the centre as planned, and then nothing is left to plan', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  const ledger = new MemoryLedger();
  const outcome = await applyAt(centre, ledger, desired);
  t.strictSame([outcome.refused, outcome.skipped, outcome.stopped], [[], [], undefined]);
  t.matchStrict(centre.state(), {
    agents: {
      '1001@default': { type: 'callback', contact: 'user/1001@example.com', status: 'Logged Out' },
      '1002@default': { contact: 'user/1002@default', wrap_up_time: '10', busy_delay_time: '30' },
    },
    tiers: [
      { queue: 'cards@default', agent: '1001@default', level: 0, position: 1 },
      { queue: 'cards@default', agent: '1002@default', level: 20, position: 1 },
      { queue: 'cards@default', agent: '1003@default', level: 40, position: 1 },
    ],
  });
  t.strictSame((await planAt(centre, ledger, desired)).steps, []);
  t.strictSame(
    centre.commands.filter((one) => /queue (load|reload)|set status/.test(one)),
    [],
    'nothing that imports the agents of the XML or changes a status',
  );
});

t.test('what changed in the settings, and only that, changes at the centre', async (t) => {
  const before = wishOf(team);
  const centre = withXml(new ModelCentre(), before);
  const ledger = new MemoryLedger();
  await applyAt(centre, ledger, before);
  const after = wishOf([
    { ...team[0]!, skills: { cards: 5 }, wrapUpSeconds: 15 },
    { agent: '1002', skills: { cards: 6 } },
    { agent: '1004', skills: { cards: 2 } },
  ]);
  const plan = await planAt(centre, ledger, after);
  t.strictSame(
    planChanges(plan.steps).map(({ sign, what, name, detail }) => `${sign} ${what} ${name}: ${detail}`),
    [
      '~ agent 1001@default: wrap_up_time 10 -> 15',
      '+ agent 1004@default: Logged Out, contact user/1004@default',
      '~ tier 1001@default in cards@default: level 0 -> 20, position 1 -> 2',
      '+ tier 1004@default in cards@default: level 40, position 1',
      '- tier 1003@default in cards@default: ',
      '- agent 1003@default: ',
    ],
  );
  t.equal(planSummary(plan), 'centres.yaml asks for 6 changes at east: proffer centres plan');
  await applyAt(centre, ledger, after);
  const left = await planAt(centre, ledger, after);
  t.strictSame(left.steps, []);
  t.equal(planSummary(left), undefined);
});

t.test('a queue whose parameters differ is loaded anew, without its agents and tiers', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  centre.queues.set('cards@default', { ...plainQueue, strategy: 'top-down' });
  const ledger = new MemoryLedger();
  const [first] = (await planAt(centre, ledger, desired)).steps;
  t.strictSame(first, {
    kind: 'reload-queue',
    queue: 'cards@default',
    changes: [
      { key: 'strategy', before: 'top-down', value: 'longest-idle-agent' },
      { key: 'tier_rules_apply', before: 'false', value: 'true' },
      { key: 'tier_rule_wait_second', before: '0', value: '1' },
      { key: 'tier_rule_wait_multiply_level', before: 'false', value: 'true' },
    ],
  });
  await applyAt(centre, ledger, desired);
  t.strictSame((await planAt(centre, ledger, desired)).steps, []);
  const queueCommands = centre.commands.filter((one) => / queue |reloadxml|xml_locate|proffer/.test(one));
  t.strictSame(queueCommands.slice(2, -1), [
    'reloadxml',
    'xml_locate configuration configuration name callcenter.conf',
    'callcenter_config queue list members cards@default',
    'callcenter_config queue unload cards@default',
    'callcenter_config tier add cards@default -proffer-loads-queue',
  ]);
});

t.test('queues without steps are of no concern', async (t) => {
  const centre = new ModelCentre();
  centre.queues.set('service@default', plainQueue);
  centre.addTier('service@default', '1001@default');
  const desired = wishOf([], { service: undefined, cards: cardSteps });
  t.strictSame((await planAt(centre, new MemoryLedger(), desired)).steps, [
    { kind: 'load-queue', queue: 'cards@default' },
  ]);
});

t.test('what was made by hand stays, and is told where it differs', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  centre.queues.set('cards@default', { ...desired.queues[0]!.parameters });
  centre.addAgent('1001@default', { contact: 'user/a|user/b', status: 'Available' });
  centre.addAgent('2001@default', { status: 'On Break' });
  centre.addTier('cards@default', '1001@default', 3, 9);
  centre.addTier('cards@default', '2001@default');
  centre.addTier('service@default', '1002@default');
  const ledger = new MemoryLedger();
  const plan = await planAt(centre, ledger, desired);
  t.strictSame(plan.notes, [
    {
      about: '1001@default',
      note: 'made by hand: contact, max_no_answer and 4 more not as in centres.yaml, and left so',
    },
    {
      about: '1001@default in cards@default',
      note: 'tier made by hand: left at level 3, position 9 (level 0, position 1 by skills)',
    },
  ]);
  await applyAt(centre, ledger, desired);
  t.strictSame([...ledger.ledger.agents], ['1002@default', '1003@default']);
  await applyAt(centre, ledger, wishOf([]));
  t.strictSame(
    [...centre.agents.keys()],
    ['1001@default', '2001@default', '1002@default'],
    '1002 stays too: it has a tier by hand, which would go with it',
  );
  t.strictSame(centre.tiers.get('cards@default')?.size, 2);
  const left = await planAt(centre, ledger, wishOf([]));
  t.strictSame(left.steps, []);
  t.strictSame(left.notes, [
    {
      about: '1002@default',
      note: 'in no settings, but left: its tier in service@default was made by hand',
    },
  ]);
});

t.test('an agent made by hand gets tiers of ours, and keeps itself when they go', async (t) => {
  const desired = wishOf(team.slice(0, 1));
  const centre = withXml(new ModelCentre(), desired);
  centre.addAgent('1001@default', { status: 'Available' });
  const ledger = new MemoryLedger();
  await applyAt(centre, ledger, desired);
  t.equal(centre.tiers.get('cards@default')?.size, 1);
  await applyAt(centre, ledger, wishOf([]));
  t.equal(centre.tiers.get('cards@default')?.size, 0);
  t.match(centre.agents.get('1001@default'), { status: 'Available', contact: '' });
});

t.test('whoever is logged in is not removed, but gets no more calls', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  const ledger = new MemoryLedger();
  await applyAt(centre, ledger, desired);
  centre.agents.get('1002@default')!.status = 'On Break';
  const fewer = wishOf(team.slice(0, 1));
  const outcome = await applyAt(centre, ledger, fewer);
  t.strictSame(
    outcome.done.map((one) => one.kind),
    ['remove-tier', 'remove-tier', 'remove-agent'],
  );
  t.strictSame([...centre.agents.keys()], ['1001@default', '1002@default']);
  const held = await planAt(centre, ledger, fewer);
  t.strictSame(held.steps, []);
  t.strictSame(held.notes, [
    { about: '1002@default', note: 'in no settings, but On Break: apply again after log-out' },
  ]);
  centre.agents.get('1002@default')!.status = 'Logged Out';
  await applyAt(centre, ledger, fewer);
  t.strictSame([...centre.agents.keys()], ['1001@default']);
  t.strictSame(ledger.ledger.agents, new Set(['1001@default']));
});

t.test('a tier of an agent in a call changes at once, and that is told', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  const ledger = new MemoryLedger();
  await applyAt(centre, ledger, desired);
  centre.agents.get('1002@default')!.state = 'In a queue call';
  const better = wishOf([...team.slice(0, 1), { agent: '1002', skills: { cards: 9 } }, team[2]!]);
  const { notes, steps } = await planAt(centre, ledger, better);
  t.equal(steps.length, 2, 'both agents of the first step change places');
  t.strictSame(notes, [
    {
      about: '1002@default',
      note: 'in a call (In a queue call), which goes on: its tiers count from the next',
    },
  ]);
});

t.test('what the ledger names and nobody has is forgotten without a command', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  const ledger = new MemoryLedger();
  await applyAt(centre, ledger, desired);
  centre.agents.clear();
  centre.tiers.clear();
  const none = wishOf([]);
  const plan = await planAt(centre, ledger, none);
  t.strictSame(plan.steps, []);
  t.equal(plan.forgotten.agents.length + plan.forgotten.tiers.length, 6);
  await applyAt(centre, ledger, none);
  t.equal(ledger.ledger.agents.size + ledger.ledger.tiers.size, 0);
});
