import fc from 'fast-check';
import t from 'tap';
import { BoardBuilder, compileDestinations } from '../../src/callcenter/index.js';
import type { ReservationHandle } from '../../src/callcenter/index.js';
import { centre, queue, settingsOf } from '../decision/call-centre.js';

const pool = {
  program: 'ivr',
  ports: 3,
  quotas: { acme: 2 },
  holdingTimeSeconds: 60,
  weight: 1,
  costPerCall: 0.1,
  drain: false,
};
const settings = settingsOf({
  centres: [
    centre('east', [queue('sales', { staffedAgents: 2, costPerCall: 1, skillLevel: 8 })], [pool]),
    centre('west', [queue('sales')]),
  ],
  offers: [],
});
const destinations = compileDestinations(settings);

function stateOf(builder: BoardBuilder, id: string, now = 0) {
  return builder.snapshot(now, now).states[builder.destinations.find((one) => one.id === id)!.index]!;
}

t.test('destinations are numbered in configured order, with the URI that a call goes to', (t) => {
  t.match(destinations, [
    {
      id: 'east/sales',
      index: 0,
      kind: 'queue',
      uri: 'sip:sales@127.0.0.1:5071;transport=udp',
      servers: 2,
      skillLevel: 8,
      costPerCall: 1,
    },
    {
      id: 'east/ivr',
      index: 1,
      kind: 'ivr',
      uri: 'sip:ivr@127.0.0.1:5071;transport=udp',
      servers: 3,
      skillLevel: 5,
      quotas: { acme: 2 },
    },
    { id: 'west/sales', index: 2, kind: 'queue', costPerCall: 0 },
  ]);
  const six = { ...centre('six', [queue('q')]), host: '[2001:db8::1]', transport: 'tcp' as const };
  t.equal(
    compileDestinations(settingsOf({ centres: [six] }))[0]?.uri,
    'sip:q@[2001:db8::1]:5072;transport=tcp',
  );
  t.end();
});

t.test('calls in progress take servers, then wait', (t) => {
  const builder = new BoardBuilder(destinations);
  t.match(stateOf(builder, 'east/sales'), { isUp: undefined, servers: 2, freeServers: 2, membersWaiting: 0 });
  for (let i = 0; i < 3; i++) builder.callStarted('east/sales', 'acme');
  t.match(stateOf(builder, 'east/sales'), { freeServers: 0, membersWaiting: 1 });
  for (let i = 0; i < 3; i++) builder.callEnded('east/sales', 'acme');
  t.match(stateOf(builder, 'east/sales'), { freeServers: 2, membersWaiting: 0 });
  builder.callEnded('east/sales', 'acme');
  builder.callEnded('east/sales', 'borealis');
  t.match(stateOf(builder, 'east/sales'), { freeServers: 2 }, 'an end too many counts for nothing');
  builder.callStarted('nowhere/at-all', 'acme');
  t.end();
});

t.test('ports in use are known by partner, reservations among them', (t) => {
  const builder = new BoardBuilder(destinations);
  builder.callStarted('east/ivr', 'acme');
  builder.reserve('east/ivr', 'acme', 0);
  builder.callStarted('east/ivr', 'borealis');
  t.match(stateOf(builder, 'east/ivr'), {
    freeServers: 0,
    membersWaiting: 0,
    portsInUse: { acme: 2, borealis: 1 },
  });
  t.end();
});

t.test('a reservation counts until it is released or its time is over, and once', (t) => {
  const builder = new BoardBuilder(destinations, { lifetimeMs: 5000 });
  const first = builder.reserve('east/sales', 'acme', 0)!;
  builder.reserve('east/sales', 'acme', 1000);
  t.equal(stateOf(builder, 'east/sales', 1000).freeServers, 0);
  builder.release(first);
  builder.release(first);
  t.equal(stateOf(builder, 'east/sales', 1000).freeServers, 1);
  t.equal(stateOf(builder, 'east/sales', 5999).freeServers, 1);
  t.equal(stateOf(builder, 'east/sales', 6000).freeServers, 2);
  t.equal(builder.reserve('nowhere/at-all', 'acme', 0), undefined);
  t.end();
});

t.test('no more reservations are held than there is room for; the oldest gives way', (t) => {
  const builder = new BoardBuilder(destinations, { capacity: 2 });
  builder.reserve('west/sales', 'acme', 0);
  builder.reserve('east/sales', 'acme', 0);
  builder.reserve('east/sales', 'acme', 0);
  t.equal(builder.reservations.size, 2);
  t.equal(stateOf(builder, 'west/sales').freeServers, 5);
  t.equal(stateOf(builder, 'east/sales').freeServers, 0);
  t.end();
});

t.test('health is the centre’s, and all its destinations share it', (t) => {
  const builder = new BoardBuilder(destinations);
  builder.setCentreHealth('east', false);
  t.equal(stateOf(builder, 'east/sales').isUp, false);
  t.equal(stateOf(builder, 'east/ivr').isUp, false);
  t.equal(stateOf(builder, 'west/sales').isUp, undefined);
  builder.setCentreHealth('east', true);
  t.equal(builder.isCentreUp('east'), true);
  t.equal(stateOf(builder, 'east/ivr').isUp, true);
  t.end();
});

t.test('a board never changes once it was taken, and shares what stayed the same', (t) => {
  const builder = new BoardBuilder(destinations);
  const before = builder.snapshot(0, 100);
  builder.callStarted('east/sales', 'acme');
  const after = builder.snapshot(5, 105);
  t.equal(before.states[0]?.freeServers, 2);
  t.equal(after.states[0]?.freeServers, 1);
  t.equal(after.states[2], before.states[2]);
  t.match(after, { takenAt: 5, takenAtWall: 105 });
  t.equal(builder.snapshot(6, 106).states, after.states);
  t.end();
});

t.test('whatever happens, nothing is negative and all is free again at the end', (t) => {
  const event = fc.record({
    kind: fc.constantFrom('start', 'end', 'reserve', 'release', 'wait'),
    id: fc.constantFrom('east/sales', 'east/ivr', 'west/sales'),
    partner: fc.constantFrom('acme', 'borealis'),
    pick: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const builder = new BoardBuilder(destinations, { lifetimeMs: 10, capacity: 8 });
      const handles: ReservationHandle[] = [];
      let now = 0;
      for (const { kind, id, partner, pick } of events) {
        if (kind === 'start') builder.callStarted(id, partner);
        else if (kind === 'end') builder.callEnded(id, partner);
        else if (kind === 'reserve') handles.push(builder.reserve(id, partner, now)!);
        else if (kind === 'release' && handles[pick] !== undefined) builder.release(handles[pick]);
        else now += pick;
        for (const state of builder.snapshot(now, now).states) {
          const ports = Object.values(state.portsInUse ?? {});
          if ([state.freeServers!, state.membersWaiting!, ...ports].some((one) => one < 0)) return false;
          if (state.freeServers! > state.servers!) return false;
        }
      }
      for (const { id, partner } of events) builder.callEnded(id, partner);
      for (const { id, partner } of events)
        for (let i = 0; i < events.length; i++) builder.callEnded(id, partner);
      return builder.snapshot(now + 11, 0).states.every((one) => one.freeServers === one.servers);
    }),
    { numRuns: 200, seed: 1 },
  );
  t.pass();
  t.end();
});
