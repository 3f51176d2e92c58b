// What the decision log holds: one decision, one line an attempt, one outcome, joined by decisionId and the SIP Call-ID.
import { mask } from '../kernel/index.js';
import type { Trunk } from '../config/index.js';
import { isoTime, toDecisionRecord } from '../decision/index.js';
import type {
  Decider,
  Decision,
  DecisionInput,
  DecisionRecord,
  PlainServiceInput,
  RouteStep,
} from '../decision/index.js';
import type { CtiPairs } from '../offers/index.js';
import type { Source } from './gateway.js';
import type { ExposureLine } from './ivr/exposure-line.js';
import type { CallResult, Termination } from './termination.js';

/** What every line has. Times are ISO 8601 in UTC; numbers are masked unless `log.personalData` is on. */
interface RecordBase {
  readonly at: string;
  readonly decisionId: string;
  readonly callId: string;
}

/** The record of the decision with what is about the call around it. */
export interface DecisionLine extends RecordBase, DecisionRecord {
  readonly type: 'decision';
  readonly trunk: string;
  /** `udp/192.0.2.1:5060` */
  readonly source: string;
  readonly action: string;
  readonly dialled: string | undefined;
  readonly caller: string | undefined;
  /** INVITE to decision, in milliseconds. */
  readonly decisionMs: number;
  /** Codes of the offers that go with the call since its caller was identified by digits. */
  readonly cti?: Pick<CtiPairs, 'offerCode' | 'serviceOfferCode'> | undefined;
}

/** With every field there, so that none is forgotten where it is made. */
type CompleteLine = { readonly [K in keyof Required<DecisionLine>]: DecisionLine[K] };

export interface AttemptLine extends RecordBase {
  readonly type: 'attempt';
  /** 0 for the first. */
  readonly attempt: number;
  readonly destination: string;
  readonly uri: string;
  readonly offer: string | undefined;
  /** Final status; undefined when none came (silence, given up, or a redirect that others follow). */
  readonly status: number | undefined;
  readonly reason: string;
}

export interface OutcomeLine extends RecordBase {
  readonly type: 'outcome';
  readonly trunk: string;
  readonly partner: string | undefined;
  readonly result: CallResult;
  readonly reason: string;
  /** Final status that the caller got; undefined when unknown. */
  readonly status: number | undefined;
  /** Where the call was answered, or sent to by a redirect. */
  readonly destination: string | undefined;
  readonly offer: string | undefined;
  /** INVITE to outcome, in milliseconds: to the answer, not to the end of the talk. */
  readonly durationMs: number;
}

/** Time that a call took of what partners share; costs are split by it. */
export interface UsageLine extends RecordBase {
  readonly type: 'usage';
  readonly partner: string;
  /** An agent's time with the caller, or an IVR port's. */
  readonly kind: 'agent' | 'ivr';
  readonly destination: string;
  readonly agent: string | undefined;
  readonly seconds: number;
}

/** A line of a contact that is no call; it has what a call's has, as far as there is such a thing. */
export interface ContactLine {
  toJSON(): object;
}

/** What the log takes; JSON.stringify makes the line of it. */
export type DecisionLogRecord =
  DecisionEntry | AttemptLine | OutcomeLine | ExposureLine | UsageLine | ContactLine;

export interface DecisionFacts {
  readonly callId: string;
  readonly source: Source;
  readonly trunk: Trunk;
  readonly dialled: string | undefined;
  readonly caller: string | undefined;
  readonly decisionMs: number;
  readonly personalData: boolean;
  readonly input: DecisionInput | PlainServiceInput;
  readonly decider: Decider;
  readonly pairs?: CtiPairs | undefined;
}

/** Id of the target of a step: `centre/queue`, or `overflow`. */
export function targetName(step: RouteStep): string {
  return step.target.kind === 'destination' ? step.target.destination.id : 'overflow';
}

export function targetUri(step: RouteStep): string {
  return step.target.kind === 'destination' ? step.target.destination.uri : step.target.uri;
}

