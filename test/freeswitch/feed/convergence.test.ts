// Laws of the model: whatever order events come in, and however often, the picture after the tables have been read is the one that
// the events in their order give.
import fc from 'fast-check';
import t from 'tap';
import { eventFrame } from '../../support/fake-callcenter.js';
import { memberFields, ModelStage, sales, service } from './model-support.js';

/** What people and callers do. */
type Deed =
  | { readonly kind: 'status'; readonly agent: number; readonly status: string }
  | { readonly kind: 'join'; readonly queue: string }
  | {
      readonly kind: 'offer' | 'answer' | 'fail' | 'hang-up';
      readonly member: number;
      readonly agent: number;
    };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    kind: fc.constant('status' as const),
    agent: fc.nat(3),
    status: fc.constantFrom('Available', 'Available (On Demand)', 'On Break', 'Logged Out'),
  }),
  fc.record({ kind: fc.constant('join' as const), queue: fc.constantFrom('sales', 'service') }),
  fc.record({
    kind: fc.constantFrom('offer' as const, 'answer' as const, 'fail' as const, 'hang-up' as const),
    member: fc.nat(8),
    agent: fc.nat(3),
  }),
);

/** A call centre that does what it is told and writes down the events, each with its number. */
class Story {
  readonly stage = new ModelStage([sales, service]);
  readonly events: string[] = [];
  #joined = 0;

  constructor() {
    const { callcenter } = this.stage;
    callcenter.queues = [{ name: 'sales@default' }, { name: 'service@default' }];
    for (let i = 0; i < 4; i++) {
      callcenter.agents.push({ name: `${i}@default`, status: 'Available', state: 'Waiting' });
      callcenter.tiers.push({ queue: 'sales@default', agent: `${i}@default`, position: i });
      if (i % 2 === 0) callcenter.tiers.push({ queue: 'service@default', agent: `${i}@default` });
    }
  }

  do(deed: Deed): void {
    const { callcenter } = this.stage;
    if (deed.kind === 'join') {
      const uuid = `m${this.#joined++}`;
      const queue = `${deed.queue}@default`;
      this.#say('member-queue-start', { ...memberFields(uuid), 'CC-Queue': queue });
      callcenter.members.push({
        queue,
        uuid,
        sessionUuid: `session-${uuid}`,
        state: 'Waiting',
        joinedEpoch: callcenter.epoch(),
      });
      return;
    }
    const agent = callcenter.agents[deed.agent];
    if (agent === undefined) return;
    if (deed.kind === 'status') {
      agent.status = deed.status;
      this.#say('agent-status-change', { 'CC-Agent': agent.name, 'CC-Agent-Status': deed.status });
      return;
    }
    const member = callcenter.members[deed.member % Math.max(1, callcenter.members.length)];
    if (member !== undefined) this.#call(deed.kind, member, agent);
  }

  #call(
    kind: 'offer' | 'answer' | 'fail' | 'hang-up',
    member: ModelStage['callcenter']['members'][number],
    agent: ModelStage['callcenter']['agents'][number],
  ): void {
    const fields = { ...memberFields(member.uuid), 'CC-Queue': member.queue, 'CC-Agent': agent.name };
    if (kind === 'offer' && agent.state === 'Waiting') {
      this.#state(agent, 'Receiving');
      this.#say('agent-offering', fields);
    } else if (kind === 'fail' && agent.state === 'Receiving') {
      this.#say('bridge-agent-fail', { ...fields, 'CC-Hangup-Cause': 'NO_ANSWER' });
      this.#state(agent, 'Waiting');
    } else if (kind === 'answer' && agent.state === 'Receiving' && member.state === 'Waiting') {
      member.state = 'Answered';
      this.#say('bridge-agent-start', fields);
      this.#state(agent, 'In a queue call');
    } else if (kind === 'hang-up') {
      const { callcenter } = this.stage;
      callcenter.members = callcenter.members.filter((one) => one !== member);
      const how =
        member.state === 'Answered' ? { 'CC-Cause': 'Terminated' } : { 'CC-Cancel-Reason': 'BREAK_OUT' };
      this.#say('member-queue-end', { ...fields, ...how });
    }
  }

  #state(agent: ModelStage['callcenter']['agents'][number], state: string): void {
    agent.state = state;
    this.#say('agent-state-change', { 'CC-Agent': agent.name, 'CC-Agent-State': state });
  }

  #say(action: string, fields: Readonly<Record<string, string>>): void {
    this.events.push(eventFrame(this.stage.callcenter.event(action, fields)));
  }
}

