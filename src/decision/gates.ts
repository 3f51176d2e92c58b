// The gates that a call passes before any offer is weighed, as a table: what stops a call, and how to say so.
import { isInControlArm } from './control-arm.js';
import { isOutdated } from '../offers/index.js';
import type { StaleLookup, Strategy, StrategyAge } from '../offers/index.js';
import type { DecisionInput, GateName } from './decision.js';
import type { PartnerPlan } from './plan.js';

/** What the gates look at, gathered once a call. */
export interface CallFacts {
  readonly plan: PartnerPlan;
  readonly input: DecisionInput;
  /** What the look-up found, fresh or stale; undefined after a failure. */
  readonly found: StaleLookup | undefined;
  /** Of the one customer that the caller is; undefined when none or several. */
  readonly strategy: Strategy | undefined;
  /** Of `strategy`; undefined when it may be of any age. */
  readonly strategyAge: StrategyAge | undefined;
  /** The partner that the strategy is of, where that is not the one called: then it is never used, nor said whose it is. */
  readonly foreignPartner: string | undefined;
  readonly isBoardStale: boolean;
}

export function gatherFacts(plan: PartnerPlan, input: DecisionInput, boardMaxAgeMs: number): CallFacts {
  const { lookup } = input;
  const found = lookup.kind === 'stale' ? lookup.lookup : lookup.kind === 'failure' ? undefined : lookup;
  const hit = found?.kind === 'hit' && input.identity.kind === 'number' ? found : undefined;
  const isForeign = hit !== undefined && hit.strategy.partner !== plan.partner.partner;
  const own = isForeign ? undefined : hit;
  return {
    plan,
    input,
    found,
    strategy: own?.strategy,
    strategyAge: own?.strategyAge,
    foreignPartner: isForeign ? hit.strategy.partner : undefined,
    isBoardStale: input.now - input.board.takenAt > boardMaxAgeMs,
  };
}

export interface CallGate {
  readonly name: GateName;
  /** Said only of calls that it stops. */
  readonly isQuiet?: boolean;
  stops(facts: CallFacts): boolean;
  /** Words for people, the same whether it stops the call or lets it pass. */
  detail(facts: CallFacts): string;
}

function storeDetail({ input, found }: CallFacts): string {
  const { lookup } = input;
  if (input.identity.kind !== 'number') return 'no look-up without a number';
  if (lookup.kind === 'failure') return `the store failed: ${lookup.reason}`;
  const prefix = lookup.kind === 'stale' ? `the store failed (${lookup.reason}), served from memory: ` : '';
  if (found === undefined || found.kind === 'miss') return `${prefix}nobody has this number`;
  const generation = found.kind === 'hit' ? found.strategy.generation : found.generation;
  if (generation === 0) return `${prefix}an alert is open on the account that was entered`;
  const age = lookup.kind === 'stale' ? lookup.ageMs : found.ageMs;
  return `${prefix}found in generation ${generation}, ${age <= 0 ? 'read now' : `read ${Math.round(age)} ms ago`}`;
}

function identityDetail({ input, found, strategy }: CallFacts): string {
  const { identity } = input;
  if (identity.kind === 'anonymous') return 'the caller is anonymous';
  if (identity.kind === 'unparsable') return 'the caller sent no number that can be read';
  if (found?.kind === 'ambiguous') return `the number is shared by ${found.customers.length} customers`;
  return `${whoIs(strategy)}, ${identity.confidence} by ${identity.source}`;
}

function whoIs(strategy: Strategy | undefined): string {
  if (strategy === undefined) return 'nobody known';
  return strategy.customer === '' ? 'an account and nobody in particular' : `customer ${strategy.customer}`;
}

/** Flags that forbid a sale, in words; empty when there are none. */
function flagsOf(strategy: Strategy | undefined): readonly string[] {
  if (strategy === undefined) return [];
  const { hardship, fraud, complaint } = strategy.flags;
  return [hardship ? 'hardship' : '', fraud ? 'fraud' : '', complaint ? 'complaint' : ''].filter(
    (one) => one !== '',
  );
}

/** Is a service offer to be made instead of any sale? */
export function isServiceFirst(facts: CallFacts): boolean {
  return facts.strategy?.flags.serviceAlert === true;
}

const store: CallGate = {
  name: 'store',
  // Without a number there was nothing to look up: that is the identity gate's to say.
  stops: ({ input, found }) =>
    input.identity.kind === 'number' && (found === undefined || found.kind === 'miss'),
  detail: storeDetail,
};

