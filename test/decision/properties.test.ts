import fc from 'fast-check';
import t from 'tap';
import { createDecider, replay, toDecisionRecord } from '../../src/decision/index.js';
import { stepNames } from './call-centre.js';
import { offerCodes, scenario } from './scenario.js';
import type { CandidateTrace, Decision, DecisionInput, DecisionRecord } from '../../src/decision/index.js';
import type { RankedOffer } from '../../src/offers/index.js';
import type { Scenario } from './scenario.js';

const runs = { numRuns: 500, seed: 20260101 };

function check(name: string, property: (one: Scenario) => void): void {
  t.test(name, (t) => {
    t.doesNotThrow(() => fc.assert(fc.property(scenario, property), runs));
    t.end();
  });
}

function assert(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(what);
}

function rankedOf(input: DecisionInput): readonly RankedOffer[] {
  const found = input.lookup.kind === 'stale' ? input.lookup.lookup : input.lookup;
  return found.kind === 'hit' ? found.strategy.offers : [];
}

function withOffers(input: DecisionInput, offers: readonly RankedOffer[]): DecisionInput {
  const { lookup } = input;
  if (lookup.kind === 'hit')
    return { ...input, lookup: { ...lookup, strategy: { ...lookup.strategy, offers } } };
  if (lookup.kind !== 'stale' || lookup.lookup.kind !== 'hit') return input;
  const inner = { ...lookup.lookup, strategy: { ...lookup.lookup.strategy, offers } };
  return { ...input, lookup: { ...lookup, lookup: inner } };
}

function sales(decision: Decision): string | undefined {
  return decision.offer?.kind === 'sales' ? decision.offer.offerCode : undefined;
}

check(
  'there is always somewhere to go, each place once, the overflow URI among them',
  ({ centre, input }) => {
    const names = stepNames(centre.decider.decide(input)).map((one) => one.split('@').at(-1));
    assert(names.includes('overflow'), 'no overflow');
    const service = names.filter((one) => one?.includes('/') === true);
    assert(service.length > 0, 'no destination');
    assert(new Set(names).size === names.length, 'a place twice');
  },
);

check(
  'no offer step when offers are killed, and none of an offer that is killed',
  ({ settings, centre, input }) => {
    const steps = centre.decider.decide(input).steps;
    const isKilled = settings.process.decision.killSwitch || settings.partners.partners[0]!.killSwitch;
    const dead = new Set(settings.offers.offers.filter((one) => one.killSwitch).map((one) => one.offer));
    assert(
      steps.every((one) => one.offer === undefined || (!isKilled && !dead.has(one.offer.offerCode))),
      'killed offer',
    );
  },
);

check(
  'nothing is sold to callers who are unknown, flagged, opted out or in the control arm',
  ({ settings, centre, input }) => {
    const decision = centre.decider.decide(input);
    const code = sales(decision);
    if (code === undefined) return;
    const found = input.lookup.kind === 'stale' ? input.lookup.lookup : input.lookup;
    assert(found.kind === 'hit' && input.identity.kind === 'number', 'sold to somebody unknown');
    if (found.kind !== 'hit') return;
    const { affiliateOptOut, ...flags } = found.strategy.flags;
    assert(!Object.values(flags).includes(true), 'sold to a flagged customer');
    const owner = settings.offers.offers.find((one) => one.offer === code)!.partner;
    const isEntitled = settings.partners.partners[0]!.affiliates.includes(owner) && !affiliateOptOut;
    assert(owner === 'acme' || isEntitled, 'an offer of another partner');
    assert(decision.arm === 'offer', 'sold in the control arm');
  },
);

check('a call is never lost to maintenance, and none goes there first', ({ centre, input }) => {
  const { steps } = centre.decider.decide(input);
  const last = steps.findIndex(({ target }) => target.kind === 'overflow');
  for (const [i, { target }] of steps.entries()) {
    if (target.kind !== 'destination') continue;
    assert(!target.destination.isDraining || i > last, 'a new call into maintenance');
  }
});

check('an offer step is at a destination that can take it, within its wait cap', ({ centre, input }) => {
  const decision = centre.decider.decide(input);
  for (const step of decision.steps) {
    if (step.offer === undefined || step.target.kind !== 'destination') continue;
    const { id } = step.target.destination;
    const { offerCode, presentation } = step.offer;
    const row = decision.candidates.find(
      (one) => one.offerCode === offerCode && one.presentation === presentation && one.destination === id,
    );
    const cap = centre.settings.offers.offers.find((one) => one.offer === offerCode)!.waitCapSeconds;
    assert(row?.value !== undefined, 'a step that was removed');
    assert((row?.waitSeconds ?? 0) <= cap, 'beyond the wait cap');
  }
});

check('the winner is the candidate of greatest value, unless one is mandatory', ({ centre, input }) => {
  const decision = centre.decider.decide(input);
  if (decision.reason !== 'offer') return;
  const all = decision.candidates.filter((one) => one.removedBy === undefined);
  // Plain service is given at a queue without a wait while there is one, whatever it costs.
  const isWaiting = (one: CandidateTrace) => one.offerCode === undefined && (one.waitSeconds ?? 0) > 0;
  const hasFree = all.some((one) => one.offerCode === undefined && !isWaiting(one));
  const left = all.filter((one) => !hasFree || !isWaiting(one));
  const best = Math.max(...left.map((one) => one.value ?? -Infinity));
  const ofWinner = left.filter((one) => one.offerCode === decision.offer?.offerCode);
  assert(Math.max(...ofWinner.map((one) => one.value ?? -Infinity)) === best, 'not the best');
});