/** What must be the same; times of hearing are not. */
function picture(stage: ModelStage): unknown {
  stage.clock.advance(60_000);
  const { agents, queues, missingQueues } = stage.reconcile();
  return {
    agents: [...agents.values()]
      .map(({ agent, status, state, isFree }) => [agent, status, state, isFree])
      .sort(),
    queues: [...queues.values()].map((one) => [
      one.queue,
      one.staffedAgents,
      one.freeAgents,
      one.membersWaiting,
    ]),
    missingQueues,
  };
}

t.test('shuffled, repeated and cut events come to the same picture once the tables are read', (t) => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), fc.infiniteStream(fc.nat(1_000_000)), (deeds, numbers) => {
      const story = new Story();
      for (const one of deeds) story.do(one);
      const inOrder = new ModelStage([sales, service]);
      const shuffled = new ModelStage([sales, service]);
      for (const stage of [inOrder, shuffled]) {
        stage.callcenter.copy(story.stage.callcenter);
        stage.learnTime();
      }
      inOrder.hear(story.events.join(''));
      const pick = (): number => Number(numbers.next().value);
      const some = [...story.events, ...story.events.filter(() => pick() % 3 === 0)].filter(
        () => pick() % 10 !== 0,
      );
      const order = some.map((event) => ({ event, place: pick() })).sort((a, b) => a.place - b.place);
      shuffled.hear(order.map((one) => one.event).join(''));
      shuffled.reading();
      t.strictSame(picture(shuffled), picture(inOrder));
      t.strictSame(picture(shuffled), picture(inOrder), 'and it stays so');
    }),
    { numRuns: 150 },
  );
  t.end();
});

t.test('each call is told at most once: joined, ended, left', (t) => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), fc.infiniteStream(fc.nat(1_000_000)), (deeds, numbers) => {
      const story = new Story();
      for (const one of deeds) story.do(one);
      const heard = new ModelStage([sales, service]);
      const order = [...story.events, ...story.events].map((event) => ({
        event,
        place: Number(numbers.next().value),
      }));
      order.sort((a, b) => a.place - b.place);
      heard.hear(order.map((one) => one.event).join(''));
      const once = heard
        .calls()
        .filter(({ kind }) => ['member-joined', 'agent-ended', 'member-left'].includes(kind));
      const keys = once.map(({ kind, sessionUuid }) => `${kind} ${sessionUuid}`);
      t.equal(new Set(keys).size, keys.length);
    }),
    { numRuns: 100 },
  );
  t.end();
});

t.test('events with any names and values never throw', (t) => {
  const stage = new ModelStage([sales]);
  const actions = fc.constantFrom(
    ...[
      'member-queue-start',
      'member-queue-end',
      'member-queue-resume',
      'agent-offering',
      'bridge-agent-start',
    ],
    ...[
      'bridge-agent-end',
      'bridge-agent-fail',
      'agent-status-change',
      'agent-state-change',
      'agent-add',
      '',
      'x',
    ],
  );
  const text = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.constantFrom('sales@default', '@default', '1@default', '-1', '9'.repeat(30)),
  );
  const names = fc.constantFrom(
    ...[
      'CC-Queue',
      'CC-Agent',
      'CC-Member-UUID',
      'CC-Member-Session-UUID',
      'CC-Member-Joined-Time',
      'CC-Agent-Status',
    ],
    ...[
      'CC-Agent-State',
      'CC-Bridge-Terminated-Time',
      'CC-Agent-Answered-Time',
      'variable_sip_h_X-Decision-ID',
    ],
  );
  fc.assert(
    fc.property(actions, fc.dictionary(names, text), (action, fields) => {
      const hearing = stage.event(action, fields);
      stage.reading();
      for (const call of stage.calls()) {
        t.ok(call.decisionId === undefined || /^[\x21-\x7e]{1,128}$/.test(call.decisionId));
        t.equal(call.queue, 'sales');
      }
      return hearing !== undefined;
    }),
    { numRuns: 500 },
  );
  t.end();
});
