import t from 'tap';
import {
  agents,
  CallCentre,
  hit,
  offer,
  partner,
  presentation,
  ranked,
  repair,
  stepNames,
  strategy,
} from './call-centre.js';
import type { Centre, Partner } from '../../src/config/index.js';
import type { DecisionInput, GateName, Identity } from '../../src/decision/index.js';
import type { RankedOffer, StrategyFlags, StrategyLookup, SuppressedOffer } from '../../src/offers/index.js';
import type { Business } from './call-centre.js';

const plain = ['east/service', 'west/service', 'overflow'];

interface Row {
  readonly gate: GateName;
  readonly when: string;
  readonly business?: Business;
  readonly input?: Partial<DecisionInput>;
  readonly detail: RegExp;
  readonly arm?: string;
  readonly failOpen?: string[];
}

const flagged = (flags: Partial<StrategyFlags>) => ({ lookup: hit(strategy(undefined, flags)) });
const hour = 3_600_000;
const aged = (hours: number, maxHours: number, flags: Partial<StrategyFlags> = {}): StrategyLookup => ({
  kind: 'hit',
  strategy: strategy(undefined, flags),
  ageMs: 0,
  strategyAge: { ageMs: hours * hour, maxAgeMs: maxHours * hour },
});
const claimed: Identity = { kind: 'number', phone: '+15550100001', source: 'From', confidence: 'claimed' };

