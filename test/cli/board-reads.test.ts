// What the board is made of: agents by what they do, trunks by when they were heard, and no more than the partners of the person have.
import t from 'tap';
import { compileRoutingPlan } from '../../src/calls/routing-plan.js';
import { boardNow, shownAs } from '../../src/cli/board-reads.js';
import type { BoardReadParts } from '../../src/cli/board-reads.js';
import type { AgentView, LiveCallView, LiveOperations } from '../../src/console/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { shopSettings } from '../support/shop-settings.js';

const agent = (name: string, queue: string, more: Partial<AgentView> = {}): AgentView => ({
  centre: 'east',
  agent: name,
  status: 'Available',
  state: 'Waiting',
  isFree: true,
  sinceMs: 1000,
  tiers: [{ queue, level: 1, position: 1 }],
  ...more,
});

const call = (more: Partial<LiveCallView>): LiveCallView => ({
  decisionId: 'd-acme',
  partner: 'acme',
  customer: undefined,
  offer: undefined,
  presented: [],
  centre: 'east',
  queue: 'service',
  agent: 'ann',
  state: 'talking',
  sinceMs: 0,
  ...more,
});

function parts(clock: FakeClock): BoardReadParts & { readonly heard: Map<string, number> } {
  const settings = shopSettings();
  const plan = compileRoutingPlan(settings);
  const heard = new Map<string, number>();
  const talking = { state: 'In a queue call', isFree: false };
  const live: Partial<LiveOperations> = {
    centres: () => [{ centre: 'east', feed: 'live', reason: undefined, ageMs: 1, isUp: true }],
    queues: () =>
      plan.decider.destinations.map(({ id, kind }) => ({
        destination: id,
        kind: kind === 'ivr' ? 'ivr' : 'queue',
        isDraining: false,
        servers: 2,
        freeServers: 1,
        membersWaiting: 0,
        longestWaitMs: 0,
        expectedWaitSeconds: 0,
        serviceLevel: 0.9,
        readingAgeMs: 0,
      })),
    agents: () => [
      agent('ann', 'service', talking),
      agent('bob', 'service', talking),
      agent('carl', 'borealis-sales'),
    ],
    calls: () => [call({}), call({ decisionId: 'd-borealis', partner: 'borealis', agent: 'bob' })],
  };
  const reading = { queues: new Map([['service', {}]]) };
  const feed = { centre: 'east', status: { state: 'live' }, reading, stuckQueues: ['service'] };
  return {
    router: { settings, plan, heard },
    centres: { feeds: { feeds: [feed] } } as unknown as BoardReadParts['centres'],
    live: live as LiveOperations,
    clock,
    heard,
  };
}

t.test('what an agent does counts before what they chose', (t) => {
  const rows: readonly (readonly [string, string, boolean, string])[] = [
    ['Available', 'Waiting', true, 'free'],
    ['Available', 'Waiting', false, 'wrapping-up'],
    ['Available', 'Receiving', false, 'ringing'],
    ['On Break', 'In a queue call', false, 'talking'],
    ['On Break', 'Waiting', false, 'on-break'],
    ['Logged Out', 'Waiting', false, 'logged-out'],
    ['unknown', 'Waiting', false, 'unknown'],
  ];
  for (const [status, state, isFree, wanted] of rows)
    t.equal(shownAs({ status, state, isFree }), wanted, `${status}, ${state}`);
  t.end();
});

t.test('a trunk is up for five minutes after its last request, and not known before and after', (t) => {
  const clock = new FakeClock();
  const stage = parts(clock);
  const trunk = () => boardNow(stage, undefined).places.find(({ kind }) => kind === 'trunk');
  const { id = '' } = trunk() ?? {};
  t.match(trunk(), { isUp: undefined, heardMs: undefined });
  stage.heard.set(id, clock.now());
  clock.advance(300_000);
  t.match(trunk(), { isUp: true, heardMs: 300_000 });
  clock.advance(1);
  t.match(trunk(), { isUp: undefined, heardMs: 300_001 });
  t.end();
});

t.test('a queue shows its agents and formula where a feed tells, and nothing where none does', (t) => {
  const { queues } = boardNow(parts(new FakeClock()), undefined);
  const of = (id: string) => queues.find(({ destination }) => destination === id);
  t.match(of('east/service'), { agentsByState: { talking: 2 }, serviceLevel: 0.9, isStuck: true });
  t.type(of('east/service')?.serviceLevelSeconds, 'number');
  t.match(of('west/service'), { agentsByState: undefined, serviceLevel: undefined, isStuck: false });
  t.end();
});

t.test('a person with partners sees their queues, their agents and their calls', (t) => {
  const { queues, agents } = boardNow(parts(new FakeClock()), ['acme']);
  const seen = queues.map(({ destination }) => destination);
  t.ok(seen.includes('east/acme-sales') && seen.includes('east/service'));
  t.notOk(seen.includes('east/borealis-sales'));
  t.strictSame(
    agents.map((one) => [one.agent, one.decisionId]),
    [
      ['ann', 'd-acme'],
      ['bob', undefined],
    ],
    'Bob is in a call of another partner; Carl serves none of acme',
  );
  t.end();
});
