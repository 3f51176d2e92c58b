// How a call goes on from an IVR port: what the IVR hands over, and what whoever moves the call (REFER, bridge, re-INVITE) gets.
import type { IvrPort } from '../../callcenter/index.js';
import type { RouteStep } from '../../decision/index.js';
import type { CtiPairs } from '../../offers/index.js';
import type { SipDialog } from '../gateway.js';
import type { Action, RoutedCall } from '../routed-call.js';
import type { HeldMedia } from './held-media.js';

/** A routed call that may be on an IVR port. */
export interface IvrCall extends RoutedCall {
  /** What digits said of the caller; undefined where nobody was identified by any. */
  readonly pairs?: CtiPairs | undefined;
  /** What `connected` said is over: the port is free, and the call goes on elsewhere or ends. Called once for each `connected`. */
  left(): void;
}

export type AfterIvr = 'sales' | 'service';

/** From here on the mover owns the dialog and the port: it listens to both, ends both, and calls `ended` and `released`. */
export interface MoveRequest {
  readonly routed: IvrCall;
  /** The caller's dialog, answered. A BYE that came before has been dealt with: this one is up. */
  readonly caller: SipDialog;
  /** The caller's SDP, of the INVITE or, when that had none, of the ACK. */
  readonly callerSdp: string;
  /** What the caller was answered; a re-INVITE of the caller gets it again. */
  readonly media: HeldMedia;
  /** Undefined when the centre of the IVR is gone: then only REFER and re-INVITE are possible. */
  readonly port: IvrPort | undefined;
  /** Where the caller's media are now; `routed.left()` when the port is given up. */
  readonly from: RouteStep;
  readonly to: AfterIvr;
  /** In the order they are tried, as in a decision. */
  readonly steps: readonly RouteStep[];
  /** `ACME-TRAVEL:declined` of what was presented, oldest first: `X-Offer-Presented` of the next leg. */
  readonly presented: readonly string[];
}

/** Starts moving. Its `cancel` is never called. */
export type MoveOn = (move: MoveRequest) => Action;
