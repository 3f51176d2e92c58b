// Laws of the board: whatever happens in whatever order, no count leaves its bounds, no agent is shown free twice, nothing stays
// behind, and what was counted step by step is what counting anew would give.
import fc from 'fast-check';
import t from 'tap';
import { BoardBuilder, compileDestinations } from '../../src/callcenter/index.js';
import { centre, queue, settingsOf } from '../decision/call-centre.js';
import { FedCentre } from './centre-readings.js';
import type {
  Board,
  CentreReading,
  Destination,
  DestinationState,
  ReservationHandle,
} from '../../src/callcenter/index.js';

const lifetimeMs = 100;
const staleAfterMs = 2500;
const queueNames = ['a', 'b', 'c'];
const agentNames = ['1', '2', '3', '4', '5'];
const pool = { program: 'ivr', ports: 3, holdingTimeSeconds: 60, weight: 1, drain: false };
const queues = queueNames.map((name) => queue(name, { staffedAgents: 2 }));
const both = [centre('east', queues, [pool]), centre('west', queues, [pool])];
const settings = [both, [both[1]!, { ...both[0]!, queues: queues.slice(1) }], both].map((centres) =>
  settingsOf({ centres, offers: [] }),
);
const plans = settings.map((one) => compileDestinations(one));
const fed = new Map([['east', { staleAfterMs }]]);
const feedsOfPlan = [fed, fed, new Map([...fed, ['west', { staleAfterMs }] as const])];
const ids = plans[0]!.map(({ id }) => id);

const id = fc.constantFrom(...ids, 'nowhere/at-all');
const partner = fc.constantFrom('acme', 'borealis');
const decision = fc.constantFrom('d-1', 'd-2', 'd-3', undefined);
const queueName = fc.constantFrom(...queueNames);
const where = fc.constantFrom('east', 'east', 'west');
const few = fc.nat(4);

type Step =
  | { kind: 'agent'; where: string; agent: string; queues: string[]; isFree: boolean; isStaffed: boolean }
  | { kind: 'gone'; where: string; agent: string }
  | { kind: 'members'; where: string; queue: string; count: number }
  | { kind: 'missing'; where: string; queue: string; isMissing: boolean }
  | { kind: 'ports'; where: string; program: string; count: number }
  | { kind: 'tell'; where: string }
  | { kind: 'reserve'; id: string; partner: string; decision: string | undefined }
  | { kind: 'release'; pick: number }
  | { kind: 'seen'; decision: string | undefined }
  | { kind: 'others'; counts: [string, number][] }
  | { kind: 'denied'; id: string; count: number }
  | { kind: 'started' | 'ended'; id: string; partner: string }
  | { kind: 'wait'; ms: number }
  | { kind: 'swap'; plan: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('agent' as const),
    where,
    agent: fc.constantFrom(...agentNames),
    queues: fc.subarray(queueNames),
    isFree: fc.constantFrom(true, true, false),
    isStaffed: fc.constantFrom(true, true, true, false),
  }),
  fc.record({ kind: fc.constant('gone' as const), where, agent: fc.constantFrom(...agentNames) }),
  fc.record({ kind: fc.constant('members' as const), where, queue: queueName, count: few }),
  fc.record({ kind: fc.constant('missing' as const), where, queue: queueName, isMissing: fc.boolean() }),
  fc.record({
    kind: fc.constant('ports' as const),
    where,
    program: fc.constantFrom('ivr', 'drachtio'),
    count: few,
  }),
  fc.record({ kind: fc.constant('tell' as const), where }),
  fc.record({ kind: fc.constant('tell' as const), where }),
  fc.record({ kind: fc.constant('reserve' as const), id, partner, decision }),
  fc.record({ kind: fc.constant('reserve' as const), id, partner, decision }),
  fc.record({ kind: fc.constant('release' as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant('seen' as const), decision }),
  fc.record({ kind: fc.constant('others' as const), counts: fc.array(fc.tuple(id, few), { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('denied' as const), id, count: few }),
  fc.record({ kind: fc.constantFrom('started' as const, 'ended' as const), id, partner }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 1, 20, 60, 2600) }),
  fc.record({ kind: fc.constant('swap' as const), plan: fc.nat(2) }),
);

