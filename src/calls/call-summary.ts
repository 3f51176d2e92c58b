// What the router tells of a call once its outcome is known; `proffer start` prints one line from it.
import type { Trunk } from '../config/index.js';
import type { Arm, Decision, Identity } from '../decision/index.js';
import { targetName } from './decision-record.js';
import type { EndOfCall } from './routed-call.js';
import type { Termination } from './termination.js';

export interface CallSummary {
  readonly decisionId: string;
  readonly callId: string;
  readonly trunk: string;
  readonly action: string;
  readonly partner: string | undefined;
  /** E.164, or `anonymous` or `unparsable`. Personal data: mask it before it is shown. */
  readonly caller: string;
  /** E.164, if it is a number. */
  readonly dialled: string | undefined;
  readonly arm: Arm;
  /** The offer that the destination presents; undefined at plain service. */
  readonly offer: string | undefined;
  /** What an IVR presented before, and how that ended: `ACME-TRAVEL:declined`. */
  readonly presented: string | undefined;
  /** Why it was decided so; undefined when no decision was made. */
  readonly reason: string | undefined;
  readonly failOpen: readonly string[];
  /** Where the call was answered, or redirected to first. */
  readonly destination: string | undefined;
  readonly status: number | undefined;
  readonly termination: Termination;
  /** INVITE to decision, in milliseconds; 0 when no decision was made. */
  readonly decisionMs: number;
  /** INVITE to outcome, in milliseconds. */
  readonly durationMs: number;
}

/** What is known of a call at its end, but for the end. */
export interface CallSoFar extends Pick<
  CallSummary,
  'decisionId' | 'callId' | 'partner' | 'dialled' | 'presented' | 'decisionMs' | 'durationMs'
> {
  readonly trunk: Trunk;
  readonly identity: Identity;
  /** Undefined when none was made. */
  readonly decision: Decision | undefined;
}

const noFailOpen: readonly string[] = [];

export function summaryOf(
  call: CallSoFar,
  { status, step }: EndOfCall,
  termination: Termination,
): CallSummary {
  const { trunk, identity, decision } = call;
  return {
    decisionId: call.decisionId,
    callId: call.callId,
    trunk: trunk.trunk,
    action: trunk.action,
    partner: call.partner,
    caller: numberOf(identity) ?? (identity.kind === 'number' ? 'anonymous' : identity.kind),
    dialled: call.dialled,
    arm: decision?.arm ?? 'none',
    offer: step?.offer?.offerCode,
    presented: call.presented,
    reason: decision?.reason,
    failOpen: decision?.failOpen ?? noFailOpen,
    destination: step === undefined ? undefined : targetName(step),
    status,
    termination,
    decisionMs: call.decisionMs,
    durationMs: call.durationMs,
  };
}

/** The caller's number; undefined of callers who sent none, also when digits say who they are. */
export function numberOf(identity: Identity): string | undefined {
  return identity.kind === 'number' && identity.phone !== '' ? identity.phone : undefined;
}