check('removing an offer never makes another one worse', ({ centre, input }) => {
  const before = centre.decider.decide(input);
  const ranked = rankedOf(input);
  for (const removed of ranked) {
    const after = centre.decider.decide(
      withOffers(
        input,
        ranked.filter((one) => one !== removed),
      ),
    );
    if (before.offer?.offerCode !== removed.offerCode && before.offer !== undefined) {
      assert(stepNames(after).join() === stepNames(before).join(), 'the steps changed');
    }
    if (before.reason === 'arbitration' || before.reason === 'offer') {
      const rows = new Map(
        before.candidates.map((one) => [
          `${one.offerCode ?? ''}${one.presentation ?? ''}${one.destination}`,
          one,
        ]),
      );
      for (const row of after.candidates) {
        const old = rows.get(`${row.offerCode ?? ''}${row.presentation ?? ''}${row.destination}`);
        assert(old?.value === row.value && old?.removedBy === row.removedBy, 'a candidate changed');
      }
    }
  }
});

check('a greater propensity never loses a call', ({ centre, input }) => {
  const before = sales(centre.decider.decide(input));
  if (before === undefined) return;
  const raised = rankedOf(input).map((one) =>
    one.offerCode === before ? { ...one, propensity: one.propensity + (1 - one.propensity) / 2 } : one,
  );
  assert(sales(centre.decider.decide(withOffers(input, raised))) === before, 'lost by a greater propensity');
});

check('the order of the strategy does not matter', ({ centre, input }) => {
  const turned = withOffers(input, [...rankedOf(input)].reverse());
  const names = stepNames(centre.decider.decide(turned)).join();
  assert(names === stepNames(centre.decider.decide(input)).join(), 'order mattered');
});

check(
  'the same input gives the same decision, whatever was decided in between',
  ({ settings, centre, input }) => {
    const first = centre.decider.decide(input);
    centre.builder.setCentreHealth('east', false);
    centre.decider.decide({ ...input, board: centre.board(), seed: 0.9 });
    const again = centre.decider.decide(input);
    const fresh = createDecider(settings).decide(input);
    assert(JSON.stringify(first) === JSON.stringify(again), 'changed by another call');
    assert(JSON.stringify(first) === JSON.stringify(fresh), 'changed by another decider');
  },
);

check('gates and reason say the same', ({ centre, input }) => {
  const { gates, reason } = centre.decider.decide(input);
  const stopped = gates.filter((one) => !one.passed);
  if (['offer', 'mandatory', 'service-alert'].includes(reason))
    assert(stopped.length === 0, 'a gate did not pass');
  else
    assert(
      stopped.length === 1 && stopped[0]?.gate === reason && gates.at(-1) === stopped[0],
      `not ${reason}`,
    );
});

check('a record replays to the same decision, after a trip through JSON', ({ settings, centre, input }) => {
  const decision = centre.decider.decide(input);
  const record = toDecisionRecord(decision, input, centre.decider);
  const read = JSON.parse(JSON.stringify(record)) as DecisionRecord;
  const again = replay(read, createDecider(settings));
  assert(JSON.stringify(again) === JSON.stringify(decision), 'another decision');
});

check(
  'plain service first tries every queue that can take the call, then the overflow URI',
  ({ centre, input }) => {
    const decision = centre.decider.plainService({ ...input, reason: 'deadline', failOpen: ['deadline'] });
    const isStale = input.now > 0;
    const canTake = ['east/service', 'west/service'].filter((id) => {
      const { index, isDraining } = centre.decider.destinationById.get(id)!;
      const state = input.board.states[index]!;
      return !isDraining && state.isUp !== false && (isStale || state.servers !== 0);
    });
    const names = stepNames(decision);
    const before = names.slice(0, names.indexOf('overflow'));
    assert(
      before.slice().sort().join() === canTake.sort().join(),
      `${names.join()} though ${canTake.join()}`,
    );
    assert(names.length === 3, 'a queue is missing');
  },
);

check('no sales offer is made that is suppressed, and the trace says so of each', ({ centre, input }) => {
  const decision = centre.decider.decide(input);
  const found = input.lookup.kind === 'stale' ? input.lookup.lookup : input.lookup;
  if (found.kind !== 'hit') return;
  const codes = new Set((found.strategy.suppressed ?? []).map((one) => one.offerCode));
  assert(
    decision.steps.every(({ offer }) => offer?.kind !== 'sales' || !codes.has(offer.offerCode)),
    'a suppressed offer is made',
  );
  for (const row of decision.candidates) {
    if (row.removedBy !== 'suppression') continue;
    assert(codes.has(row.offerCode ?? '') && /^declined /.test(row.removedWhy ?? ''), 'another row says so');
    assert(row.value === undefined && row.destination === '', 'it was weighed');
  }
});

t.test('the scenarios reach every kind of decision', (t) => {
  const reasons = new Set(
    fc
      .sample(scenario, { numRuns: 3000, seed: 7 })
      .map(({ centre, input }) => centre.decider.decide(input).reason),
  );
  t.same(
    [...reasons].sort(),
    [
      'arbitration',
      'confidence',
      'control-arm',
      'diversion-cap',
      'entitlement',
      'identity',
      'kill-switch',
      'mandatory',
      'offer',
      'offer-kill-switch',
      'opt-out',
      'resources',
      'service-alert',
      'service-first',
      'skill',
      'store',
      'strategy-age',
      'suppression',
      'wait-cap',
    ].sort(),
  );
  t.equal(offerCodes.length, 4);
  t.end();
});