/** One router's life: the board under test, and by its side the plain facts to count anew from. */
class Life {
  now = 0;
  plan = 0;
  board = this.#newBoard(0);
  readonly feeds = new Map(['east', 'west'].map((one) => [one, new FedCentre(one, queueNames)]));
  readonly told = new Map<string, CentreReading>();
  readonly handles: ReservationHandle[] = [];
  /** `id partner`, once for each call in progress. */
  readonly calls: string[] = [];
  others = new Map<string, number>();

  run(one: Step): void {
    switch (one.kind) {
      case 'agent': {
        const options = { isFree: one.isFree, status: one.isStaffed ? 'Available' : 'On Break' } as const;
        this.feeds.get(one.where)!.agent(one.agent, one.queues, options);
        break;
      }
      case 'gone':
        this.feeds.get(one.where)!.remove(one.agent);
        break;
      case 'members':
        this.feeds.get(one.where)!.queue(one.queue, { membersWaiting: one.count });
        break;
      case 'missing':
        this.feeds.get(one.where)!.missing(one.queue, one.isMissing);
        break;
      case 'ports':
        this.feeds.get(one.where)!.ports(one.program, one.count);
        break;
      case 'tell':
        this.tell(one.where);
        break;
      case 'swap':
        this.#swap(one.plan);
        break;
      case 'wait':
        this.now += one.ms;
        break;
      case 'reserve':
      case 'release':
      case 'seen':
      case 'others':
      case 'denied':
      case 'started':
      case 'ended':
        this.#act(one);
    }
  }

  tell(name: string): void {
    const reading = this.feeds.get(name)!.reading(this.now);
    // What a board is told while it has no feed for the centre, it does not keep.
    if (feedsOfPlan[this.plan]!.has(name)) this.told.set(name, reading);
    this.board.applyReading(reading);
  }

  get destinations(): readonly Destination[] {
    return plans[this.plan]!;
  }

  /** A board that was told the same and never counted step by step. */
  fresh(): BoardBuilder {
    const board = this.#newBoard(this.plan);
    for (const reading of this.told.values()) {
      board.applyReading({ ...reading, agents: new Map(reading.agents), queues: new Map(reading.queues) });
    }
    return board;
  }

  endAll(): void {
    this.now += lifetimeMs;
    for (const call of this.calls.splice(0)) this.board.callEnded(...(call.split(' ') as [string, string]));
    this.board.setOthers(new Map());
  }

  #act(
    one: Extract<Step, { kind: 'reserve' | 'release' | 'seen' | 'others' | 'denied' | 'started' | 'ended' }>,
  ) {
    const { board, now } = this;
    if (one.kind === 'reserve') {
      const handle = board.reserve(one.id, one.partner, now, one.decision);
      if (handle !== undefined) this.handles.push(handle);
    } else if (one.kind === 'release') {
      const handle = this.handles[one.pick];
      if (handle !== undefined) board.release(handle);
    } else if (one.kind === 'seen') board.memberSeen(one.decision ?? '');
    else if (one.kind === 'others') board.setOthers(new Map(one.counts));
    else if (one.kind === 'denied') board.denied(one.id, one.count);
    else if (one.kind === 'started') {
      board.callStarted(one.id, one.partner);
      if (ids.includes(one.id)) this.calls.push(`${one.id} ${one.partner}`);
    } else {
      board.callEnded(one.id, one.partner);
      const at = this.calls.indexOf(`${one.id} ${one.partner}`);
      if (at >= 0) this.calls.splice(at, 1);
    }
  }

  #swap(plan: number): void {
    const before = this.board;
    this.plan = plan;
    for (const name of [...this.told.keys()]) if (!feedsOfPlan[plan]!.has(name)) this.told.delete(name);
    this.board = this.#newBoard(plan);
    this.board.takeOver(before);
    for (const call of this.calls) this.board.callStarted(...(call.split(' ') as [string, string]));
  }

  #newBoard(plan: number): BoardBuilder {
    return new BoardBuilder(plans[plan]!, { lifetimeMs, capacity: 6, feeds: feedsOfPlan[plan]! });
  }
}

