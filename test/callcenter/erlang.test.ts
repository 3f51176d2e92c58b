import t from 'tap';
import {
  erlangB,
  erlangC,
  estimateWaitSeconds,
  meanWaitOfWaiting,
  patience,
} from '../../src/callcenter/index.js';
import { simulateQueue } from './simulated-queue.js';
import type { Destination, DestinationState } from '../../src/callcenter/index.js';

const destination: Destination = {
  id: 'east/sales',
  index: 0,
  kind: 'queue',
  centre: 'east',
  uri: 'sip:sales@127.0.0.1',
  servers: 5,
  skillLevel: 5,
  costPerCall: 0,
  weight: 1,
  handlingTimeSeconds: 240,
  quotas: {},
  isDraining: false,
};

function state(changes: Partial<DestinationState>): DestinationState {
  const nothing = {
    isUp: true,
    servers: undefined,
    freeServers: undefined,
    membersWaiting: undefined,
    portsInUse: undefined,
  };
  return { ...nothing, ...changes };
}

function isNear(actual: number, expected: number, share: number): boolean {
  return Math.abs(actual - expected) <= share * expected;
}

t.test('Erlang B and C give the values of the published tables', (t) => {
  // Erlang B: 1 % blocking of 10 servers at 4.461 Erlangs, 5 % of 100 at 95.24.
  t.ok(Math.abs(erlangB(10, 4.461) - 0.01) < 1e-4);
  t.ok(Math.abs(erlangB(100, 95.24) - 0.05) < 1e-4);
  // Erlang C: M/M/1 waits with probability rho; two servers at 1 Erlang with 1/3.
  t.ok(Math.abs(erlangC(1, 0.7) - 0.7) < 1e-12);
  t.ok(Math.abs(erlangC(2, 1) - 1 / 3) < 1e-12);
  t.end();
});

t.test('Erlang B neither overflows nor loses its digits with a hundred thousand servers', (t) => {
  const blocked = erlangB(100_000, 99_000);
  t.ok(blocked > 0 && blocked < 0.01);
  t.ok(Number.isFinite(erlangC(100_000, 99_900)));
  t.equal(erlangB(100_000, 1), 0);
  t.end();
});

t.test('at the edges', (t) => {
  t.equal(erlangB(0, 0), 1);
  t.equal(erlangB(3, 0), 0);
  t.equal(erlangC(0, 1), 1);
  t.equal(erlangC(3, 0), 0);
  t.equal(erlangC(3, 3), 1);
  t.equal(meanWaitOfWaiting(3, 3, 60), Infinity);
  t.end();
});

for (const [servers, load] of [
  [1, 0.6],
  [5, 4],
  [20, 17],
] as const) {
  t.test(`a simulated M/M/${servers} queue at ${load} Erlangs waits as the formulas say, within 6 %`, (t) => {
    const handlingTime = 100;
    const seen = simulateQueue({ servers, load, handlingTime, calls: 400_000, seed: 42 });
    t.ok(isNear(seen.waitingShare, erlangC(servers, load), 0.06), `share ${seen.waitingShare}`);
    const meanWait = erlangC(servers, load) * meanWaitOfWaiting(servers, load, handlingTime);
    t.ok(isNear(seen.meanWait, meanWait, 0.06), `mean ${seen.meanWait} beside ${meanWait}`);
    for (const ahead of [0, 1, 2]) {
      const one = { ...destination, servers, handlingTimeSeconds: handlingTime };
      const expected =
        estimateWaitSeconds(one, state({ servers, freeServers: 0, membersWaiting: ahead })) ?? 0;
      const actual = seen.meanWaitBehind[ahead] ?? 0;
      t.ok(isNear(actual, expected, 0.06), `${ahead} ahead: ${actual} beside ${expected}`);
    }
    t.end();
  });
}

t.test('the wait that is estimated', (t) => {
  const rows: [string, Partial<DestinationState>, number | undefined][] = [
    ['nothing known', {}, undefined],
    ['servers known, and nothing else', { servers: 5 }, undefined],
    ['nobody staffed', { servers: 0, freeServers: 0 }, Infinity],
    ['a free server', { servers: 5, freeServers: 1, membersWaiting: 0 }, 0],
    ['a free server, members unknown', { servers: 5, freeServers: 1 }, 0],
    ['a free server that a member is about to get', { servers: 5, freeServers: 1, membersWaiting: 1 }, 48],
    ['all busy', { servers: 5, freeServers: 0, membersWaiting: 0 }, 48],
    ['all busy and two ahead', { servers: 5, freeServers: 0, membersWaiting: 2 }, 144],
    ['all busy, members unknown', { servers: 5, freeServers: 0 }, undefined],
    ['all busy, members unknown, load measured', { servers: 5, freeServers: 0, offeredLoad: 4 }, 240],
    ['nothing but the load', { servers: 2, offeredLoad: 1 }, 80],
    ['overload', { servers: 2, offeredLoad: 3 }, Infinity],
  ];
  for (const [when, known, expected] of rows) {
    const actual = estimateWaitSeconds(destination, state(known));
    if (expected === undefined || !Number.isFinite(expected)) t.equal(actual, expected, when);
    else t.ok(Math.abs((actual ?? -1) - expected) < 1e-9, `${when}: ${actual ?? 'unknown'}`);
  }
  t.end();
});

t.test('patience: all stay for no wait, 1/e for the mean, nobody for ever', (t) => {
  t.equal(patience(0, 120), 1);
  t.equal(patience(120, 120), Math.exp(-1));
  t.equal(patience(Infinity, 120), 0);
  t.end();
});