const rows: Row[] = [
  {
    gate: 'store',
    when: 'nobody has the number',
    input: { lookup: { kind: 'miss' } },
    detail: /nobody has this number/,
  },
  {
    gate: 'store',
    when: 'the store fails',
    input: { lookup: { kind: 'failure', reason: 'deadline' } },
    detail: /the store failed: deadline/,
    failOpen: ['store-failure'],
  },
  {
    gate: 'store',
    when: 'memory says that nobody has the number while the store is down',
    input: { lookup: { kind: 'stale', lookup: { kind: 'miss' }, ageMs: 4000, reason: 'refused' } },
    detail: /served from memory: nobody has this number/,
    failOpen: ['store-stale'],
  },
  {
    gate: 'identity',
    when: 'the caller is anonymous',
    input: { identity: { kind: 'anonymous' }, lookup: { kind: 'miss' } },
    detail: /anonymous/,
  },
  {
    gate: 'identity',
    when: 'the number cannot be read',
    input: { identity: { kind: 'unparsable' }, lookup: { kind: 'miss' } },
    detail: /no number that can be read/,
  },
  {
    gate: 'identity',
    when: 'a household shares the number',
    input: { lookup: { kind: 'ambiguous', customers: ['c-1', 'c-2'], generation: 7, ageMs: 0 } },
    detail: /shared by 2 customers/,
  },
  {
    gate: 'kill-switch',
    when: 'offers are switched off for everybody',
    business: { policy: { killSwitch: true } },
    detail: /decision.killSwitch is on/,
  },
  {
    gate: 'kill-switch',
    when: 'offers are switched off for the partner',
    business: { partners: [partner({ killSwitch: true })] },
    detail: /partner acme is on/,
  },
  {
    gate: 'strategy-age',
    when: 'the strategies are too old',
    input: { lookup: aged(49, 48) },
    detail: /^strategies of generation 7 are 49\.0 h old, their maxAge is 48 h$/,
    failOpen: ['strategy-outdated'],
  },
  {
    gate: 'strategy-age',
    when: 'they are too old, and a service alert was open then',
    input: { lookup: aged(0.75, 0.5, { serviceAlert: true }) },
    detail: /^strategies of generation 7 are 45 min old, their maxAge is 30 min$/,
    failOpen: ['strategy-outdated'],
  },
  {
    gate: 'service-first',
    when: 'hardship',
    input: flagged({ hardship: true }),
    detail: /hardship; nothing is sold/,
  },
  { gate: 'service-first', when: 'fraud', input: flagged({ fraud: true }), detail: /fraud; nothing is sold/ },
  {
    gate: 'service-first',
    when: 'complaint',
    input: flagged({ complaint: true }),
    detail: /complaint; nothing is sold/,
  },
  {
    gate: 'opt-out',
    when: 'the customer opted out',
    input: flagged({ optOut: true }),
    detail: /c-1 opted out/,
  },
  {
    gate: 'control-arm',
    when: 'the customer is in the control arm',
    business: { policy: { controlArmPercent: 100 } },
    detail: /control arm \(100 % control\), by the hash/,
    arm: 'control',
  },
  {
    gate: 'control-arm',
    when: 'the ranking put the customer in the control arm, whatever the percentage is now',
    business: { policy: { controlArmPercent: 0 } },
    input: { lookup: hit(strategy(undefined, {}, { arm: 'control' })) },
    detail: /in the control arm, assigned by the ranking/,
    arm: 'control',
  },
  {
    gate: 'diversion-cap',
    when: 'the cap is reached',
    business: { policy: { diversionCapPercent: 20 } },
    input: { divertedShare: 0.2 },
    detail: /20.0 % of calls .* cap is 20 %/,
    arm: 'offer',
  },
  {
    gate: 'diversion-cap',
    when: 'the cap is 0',
    business: { policy: { diversionCapPercent: 0 } },
    detail: /cap is 0 %/,
    arm: 'offer',
  },
  {
    gate: 'entitlement',
    when: 'the strategy ranks no offer',
    input: { lookup: hit(strategy([])) },
    detail: /no offer in the strategy/,
    arm: 'offer',
  },
  {
    gate: 'entitlement',
    when: 'the offer is not in the settings of the partner',
    input: { lookup: hit(strategy([ranked('GONE', 0.9)])) },
    detail: /removed: GONE/,
    arm: 'offer',
  },
  {
    gate: 'entitlement',
    when: 'a service offer is ranked and no service alert is open',
    input: { lookup: hit(strategy([ranked('REPAIR', 0.9)])) },
    detail: /removed: REPAIR/,
    arm: 'offer',
  },
  {
    gate: 'confidence',
    when: 'the offer needs a verified caller',
    business: { offers: [offer('GOLD', [agents], { minConfidence: 'verified' })] },
    input: { identity: { ...claimed, source: 'P-Asserted-Identity', confidence: 'trusted' } },
    detail: /removed: GOLD/,
    arm: 'offer',
  },
  {
    gate: 'offer-kill-switch',
    when: 'the offer is switched off',
    business: { offers: [offer('GOLD', [agents], { killSwitch: true })] },
    detail: /removed: GOLD/,
    arm: 'offer',
  },
  {
    gate: 'skill',
    when: 'no queue is skilled enough',
    business: { offers: [offer('GOLD', [presentation('a', ['east/sales'], { minSkillLevel: 6 })])] },
    detail: /removed: GOLD at east\/sales/,
    arm: 'offer',
  },
  {
    gate: 'arbitration',
    when: 'plain service is worth more',
    input: { lookup: hit(strategy([ranked('GOLD', 0.01)])) },
    detail: /GOLD is worth 1.00, plain service is worth 2.00/,
    arm: 'offer',
  },
  {
    gate: 'arbitration',
    when: 'plain service is worth as much: an offer must beat it',
    input: { lookup: hit(strategy([ranked('GOLD', 0.02)])) },
    detail: /worth 2.00, plain service is worth 2.00/,
    arm: 'offer',
  },
];

for (const row of rows) {
  t.test(`${row.gate} leads to plain service when ${row.when}`, (t) => {
    const decision = new CallCentre(row.business).decide(row.input);
    t.equal(decision.reason, row.gate);
    t.same(stepNames(decision), plain);
    t.equal(decision.offer, undefined);
    t.equal(decision.arm, row.arm ?? 'none');
    t.same(decision.failOpen, row.failOpen ?? []);
    const last = decision.gates.at(-1);
    t.match(last, { gate: row.gate, passed: false });
    t.match(last?.detail, row.detail);
    t.ok(decision.gates.slice(0, -1).every((one) => one.passed));
    t.end();
  });
}

const family = [partner({ affiliates: ['borealis'] }), partner({ partner: 'borealis' })];
const tv = { ...offer('TV', [agents]), partner: 'borealis' };

