// What the router tells of a call once its outcome is known; `proffer start` prints one line from it.
import type { Arm } from '../decision/index.js';
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
