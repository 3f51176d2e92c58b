import t from 'tap';
import {
  agents,
  CallCentre,
  centre,
  hit,
  offer,
  partner,
  presentation,
  queue,
  ranked,
  stepNames,
  strategy,
} from './call-centre.js';
import type { Queue } from '../../src/config/index.js';

const miss = { lookup: { kind: 'miss' } } as const;

function serviceOnly(
  east: Partial<Queue>,
  west: Partial<Queue>,
  serviceQueues = ['east/service', 'west/service'],
) {
  const centres = [
    centre('east', [queue('sales'), queue('service', east), queue('late', east)]),
    centre('west', [queue('sales'), queue('service', west), queue('late', west)]),
  ];
  return new CallCentre({
    centres,
    offers: [offer('GOLD', [agents])],
    partners: [partner({ serviceQueues })],
  });
}

t.test('plain service keeps the configured order while all is equal', (t) => {
  t.same(stepNames(serviceOnly({}, {}).decide(miss)), ['east/service', 'west/service', 'overflow']);
  const turned = serviceOnly({}, {}, ['west/service', 'east/service']);
  t.same(stepNames(turned.decide(miss)), ['west/service', 'east/service', 'overflow']);
  t.end();
});

t.test('a queue with a wait comes after one without', (t) => {
  const one = serviceOnly({}, {});
  one.fill('east/service');
  t.same(stepNames(one.decide(miss)), ['west/service', 'east/service', 'overflow']);
  t.end();
});

t.test('the wait tells queues apart when plain service is worth nothing', (t) => {
  const one = new CallCentre({ partners: [partner({ serviceValue: 0 })] });
  one.fill('east/service', 3);
  one.fill('west/service', 1);
  t.same(stepNames(one.decide(miss)), ['west/service', 'east/service', 'overflow']);
  t.end();
});

t.test('after a failure comes the other centre, then the rest', (t) => {
  const one = serviceOnly({}, {}, ['east/service', 'east/late', 'west/service', 'west/late']);
  t.same(stepNames(one.decide(miss)), ['east/service', 'west/service', 'east/late', 'west/late', 'overflow']);
  t.end();
});

t.test('behind an offer, service at another centre comes first', (t) => {
  const one = new CallCentre({ offers: [offer('GOLD', [presentation('a', ['east/sales'])])] });
  t.same(stepNames(one.decide()), ['GOLD@east/sales', 'west/service', 'east/service', 'overflow']);
  t.end();
});

t.test('the other centre is not preferred when the caller would wait there', (t) => {
  const one = new CallCentre({ offers: [offer('GOLD', [presentation('a', ['east/sales'])])] });
  one.fill('west/service');
  t.same(stepNames(one.decide()), ['GOLD@east/sales', 'east/service', 'west/service', 'overflow']);
  one.fill('east/service', 9);
  t.same(stepNames(one.decide()), ['GOLD@east/sales', 'west/service', 'east/service', 'overflow']);
  t.end();
});

t.test(
  'a queue of a centre that is down comes after the overflow URI, all of them when all are down',
  (t) => {
    const one = serviceOnly({}, {});
    one.builder.setCentreHealth('east', false);
    t.same(stepNames(one.decide(miss)), ['west/service', 'overflow', 'east/service']);
    one.builder.setCentreHealth('west', false);
    t.same(stepNames(one.decide(miss)), ['overflow', 'east/service', 'west/service']);
    t.equal(one.decide(miss).offer, undefined);
    t.end();
  },
);

t.test('a queue that nobody staffs comes after the overflow URI, before centres that are down', (t) => {
  const one = serviceOnly({}, { staffedAgents: 0 }, ['east/service', 'west/service']);
  t.same(stepNames(one.decide(miss)), ['east/service', 'overflow', 'west/service']);
  one.builder.setCentreHealth('east', false);
  t.same(stepNames(one.decide(miss)), ['overflow', 'west/service', 'east/service']);
  t.end();
});

t.test('a queue in maintenance is the very last chance of a call, behind centres that are down', (t) => {
  const one = serviceOnly({ drain: true }, {});
  t.same(stepNames(one.decide(miss)), ['west/service', 'overflow', 'east/service']);
  t.match(one.decide(miss).candidates[0], { removedBy: 'resources', removedWhy: 'in maintenance' });
  one.builder.setCentreHealth('west', false);
  t.same(stepNames(one.decide(miss)), ['overflow', 'west/service', 'east/service']);
  const all = serviceOnly({ drain: true }, { drain: true });
  t.equal(stepNames(all.decide(miss))[0], 'overflow');
  t.end();
});

t.test('maintenance is known though the board says nothing', (t) => {
  const one = serviceOnly({ drain: true }, {});
  const expected = ['west/service', 'overflow', 'east/service'];
  t.same(stepNames(one.decide({ ...miss, now: 60_000 })), expected, 'stale');
  const board = { takenAt: 0, takenAtWall: 0, states: [] };
  t.same(stepNames(one.decide({ ...miss, board })), expected, 'of other settings');
  t.end();
});

t.test('a queue of weight 0 takes calls only when no other can', (t) => {
  const one = serviceOnly({ weight: 0 }, {});
  one.fill('west/service', 20);
  t.same(stepNames(one.decide(miss)), ['west/service', 'east/service', 'overflow']);
  one.builder.setCentreHealth('west', false);
  t.same(stepNames(one.decide(miss)), ['east/service', 'overflow', 'west/service']);
  t.end();
});

