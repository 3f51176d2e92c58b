import t from 'tap';
import { createDecider, replay, toDecisionRecord } from '../../src/decision/index.js';
import { CallCentre, hit, ranked, stepNames, strategy } from './call-centre.js';
import type { DecisionRecord } from '../../src/decision/index.js';

t.test('a record says what was decided, from what, and not who called', (t) => {
  const one = new CallCentre();
  one.builder.setCentreHealth('west', false);
  const input = one.input({
    lookup: hit(strategy([ranked('GOLD', 0.2), ranked('SILVER', 1 / 3)])),
    seed: 0.25,
  });
  const decision = one.decider.decide(input);
  const record = toDecisionRecord(decision, input, one.decider);
  const json = JSON.stringify(record);
  t.match(JSON.parse(json), {
    decisionId: 'd-1',
    decidedAt: '2026-01-01T00:00:00.000Z',
    settingsId: /^[0-9a-f]{8}$/,
    partner: 'acme',
    customer: 'c-1',
    generation: 7,
    arm: 'offer',
    reason: 'offer',
    failOpen: [],
    offer: { offerCode: 'SILVER', presentation: 'agents' },
    steps: [
      { destination: 'east/sales', offer: 'SILVER' },
      { destination: 'east/service' },
      { destination: 'overflow' },
    ],
    identity: { kind: 'number', source: 'From', confidence: 'claimed' },
    lookup: {
      kind: 'hit',
      strategy: { offers: [{ offerCode: 'GOLD', propensity: 0.2 }, { propensity: 1 / 3 }] },
    },
    seed: 0.25,
    divertedShare: 0,
    boardAgeMs: 0,
    resources: { 'west/sales': { isUp: false, servers: 5 } },
  });
  t.notOk(json.includes('+15550100001'), 'no number');
  t.equal(record.candidates.length, 8);
  t.match(record.candidates[2], {
    offerCode: 'SILVER',
    destination: 'east/sales',
    propensity: 0.333333,
    value: 33.333333,
  });
  t.end();
});

t.test('what was suppressed and boosted is in the record, and it replays', (t) => {
  const one = new CallCentre();
  const at = Date.UTC(2026, 10, 20);
  const suppressed = [{ ...ranked('GOLD', 0.9), reason: 'accepted', at, until: at + 1 } as const];
  const boosted = { ...ranked('SILVER', 0.3), isBoosted: true } as const;
  const input = one.input({ lookup: hit(strategy([boosted], {}, { suppressed })) });
  const decision = one.decider.decide(input);
  const json = JSON.stringify(toDecisionRecord(decision, input, one.decider));
  const record = JSON.parse(json) as DecisionRecord;
  t.match(record.candidates[0], { offerCode: 'SILVER', isBoosted: true });
  t.match(
    record.candidates.find((row) => row.offerCode === 'GOLD'),
    { removedBy: 'suppression', removedWhy: 'accepted 2026-11-20' },
  );
  t.equal(JSON.stringify(replay(record, createDecider(one.settings))), JSON.stringify(decision));
  t.end();
});

t.test('plain service without a look-up replays too', (t) => {
  const one = new CallCentre();
  const { decisionId, partner, seed, board } = one.input();
  const input = { decisionId, partner, seed, board, now: 60_000, reason: 'deadline', failOpen: ['deadline'] };
  const decision = one.decider.plainService(input);
  t.same(decision.failOpen, ['deadline', 'board-stale']);
  const record = JSON.parse(JSON.stringify(toDecisionRecord(decision, input, one.decider))) as DecisionRecord;
  t.equal(record.lookup, undefined);
  t.equal(JSON.stringify(replay(record, createDecider(one.settings))), JSON.stringify(decision));
  t.end();
});

t.test(
  'an account with an alert, and nobody in particular: its service offer, and again by a replay',
  (t) => {
    const one = new CallCentre();
    const flags = { ...strategy([]).flags, serviceAlert: true };
    const known = { ...strategy([ranked('REPAIR', 1)]), customer: '', generation: 0, flags };
    const identity = { kind: 'number', phone: '', source: 'digits', confidence: 'claimed' } as const;
    const input = one.input({ identity, lookup: hit(known) });
    const decision = one.decider.decide(input);
    t.match(decision, { customer: undefined, generation: undefined, reason: 'service-alert', arm: 'none' });
    t.match(decision.offer, { offerCode: 'REPAIR', kind: 'service' });
    t.match(
      decision.gates.slice(0, 2).map(({ detail }) => detail),
      [/alert is open on the account/, /^an account and nobody in particular, claimed by digits$/],
    );
    const record = JSON.parse(
      JSON.stringify(toDecisionRecord(decision, input, one.decider)),
    ) as DecisionRecord;
    t.notOk('customer' in record || 'generation' in record);
    t.equal(JSON.stringify(replay(record, createDecider(one.settings))), JSON.stringify(decision));
    t.end();
  },
);

t.test('other settings have another id, and a record shows what they would have done', (t) => {
  const one = new CallCentre();
  const input = one.input();
  const record = toDecisionRecord(one.decider.decide(input), input, one.decider);
  const killed = new CallCentre({ policy: { killSwitch: true } });
  t.not(killed.decider.settingsId, one.decider.settingsId);
  t.equal(new CallCentre().decider.settingsId, one.decider.settingsId);
  const again = replay(record, killed.decider);
  t.equal(again.reason, 'kill-switch');
  t.same(stepNames(again), ['east/service', 'west/service', 'overflow']);
  t.end();
});
