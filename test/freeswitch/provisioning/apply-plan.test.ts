import t from 'tap';
import { planCentre, readActualCentre } from '../../../src/freeswitch/index.js';
import { applyPlan, stepInWords } from '../../../src/freeswitch/index.js';
import type { ApplyOutcome } from '../../../src/freeswitch/index.js';
import { ModelCentre, ModelGoneError, plainQueue } from './model-centre.js';
import { applyAt, cardSteps, MemoryLedger, planAt, wishOf, withXml } from './wishes.js';

const team = [
  { agent: '1001', skills: { cards: 8 } },
  { agent: '1002', skills: { cards: 5 } },
];

function refusals({ refused }: ApplyOutcome): readonly string[] {
  return refused.map(({ step, said }) => `${stepInWords(step)}: ${said}`);
}

t.test('a queue that callcenter.conf lacks is named with the fix, and the rest is applied', async (t) => {
  const queues = { cards: cardSteps, loans: cardSteps };
  const desired = wishOf(team, queues);
  const centre = withXml(new ModelCentre(), desired);
  centre.xml.delete('loans@default');
  const ledger = new MemoryLedger();
  const outcome = await applyAt(centre, ledger, desired);
  t.strictSame(refusals(outcome), [
    'load queue loans@default: is not in callcenter.conf; include the output of "proffer centres xml east" there and apply again',
  ]);
  t.strictSame(
    outcome.skipped.map(({ step, said }) => `${stepInWords(step)}: ${said}`),
    [
      'add tier 1001@default in loans@default: loans@default is not loaded',
      'add tier 1002@default in loans@default: loans@default is not loaded',
    ],
  );
  t.equal(centre.tiers.get('cards@default')?.size, 2);
  t.equal(ledger.ledger.tiers.size, 2, 'what was not added is not ours');
  centre.xml.set('loans@default', { ...desired.queues[1]!.parameters });
  t.strictSame(refusals(await applyAt(centre, ledger, desired)), []);
  t.strictSame((await planAt(centre, ledger, desired)).steps, []);
});

t.test('XML that FreeSWITCH cannot read is named once a queue, with what it said', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  centre.reloadAnswer = '+OK [[error near line 7]: unexpected closing tag </queue>]\n';
  const outcome = await applyAt(centre, new MemoryLedger(), desired);
  t.strictSame(refusals(outcome), [
    'load queue cards@default: FreeSWITCH cannot read its XML: +OK [[error near line 7]: unexpected closing tag </queue>]',
  ]);
  t.equal(centre.agents.size, 2);
  centre.reloadAnswer = '+OK [Success]\n';
  centre.answers.set('xml_locate', '-ERR xml_locate Command not found!\n');
  t.strictSame(refusals(await applyAt(centre, new MemoryLedger(), desired)).slice(0, 1), [
    'load queue cards@default: FreeSWITCH does not show its XML: -ERR xml_locate Command not found!',
  ]);
});

t.test('a queue is never unloaded while its XML would not make it right', async (t) => {
  const desired = wishOf([]);
  const centre = new ModelCentre();
  centre.queues.set('cards@default', plainQueue);
  centre.xml.set('cards@default', { ...plainQueue, tier_rules_apply: 'true' });
  t.strictSame(refusals(await applyAt(centre, new MemoryLedger(), desired)), [
    'reload queue cards@default: in callcenter.conf tier-rule-wait-second is 0, not 1, tier-rule-wait-multiply-level is false, not true; include the output of "proffer centres xml east" there and apply again',
  ]);
  centre.xml.clear();
  t.match(refusals(await applyAt(centre, new MemoryLedger(), desired)), [/is not in callcenter.conf/]);
  t.ok(centre.queues.has('cards@default'), 'callers in it would be dropped');
});

