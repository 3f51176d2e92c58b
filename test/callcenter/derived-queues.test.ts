import t from 'tap';
import { compileDestinations, derivedQueues } from '../../src/callcenter/index.js';
import {
  CallCentre,
  centre,
  hit,
  offer,
  presentation,
  queue,
  ranked,
  stepNames,
  strategy,
} from '../decision/call-centre.js';

const requires = [{ skills: [{ skill: 'french', level: 7 }], forSeconds: 20 }, { skills: [] }];
const french = presentation('french', ['east/sales', 'west/sales'], { requires });
const offers = [offer('GOLD', [french, presentation('anyone', ['west/sales'], { conversion: 0.5 })])];
const sales = queue('sales', { staffedAgents: 3, costPerCall: 1, weight: 2, skillLevel: 7 });
const business = {
  offers,
  centres: [
    centre('east', [sales, queue('service')]),
    centre('west', [{ ...sales, drain: true }, queue('service')]),
  ],
};
const one = new CallCentre(business);

t.test('each queue of a presentation with skills is a queue of its own', (t) => {
  const common = { baseQueue: 'sales', requires, offer: 'GOLD', presentation: 'french' };
  t.strictSame(derivedQueues(one.settings), [
    { centre: 'east', queue: 'sales.GOLD.french', ...common },
    { centre: 'west', queue: 'sales.GOLD.french', ...common },
  ]);
  t.end();
});

t.test('it is a destination like its base, after all others', (t) => {
  const destinations = compileDestinations(one.settings);
  t.strictSame(
    destinations.map((each) => [each.id, each.index, each.base]),
    [
      ['east/sales', 0, undefined],
      ['east/service', 1, undefined],
      ['west/sales', 2, undefined],
      ['west/service', 3, undefined],
      ['east/sales.GOLD.french', 4, 'east/sales'],
      ['west/sales.GOLD.french', 5, 'west/sales'],
    ],
  );
  const uri = 'sip:sales.GOLD.french@127.0.0.1:5071;transport=udp';
  t.match(destinations[4], { kind: 'queue', uri, servers: 3, costPerCall: 1, weight: 2, skillLevel: 7 });
  t.ok(destinations[5]?.isDraining, 'in maintenance with its base');
  t.end();
});

t.test('the presentation goes there, others to the base', (t) => {
  const decision = one.decide({ lookup: hit(strategy([ranked('GOLD', 0.5)])) });
  t.equal(stepNames(decision)[0], 'GOLD@east/sales.GOLD.french');
  t.match(decision.candidates, [
    { destination: 'east/sales.GOLD.french', removedBy: undefined },
    { destination: 'west/sales.GOLD.french', removedWhy: 'in maintenance' },
    { presentation: 'anyone', destination: 'west/sales', removedWhy: 'in maintenance' },
    {},
    {},
  ]);
  t.end();
});

t.test('a caller keeps the centre whatever the presentation', (t) => {
  const [, west] = [sales, { ...sales }];
  const both = new CallCentre({
    ...business,
    centres: [centre('east', [sales, queue('service')]), centre('west', [west, queue('service')])],
    offers: [
      offer('GOLD', [french]),
      offer('SILVER', [presentation('anyone', ['east/sales', 'west/sales'])]),
    ],
  });
  const centreOf = (code: string, seed: number) =>
    stepNames(both.decide({ lookup: hit(strategy([ranked(code, 0.5)])), seed }))[0]
      ?.split('@')[1]
      ?.split('/')[0];
  const seeds = Array.from({ length: 100 }, (_, i) => i / 100);
  t.ok(seeds.every((seed) => centreOf('GOLD', seed) === centreOf('SILVER', seed)));
  t.equal(new Set(seeds.map((seed) => centreOf('GOLD', seed))).size, 2);
  t.end();
});