t.test('entitlement: an offer of an affiliate is made unless the customer opted out of affiliates', (t) => {
  const one = new CallCentre({ partners: family, offers: [offer('GOLD', [agents]), tv] });
  const offers = [ranked('TV', 0.9), ranked('GOLD', 0.1)];
  t.equal(stepNames(one.decide({ lookup: hit(strategy(offers)) }))[0], 'TV@east/sales');
  const optedOut = one.decide({ lookup: hit(strategy(offers, { affiliateOptOut: true })) });
  t.equal(stepNames(optedOut)[0], 'GOLD@east/sales', 'its own offers stay');
  const why = 'of borealis, and the customer has affiliateOptOut';
  t.match(optedOut.candidates[0], { offerCode: 'TV', removedBy: 'entitlement', removedWhy: why });
  t.match(
    optedOut.gates.find((gate) => gate.gate === 'entitlement'),
    { passed: true, detail: `2 candidates left; removed: TV (${why})` },
  );
  t.end();
});

t.test(
  'entitlement: an offer of a partner that is no affiliate is never made, nor a service offer of one',
  (t) => {
    const mend = { ...repair, offer: 'MEND', partner: 'borealis' };
    const detailOf = (partners: Partner[], offers: RankedOffer[], flags: Partial<StrategyFlags> = {}) => {
      const one = new CallCentre({ partners, offers: [tv, mend] });
      const decision = one.decide({ lookup: hit(strategy(offers, flags)) });
      t.equal(decision.reason, 'entitlement');
      t.same(stepNames(decision), plain);
      return decision.gates.at(-1)?.detail;
    };
    const turned = [partner(), partner({ partner: 'borealis', affiliates: ['acme'] })];
    t.match(detailOf(turned, [ranked('TV', 0.9)]), /removed: TV \(of borealis, no affiliate of acme\)/);
    t.match(detailOf(family, [ranked('MEND', 1)]), /removed: MEND \(a service offer of borealis\)/);
    t.match(detailOf(family, [ranked('MEND', 1)], { serviceAlert: true }), /no service offer/);
    t.end();
  },
);

t.test('entitlement: a strategy of another partner is not used, nor told', (t) => {
  const one = new CallCentre({ partners: family, offers: [offer('GOLD', [agents]), tv] });
  for (const flags of [{}, { serviceAlert: true }]) {
    const foreign = strategy([ranked('GOLD', 0.9)], flags, { partner: 'borealis' });
    const decision = one.decide({ lookup: hit(foreign) });
    t.match(decision, { reason: 'entitlement', arm: 'none', customer: undefined, generation: undefined });
    t.same(stepNames(decision), plain);
    t.match(decision.gates, [
      { gate: 'store', passed: true },
      { gate: 'entitlement', passed: false, detail: /of borealis, the call of acme/ },
    ]);
    t.ok(decision.candidates.every((row) => row.offerCode === undefined));
  }
  t.end();
});

const day = 86_400_000;
const declinedAt = Date.UTC(2026, 10, 20);

function suppressed(code: string, change: Partial<SuppressedOffer> = {}): SuppressedOffer {
  return {
    ...ranked(code, 0.9),
    reason: 'declined',
    at: declinedAt,
    until: declinedAt + 30 * day,
    ...change,
  };
}

t.test(
  'suppression: what the customer declined is not made, the next best is, and the trace says why',
  (t) => {
    const one = new CallCentre({ offers: [offer('GOLD', [agents]), offer('SILVER', [agents])] });
    const lookup = hit(strategy([ranked('SILVER', 0.1)], {}, { suppressed: [suppressed('GOLD')] }));
    const decision = one.decide({ lookup });
    t.equal(stepNames(decision)[0], 'SILVER@east/sales');
    const why = 'declined 2026-11-20, until 2026-12-20';
    t.match(
      decision.candidates.find((row) => row.offerCode === 'GOLD'),
      { removedBy: 'suppression', removedWhy: why, propensity: 0.9, destination: '', value: undefined },
    );
    t.match(
      decision.gates.map(({ gate }) => gate),
      /entitlement,suppression,confidence/,
    );
    t.match(
      decision.gates.find((gate) => gate.gate === 'suppression'),
      { passed: true, detail: `2 candidates left; removed: GOLD (${why})` },
    );
    t.end();
  },
);

