// The decision record: plain JSON from which the decision can be read, checked and made again (design, section 1).
import type { DestinationState } from '../callcenter/index.js';
import type { StrategyLookup } from '../offers/index.js';
import type { Decider, PlainServiceInput } from './decide.js';
import { isoTime } from './iso-time.js';
import type { Medium } from './medium.js';
import type {
  Arm,
  CandidateTrace,
  Decision,
  DecisionInput,
  GateTrace,
  Identity,
  OfferOnCall,
} from './decision.js';

/** The caller's identity without the number: a decision depends on where it came from, not on what it is. */
export type RecordedIdentity =
  Omit<Extract<Identity, { kind: 'number' }>, 'phone'> | Exclude<Identity, { kind: 'number' }>;

export interface RecordedStep {
  /** Id of a destination, or `overflow`. */
  readonly destination: string;
  /** Offer code; absent for plain service. */
  readonly offer?: string | undefined;
}

/** A row of the trace, numbers to 6 decimals: a replay computes them anew. */
export type RecordedCandidate = {
  readonly [K in keyof CandidateTrace]?: CandidateTrace[K] extends number | undefined
    ? number | null | undefined
    : CandidateTrace[K] | undefined;
};

/** Fields that are unknown are absent in the JSON; a number that is not finite (the wait where nobody works) is null. */
export interface DecisionRecord {
  readonly decisionId: string;
  /** ISO 8601 */
  readonly decidedAt: string;
  /** Which settings decided: `Decider.settingsId`. */
  readonly settingsId: string;
  /** Absent of a call with sound. */
  readonly medium?: Exclude<Medium, 'call'> | undefined;
  readonly partner: string;
  readonly customer?: string | undefined;
  readonly generation?: number | undefined;
  readonly arm: Arm;
  readonly reason: string;
  readonly failOpen: readonly string[];
  readonly offer?: OfferOnCall | undefined;
  readonly steps: readonly RecordedStep[];
  /** The gate that kept the call from an offer; none when an offer was chosen. */
  readonly gates: readonly GateTrace[];
  readonly candidates: readonly RecordedCandidate[];
  /** Absent, as is `lookup`, when plain service was given without a look-up. */
  readonly identity?: RecordedIdentity | undefined;
  readonly lookup?: StrategyLookup | undefined;
  readonly divertedShare?: number | undefined;
  readonly seed: number;
  readonly boardAgeMs: number;
  /** State of each destination that was weighed, by id. */
  readonly resources: Readonly<Record<string, Partial<DestinationState>>>;
}

/** With every field there, if only as undefined. */
export type CompleteRecord = { readonly [K in keyof Required<DecisionRecord>]: DecisionRecord[K] };

function rounded(value: number | undefined): number | null | undefined {
  if (value === undefined) return undefined;
  return Number.isFinite(value) ? Math.round(value * 1e6) / 1e6 : null;
}

function recordCandidate(row: CandidateTrace): RecordedCandidate {
  return {
    offerCode: row.offerCode,
    presentation: row.presentation,
    destination: row.destination === '' ? undefined : row.destination,
    removedBy: row.removedBy,
    removedWhy: row.removedWhy,
    isBoosted: row.isBoosted,
    propensity: rounded(row.propensity),
    offerValue: rounded(row.offerValue),
    conversion: rounded(row.conversion),
    waitSeconds: rounded(row.waitSeconds),
    patience: rounded(row.patience),
    cost: rounded(row.cost),
    value: rounded(row.value),
  };
}

function recordSteps(decision: Decision): RecordedStep[] {
  return decision.steps.map(({ target, offer }) => ({
    destination: target.kind === 'destination' ? target.destination.id : 'overflow',
    offer: offer?.offerCode,
  }));
}

function recordIdentity(identity: Identity): RecordedIdentity {
  if (identity.kind !== 'number') return identity;
  return { kind: 'number', source: identity.source, confidence: identity.confidence };
}

function recordResources(
  decision: Decision,
  input: Pick<DecisionInput, 'board'>,
  decider: Pick<Decider, 'destinationById'>,
): Record<string, Partial<DestinationState>> {
  const resources: Record<string, Partial<DestinationState>> = {};
  for (const { destination } of decision.candidates) {
    if (destination === '' || destination in resources) continue;
    const state = input.board.states[decider.destinationById.get(destination)?.index ?? -1];
    if (state !== undefined) resources[destination] = state;
  }
  return resources;
}

/** @param input what `decision` was made from by `decider` */
export function toDecisionRecord(
  decision: Decision,
  input: DecisionInput | PlainServiceInput,
  decider: Pick<Decider, 'destinationById' | 'settingsId' | 'medium'>,
): CompleteRecord {
  const boardAgeMs = input.now - input.board.takenAt;
  const asked = 'lookup' in input ? input : undefined;
  // Every field stands in its place, unknown or not: to put some in if they are known takes as long as all the rest.
  return {
    decisionId: decision.decisionId,
    decidedAt: isoTime(input.board.takenAtWall + boardAgeMs),
    settingsId: decider.settingsId,
    medium: decider.medium === 'call' ? undefined : decider.medium,
    partner: decision.partner,
    customer: decision.customer,
    generation: decision.generation,
    arm: decision.arm,
    reason: decision.reason,
    failOpen: decision.failOpen,
    offer: decision.offer,
    steps: recordSteps(decision),
    // Every gate is passed where an offer was chosen, and the candidates say what the gates of offers removed.
    gates: decision.offer === undefined ? decision.gates.filter(({ passed }) => !passed) : [],
    candidates: decision.candidates.map(recordCandidate),
    identity: asked && recordIdentity(asked.identity),
    lookup: asked?.lookup,
    divertedShare: asked?.divertedShare,
    seed: input.seed,
    boardAgeMs,
    resources: recordResources(decision, input, decider),
  };
}

const unknownState: DestinationState = {
  isUp: undefined,
  servers: undefined,
  freeServers: undefined,
  membersWaiting: undefined,
  portsInUse: undefined,
};

/**
 * Decides again from a record. The same settings (`settingsId`) give the same decision; other settings show what they would have
 * done with the call. A decider of the record's medium is needed.
 */
export function replay(record: DecisionRecord, decider: Decider): Decision {
  const states = decider.destinations.map((one) => ({ ...unknownState, ...record.resources[one.id] }));
  const decidedAt = Date.parse(record.decidedAt);
  const { identity, lookup, divertedShare, seed, boardAgeMs } = record;
  const common = {
    decisionId: record.decisionId,
    partner: record.partner,
    board: { takenAt: 0, takenAtWall: decidedAt - boardAgeMs, states },
    now: boardAgeMs,
    seed,
  };
  if (identity === undefined || lookup === undefined) {
    const failOpen = record.failOpen.filter((one) => one !== 'board-stale');
    return decider.plainService({ ...common, reason: record.reason, failOpen });
  }
  return decider.decide({
    ...common,
    identity: identity.kind === 'number' ? { ...identity, phone: '' } : identity,
    lookup,
    divertedShare: divertedShare ?? 0,
  });
}
