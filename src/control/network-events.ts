// From the engine to applications: each event becomes a frame for the application it belongs to.
import type { Clock } from '../kernel/index.js';
import type {
  Admission,
  ClientExchange,
  Dialog,
  DialogEndReason,
  EngineRequest,
  EngineUser,
  Flow,
  ServerExchange,
  SipEngine,
  SipMessage,
} from '../sip/index.js';
import type { Applications } from './applications.js';
import type { CdrReporter } from './cdr.js';
import { ControlConnection } from './connection.js';
import { ruledMethods, ruledStatus } from './front-rules.js';
import type { FrontRules } from './front-rules.js';
import type { RequestHandlers } from './outbound/request-handlers.js';
import { stackTime } from './stack-time.js';

/** Methods that dialogs bring along, whatever an application registered for. */
const dialogMethods = ['ACK', 'BYE', 'CANCEL', 'UPDATE', 'PRACK'] as const;

export class NetworkEvents implements EngineUser {
  readonly #applications: Applications;
  readonly #cdr: CdrReporter;
  readonly #clock: Clock;
  readonly #engine: Pick<SipEngine, 'abandon' | 'close'>;
  readonly #rules: FrontRules;
  readonly #ruled: ReadonlySet<string>;
  /** Who says where new requests go, when anybody does. */
  readonly #handlers: () => RequestHandlers | undefined;

  constructor(parts: {
    readonly applications: Applications;
    readonly cdr: CdrReporter;
    readonly clock: Clock;
    readonly engine: Pick<SipEngine, 'abandon' | 'close'>;
    readonly rules: FrontRules | undefined;
    readonly handlers: () => RequestHandlers | undefined;
  }) {
    this.#applications = parts.applications;
    this.#cdr = parts.cdr;
    this.#clock = parts.clock;
    this.#engine = parts.engine;
    this.#rules = parts.rules ?? {};
    this.#ruled = ruledMethods(parts.rules);
    this.#handlers = parts.handlers;
  }