t.test('suppression: plain service when nothing else is left, a mandatory offer included', (t) => {
  const one = new CallCentre({ offers: [offer('GOLD', [agents], { mandatory: true })] });
  const from = Date.UTC(2026, 10, 27, 15);
  const callback = suppressed('GOLD', { reason: 'callback', until: from });
  const decision = one.decide({ lookup: hit(strategy([], {}, { suppressed: [callback] })) });
  t.equal(decision.reason, 'suppression');
  t.same(stepNames(decision), plain);
  t.match(decision.gates.at(-1), { gate: 'suppression', passed: false });
  t.match(decision.gates.at(-1)?.detail, 'GOLD (called back from 2026-11-27 15:00 UTC)');
  t.end();
});

t.test('suppression: what is not of this partner is a matter of entitlement still', (t) => {
  const decision = new CallCentre().decide({
    lookup: hit(strategy([], {}, { suppressed: [suppressed('GONE')] })),
  });
  t.equal(decision.reason, 'entitlement');
  t.end();
});

t.test('suppression: no service offer is withheld while an alert is open', (t) => {
  const one = new CallCentre({ offers: [offer('GOLD', [agents]), repair] });
  const all = [suppressed('REPAIR'), suppressed('GOLD')];
  const decision = one.decide({ lookup: hit(strategy([], { serviceAlert: true }, { suppressed: all })) });
  t.equal(decision.reason, 'service-alert');
  t.equal(decision.offer?.offerCode, 'REPAIR');
  t.ok(decision.candidates.every((row) => row.offerCode !== 'GOLD'));
  t.end();
});

t.test('entitlement: a service offer of the ranking is not made once the alert is over', (t) => {
  const one = new CallCentre({ offers: [offer('GOLD', [agents]), repair] });
  const decision = one.decide({ lookup: hit(strategy([ranked('REPAIR', 1), ranked('GOLD', 0.9)])) });
  t.equal(decision.offer?.offerCode, 'GOLD');
  t.match(decision.candidates[0], { removedBy: 'entitlement', removedWhy: /no service alert is open/ });
  t.end();
});

t.test('an offer that the customer asked for is marked in its rows', (t) => {
  const boosted = { ...ranked('GOLD', 0.9), isBoosted: true } as const;
  const decision = new CallCentre().decide({ lookup: hit(strategy([boosted, ranked('SILVER', 0.1)])) });
  const rows = decision.candidates.filter((row) => row.isBoosted === true);
  t.ok(rows.length > 0 && rows.every((row) => row.offerCode === 'GOLD'));
  t.end();
});

t.test('resources: what cannot take the call is left out, with the reason', (t) => {
  const business = { offers: [offer('GOLD', [presentation('program', ['east/ivr'], { kind: 'ivr' })])] };
  const cases: [string, RegExp, (centre: CallCentre) => void][] = [
    ['the centre is down', /centre down/, (one) => one.builder.setCentreHealth('east', false)],
    ['all ports are busy', /no free port/, (one) => one.fill('east/ivr', 0, 'borealis')],
  ];
  for (const [when, why, arrange] of cases) {
    const centre = new CallCentre(business);
    arrange(centre);
    const decision = centre.decide();
    t.equal(decision.reason, 'resources', when);
    t.match(decision.gates.at(-1)?.detail, why);
    t.match(decision.candidates[0], { offerCode: 'GOLD', removedBy: 'resources', value: undefined });
  }
  t.end();
});

t.test('resources: what is in maintenance takes no new call, a queue, a program or a whole centre', (t) => {
  const offers = [offer('GOLD', [agents])];
  const { centres } = new CallCentre({ offers }).settings.centres;
  const [east, west] = centres as [Centre, Centre];
  east.queues[0]!.drain = true;
  const one = new CallCentre({ offers, centres: [east, west] });
  t.equal(stepNames(one.decide())[0], 'GOLD@west/sales');
  t.match(one.decide().candidates[0], { destination: 'east/sales', removedWhy: 'in maintenance' });
  t.equal(stepNames(one.decide({ now: 60_000 }))[0], 'GOLD@west/sales', 'though the board is stale');
  const both = new CallCentre({ offers, centres: [east, { ...west, drain: true }] });
  t.equal(both.decide().reason, 'resources');
  t.match(both.decide().gates.at(-1)?.detail, /GOLD at west\/sales \(in maintenance\)/);
  t.same(stepNames(both.decide()), ['east/service', 'overflow', 'west/service']);
  west.ivrPools[0]!.drain = true;
  const program = presentation('program', ['west/ivr'], { kind: 'ivr' });
  const ivr = new CallCentre({ offers: [offer('GOLD', [program])], centres: [east, west] });
  t.equal(ivr.decide().reason, 'resources');
  t.end();
});

