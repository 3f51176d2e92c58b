// One SIP profile of the stand-in centre: an address of its own, and the calls that came or went through it. Each profile has an
// engine of its own, so that what a call sends leaves from the port it came to.
import type { Clock, Logger } from '../../kernel/index.js';
import { createResponse, SipEngine, transportParam } from '../../sip/index.js';
import type {
  ClientExchange,
  Dialog,
  EngineUser,
  Flow,
  ServerExchange,
  SipMessage,
} from '../../sip/index.js';

/** A call leg, as its profile sees it: the owner of exchanges and dialogs. */
export interface ProfileLeg {
  onRequest(exchange: ServerExchange): void;
  onCancel(): void;
  onAck(ack: SipMessage): void;
  onResponse(exchange: ClientExchange, response: SipMessage): void;
  onDialogEnded(): void;
}

export interface SofiaProfileOptions {
  /** `internal`, `drachtio_mrf`. */
  readonly name: string;
  /** Such as `sip:127.0.0.1:5090;transport=udp,tcp`. */
  readonly listen: string;
  /** Shown in Server and User-Agent, such as `Proffer stand-in (centre east)`. */
  readonly product: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Age at which a call is ended, in milliseconds. */
  readonly maxCallMs: number;
  /** A new call; nothing has been answered but 100. */
  readonly onInvite: (exchange: ServerExchange, profile: SofiaProfile) => void;
}

const allow = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, MESSAGE, NOTIFY';

function isLeg(owner: unknown): owner is ProfileLeg {
  return typeof owner === 'object' && owner !== null && 'onDialogEnded' in owner;
}

export class SofiaProfile implements EngineUser {
  readonly name: string;
  readonly engine: SipEngine;
  readonly product: string;
  readonly #options: SofiaProfileOptions;

  constructor(options: SofiaProfileOptions) {
    const { clock, log, listen, maxCallMs } = options;
    this.#options = options;
    this.name = options.name;
    this.product = options.product;
    this.engine = new SipEngine({ listen: [listen], clock, log, limits: { maxDialogAgeMs: maxCallMs } });
    this.engine.use(this);
  }

  /** `127.0.0.1:5090`; '' before the start. */
  get hostPort(): string {
    return this.engine.localAddresses[0]?.hostPort ?? '';
  }

  /** `sip:mod_sofia@127.0.0.1:5090` */
  get url(): string {
    return `sip:mod_sofia@${this.hostPort}`;
  }

  /** A response with what every response of ours has. */
  response(exchange: ServerExchange, status: number): SipMessage {
    const { request, server, flow } = exchange;
    const response = createResponse(request, status, undefined, server.toTag);
    if (status < 300) response.append('contact', `<${this.#contact(request, flow)}>`);
    response.append('allow', allow);
    response.append('accept', 'application/sdp');
    response.append('server', this.product);
    return response;
  }

  respond(exchange: ServerExchange, status: number): void {
    this.engine.respond(exchange, this.response(exchange, status));
  }

  admit(): { readonly kind: 'taken' } {
    return { kind: 'taken' };
  }

  onRequest(exchange: ServerExchange): void {
    const { owner } = exchange;
    if (isLeg(owner)) owner.onRequest(exchange);
    else if (exchange.request.method === 'INVITE' && !exchange.isInDialog)
      this.#options.onInvite(exchange, this);
    else this.respond(exchange, exchange.isInDialog ? 481 : 200);
  }

  onCancel(exchange: ServerExchange): void {
    if (isLeg(exchange.owner)) exchange.owner.onCancel();
  }

  onAck(dialog: Dialog, _inviteId: string, ack: SipMessage): void {
    if (isLeg(dialog.owner)) dialog.owner.onAck(ack);
  }

  onResponse(exchange: ClientExchange, response: SipMessage): void {
    if (isLeg(exchange.owner)) exchange.owner.onResponse(exchange, response);
  }

  onDialogEnded(dialog: Dialog): void {
    if (isLeg(dialog.owner)) dialog.owner.onDialogEnded();
  }

  onRouted(): void {
    // We proxy nothing.
  }

  #contact(request: SipMessage, flow: Flow): string {
    const user = /^sips?:([^@;?]*)@/i.exec(request.requestUri)?.[1] ?? 'standin';
    const transport = transportParam(flow.protocol);
    return `sip:${user}@${this.engine.localOf(flow).hostPort}${transport}`;
  }
}