  admit(method: string): Admission {
    if (this.#ruled.has(method) || this.#handlers()?.of(method) !== undefined) return { kind: 'taken' };
    if (this.#applications.size === 0) return { kind: 'no-application' };
    if (this.#applications.serves(method.toLowerCase())) return { kind: 'taken' };
    const served = [...this.#applications.routes()].filter((route) => !route.startsWith('cdr:'));
    if (served.length === 0) return { kind: 'no-application' };
    const allow = new Set<string>([...served.map((route) => route.toUpperCase()), ...dialogMethods]);
    return { kind: 'method-not-served', allow: [...allow] };
  }

  onRequest(exchange: ServerExchange): void {
    const { request, isInDialog } = exchange;
    if (isInDialog) {
      this.#give(exchange, connectionOf(exchange.owner));
      if (request.method === 'BYE') this.#cdr.stop(request, 'network', 'normal-release');
      return;
    }
    const { method } = request;
    const ruled = this.#ruled.has(method) ? ruledStatus(this.#rules, request) : undefined;
    if (ruled !== undefined) {
      this.#engine.close(exchange, ruled);
      return;
    }
    const handlers = this.#handlers();
    const handler = handlers?.of(method);
    const isCall = method === 'INVITE';
    if (handlers !== undefined && handler !== undefined) {
      if (isCall) this.#cdr.attempt(request, 'network');
      handlers.handle(exchange, handler);
      return;
    }
    const connection = this.#applications.next(method.toLowerCase());
    if (connection !== undefined) this.deliver(exchange, connection);
    if (isCall) this.#cdr.attempt(request, 'network');
    if (connection === undefined) this.#engine.abandon(exchange);
  }

  /** A cancelled call is told of by its CANCEL. */
  onClosed(exchange: ServerExchange, response: SipMessage): void {
    const isCall = exchange.server.isInvite && !exchange.isInDialog;
    if (isCall && response.statusCode !== 487) this.#cdr.stop(response, 'application', 'call-rejected');
  }

  /** Gives a new request to an application, which has to answer it. */
  deliver(exchange: ServerExchange, connection: ControlConnection): void {
    const { request, flow, isInDialog } = exchange;
    exchange.owner = connection;
    const dialogId = isInDialog ? exchange.dialogId : '';
    const local = isInDialog ? '' : `${flow.localAddress}|${flow.localPort}|`;
    const text = request.toString();
    connection.send(`${this.#leader(text, flow, exchange.id, dialogId)}${local}\r\n${text}`);
  }

  #give(exchange: ServerExchange, connection: ControlConnection | undefined): void {
    if (connection === undefined) this.#engine.abandon(exchange);
    else this.deliver(exchange, connection);
  }

  onCancel(exchange: ServerExchange, cancel: SipMessage, flow: Flow): void {
    const dialogId = exchange.dialog === undefined ? '' : exchange.dialogId;
    const text = cancel.toString();
    connectionOf(exchange.owner)?.send(`${this.#leader(text, flow, exchange.id, dialogId)}\r\n${text}`);
    this.#cdr.stop(cancel, 'network', 'call-canceled');
  }

  onAck(dialog: Dialog, inviteId: string, ack: SipMessage, flow: Flow): void {
    const text = ack.toString();
    const { remoteAddress, remotePort } = flow;
    // The protocol of an ACK to a 2xx is empty.
    connectionOf(dialog.owner)?.send(
      `sip|network|${text.length}||${remoteAddress}|${remotePort}|${this.#time()}|${inviteId}|${dialog.id}|\r\n${text}`,
    );
  }

  onResponse(exchange: ClientExchange, response: SipMessage, flow: Flow | undefined): void {
    const { method } = exchange.request;
    const namesDialog = exchange.dialog !== undefined || method === 'INVITE' || method === 'SUBSCRIBE';
    const dialogId = namesDialog ? exchange.dialogId : '';
    const text = response.toString();
    const leader =
      flow === undefined
        ? `sip|network|0|${exchange.transaction?.target.protocol ?? 'unknown'}||0|${this.#time()}|${exchange.id}|${dialogId}|`
        : this.#leader(text, flow, exchange.id, dialogId);
    connectionOf(exchange.owner)?.send(`${leader}\r\n${text}`);
    const isNewInvite = exchange.sentIn === undefined && method === 'INVITE';
    if (isNewInvite && response.statusCode >= 200) this.#cdr.final(response, 'network', 'uac');
  }

  onDialogEnded(dialog: Dialog, bye: EngineRequest, reason: DialogEndReason): void {
    const { local, request } = bye;
    const text = request.toString();
    connectionOf(dialog.owner)?.send(
      `sip|application|${text.length}|${local.protocol}|${local.address}|${local.port}|${this.#time()}` +
        `|unsolicited|${dialog.id}|\r\n${text}`,
    );
    if (dialog.method !== 'INVITE') return;
    const isExpired = reason === 'session-expired';
    this.#cdr.stop(request, 'application', isExpired ? reason : 'system-initiated-termination');
  }

  onRouted(request: SipMessage): void {
    if (request.method === 'BYE') this.#cdr.stop(request, 'network', 'normal-release');
  }

  #leader(text: string, flow: Flow, txnId: string, dialogId: string): string {
    const { protocol, remoteAddress, remotePort } = flow;
    return `sip|network|${text.length}|${protocol}|${remoteAddress}|${remotePort}|${this.#time()}|${txnId}|${dialogId}|`;
  }

  #time(): string {
    return stackTime(this.#clock.wallNow());
  }
}

/** The connection that an exchange or dialog was given to, while it is open. */
export function connectionOf(owner: unknown): ControlConnection | undefined {
  return owner instanceof ControlConnection && owner.isOpen ? owner : undefined;
}