/** Data of one partner is not used on calls of another. Offers have a gate of this name of their own, further on. */
const dataEntitlement: CallGate = {
  name: 'entitlement',
  isQuiet: true,
  stops: ({ foreignPartner }) => foreignPartner !== undefined,
  detail: ({ plan, foreignPartner }) =>
    `the strategy is of ${foreignPartner ?? ''}, the call of ${plan.partner.partner}: it is not used`,
};

const identity: CallGate = {
  name: 'identity',
  stops: ({ strategy }) => strategy === undefined,
  detail: identityDetail,
};

const killSwitch: CallGate = {
  name: 'kill-switch',
  stops: ({ plan }) => plan.isKilledGlobally || plan.isKilled,
  detail: ({ plan }) => {
    if (plan.isKilledGlobally) return 'decision.killSwitch is on: no offer to anybody';
    return `the kill switch of partner ${plan.partner.partner} is ${plan.isKilled ? 'on' : 'off'}`;
  },
};

const hourMs = 3_600_000;

/** `49.0 h`, `12 min`. */
function ageWords(ms: number): string {
  return ms < hourMs ? `${Math.round(ms / 60_000)} min` : `${(ms / hourMs).toFixed(1)} h`;
}

/**
 * Strategies that are too old say nothing about today. Flags that withhold offers would do no harm at any age, but then there is
 * nothing left to withhold. A service offer is not made either: it tells the caller of a fault, faults are mended within hours, and
 * whoever still has one is served by plain service.
 */
const strategyAge: CallGate = {
  name: 'strategy-age',
  stops: (facts) => facts.strategyAge !== undefined && isOutdated(facts.strategyAge),
  detail: ({ strategy, strategyAge: age }) => {
    if (strategy === undefined || age === undefined) return 'strategies of any age are good';
    const maxAge = ageWords(age.maxAgeMs).replace('.0 ', ' ');
    return `strategies of generation ${strategy.generation} are ${ageWords(age.ageMs)} old, their maxAge is ${maxAge}`;
  },
};

const serviceFirst: CallGate = {
  name: 'service-first',
  stops: (facts) => {
    if (facts.strategy === undefined || isServiceFirst(facts)) return false;
    const { hardship, fraud, complaint } = facts.strategy.flags;
    return hardship || fraud || complaint;
  },
  detail: (facts) => {
    if (isServiceFirst(facts)) return 'a service alert is open: a service offer ahead of any sale';
    const flags = flagsOf(facts.strategy);
    return flags.length === 0 ? 'no alert and no flag' : `flagged: ${flags.join(', ')}; nothing is sold`;
  },
};

const optOut: CallGate = {
  name: 'opt-out',
  stops: ({ strategy }) => strategy?.flags.optOut === true,
  detail: ({ strategy }) =>
    strategy?.flags.optOut === true ? `customer ${strategy.customer} opted out of offers` : 'not opted out',
};

const controlArm: CallGate = {
  name: 'control-arm',
  stops: ({ plan, strategy }) => {
    if (strategy === undefined) return false;
    // What the ranking assigned is what its results are compared by, whatever the percentage is by now.
    if (strategy.arm !== undefined) return strategy.arm === 'control';
    return isInControlArm(plan.partner.partner, strategy.customer, plan.controlArmPercent);
  },
  detail: (facts) => {
    const arm = controlArm.stops(facts) ? 'control' : 'offer';
    return facts.strategy?.arm === undefined
      ? `customer is in the ${arm} arm (${facts.plan.controlArmPercent} % control), by the hash of the reference`
      : `customer is in the ${arm} arm, assigned by the ranking`;
  },
};

const diversionCap: CallGate = {
  name: 'diversion-cap',
  // 100 % is no cap at all; at 0 % no call is ever routed for an offer.
  stops: ({ plan, input }) =>
    plan.diversionCapPercent < 100 && input.divertedShare * 100 >= plan.diversionCapPercent,
  detail: ({ plan, input }) =>
    `${(input.divertedShare * 100).toFixed(1)} % of calls routed for an offer, the cap is ${plan.diversionCapPercent} %`,
};

/**
 * The gates of a call in the order they are passed (design, section 5 step 5). A caller with an open service alert leaves the
 * row after `service-first`: what follows limits sales, and service is no sale.
 */
export const callGates: readonly CallGate[] = [
  store,
  dataEntitlement,
  identity,
  killSwitch,
  strategyAge,
  serviceFirst,
  optOut,
  controlArm,
  diversionCap,
];

/** The first gate that stops the call; undefined when all let it pass. */
export function stoppingGate(facts: CallFacts): GateName | undefined {
  for (const gate of callGates) {
    if (gate.stops(facts)) return gate.name;
    if (gate === serviceFirst && isServiceFirst(facts)) return undefined;
  }
  return undefined;
}
