// The trace of a decision: each gate in words, each candidate with its numbers. Made when somebody asks, from what the decision
// kept, by the same gates and formulas that decided; the call itself pays for none of it.
import {
  Arbitration,
  At,
  candidateGate,
  candidateGates,
  candidateValue,
  expectedValue,
  offerGate,
  weighAll,
} from './arbitration.js';
import { callGates, isServiceFirst } from './gates.js';
import { Blocked } from './resources.js';
import { offersOf } from './ranked.js';
import { suppressionWords } from '../offers/index.js';
import { bestServiceValue, serviceValueAt } from './service-steps.js';
import type { CandidateTrace, GateName, GateTrace } from './decision.js';
import type { CallFacts } from './gates.js';
import type { OfferPlan, PresentationPlan } from './plan.js';
import type { RankedPlan } from './ranked.js';
import type { Resources } from './resources.js';

const blockedWords: Readonly<Record<number, string>> = {
  [Blocked.noAgents]: 'nobody staffed',
  [Blocked.portsBusy]: 'no free port',
  [Blocked.quotaUsed]: 'port quota used up',
  [Blocked.centreDown]: 'centre down',
  [Blocked.draining]: 'in maintenance',
};

function waitOf(resources: Resources, slot: number): number | undefined {
  const wait = resources.wait[slot];
  return Number.isNaN(wait) ? undefined : wait;
}

/** A place that an offer is presented at. */
interface Weighed {
  readonly offer: OfferPlan;
  readonly presentation: PresentationPlan;
  readonly position: number;
}

function traceDestination(
  resources: Resources,
  ranked: RankedPlan,
  { offer, presentation, position }: Weighed,
): CandidateTrace {
  const slot = presentation.slots[position] as number;
  const gate = candidateGate(resources, offer, presentation, position);
  const expected = expectedValue(ranked.propensity, ranked.value);
  const target = presentation.steps[position]?.target;
  return {
    offerCode: offer.offer.offer,
    presentation: presentation.settings.presentation,
    destination: target?.kind === 'destination' ? target.destination.id : '',
    removedBy: gate === At.passed ? undefined : candidateGates[gate],
    removedWhy: gate === At.resources ? blockedWords[resources.blocked[slot] as number] : undefined,
    isBoosted: ranked.isBoosted,
    propensity: ranked.propensity,
    offerValue: ranked.value,
    conversion: presentation.conversion[position],
    waitSeconds: waitOf(resources, slot),
    patience: resources.patience[slot],
    cost: presentation.cost[position],
    value: gate === At.passed ? candidateValue(resources, presentation, position, expected) : undefined,
  };
}

function tracePresentation(
  resources: Resources,
  ranked: RankedPlan,
  offer: OfferPlan,
  presentation: PresentationPlan,
): CandidateTrace[] {
  const rows = presentation.steps.map((_, position) =>
    traceDestination(resources, ranked, { offer, presentation, position }),
  );
  return presentation.hasStandby ? withStandby(rows, (i) => presentation.weight[i] === 0) : rows;
}

/** Rows of destinations that stand by say so while another one is left. */
function withStandby(rows: CandidateTrace[], isStandby: (position: number) => boolean): CandidateTrace[] {
  const isLeft = (row: CandidateTrace): boolean => row.removedBy === undefined;
  const hasActive = rows.some((row, i) => isLeft(row) && !isStandby(i));
  return rows.map((row, i) =>
    hasActive && isLeft(row) && isStandby(i)
      ? { ...row, removedBy: 'arbitration' as const, removedWhy: 'stands by (weight 0)' }
      : row,
  );
}

/** Why the call is not entitled to an offer; undefined for one that nobody has. */
function entitlementWords(
  { plan, strategy }: CallFacts,
  { offerCode, offer }: RankedPlan,
): string | undefined {
  const { partner } = plan.partner;
  if (offer !== undefined) {
    if (offer.isAffiliate && strategy?.flags.affiliateOptOut === true)
      return `of ${offer.offer.partner}, and the customer has affiliateOptOut`;
    return offer.offer.kind === 'service' ? 'a service offer, and no service alert is open' : undefined;
  }
  const owner = plan.foreignOffers.get(offerCode);
  if (owner === undefined) return undefined;
  return plan.partner.affiliates.includes(owner)
    ? `a service offer of ${owner}`
    : `of ${owner}, no affiliate of ${partner}`;
}

function removedWords(facts: CallFacts, ranked: RankedPlan, gate: number): string | undefined {
  if (gate === At.resources) return `no presentation for medium ${facts.plan.medium}`;
  if (gate === At.suppression && ranked.suppressed !== undefined) return suppressionWords(ranked.suppressed);
  return gate === At.entitlement ? entitlementWords(facts, ranked) : undefined;
}

