// What an action (redirect, proxy, b2bua) knows of the call that it carries out, and how it tells what became of it.
import type { Clock, Logger } from '../kernel/index.js';
import type { Trunk } from '../config/index.js';
import type { Decision, RouteStep } from '../decision/index.js';
import type { EngineFeatures, IncomingCall } from './gateway.js';
import type { Termination } from './termination.js';

export interface RoutingTimes {
  readonly provisionalTimeoutMs: number;
  readonly ringTimeoutMs: number;
  readonly retryAfterSeconds: number;
}

export interface EndOfCall {
  /** Final status that the caller got, if known. */
  readonly status: number | undefined;
  /** Where it was answered or sent. */
  readonly step: RouteStep | undefined;
}

export interface RoutedCall {
  readonly call: IncomingCall;
  readonly trunk: Trunk;
  readonly decision: Decision;
  readonly times: RoutingTimes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly features: EngineFeatures;
  readonly localAddresses: ReadonlySet<string>;
  /** The call is on its way to this destination: its reservation moves there. */
  trying(step: RouteStep): void;
  attempted(
    attempt: number,
    step: RouteStep,
    end: { readonly status: number | undefined; readonly reason: string },
  ): void;
  /** The one outcome of the call. A second one is ignored. */
  ended(termination: Termination, end: EndOfCall): void;
  /** The call is up through us, at this destination, until `released`. */
  connected(step: RouteStep): void;
  /** Nothing of the call is left with us. */
  released(): void;
}

/** A running action. */
export interface Action {
  /** The caller gave up; called at most once and never after the call was answered. */
  cancel(): void;
  /** The router is stopping and waits no longer, or the link to the engine is gone. */
  abandon(reason: string): void;
}
