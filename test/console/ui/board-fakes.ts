// A board and a stream of calls as a router with two centres shows them.
import { LiveHub, liveSocketApi } from '../../../src/console/index.js';
import type { ApiArea, BoardState, CallLineView } from '../../../src/console/index.js';
import type { TopicSink } from '../../../src/console/index.js';
import { silentLogger, systemClock } from '../../../src/kernel/index.js';
import type { Test } from 'tap';

export const decisionId = '8d07d280-3e77-40a2-9b9e-d11fa55d4220';

type Agent = BoardState['agents'][number];

const agent = (name: string, shownAs: Agent['shownAs'], minutes: number): Agent => ({
  centre: 'east',
  agent: name,
  status: shownAs === 'on-break' ? 'On Break' : 'Available',
  state: shownAs === 'talking' ? 'In a queue call' : 'Waiting',
  shownAs,
  sinceMs: minutes * 61_000,
  queues: ['acme-sales', 'service'],
  decisionId: shownAs === 'talking' ? decisionId : undefined,
});

export function boardState(): BoardState {
  const now = Date.now();
  const queue = {
    kind: 'queue' as const,
    isDraining: false,
    servers: 6,
    freeServers: 1,
    serviceLevelSeconds: 20,
    readingAgeMs: 0,
    isStuck: false,
  };
  return {
    at: now,
    queues: [
      {
        ...queue,
        destination: 'east/acme-sales',
        waiting: 3,
        longestWaitMs: 74_000,
        expectedWaitSeconds: 41,
        agentsByState: { talking: 4, ringing: 1, free: 1, 'on-break': 1, 'logged-out': 2 },
        serviceLevel: 0.83,
      },
      {
        ...queue,
        destination: 'west/service',
        waiting: 0,
        longestWaitMs: 0,
        expectedWaitSeconds: 0,
        agentsByState: { talking: 1, free: 4 },
        serviceLevel: 0.964,
      },
      {
        ...queue,
        destination: 'west/borealis-sales',
        waiting: undefined,
        longestWaitMs: undefined,
        expectedWaitSeconds: null,
        agentsByState: undefined,
        serviceLevel: undefined,
        isDraining: true,
      },
      {
        ...queue,
        destination: 'east/offer-ivr',
        kind: 'ivr',
        waiting: undefined,
        longestWaitMs: undefined,
        expectedWaitSeconds: 0,
        agentsByState: undefined,
        serviceLevel: undefined,
        serviceLevelSeconds: undefined,
        servers: 30,
        freeServers: 27,
      },
    ],
    places: [
      place('east', 'centre', true, { feed: 'live' }),
      place('west', 'centre', false, { feed: 'down', detail: 'connection refused' }),
      place('carrier-a', 'trunk', true, { heardMs: 12_000 }),
      place('carrier-b', 'trunk', undefined, {}),
    ],
    agents: [
      agent('ann', 'talking', 3),
      agent('bea', 'free', 1),
      agent('carl', 'on-break', 12),
      agent('dora', 'ringing', 0),
    ],
    totals: {
      since: new Date(now).setHours(0, 0, 0, 0),
      zone: 'Europe/Berlin',
      source: 'records',
      recordsAt: now - 4000,
      recordsProblem: undefined,
      calls: 1284,
      offered: 512,
      abandoned: 61,
      failOpen: 3,
      byOffer: [
        { offer: 'ACME-PLATINUM', calls: 240, value: 3120.5, acceptedValue: 1980 },
        { offer: 'ACME-SAVER', calls: 190, value: 1432.25, acceptedValue: 410 },
        { offer: 'BOREALIS-FIBRE', calls: 82, value: 604, acceptedValue: 0 },
      ],
      byArm: [
        { arm: 'offer', calls: 702, value: 5156.75, acceptedValue: 2390 },
        { arm: 'control', calls: 71, value: 0, acceptedValue: 0 },
        { arm: 'none', calls: 511, value: 0, acceptedValue: 0 },
      ],
    },
    failOpenEvents: [{ at: now - 60_000, reason: 'store-failure', decisionId, partner: 'acme' }],
    ages: [
      { what: 'east', kind: 'feed', ageMs: 300, state: 'live', isGood: true },
      { what: 'west', kind: 'feed', ageMs: 71_000, state: 'down', isGood: false },
      { what: 'acme', kind: 'strategies', ageMs: 7_200_000, state: 'generation 12', isGood: true },
      { what: 'settings', kind: 'settings', ageMs: 560_000, state: 'c0ffee12', isGood: true },
      { what: 'records', kind: 'records', ageMs: undefined, state: 'ready', isGood: true },
      { what: 'spool', kind: 'spool', ageMs: 20, state: 'taken over', isGood: true },
    ],
  };
}

function place(
  id: string,
  kind: 'centre' | 'trunk',
  isUp: boolean | undefined,
  more: Partial<BoardState['places'][number]>,
): BoardState['places'][number] {
  return {
    id,
    kind,
    isUp,
    feed: undefined,
    feedAgeMs: undefined,
    detail: undefined,
    heardMs: undefined,
    ...more,
  };
}

export function callLine(more: Partial<CallLineView> = {}): CallLineView {
  return {
    at: Date.now(),
    decisionId,
    partner: 'acme',
    caller: '**********01',
    arm: 'offer',
    offer: 'ACME-PLATINUM',
    presented: undefined,
    destination: 'east/acme-sales',
    reason: 'offer',
    result: 'answered',
    status: 200,
    failOpen: [],
    decisionMs: 1.2,
    ...more,
  };
}

export interface LiveFakes {
  readonly hub: LiveHub;
  readonly area: ApiArea;
  /** Streams a call. */
  readonly call: (call: CallLineView) => void;
}

/** The hub itself over topics that show what the test says. */
export function liveFakes(t: Test, calls: readonly CallLineView[]): LiveFakes {
  const sinks = new Set<TopicSink<'calls'>>();
  const hub = new LiveHub({
    topics: [
      {
        topic: 'board',
        roles: ['supervisor', 'admin'],
        paceMs: 0,
        open: () => () => undefined,
        state: boardState,
      },
      {
        topic: 'calls',
        roles: ['supervisor', 'admin'],
        paceMs: 0,
        open: (_principal, sink) => {
          sinks.add(sink);
          return () => void sinks.delete(sink);
        },
        state: () => calls,
      },
    ],
    clock: systemClock,
    log: silentLogger,
  });
  hub.start();
  t.teardown(() => hub.stop());
  return {
    hub,
    area: liveSocketApi({ hub }),
    call: (call) => {
      for (const sink of sinks) sink.event(call);
    },
  };
}
