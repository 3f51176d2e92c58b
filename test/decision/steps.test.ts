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
import { seedOf } from '../../src/decision/index.js';
import type { Queue } from '../../src/config/index.js';
import type { DecisionInput } from '../../src/decision/index.js';

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

/** Seeds of many callers. */
const seeds = Array.from({ length: 4000 }, (_, i) => seedOf(`+1555${String(i).padStart(7, '0')}`));

/** How many callers of `seeds` go to each place first. */
function firsts(one: CallCentre, input: Partial<DecisionInput>): Record<string, number> {
  const count: Record<string, number> = {};
  for (const seed of seeds) {
    const [first = ''] = stepNames(one.decide({ ...input, seed }));
    count[first] = (count[first] ?? 0) + 1;
  }
  return count;
}

/** Is a share of `seeds` what it should be, within four standard deviations? */
function isShare(count: number | undefined, share: number): boolean {
  const deviation = Math.sqrt(seeds.length * share * (1 - share));
  return Math.abs((count ?? 0) - seeds.length * share) < 4 * deviation;
}

t.test('plain service is spread over equal queues by weight, whatever their order', (t) => {
  for (const order of [
    ['east/service', 'west/service'],
    ['west/service', 'east/service'],
  ]) {
    const one = serviceOnly({ weight: 3 }, { weight: 1 }, order);
    t.ok(isShare(firsts(one, miss)['east/service'], 3 / 4));
  }
  const one = serviceOnly({}, {});
  const places = new Set(Array.from({ length: 20 }, () => stepNames(one.decide({ ...miss, seed: 0.2 }))[0]));
  t.equal(places.size, 1, 'the same caller to the same place');
  t.end();
});

t.test('while a centre is down its callers are elsewhere and nobody else moves; then they come back', (t) => {
  const one = serviceOnly({}, {});
  const placeOf = (seed: number) => stepNames(one.decide({ ...miss, seed }))[0];
  const before = seeds.map(placeOf);
  one.builder.setCentreHealth('east', false);
  t.ok(seeds.every((seed) => placeOf(seed) === 'west/service'));
  one.builder.setCentreHealth('east', true);
  t.same(seeds.map(placeOf), before);
  t.end();
});

t.test('queues without agents order themselves as configured when nobody weighs anything', (t) => {
  const one = serviceOnly({ weight: 0 }, { weight: 0 }, ['west/service', 'east/service']);
  t.same(stepNames(one.decide(miss)), ['west/service', 'east/service', 'overflow']);
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
  for (const seed of seeds.slice(0, 50)) {
    const names = stepNames(one.decide({ ...miss, seed }));
    t.equal(names.pop(), 'overflow');
    const centres = names.map((name) => name.split('/')[0]);
    t.ok(centres[0] !== centres[1] && centres[2] !== centres[3], names.join());
  }
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

t.test('ties break by configured order of offers and presentations', (t) => {
  const twice = [presentation('first', ['west/sales', 'east/sales']), agents];
  const one = new CallCentre({ offers: [offer('GOLD', twice), offer('SILVER', twice)] });
  const lookup = hit(strategy([ranked('SILVER', 0.5), ranked('GOLD', 0.5)]));
  t.match(one.decide({ lookup }).offer, { offerCode: 'GOLD', presentation: 'first' });
  t.end();
});

t.test('a queue that was tried for the offer is not tried again for plain service', (t) => {
  const one = new CallCentre({ offers: [offer('GOLD', [presentation('a', ['east/service'])])] });
  t.same(stepNames(one.decide()), ['GOLD@east/service', 'west/service', 'overflow']);
  t.end();
});

t.test('while capacity is unknown, weights share the calls out', (t) => {
  const one = serviceOnly({ weight: 3, costPerCall: 1 }, { weight: 1 });
  const stale = { ...miss, now: 60_000 };
  t.ok(isShare(firsts(one, stale)['east/service'], 3 / 4), 'whatever they are worth');
  t.same(one.decide({ ...stale }).failOpen, ['board-stale']);
  t.end();
});

t.test(
  'the destinations of an offer are shared out by weight when they are of equal worth or unknown',
  (t) => {
    const centres = (skillLevel: number) => [
      centre('east', [queue('sales', { weight: 1, skillLevel }), queue('service')]),
      centre('west', [queue('sales', { weight: 4 }), queue('service')]),
    ];
    const offers = [offer('GOLD', [agents])];
    const equal = new CallCentre({ centres: centres(5), offers });
    t.ok(isShare(firsts(equal, {})['GOLD@west/sales'], 4 / 5));
    const both = stepNames(equal.decide()).slice(0, 2).sort();
    t.same(both, ['GOLD@east/sales', 'GOLD@west/sales'], 'the other one follows');
    const better = new CallCentre({ centres: centres(9), offers });
    t.same(firsts(better, {}), { 'GOLD@east/sales': seeds.length }, 'worth decides first');
    t.ok(isShare(firsts(better, { now: 60_000 })['GOLD@west/sales'], 4 / 5), 'a stale board: unknown');
    t.same(better.decide({ now: 60_000 }).candidates[0]?.waitSeconds, undefined);
    t.end();
  },
);

t.test('a difference of rounding is none', (t) => {
  const centres = (costPerCall: number) => [
    centre('east', [queue('sales', { costPerCall: 0.1 + 0.2 }), queue('service')]),
    centre('west', [queue('sales', { costPerCall }), queue('service')]),
  ];
  const offers = [offer('GOLD', [agents])];
  const rounded = new CallCentre({ centres: centres(0.3), offers });
  t.ok(isShare(firsts(rounded, {})['GOLD@west/sales'], 1 / 2));
  const cheaper = new CallCentre({ centres: centres(0.2999), offers });
  t.same(firsts(cheaper, {}), { 'GOLD@west/sales': seeds.length });
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