function isWithinBounds(state: DestinationState): boolean {
  const { servers, freeServers, membersWaiting, competingMembers, portsInUse } = state;
  const counts = [servers, freeServers, membersWaiting, competingMembers, ...Object.values(portsInUse ?? {})];
  if (counts.some((one) => one !== undefined && (one < 0 || !Number.isFinite(one)))) return false;
  return freeServers === undefined || freeServers <= (servers ?? 0);
}

/** No queue is shown with more free agents than the last reading named. */
function showsOnlyFreeAgents(life: Life, board: Board): boolean {
  return life.destinations.every(({ index, centre: at, kind, id: destination }) => {
    const { freeServers } = board.states[index]!;
    if (at !== 'east' || kind !== 'queue' || freeServers === undefined) return true;
    const reading = life.told.get('east')?.queues.get(destination.slice('east/'.length));
    return freeServers <= (reading?.freeAgents.length ?? 0);
  });
}

const options = { numRuns: 800, seed: 7 };

t.test('counts stay within their bounds', (t) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), (steps) => {
      const life = new Life();
      for (const one of steps) {
        life.run(one);
        const board = life.board.snapshot(life.now, 0);
        if (!board.states.every(isWithinBounds) || !showsOnlyFreeAgents(life, board)) return false;
        const { size } = life.board.reservations;
        if (size < 0 || size > 6) return false;
        for (const { id: destination } of life.destinations) {
          const claim = life.board.claimOf(destination);
          if (claim !== undefined && (claim.free < 0 || claim.overlaps.some(({ shared }) => shared <= 0)))
            return false;
        }
      }
      return true;
    }),
    options,
  );
  t.pass();
  t.end();
});

t.test('what was counted step by step is what counting anew gives', (t) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), (steps) => {
      const life = new Life();
      for (const one of steps) {
        life.run(one);
        if (one.kind !== 'tell') life.board.snapshot(life.now, 0);
      }
      const { states } = life.board.snapshot(life.now, 0);
      life.run({ kind: 'swap', plan: life.plan });
      t.same(life.board.snapshot(life.now, 0).states, states);
    }),
    { ...options, numRuns: 500 },
  );
  t.end();
});

t.test('when all has ended and time has passed, the board is as one that was never used', (t) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), (steps) => {
      const life = new Life();
      for (const one of steps) {
        life.run(one);
        if (one.kind === 'members') life.board.snapshot(life.now, 0);
      }
      life.endAll();
      t.same(life.board.snapshot(life.now, 0).states, life.fresh().snapshot(life.now, 0).states);
      t.equal(life.board.reservations.size, 0);
    }),
    { ...options, numRuns: 500 },
  );
  t.end();
});

/** How many of `calls` agents can take at once, each at most one: the greatest matching of calls to free agents. */
function answered(calls: readonly (readonly string[])[]): number {
  const callOf = new Map<string, number>();
  const place = (call: number, tried: Set<string>): boolean => {
    for (const agent of calls[call]!) {
      if (tried.has(agent)) continue;
      tried.add(agent);
      const other = callOf.get(agent);
      if (other !== undefined && !place(other, tried)) continue;
      callOf.set(agent, call);
      return true;
    }
    return false;
  };
  return calls.filter((_, call) => place(call, new Set())).length;
}

t.test('every call that is sent to an agent shown free finds one, whoever else shares them', (t) => {
  const agent = fc.record({ queues: fc.subarray(queueNames), isFree: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(agent, { maxLength: 8 }),
      fc.array(queueName, { maxLength: 12 }),
      (agents, calls) => {
        const feed = new FedCentre('east', queueNames);
        agents.forEach(({ queues: tiers, isFree }, i) => feed.agent(String(i), tiers, { isFree }));
        const board = new BoardBuilder(plans[0]!, { feeds: fed });
        const reading = feed.reading(0);
        board.applyReading(reading);
        const sent: (readonly string[])[] = [];
        for (const name of calls) {
          const { index } = plans[0]!.find((one) => one.id === `east/${name}`)!;
          if ((board.snapshot(0, 0).states[index]!.freeServers ?? 0) === 0) continue;
          board.reserve(`east/${name}`, 'acme', 0);
          sent.push(reading.queues.get(name)!.freeAgents);
        }
        return answered(sent) === sent.length;
      },
    ),
    { numRuns: 1000, seed: 3 },
  );
  t.pass();
  t.end();
});