t.test('a destination of weight 0 presents an offer only when no other of the presentation can', (t) => {
  const centres = [
    centre('east', [queue('sales', { weight: 0, skillLevel: 10 }), queue('service')]),
    centre('west', [queue('sales'), queue('service')]),
  ];
  const one = new CallCentre({ centres, offers: [offer('GOLD', [agents])] });
  const decision = one.decide();
  t.same(stepNames(decision).slice(0, 2), ['GOLD@west/sales', 'GOLD@east/sales']);
  t.match(decision.candidates[0], { destination: 'east/sales', removedBy: 'arbitration' });
  one.builder.setCentreHealth('west', false);
  t.same(stepNames(one.decide())[0], 'GOLD@east/sales');
  t.end();
});

t.test(
  'the destinations of the winning presentation follow by value, those worth less than plain service left out',
  (t) => {
    const queues = (skillLevel: number, costPerCall: number) => [
      queue('sales', { skillLevel, costPerCall }),
      queue('service'),
    ];
    const business = (costPerCall: number) => ({
      centres: [centre('east', queues(3, 0)), centre('west', queues(9, costPerCall))],
      offers: [offer('GOLD', [agents])],
    });
    t.same(stepNames(new CallCentre(business(0)).decide()).slice(0, 2), [
      'GOLD@west/sales',
      'GOLD@east/sales',
    ]);
    t.same(stepNames(new CallCentre(business(10)).decide()).slice(0, 2), [
      'GOLD@east/sales',
      'GOLD@west/sales',
    ]);
    t.same(stepNames(new CallCentre(business(23)).decide()).slice(0, 2), ['GOLD@east/sales', 'west/service']);
    t.end();
  },
);

t.test('ties break by configured order of offers, presentations and destinations', (t) => {
  const twice = [presentation('first', ['west/sales', 'east/sales']), agents];
  const one = new CallCentre({ offers: [offer('GOLD', twice), offer('SILVER', twice)] });
  const lookup = hit(strategy([ranked('SILVER', 0.5), ranked('GOLD', 0.5)]));
  const decision = one.decide({ lookup });
  t.match(decision.offer, { offerCode: 'GOLD', presentation: 'first' });
  t.equal(stepNames(decision)[0], 'GOLD@west/sales');
  t.end();
});

t.test('a queue that was tried for the offer is not tried again for plain service', (t) => {
  const one = new CallCentre({ offers: [offer('GOLD', [presentation('a', ['east/service'])])] });
  t.same(stepNames(one.decide()), ['GOLD@east/service', 'west/service', 'overflow']);
  t.end();
});

t.test('while capacity is unknown, weights share the calls out', (t) => {
  const one = serviceOnly({ weight: 3 }, { weight: 1 });
  const count = new Map<string, number>();
  const stale = { ...miss, now: 60_000 };
  for (let i = 0; i < 4000; i++) {
    const [first = ''] = stepNames(one.decide({ ...stale, seed: (i + 0.5) / 4000 }));
    count.set(first, (count.get(first) ?? 0) + 1);
  }
  t.same(Object.fromEntries(count), { 'east/service': 3000, 'west/service': 1000 });
  t.same(one.decide({ ...stale }).failOpen, ['board-stale']);
  t.end();
});

t.test('while capacity is unknown, the destinations of an offer are shared out by weight too', (t) => {
  const centres = [
    centre('east', [queue('sales', { weight: 1, skillLevel: 9 }), queue('service')]),
    centre('west', [queue('sales', { weight: 4 }), queue('service')]),
  ];
  const one = new CallCentre({ centres, offers: [offer('GOLD', [agents])] });
  const first = (seed: number) => stepNames(one.decide({ now: 60_000, seed })).slice(0, 2);
  t.same(first(0.1), ['GOLD@east/sales', 'GOLD@west/sales']);
  t.same(first(0.3), ['GOLD@west/sales', 'GOLD@east/sales']);
  t.same(one.decide({ now: 60_000 }).candidates[0]?.waitSeconds, undefined);
  t.same(first(0.3), first(0.9));
  t.end();
});

t.test('a board of other settings says nothing, and the call lands all the same', (t) => {
  const one = new CallCentre();
  const decision = one.decide({ board: { takenAt: 0, takenAtWall: 0, states: [] } });
  t.equal(decision.reason, 'offer');
  t.equal(decision.candidates[0]?.waitSeconds, undefined);
  t.end();
});

t.test('plain service without a look-up says why', (t) => {
  const one = new CallCentre();
  const { decisionId, partner: id, board, now, seed } = one.input();
  const decision = one.decider.plainService({
    decisionId,
    partner: id,
    board,
    now,
    seed,
    reason: 'deadline',
    failOpen: ['deadline'],
  });
  t.same(stepNames(decision), ['east/service', 'west/service', 'overflow']);
  t.match(decision, { reason: 'deadline', arm: 'none', offer: undefined, customer: undefined });
  t.same(decision.failOpen, ['deadline']);
  t.same(decision.gates, []);
  t.equal(decision.candidates.length, 2);
  t.end();
});
