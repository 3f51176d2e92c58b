// How an answered call leaves an IVR for a queue: what the IVR hands over, and how it hears of the end.
import type { IvrPort } from '../../callcenter/index.js';
import type { RouteStep } from '../../decision/index.js';
import type { Headers } from '../cti-headers.js';
import type { SipDialog } from '../gateway.js';
import type { RoutedCall } from '../routed-call.js';

export interface MoveRequest {
  readonly routed: RoutedCall;
  /** The caller's dialog, confirmed. */
  readonly caller: SipDialog;
  /** The IVR port that the caller's media is on; undefined when its centre is gone. Closed by whoever moves the call. */
  readonly port: IvrPort | undefined;
  /** SDP of the caller, as last sent by it. */
  readonly callerSdp: string;
  /** SDP that the caller was given last. */
  readonly localSdp: string;
  /** Destinations in the order they are tried; never empty. */
  readonly steps: readonly RouteStep[];
  /** CTI headers of a step. */
  readonly headersOf: (step: RouteStep) => Headers;
}

/** `refer`: the trunk moves it; `bridge`: the centre of the port dials; `reinvite`: our own leg, the caller's media moved to it. */
export type MoveMethod = 'refer' | 'bridge' | 'reinvite';
