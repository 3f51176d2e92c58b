// The SIP side as the rest of src/calls sees it. One adapter implements it (drachtio-gateway.ts); tests have one in memory.
import type { Headers } from './cti-headers.js';

export interface Source {
  readonly address: string;
  readonly port: number;
  /** `udp`, `tcp`, ... in lower case. */
  readonly protocol: string;
}

export interface ResponseContent {
  readonly reason?: string;
  readonly headers?: Headers;
  readonly body?: string;
}

/** A request that was received. */
export interface IncomingRequest {
  readonly method: string;
  readonly requestUri: string;
  readonly callId: string;
  readonly source: Source;
  /** Names in lower case, but `X-` and most `P-` names as received; repeated lines are joined by commas. */
  readonly headers: Headers;
  /** '' when there is none. */
  readonly body: string;
  /** The value of a header by its lower-case name; names that begin with `x-` are looked up in `headers`. */
  header(name: string): string | undefined;
  /** Sends a response. Never throws; anything after the first final response is ignored. */
  respond(status: number, content?: ResponseContent): void;
  /** Forgets the request without an answer. What the engine then does is its own affair (README of src/calls). */
  ignore(): void;
}

/** A new INVITE. */
export interface IncomingCall extends IncomingRequest {
  /** The caller gave up; set before the listener of `onCancel` runs. */
  readonly isCancelled: boolean;
  /** Called once if the caller gives up before a final response. The engine has answered the CANCEL and the INVITE then. */
  onCancel(listener: () => void): void;
  /** Hands the call to the engine's stateful proxy. `done` is called exactly once; the engine answers the caller. */
  proxy(command: ProxyCommand, done: (outcome: ProxyOutcome) => void): void;
  /** Sends an INVITE of our own to one destination of this call. */
  dial(request: DialRequest, events: DialEvents): OutgoingCall;
  /** Answers 200. `done` gets the dialog, or undefined when the caller was gone already. */
  answer(content: ResponseContent, done: (dialog: SipDialog | undefined) => void): void;
}

/** One target of the proxy. */
export interface ProxyTarget {
  readonly uri: string;
  /** Headers of this target alone; needs `perTargetHeaders`. */
  readonly headers: Headers;
}

export interface ProxyCommand {
  readonly targets: readonly ProxyTarget[];
  /** Headers of every target; they replace received ones of that name. */
  readonly headers: Headers;
  /** Received headers, by name, that must not go on; needs `removesHeaders`. */
  readonly remove: readonly string[];
  readonly provisionalTimeoutMs: number;
  readonly ringTimeoutMs: number;
  /** Seconds of the Retry-After of a 503, should nobody be there to answer; needs `reportsOutcome`. */
  readonly retryAfterSeconds: number;
}

export interface ProxyResponse {
  readonly status: number;
  readonly reason: string;
  /** Where it came from; '' when the engine made it up (timeout, closed port). */
  readonly address: string;
  readonly port: number;
}

export type ProxyOutcome =
  /** `status`: what the caller got, when the engine tells. */
  | { readonly kind: 'done'; readonly responses: readonly ProxyResponse[]; readonly status?: number }
  /** The engine did not carry the command out; it has answered the caller. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The link to the engine went away; what became of the call is unknown. */
  | { readonly kind: 'lost' };

export interface DialRequest {
  readonly uri: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface DialEvents {
  /** 101 to 199. */
  onProvisional(status: number, content: ResponseContent): void;
  onAnswer(answer: DialAnswer): void;
  /** A final response other than 2xx; 408 or 503 that the engine made up among them. */
  onRefused(status: number, reason: string): void;
}

/** A 2xx that waits for our ACK. */
export interface DialAnswer {
  readonly dialog: SipDialog;
  readonly content: ResponseContent;
  /** Sends the ACK, with the SDP answer when the 2xx carried the offer. */
  ack(body?: string): void;
}

export interface OutgoingCall {
  /** Gives the attempt up. If it is answered all the same, `onAnswer` is still called. */
  cancel(): void;
}

/** A request within a dialog, received. */
export interface DialogRequest extends IncomingRequest {
  /** Called once if a re-INVITE is cancelled. */
  onCancel(listener: () => void): void;
}

export interface DialogResponse extends ResponseContent {
  readonly status: number;
  /** 2xx to INVITE only: sends the ACK. */
  ack(body?: string): void;
}

export interface DialogEvents {
  /** Any request but ACK; a BYE is answered by the gateway before `onEnded` is called. */
  onRequest(request: DialogRequest): void;
  /** The ACK to a 2xx of ours. */
  onAck(body: string): void;
  /** The far end, or the engine by itself, ended the dialog. Called at most once; not after `bye`. */
  onEnded(reason: string): void;
}

export interface SipDialog {
  listen(events: DialogEvents): void;
  request(method: string, content: ResponseContent, done: (response: DialogResponse) => void): OutgoingCall;
  /** Ends the dialog; a second time does nothing. */
  bye(): void;
}

/** What the engine behind the gateway can do beyond drachtio-server 0.9.10. */
export interface EngineFeatures {
  /** A target of the proxy may have headers of its own. */
  readonly perTargetHeaders: boolean;
  /** The proxy can take a received header off. */
  readonly removesHeaders: boolean;
  /** The proxy sends to its targets whatever the Request-URI was (field note 8 says drachtio-server does not). */
  readonly retargetsAnyUri: boolean;
  /** The proxy answers 503 with Retry-After when nobody was there, and says what the caller got. */
  readonly reportsOutcome: boolean;
  /** The greatest message the control link takes, in bytes; 0 is no limit. */
  readonly maxMessageBytes: number;
}

export interface GatewayListener {
  onCall(call: IncomingCall): void;
  /** Any other request outside a dialog. */
  onRequest(request: IncomingRequest): void;
}

export interface Gateway {
  readonly features: EngineFeatures;
  /** An INVITE would reach us: the link is up, authenticated, and its last probe was answered. */
  readonly isReady: boolean;
  /** `host:port` pairs of the engine's listeners, as it told. */
  readonly localAddresses: ReadonlySet<string>;
  /** @throws {GatewayError} when the engine cannot be reached or refuses the secret */
  start(listener: GatewayListener): Promise<void>;
  /** Ends the link. */
  stop(): Promise<void>;
  /** Sends OPTIONS (RFC 3261 11). `done` is called once: the status, or undefined when nothing came in `timeoutMs`. */
  options(uri: string, timeoutMs: number, done: (status: number | undefined) => void): void;
}
