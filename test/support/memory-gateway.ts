// A gateway without SIP: a test plays the trunk and the centres by hand.
import type { Headers } from '../../src/calls/cti-headers.js';
import type {
  DialAnswer,
  DialEvents,
  DialogEvents,
  DialogRequest,
  DialogResponse,
  DialRequest,
  EngineFeatures,
  Gateway,
  GatewayListener,
  IncomingCall,
  IncomingRequest,
  OutgoingCall,
  ProxyCommand,
  ProxyOutcome,
  ResponseContent,
  SipDialog,
  Source,
} from '../../src/calls/gateway.js';

export interface SentResponse extends ResponseContent {
  readonly status: number;
}

export class MemoryRequest implements IncomingRequest {
  readonly method: string;
  readonly requestUri: string;
  readonly callId: string;
  readonly headers: Headers;
  readonly body: string;
  source: Source = { address: '127.0.0.1', port: 5070, protocol: 'udp' };
  readonly responses: SentResponse[] = [];
  isIgnored = false;

  constructor(method: string, requestUri: string, headers: Headers, body = '') {
    this.method = method;
    this.requestUri = requestUri;
    this.callId = headers['call-id'] ?? 'call-1';
    this.headers = headers;
    this.body = body;
  }

  get final(): SentResponse | undefined {
    return this.responses.find(({ status }) => status >= 200);
  }

  get statuses(): readonly number[] {
    return this.responses.map(({ status }) => status);
  }

  header(name: string): string | undefined {
    return this.headers[name];
  }

  respond(status: number, content: ResponseContent = {}): void {
    if (this.final === undefined) this.responses.push({ status, ...content });
  }

  ignore(): void {
    this.isIgnored = true;
  }
}

/** A leg that the router dialled. */
export class MemoryLeg implements OutgoingCall {
  readonly request: DialRequest;
  readonly events: DialEvents;
  readonly dialog = new MemoryDialog();
  readonly acks: (string | undefined)[] = [];
  isCancelled = false;

  constructor(request: DialRequest, events: DialEvents) {
    this.request = request;
    this.events = events;
  }

  cancel(): void {
    this.isCancelled = true;
  }

  ring(status = 180, content: ResponseContent = {}): void {
    this.events.onProvisional(status, content);
  }

  refuse(status: number, reason = 'no'): void {
    this.events.onRefused(status, reason);
  }

  answer(content: ResponseContent = { reason: 'OK', body: 'sdp of callee' }): void {
    const answer: DialAnswer = {
      dialog: this.dialog,
      content,
      ack: (body) => this.acks.push(body),
    };
    this.events.onAnswer(answer);
  }
}

export interface SentRequest {
  readonly method: string;
  readonly content: ResponseContent;
  readonly done: (response: DialogResponse) => void;
  isCancelled: boolean;
}

export class MemoryDialog implements SipDialog {
  events: DialogEvents | undefined;
  readonly sent: SentRequest[] = [];
  byes = 0;

  listen(events: DialogEvents): void {
    this.events = events;
  }

  request(method: string, content: ResponseContent, done: (response: DialogResponse) => void): OutgoingCall {
    const sent: SentRequest = { method, content, done, isCancelled: false };
    this.sent.push(sent);
    return {
      cancel: () => {
        sent.isCancelled = true;
      },
    };
  }

  bye(): void {
    this.byes += 1;
  }
}

export class MemoryDialogRequest extends MemoryRequest implements DialogRequest {
  cancel: () => void = () => undefined;

  onCancel(listener: () => void): void {
    this.cancel = listener;
  }
}

export class MemoryCall extends MemoryRequest implements IncomingCall {
  isCancelled = false;
  command: ProxyCommand | undefined;
  proxyDone: (outcome: ProxyOutcome) => void = () => undefined;
  readonly legs: MemoryLeg[] = [];
  readonly dialog = new MemoryDialog();
  answered: ResponseContent | undefined;
  /** Set to hold the engine's report on our 200 back. */
  holdsAnswer = false;
  settleAnswer: (dialog: SipDialog | undefined) => void = () => undefined;
  #listener: (() => void) | undefined;

  onCancel(listener: () => void): void {
    this.#listener = listener;
  }

  /** The caller gives up. */
  cancel(): void {
    if (this.final !== undefined || this.isCancelled) return;
    this.isCancelled = true;
    this.#listener?.();
  }

  proxy(command: ProxyCommand, done: (outcome: ProxyOutcome) => void): void {
    this.command = command;
    this.proxyDone = done;
  }

  dial(request: DialRequest, events: DialEvents): OutgoingCall {
    const leg = new MemoryLeg(request, events);
    this.legs.push(leg);
    return leg;
  }

  answer(content: ResponseContent, done: (dialog: SipDialog | undefined) => void): void {
    this.answered = content;
    this.settleAnswer = done;
    if (!this.holdsAnswer) done(this.isCancelled ? undefined : this.dialog);
  }
}

export interface SentOptions {
  readonly uri: string;
  readonly timeoutMs: number;
  readonly done: (status: number | undefined) => void;
}

export class MemoryGateway implements Gateway {
  features: EngineFeatures = {
    perTargetHeaders: true,
    removesHeaders: true,
    retargetsAnyUri: true,
    reportsOutcome: true,
    maxMessageBytes: 0,
  };
  isReady = true;
  localAddresses: ReadonlySet<string> = new Set(['127.0.0.1:5060']);
  readonly optionsSent: SentOptions[] = [];
  isStopped = false;
  #listener: GatewayListener | undefined;

  start(listener: GatewayListener): Promise<void> {
    this.#listener = listener;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.isStopped = true;
    return Promise.resolve();
  }

  options(uri: string, timeoutMs: number, done: (status: number | undefined) => void): void {
    this.optionsSent.push({ uri, timeoutMs, done });
  }

  receive(request: IncomingRequest): void {
    this.#listener?.onRequest(request);
  }

  receiveCall(call: MemoryCall): void {
    this.#listener?.onCall(call);
  }
}
