import t from 'tap';
import type {
  AgentStatus,
  CentreCallEvent,
  CentreControl,
  CentreReading,
  ControlAnswer,
} from '../../../src/callcenter/index.js';
import { DispositionDuty } from '../../../src/calls/index.js';
import type { DutyKey, DutyRecords, DutyRule, KeptDuty } from '../../../src/calls/index.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { FakeClock } from '../../support/fake-clock.js';

class Records implements DutyRecords {
  isDown = false;
  readonly rows = new Map<string, KeptDuty>();
  readonly done = new Set<string>();

  settled(keys: readonly DutyKey[]): Promise<readonly DutyKey[]> {
    return this.#answer(keys.filter(({ decisionId }) => this.done.has(decisionId)));
  }

  save(kept: readonly KeptDuty[], gone: readonly DutyKey[]): Promise<void> {
    if (!this.isDown) {
      for (const one of gone) this.rows.delete(one.decisionId);
      for (const one of kept) this.rows.set(one.decisionId, one);
    }
    return this.#answer(undefined);
  }

  load(): Promise<readonly KeptDuty[]> {
    return this.#answer([...this.rows.values()]);
  }

  #answer<T>(value: T): Promise<T> {
    return this.isDown ? Promise.reject(new Error('down')) : Promise.resolve(value);
  }
}

/** A centre that does at once what it is told, and tells it at once. */
class Centre implements Pick<CentreControl, 'setAgentStatus'> {
  status: AgentStatus = 'Available';
  answer: ControlAnswer = { kind: 'done' };
  isSilent = false;
  readonly commands: string[] = [];
  tell: (() => void) | undefined;

  setAgentStatus(centre: string, agent: string, status: string): Promise<ControlAnswer> {
    this.commands.push(`${centre}/${agent} ${status}`);
    if (this.answer.kind === 'done') this.choose(status as AgentStatus);
    return Promise.resolve(this.answer);
  }

  choose(status: AgentStatus): void {
    this.status = status;
    if (!this.isSilent) this.tell?.();
  }

  get reading(): CentreReading {
    const { status } = this;
    const agent = { agent: '1001', status, state: 'Waiting', since: 0, tiers: [], isFree: false } as const;
    return {
      centre: 'east',
      readAt: 0,
      agents: new Map([['1001', agent]]),
      queues: new Map(),
      missingQueues: [],
      portsInUse: undefined,
    };
  }
}

const hold = 'east/1001 On Break';
const free = 'east/1001 Available';

function stage(given: { rule?: DutyRule; records?: Records; centre?: Centre; clock?: FakeClock } = {}) {
  const { clock = new FakeClock(), records = new Records(), centre = new Centre() } = given;
  const rule = given.rule ?? { isRequired: true, autoWrapSeconds: 300 };
  const duty = new DispositionDuty({
    live: { get: (id) => (id.startsWith('d') ? { partner: 'acme' } : undefined) },
    control: centre,
    ruleOf: (partner) => (partner === 'acme' ? rule : undefined),
    records,
    clock,
    log: silentLogger,
  });
  centre.tell = () => duty.onReading(centre.reading);
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1000) {
      clock.advance(Math.min(left, 1000));
      await settle();
    }
  };
  const event = (kind: CentreCallEvent['kind'], decisionId: string, offerCode?: string): CentreCallEvent =>
    ({
      kind,
      centre: 'east',
      queue: 'sales',
      sessionUuid: 'u',
      decisionId,
      offerCode,
      at: 0,
      ...(kind === 'member-left' ? { cause: 'answered' } : { agent: '1001' }),
    }) as unknown as CentreCallEvent;
  const talk = async (decisionId = 'd1', offer: string | undefined = 'PLATINUM'): Promise<void> => {
    duty.onCallEvent(event('agent-answered', decisionId, offer));
    duty.onCallEvent(event('agent-ended', decisionId, offer));
    await settle();
  };
  const start = async (): Promise<void> => {
    duty.start();
    centre.tell?.();
    await settle();
  };
  return { clock, records, centre, duty, settle, pass, event, talk, start };
}