t.test('resources: a partner may use no more ports than its quota, whatever is free', (t) => {
  const offers = [offer('GOLD', [presentation('program', ['east/ivr'], { kind: 'ivr' })])];
  const centre = new CallCentre({ offers });
  const pool = centre.settings.centres.centres[0]!.ivrPools[0]!;
  pool.quotas = { acme: 2 };
  const limited = new CallCentre({ offers, centres: centre.settings.centres.centres });
  limited.builder.callStarted('east/ivr', 'acme');
  limited.builder.callStarted('east/ivr', 'borealis');
  t.equal(limited.decide().reason, 'offer', 'one of two in use');
  limited.builder.callStarted('east/ivr', 'acme');
  t.equal(limited.decide().reason, 'resources');
  t.match(limited.decide().gates.at(-1)?.detail, /port quota used up/);
  limited.builder.callEnded('east/ivr', 'acme');
  t.equal(limited.decide().reason, 'offer', 'free again');
  t.end();
});

t.test('resources: a queue that nobody staffs presents nothing', (t) => {
  const centre = new CallCentre({ offers: [offer('GOLD', [agents])] });
  for (const one of centre.settings.centres.centres) one.queues[0]!.staffedAgents = 0;
  const decision = new CallCentre({
    offers: [offer('GOLD', [agents])],
    centres: centre.settings.centres.centres,
  }).decide();
  t.equal(decision.reason, 'resources');
  t.match(decision.gates.at(-1)?.detail, /nobody staffed/);
  t.end();
});

t.test('wait-cap: nobody is moved to a queue whose wait is longer', (t) => {
  // 5 agents, 240 s each: the next of them is free after 48 s, the one after that after 96 s.
  const centre = new CallCentre({ offers: [offer('GOLD', [agents])] });
  centre.fill('east/sales');
  centre.fill('west/sales', 1);
  const first = centre.decide();
  t.equal(first.reason, 'offer');
  t.same(stepNames(first).slice(0, 2), ['GOLD@east/sales', 'west/service']);
  t.match(first.candidates[1], { destination: 'west/sales', removedBy: 'wait-cap', waitSeconds: 96 });
  centre.builder.callStarted('east/sales', 'acme');
  t.equal(centre.decide().reason, 'wait-cap');
  t.end();
});

t.test('a service alert brings the service offer ahead of any sale', (t) => {
  const alert = hit(strategy([ranked('GOLD', 0.9, 1000)], { serviceAlert: true }));
  const expected = ['REPAIR@east/repair', 'REPAIR@west/repair', 'east/service', 'west/service', 'overflow'];
  const check = (when: string, business: Business, input: Partial<DecisionInput> = {}) => {
    const decision = new CallCentre(business).decide({ lookup: alert, ...input });
    t.equal(decision.reason, 'service-alert', when);
    t.same(stepNames(decision), expected, when);
    t.match(decision.offer, { offerCode: 'REPAIR', kind: 'service', presentation: 'crew' });
    t.equal(decision.arm, 'none');
  };
  check('as it is', {});
  check('in the control arm', { policy: { controlArmPercent: 100 } });
  check('at the diversion cap', { policy: { diversionCapPercent: 0 } });
  check('though plain service is worth more', { partners: [partner({ serviceValue: 500 })] });
  const all = { serviceAlert: true, optOut: true, hardship: true, fraud: true, complaint: true };
  check('for a customer with every other flag', {}, { lookup: hit(strategy([], all)) });
  t.end();
});

t.test('a customer whom the ranking put in the offer arm is in it at any percentage', (t) => {
  const centre = new CallCentre({ policy: { controlArmPercent: 100 } });
  const decision = centre.decide({ lookup: hit(strategy(undefined, {}, { arm: 'offer' })) });
  t.equal(decision.reason, 'offer');
  t.equal(decision.arm, 'offer');
  const gate = decision.gates.find((one) => one.gate === 'control-arm');
  t.match(gate, { passed: true, detail: 'customer is in the offer arm, assigned by the ranking' });
  t.end();
});

