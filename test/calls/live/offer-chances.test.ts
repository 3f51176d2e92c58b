import t from 'tap';
import { offerChances } from '../../../src/calls/live/offer-chances.js';
import type { CandidateTrace } from '../../../src/decision/index.js';

const row = (given: Partial<CandidateTrace>): CandidateTrace => ({
  offerCode: 'A',
  presentation: 'agent',
  destination: 'east/sales',
  removedBy: undefined,
  propensity: 0.2,
  offerValue: 100,
  conversion: 1,
  waitSeconds: 5,
  patience: 0.9,
  cost: 0,
  value: 18,
  ...given,
});

t.test('of each offer and presentation the best destination, and why not where there is none', (t) => {
  const chances = offerChances({
    candidates: [
      row({ removedBy: 'resources', removedWhy: 'centre down', value: undefined }),
      row({ destination: 'west/sales', waitSeconds: 30, value: 12 }),
      row({ presentation: 'ivr', removedBy: 'resources', removedWhy: 'no free port', value: 20 }),
      row({
        offerCode: 'B',
        presentation: undefined,
        destination: '',
        removedBy: 'suppression',
        removedWhy: 'declined',
      }),
      row({ offerCode: undefined, value: 1 }),
    ],
  });
  t.match(chances, [
    {
      offer: 'A',
      value: 12,
      removedBy: undefined,
      presentations: [
        { presentation: 'agent', waitSeconds: 30, removedBy: undefined },
        { presentation: 'ivr', removedBy: 'resources', removedWhy: 'no free port' },
      ],
    },
    { offer: 'B', value: undefined, removedBy: 'suppression', removedWhy: 'declined', presentations: [] },
  ]);
  t.equal(chances.length, 2);
  t.end();
});

t.test('few of many offers are kept', (t) => {
  const candidates = Array.from({ length: 50 }, (_, number) => row({ offerCode: `O${number}` }));
  t.equal(offerChances({ candidates }).length, 8);
  t.end();
});