t.test('an agent is held after the talk, and free when the disposition is recorded', async (t) => {
  const { duty, centre, talk, start, settle, pass, records, clock } = stage();
  await start();
  await talk();
  t.same(centre.commands, [hold]);
  t.equal(duty.agents, 1);
  duty.recorded({ decisionId: 'd9', offer: 'PLATINUM' });
  await settle();
  t.same(centre.commands, [hold], 'of another call');
  duty.recorded({ decisionId: 'd1', offer: 'PLATINUM' });
  await settle();
  t.same(centre.commands, [hold, free]);
  t.equal(duty.agents, 0);
  await pass(3000);
  t.equal(records.rows.size, 0);
  t.same(clock.running, [], 'nothing to see to, no timer');
});

t.test('nobody is held without need', async (t) => {
  const { duty, centre, talk, start, event, settle } = stage();
  await start();
  await talk('d1', '');
  duty.onCallEvent(event('agent-answered', 'd2'));
  duty.onCallEvent(event('agent-ended', 'd2'));
  await talk('x1');
  duty.onCallEvent(event('agent-answered', 'd3', 'PLATINUM'));
  duty.recorded({ decisionId: 'd3', offer: 'PLATINUM' });
  duty.onCallEvent(event('agent-ended', 'd3', 'PLATINUM'));
  duty.onCallEvent(event('agent-ended', 'd4', 'PLATINUM'));
  duty.onCallEvent(event('agent-ended', 'd4', 'PLATINUM'));
  await settle();
  t.same(centre.commands, []);
  const optional = stage({ rule: { isRequired: false, autoWrapSeconds: 300 } });
  await optional.start();
  await optional.talk();
  t.same(optional.centre.commands, []);
});

t.test('what the agent chooses stands', async (t) => {
  const onBreak = stage();
  await onBreak.start();
  onBreak.centre.choose('On Break');
  await onBreak.talk();
  onBreak.duty.recorded({ decisionId: 'd1', offer: 'PLATINUM' });
  await onBreak.pass(2000);
  t.same(onBreak.centre.commands, [], 'on a break of their own before');

  const leaves = stage();
  await leaves.start();
  await leaves.talk();
  leaves.centre.choose('Logged Out');
  leaves.duty.recorded({ decisionId: 'd1', offer: 'PLATINUM' });
  await leaves.pass(2000);
  t.same(leaves.centre.commands, [hold], 'logged out meanwhile');

  const own = stage();
  await own.start();
  await own.talk();
  own.duty.chose('east', '1001', 'On Break');
  own.duty.recorded({ decisionId: 'd1', offer: 'PLATINUM' });
  await own.pass(2000);
  t.same(own.centre.commands, [hold], 'a break chosen through us');

  const onDemand = stage();
  await onDemand.start();
  onDemand.centre.choose('Available (On Demand)');
  await onDemand.talk();
  onDemand.duty.recorded({ decisionId: 'd1', offer: 'PLATINUM' });
  await onDemand.settle();
  t.same(onDemand.centre.commands, [hold, 'east/1001 Available (On Demand)'], 'back to what it was');
});

t.test('who becomes available and still owes is held again, and at last let be', async (t) => {
  const { centre, talk, start, pass } = stage();
  await start();
  await talk();
  for (let i = 0; i < 8; i += 1) {
    centre.choose('Available');
    await pass(1000);
  }
  t.same(centre.commands, Array<string>(5).fill(hold));
  t.equal(centre.status, 'Available');
});

t.test('a hold ends by itself, database or not', async (t) => {
  for (const [autoWrapSeconds, ms] of [
    [300, 300_000],
    [0, 600_000],
  ] as const) {
    const records = new Records();
    records.isDown = true;
    const { centre, talk, start, pass } = stage({ rule: { isRequired: true, autoWrapSeconds }, records });
    await start();
    await talk();
    await pass(ms - 2000);
    t.same(centre.commands, [hold]);
    await pass(3000);
    t.same(centre.commands, [hold, free]);
    records.isDown = false;
    await pass(3000);
    t.equal(records.rows.size, 0, 'and nothing of it is left');
  }
});

