// Ports: the IVR bank (media at a centre for a call that the router holds), and the control of calls that are at a centre.
// src/freeswitch implements both; tests have them in memory.

/** `file:`, `tone:`, `say:` or `silence:`, as in the settings (schema/menus.ts). */
export type Prompt = string;

export interface OpenPort {
  readonly centre: string;
  readonly program: string;
  readonly decisionId: string;
  /** SDP of the caller's INVITE; '' when it had none, and then the centre makes the offer. */
  readonly sdpOffer: string;
  /** CTI headers of the leg to the centre. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Why no port was opened. */
export interface PortFailure {
  readonly kind: 'failure';
  /** `busy`: the centre refused; `unreachable`: no answer in time, or no connection; `rejected`: it cannot do this at all. */
  readonly reason: 'busy' | 'unreachable' | 'rejected';
  readonly detail: string;
}

export interface PlayRequest {
  readonly prompts: readonly Prompt[];
  /** A key stops the prompts; it is kept for the next collect. */
  readonly bargeIn: boolean;
}

export interface CollectRequest extends PlayRequest {
  readonly minDigits: number;
  readonly maxDigits: number;
  /** Keys that end the entry and are not part of it; '' for none. */
  readonly terminators: string;
  /** Until the first digit, after the prompts, in milliseconds. */
  readonly timeoutMs: number;
  readonly interDigitTimeoutMs: number;
}

export type CollectResult =
  | { readonly kind: 'digits'; readonly digits: string; readonly terminator: string | undefined }
  | { readonly kind: 'timeout' }
  | PortGone;

/** The caller, the centre or the link went away in the middle of it. */
export interface PortGone {
  readonly kind: 'gone';
  readonly reason: string;
}

export interface BridgeRequest {
  /** SIP URI to dial from the centre. */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ringTimeoutMs: number;
}

/** One IVR port with the caller's media on it. No method rejects; each ends by its own deadline. */
export interface IvrPort {
  /** SDP for the caller's 200 (the answer, or the offer when the INVITE had none). */
  readonly sdp: string;
  /** Id of the channel at the centre. */
  readonly uuid: string;
  readonly centre: string;
  /** Sends the caller's SDP answer of the ACK when the centre made the offer. */
  acknowledge(sdpAnswer: string): void;
  play(request: PlayRequest): Promise<{ readonly kind: 'played' } | PortGone>;
  collect(request: CollectRequest): Promise<CollectResult>;
  /** Dials a destination from the centre and joins it with the caller; `bridged` once it answered. */
  bridge(
    request: BridgeRequest,
  ): Promise<{ readonly kind: 'bridged' } | { readonly kind: 'refused'; readonly reason: string } | PortGone>;
  /** Called once when the port ends by itself: the centre hung up, died, or its link was lost. Not after `close`. */
  onEnded(listener: (reason: string) => void): void;
  /** Ends the leg at the centre; a second time does nothing. */
  close(): void;
}

export interface IvrBank {
  /** Never rejects; answers by the open timeout. */
  open(request: OpenPort): Promise<IvrPort | PortFailure>;
  /** Ports open now, by `centre/program` and partner-independent; for metrics and leak checks. */
  readonly openPorts: number;
}

export type ControlAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown-call' | 'unknown-agent' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Commands to a call that is at a centre, named by the id of the caller's channel there. */
export interface CentreControl {
  /**
   * Sends a call that is in a queue or with an agent to another queue of the same centre, with these headers as its CTI data
   * (`sip_h_<name>`), or, where `uri` is given, out to that SIP URI. Headers of the call that are not named stay; '' takes one off.
   */
  transfer(call: {
    readonly centre: string;
    readonly sessionUuid: string;
    readonly queue: string;
    readonly uri: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
  }): Promise<ControlAnswer>;
  /** Sets what mod_callcenter knows of an agent; for an agent's status and for freeing one that is stuck. */
  setAgentStatus(centre: string, agent: string, status: string): Promise<ControlAnswer>;
}