export function shown(number: string | undefined, personalData: boolean): string | undefined {
  return number === undefined || personalData ? number : mask(number);
}

/** A decision on its way to the log. It becomes a line when it is written, so that the call does not wait for its trace. */
export class DecisionEntry {
  readonly #decision: Decision;
  readonly #facts: DecisionFacts;

  constructor(decision: Decision, facts: DecisionFacts) {
    this.#decision = decision;
    this.#facts = facts;
  }

  toJSON(): CompleteLine {
    const { source, trunk, personalData, callId, dialled, caller, decisionMs, input, decider, pairs } =
      this.#facts;
    const record = toDecisionRecord(this.#decision, input, decider);
    return {
      type: 'decision',
      at: record.decidedAt,
      callId,
      trunk: trunk.trunk,
      source: `${source.protocol}/${source.address}:${source.port}`,
      action: trunk.action,
      dialled: shown(dialled, personalData),
      caller: shown(caller, personalData),
      decisionMs: Math.round(decisionMs * 1000) / 1000,
      cti: pairs && codesOf(pairs),
      // The record field by field: a copy of them all takes several times as long.
      decisionId: record.decisionId,
      decidedAt: record.decidedAt,
      settingsId: record.settingsId,
      medium: record.medium,
      partner: record.partner,
      customer: record.customer,
      generation: record.generation,
      arm: record.arm,
      reason: record.reason,
      failOpen: record.failOpen,
      offer: record.offer,
      steps: record.steps,
      gates: record.gates,
      candidates: record.candidates,
      identity: record.identity,
      lookup: record.lookup,
      divertedShare: record.divertedShare,
      seed: record.seed,
      boardAgeMs: record.boardAgeMs,
      resources: record.resources,
    };
  }
}

function codesOf({ offerCode, serviceOfferCode }: CtiPairs): NonNullable<DecisionLine['cti']> {
  return {
    ...(offerCode === undefined ? {} : { offerCode }),
    ...(serviceOfferCode === undefined ? {} : { serviceOfferCode }),
  };
}

export interface CallFacts {
  readonly wallNow: number;
  readonly decisionId: string;
  readonly callId: string;
}

export function attemptLine(
  facts: CallFacts,
  attempt: number,
  step: RouteStep,
  end: { readonly status: number | undefined; readonly reason: string },
): AttemptLine {
  return {
    type: 'attempt',
    at: isoTime(facts.wallNow),
    decisionId: facts.decisionId,
    callId: facts.callId,
    attempt,
    destination: targetName(step),
    uri: targetUri(step),
    offer: step.offer?.offerCode,
    status: end.status,
    reason: end.reason,
  };
}

/** What is read of a call's summary. */
export interface OutcomeFacts extends Pick<
  OutcomeLine,
  'decisionId' | 'callId' | 'trunk' | 'partner' | 'status' | 'destination' | 'offer' | 'durationMs'
> {
  readonly termination: Termination;
}

export function outcomeLine(call: OutcomeFacts, wallNow: number): OutcomeLine {
  return {
    type: 'outcome',
    at: isoTime(wallNow),
    decisionId: call.decisionId,
    callId: call.callId,
    trunk: call.trunk,
    partner: call.partner,
    result: call.termination.result,
    reason: call.termination.reason,
    status: call.status,
    destination: call.destination,
    offer: call.offer,
    durationMs: Math.round(call.durationMs * 1000) / 1000,
  };
}

export type UsageFacts = CallFacts & Pick<UsageLine, 'partner' | 'kind' | 'destination' | 'agent'>;

export function usageLine(
  { wallNow, decisionId, callId, partner, kind, destination, agent }: UsageFacts,
  durationMs: number,
): UsageLine {
  const seconds = Math.round(Math.max(0, durationMs)) / 1000;
  return {
    type: 'usage',
    at: isoTime(wallNow),
    decisionId,
    callId,
    partner,
    kind,
    destination,
    agent,
    seconds,
  };
}