t.test('a queue is never unloaded under callers', async (t) => {
  const desired = wishOf([]);
  const centre = withXml(new ModelCentre(), desired);
  centre.queues.set('cards@default', plainQueue);
  centre.members.set('cards@default', ['Waiting', 'Answered', 'Trying', 'Abandoned']);
  t.strictSame(refusals(await applyAt(centre, new MemoryLedger(), desired)), [
    'reload queue cards@default: 3 callers wait in it, and a queue is not reloaded under callers; apply again when it is empty ("drain: true" empties it)',
  ]);
  t.strictSame(centre.queues.get('cards@default'), plainQueue);
  centre.members.set('cards@default', ['Answered']);
  t.strictSame(refusals(await applyAt(centre, new MemoryLedger(), desired)), []);
});

t.test('a refused command is named, and what needs it is left out', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  centre.answers.set('callcenter_config agent add 1002@default', '-ERR Agent type invalid!\n');
  centre.answers.set('callcenter_config tier add cards@default 1001@default', '-ERR Unknown Error!\n');
  const ledger = new MemoryLedger();
  const outcome = await applyAt(centre, ledger, desired);
  t.strictSame(refusals(outcome), [
    'add agent 1002@default: -ERR Agent type invalid!',
    'add tier 1001@default in cards@default: -ERR Unknown Error!',
  ]);
  t.equal(outcome.skipped.length, 7, 'six settings and one tier of 1002');
  t.strictSame([[...ledger.ledger.agents], ledger.ledger.tiers.size], [['1001@default'], 0]);
  centre.answers.clear();
  await applyAt(centre, ledger, desired);
  t.strictSame((await planAt(centre, ledger, desired)).steps, []);
});

t.test('what somebody else added meanwhile is theirs', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  const ledger = new MemoryLedger();
  const plan = await planAt(centre, ledger, desired);
  centre.addAgent('1001@default', { contact: 'user/by-hand' });
  centre.addTier('cards@default', '1001@default', 1, 1);
  const outcome = await applyPlan(plan, desired, { commands: centre, ledger });
  t.strictSame(refusals(outcome), ['add agent 1001@default: -ERR Agent already exist!']);
  await applyAt(centre, ledger, wishOf([]));
  t.match(centre.agents.get('1001@default'), { contact: 'user/by-hand' });
  t.strictSame(centre.tiers.get('cards@default')?.get('1001@default'), { level: 1, position: 1 });
});

t.test('without an answer nothing further is sent, and it is said how far it got', async (t) => {
  const desired = wishOf(team);
  const centre = withXml(new ModelCentre(), desired);
  const ledger = new MemoryLedger();
  const plan = planCentre(desired, await readActualCentre(centre), ledger.read());
  centre.goneAfter = 3;
  const sent = centre.commands.length;
  const outcome = await applyPlan(plan, desired, { commands: centre, ledger });
  t.equal(outcome.stopped?.step.kind, 'add-agent');
  t.ok(outcome.stopped?.error instanceof ModelGoneError);
  t.equal(outcome.done.length, 1);
  t.equal(centre.commands.length, sent + 4);
  t.strictSame(
    [[...ledger.ledger.agents], ledger.ledger.tiers.size],
    [['1001@default'], 0],
    'the one that may have been added is ours, what was never sent is not',
  );
});

t.test('progress is told, and many additions cost few writes of the ledger', async (t) => {
  const many = Array.from({ length: 120 }, (_, index) => ({ agent: `a${index}`, skills: { cards: 9 } }));
  const desired = wishOf(many);
  const centre = withXml(new ModelCentre(), desired);
  const ledger = new MemoryLedger();
  const plan = await planAt(centre, ledger, desired);
  const told: number[] = [];
  await applyPlan(plan, desired, { commands: centre, ledger, tell: (done) => told.push(done) });
  t.strictSame([told.length, told.at(-1)], [plan.steps.length, plan.steps.length]);
  t.ok(ledger.writes <= 6, `${ledger.writes} writes`);
});