t.test('what another router recorded frees as well', async (t) => {
  const { centre, talk, start, pass, records } = stage();
  await start();
  await talk('d1');
  await talk('d2');
  records.done.add('d1');
  await pass(2000);
  t.same(centre.commands, [hold], 'one of two');
  records.done.add('d2');
  await pass(2000);
  t.same(centre.commands, [hold, free]);
  await pass(2000);
  t.equal(records.rows.size, 0);
});

t.test('a restart frees who was held, and nobody else', async (t) => {
  const first = stage();
  await first.start();
  await first.talk();
  await first.pass(1000);
  first.duty.stop();
  t.same(first.clock.running, []);
  t.match([...first.records.rows.values()], [{ statusBefore: 'Available', decisionId: 'd1' }]);

  const { records, centre, clock } = first;
  const second = stage({ records, centre, clock });
  await second.start();
  await second.pass(5000);
  t.same(centre.commands, [hold], 'still owed');
  records.done.add('d1');
  await second.pass(2000);
  t.same(centre.commands, [hold, free]);
  await second.pass(2000);
  t.equal(records.rows.size, 0);
  second.duty.stop();
});

t.test('a restart leaves those alone who went on meanwhile', async (t) => {
  for (const status of ['Available', 'Logged Out'] as const) {
    const first = stage();
    await first.start();
    await first.talk();
    await first.pass(1000);
    first.duty.stop();
    const { records, centre, clock } = first;
    centre.status = status;
    records.done.add('d1');
    records.isDown = true;
    const second = stage({ records, centre, clock });
    await second.start();
    await second.pass(5000);
    records.isDown = false;
    await second.pass(5000);
    t.notOk(centre.commands.includes(free), status);
    t.equal(centre.status, status);
    t.equal(records.rows.size, 0);
    second.duty.stop();
  }
});

t.test('a centre that cannot be reached is asked again, one that refuses is not', async (t) => {
  const away = stage();
  away.centre.answer = { kind: 'unreachable', reason: 'down' };
  await away.start();
  await away.talk();
  await away.pass(5000);
  t.ok(away.centre.commands.length >= 2);
  away.centre.answer = { kind: 'done' };
  await away.pass(10_000);
  t.equal(away.centre.status, 'On Break');
  away.centre.answer = { kind: 'unreachable', reason: 'down' };
  away.duty.recorded({ decisionId: 'd1', offer: 'PLATINUM' });
  await away.pass(3000);
  away.centre.answer = { kind: 'done' };
  await away.pass(10_000);
  t.equal(away.centre.status, 'Available');
  t.equal(away.duty.agents, 0);

  const never = stage();
  never.centre.answer = { kind: 'unreachable', reason: 'down' };
  await never.start();
  await never.talk();
  await never.pass(200_000);
  t.equal(never.centre.commands.length, 10, 'bounded');

  const refuses = stage();
  refuses.centre.answer = { kind: 'unknown-agent' };
  await refuses.start();
  await refuses.talk();
  await refuses.pass(30_000);
  t.equal(refuses.centre.commands.length, 1);
});

t.test('a feed that is behind is waited for', async (t) => {
  const { centre, talk, start, duty, pass } = stage();
  await start();
  centre.isSilent = true;
  await talk();
  duty.recorded({ decisionId: 'd1', offer: 'PLATINUM' });
  await pass(2000);
  t.same(centre.commands, [hold], 'the break is not seen yet');
  centre.isSilent = false;
  centre.tell?.();
  await pass(1000);
  t.same(centre.commands, [hold, free]);
});

t.test('a talk whose end is not told ends with the member, or with the next agent', async (t) => {
  const { centre, start, duty, event, settle } = stage();
  await start();
  duty.onCallEvent(event('agent-answered', 'd1', 'PLATINUM'));
  duty.onCallEvent(event('member-left', 'd1', 'PLATINUM'));
  await settle();
  t.same(centre.commands, [hold]);
  duty.onCallEvent(event('agent-ended', 'd1', 'PLATINUM'));
  await settle();
  t.same(centre.commands, [hold], 'late');
});