function traceOffer(facts: CallFacts, resources: Resources, ranked: RankedPlan): readonly CandidateTrace[] {
  const kind = isServiceFirst(facts) ? 'service' : 'sales';
  const passed = offerGate(facts, ranked.offer, kind, ranked.suppressed !== undefined);
  const gate = passed === At.passed && ranked.offer?.presentations.length === 0 ? At.resources : passed;
  if (gate === At.passed && ranked.offer !== undefined) {
    const rows: CandidateTrace[] = [];
    for (const one of ranked.offer.presentations)
      rows.push(...tracePresentation(resources, ranked, ranked.offer, one));
    return rows;
  }
  return [
    {
      offerCode: ranked.offerCode,
      presentation: undefined,
      destination: '',
      removedBy: candidateGates[gate],
      removedWhy: removedWords(facts, ranked, gate),
      isBoosted: ranked.isBoosted,
      propensity: ranked.propensity,
      offerValue: ranked.value,
      conversion: undefined,
      waitSeconds: undefined,
      patience: undefined,
      cost: undefined,
      value: undefined,
    },
  ];
}

function traceService(facts: CallFacts, resources: Resources): CandidateTrace[] {
  const { plan } = facts;
  const rows = Array.from(plan.serviceSlots, (slot): CandidateTrace => {
    const blocked = resources.blocked[slot] as number;
    const destination = plan.destinations[slot];
    return {
      offerCode: undefined,
      presentation: undefined,
      destination: destination?.id ?? '',
      removedBy: blocked === Blocked.no ? undefined : ('resources' as const),
      removedWhy: blockedWords[blocked],
      propensity: undefined,
      offerValue: plan.serviceValue,
      conversion: undefined,
      waitSeconds: waitOf(resources, slot),
      patience: resources.patience[slot],
      cost: destination?.costPerCall ?? 0,
      value: blocked === Blocked.no ? serviceValueAt(plan, resources, slot) : undefined,
    };
  });
  return withStandby(rows, (i) => plan.destinations[plan.serviceSlots[i] as number]?.weight === 0);
}

/** Every candidate: offers in the order of the strategy (none when a call gate stopped the call), then plain service. */
export function traceCandidates(
  facts: CallFacts,
  resources: Resources,
  stoppedBy: GateName | undefined,
): readonly CandidateTrace[] {
  const rows: CandidateTrace[] = [];
  if (stoppedBy === undefined) {
    for (const ranked of offersOf(facts)) rows.push(...traceOffer(facts, resources, ranked));
  }
  rows.push(...traceService(facts, resources));
  return rows;
}

function traceCallGates(facts: CallFacts): GateTrace[] {
  const gates: GateTrace[] = [];
  for (const gate of callGates) {
    const stops = gate.stops(facts);
    if (stops || gate.isQuiet !== true)
      gates.push({ gate: gate.name, passed: !stops, detail: gate.detail(facts) });
    if (stops || (gate.name === 'service-first' && isServiceFirst(facts))) break;
  }
  return gates;
}

function countWords(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `ACME-GOLD, ACME-TV` and what befell them. */
function namesOf(rows: readonly CandidateTrace[]): string {
  const names = rows.map((row) => {
    const what =
      row.destination === '' ? (row.offerCode ?? '') : `${row.offerCode ?? ''} at ${row.destination}`;
    return row.removedWhy === undefined ? what : `${what} (${row.removedWhy})`;
  });
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function arbitrationDetail(facts: CallFacts, resources: Resources): GateTrace {
  const best = new Arbitration(resources);
  weighAll(facts, best);
  const service = bestServiceValue(facts.plan, resources);
  const serviceWords =
    service === -Infinity
      ? 'plain service cannot be reached'
      : `plain service is worth ${service.toFixed(2)}`;
  const code = best.offer?.offer.offer ?? '';
  const worth = `${code} is worth ${best.value.toFixed(2)}`;
  if (isServiceFirst(facts))
    return { gate: 'arbitration', passed: true, detail: `${worth}; service offers are not compared` };
  if (best.offer?.offer.mandatory === true) {
    return { gate: 'arbitration', passed: true, detail: `${code} is mandatory and skips the comparison` };
  }
  return { gate: 'arbitration', passed: best.value > service, detail: `${worth}, ${serviceWords}` };
}

/** The gates in the order they were passed, up to the one that stopped the call. @param candidates of `traceCandidates` */
export function traceGates(
  facts: CallFacts,
  resources: Resources,
  stoppedBy: GateName | undefined,
  candidates: readonly CandidateTrace[],
): readonly GateTrace[] {
  const gates = traceCallGates(facts);
  if (stoppedBy !== undefined) return gates;
  const offers = candidates.filter((one) => one.offerCode !== undefined);
  if (offers.length === 0) {
    const gate = isServiceFirst(facts) ? 'the partner has no service offer' : 'no offer in the strategy';
    return [...gates, { gate: 'entitlement', passed: false, detail: gate }];
  }
  let left = offers;
  for (const gate of candidateGates) {
    if (gate === 'arbitration') break;
    const removed = left.filter((one) => one.removedBy === gate);
    if (removed.length > 0) left = left.filter((one) => one.removedBy !== gate);
    const kept = `${countWords(left.length, 'candidate')} left`;
    const detail = removed.length === 0 ? kept : `${kept}; removed: ${namesOf(removed)}`;
    gates.push({ gate, passed: left.length > 0, detail });
    if (left.length === 0) return gates;
  }
  return [...gates, arbitrationDetail(facts, resources)];
}