t.test('strategies that are young enough, or of any age, are used, and their age is told', (t) => {
  const detailOf = (lookup: StrategyLookup) => {
    const decision = new CallCentre().decide({ lookup });
    t.equal(decision.reason, 'offer');
    t.same(decision.failOpen, []);
    return decision.gates.find((one) => one.gate === 'strategy-age')?.detail;
  };
  t.equal(detailOf(aged(48, 48)), 'strategies of generation 7 are 48.0 h old, their maxAge is 48 h');
  t.equal(detailOf(hit()), 'strategies of any age are good');
  t.end();
});

t.test('service offers that the strategy lists are made instead of all of the partner', (t) => {
  const other = offer('REBOOT', repair.presentations, { kind: 'service', value: 500 });
  const centre = new CallCentre({ offers: [offer('GOLD', [agents]), repair, other] });
  const codes = (offers: RankedOffer[]) => {
    const decision = centre.decide({ lookup: hit(strategy(offers, { serviceAlert: true })) });
    t.equal(decision.reason, 'service-alert');
    const rows = decision.candidates.filter((one) => one.offerCode !== undefined);
    return [decision.offer?.offerCode, [...new Set(rows.map((one) => one.offerCode))]];
  };
  t.same(
    codes([ranked('GOLD', 0.9)]),
    ['REBOOT', ['REPAIR', 'REBOOT']],
    'none listed: all, by configured value',
  );
  t.same(codes([ranked('REPAIR', 1), ranked('GOLD', 0.9)]), ['REPAIR', ['REPAIR']], 'the one of the alert');
  t.same(
    codes([ranked('REBOOT', 0.2, 50), ranked('REPAIR', 0.9, 50), ranked('GONE', 1)]),
    ['REPAIR', ['REBOOT', 'REPAIR']],
    'several: in the order of the strategy, by what they are worth',
  );
  t.end();
});

t.test('with a service alert and no service offer to make, nothing is sold either', (t) => {
  const lookup = hit(strategy([ranked('GOLD', 0.9)], { serviceAlert: true }));
  const none = new CallCentre({ offers: [offer('GOLD', [agents])] }).decide({ lookup });
  t.equal(none.reason, 'entitlement');
  t.match(none.gates.at(-1)?.detail, /no service offer/);
  t.same(stepNames(none), plain);
  const killed = new CallCentre({
    offers: [offer('GOLD', [agents]), { ...repair, killSwitch: true }],
  }).decide({ lookup });
  t.equal(killed.reason, 'offer-kill-switch');
  t.same(stepNames(killed), plain);
  t.end();
});

t.test('a stale strategy is used, and said to be stale', (t) => {
  const lookup = {
    kind: 'stale',
    lookup: { kind: 'hit', strategy: strategy(), ageMs: 9000 },
    ageMs: 9000,
    reason: 'deadline',
  };
  const decision = new CallCentre().decide({ lookup: lookup as DecisionInput['lookup'] });
  t.equal(decision.reason, 'offer');
  t.same(decision.failOpen, ['store-stale']);
  t.match(decision.gates[0]?.detail, /served from memory: found in generation 7, read 9000 ms ago/);
  t.end();
});

t.test('a mandatory offer skips the comparison, not the gates', (t) => {
  const must = offer('MUST', [agents], { mandatory: true });
  const lookup = hit(strategy([ranked('GOLD', 0.9), ranked('MUST', 0, 0)]));
  const centre = new CallCentre({ offers: [offer('GOLD', [agents]), must] });
  const decision = centre.decide({ lookup });
  t.equal(decision.reason, 'mandatory');
  t.equal(decision.offer?.offerCode, 'MUST');
  const killed = new CallCentre({ offers: [offer('GOLD', [agents]), { ...must, killSwitch: true }] }).decide({
    lookup,
  });
  t.equal(killed.offer?.offerCode, 'GOLD');
  const optedOut = centre.decide({ lookup: hit(strategy([ranked('MUST', 1)], { optOut: true })) });
  t.equal(optedOut.reason, 'opt-out');
  t.end();
});

t.test('an unknown partner is a broken promise', (t) => {
  t.throws(() => new CallCentre().decide({ partner: 'nobody' }), { code: 'DECISION_UNKNOWN_PARTNER' });
  t.end();
});
