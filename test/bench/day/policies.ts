// The three ways to route that are compared. All of them fail over when an IVR program has no free port.
import type { Board, DestinationState } from '../../../src/callcenter/index.js';
import type { Decider, RouteStep } from '../../../src/decision/index.js';
import type { DayCall } from './calls.js';

export interface Situation {
  readonly decider: Decider;
  readonly call: DayCall;
  readonly board: Board;
  readonly now: number;
  /** Every step that could present an offer, by offer code, in the order of the settings. */
  readonly offerSteps: ReadonlyMap<string, readonly RouteStep[]>;
}

export interface Policy {
  readonly name: string;
  readonly steps: (situation: Situation) => readonly RouteStep[];
}

function decide({ decider, call, now }: Situation, board: Board): readonly RouteStep[] {
  const { partner, strategy, seed } = call;
  return decider.decide({
    decisionId: 'd',
    partner,
    identity: { kind: 'number', phone: '+15550100001', source: 'From', confidence: 'claimed' },
    lookup: strategy === undefined ? { kind: 'miss' } : { kind: 'hit', strategy, ageMs: 0 },
    board,
    divertedShare: 0,
    now,
    seed,
  }).steps;
}

function allFree({ servers, ...rest }: DestinationState): DestinationState {
  return { ...rest, servers, freeServers: servers, membersWaiting: 0, portsInUse: {} };
}

/** The best expected value after conversion and cost, whoever is free. */
const blind: Policy = {
  name: 'resource-blind ranking',
  steps: (situation) =>
    decide(situation, { ...situation.board, states: situation.board.states.map(allFree) }),
};

/**
 * The first free destination: offers of the strategy in the order of the settings, whatever they are worth to the customer, then
 * service queues in the order of the settings; when nobody is free, the service queue with fewest members for its agents.
 */
const availability: Policy = {
  name: 'availability only',
  steps: (situation) => {
    const { decider, call, board } = situation;
    const stateOf = (step: RouteStep): DestinationState | undefined =>
      step.target.kind === 'destination' ? board.states[step.target.destination.index] : undefined;
    const isFree = (step: RouteStep): boolean => {
      if (step.target.kind !== 'destination') return false;
      const state = stateOf(step);
      const quota = step.target.destination.quotas[call.partner] ?? Infinity;
      return (
        (state?.freeServers ?? 0) > (state?.membersWaiting ?? 0) &&
        (state?.portsInUse?.[call.partner] ?? 0) < quota
      );
    };
    const load = (step: RouteStep): number =>
      ((stateOf(step)?.membersWaiting ?? 0) + 1) / (stateOf(step)?.servers ?? 1);
    const service = decider.plainService({
      ...situation,
      ...call,
      decisionId: 'd',
      reason: '',
      failOpen: [],
    }).steps;
    const queues = service.filter((step) => step.target.kind === 'destination').sort(byIndex);
    const all = [...listedSteps(situation), ...queues];
    const first = all.find(isFree);
    const [least] = queues.toSorted((a, b) => load(a) - load(b));
    return first === undefined ? (least === undefined ? service : [least]) : [first];
  },
};

function byIndex(a: RouteStep, b: RouteStep): number {
  const [x, y] = [a.target, b.target];
  return x.kind === 'destination' && y.kind === 'destination' ? x.destination.index - y.destination.index : 0;
}

/** Steps of the offers that the strategy lists, in the order of the settings. */
function listedSteps({ offerSteps, call }: Situation): readonly RouteStep[] {
  const listed = new Set(call.strategy?.offers.map((one) => one.offerCode));
  return [...offerSteps].flatMap(([code, steps]) => (listed.has(code) ? steps : []));
}

export const ours: Policy = { name: 'Proffer', steps: (situation) => decide(situation, situation.board) };

export const policies: readonly Policy[] = [blind, availability, ours];
