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
  SipMessage,
} from '../sip/index.js';
import type { Applications } from './applications.js';
import type { CdrReporter } from './cdr.js';
import { ControlConnection } from './connection.js';
import { stackTime } from './stack-time.js';

/** Methods that dialogs bring along, whatever an application registered for. */
const dialogMethods = ['ACK', 'BYE', 'CANCEL', 'UPDATE', 'PRACK'] as const;

export class NetworkEvents implements EngineUser {
  readonly #applications: Applications;
  readonly #cdr: CdrReporter;
  readonly #clock: Clock;
  /** Gives up a request that has nobody to answer it. */
  readonly #abandon: (exchange: ServerExchange) => void;

  constructor(parts: {
    readonly applications: Applications;
    readonly cdr: CdrReporter;
    readonly clock: Clock;
    readonly abandon: (exchange: ServerExchange) => void;
  }) {
    this.#applications = parts.applications;
    this.#cdr = parts.cdr;
    this.#clock = parts.clock;
    this.#abandon = parts.abandon;
  }

  admit(method: string): Admission {
    if (this.#applications.size === 0) return { kind: 'no-application' };
    if (this.#applications.serves(method.toLowerCase())) return { kind: 'taken' };
    const served = [...this.#applications.routes()].filter((route) => !route.startsWith('cdr:'));
    if (served.length === 0) return { kind: 'no-application' };
    const allow = new Set<string>([...served.map((route) => route.toUpperCase()), ...dialogMethods]);
    return { kind: 'method-not-served', allow: [...allow] };
  }

  onRequest(exchange: ServerExchange): void {
    const { request, flow, isInDialog } = exchange;
    const connection = isInDialog
      ? connectionOf(exchange.owner)
      : this.#applications.next(request.method.toLowerCase());
    if (connection === undefined) {
      this.#abandon(exchange);
      return;
    }
    exchange.owner = connection;
    const dialogId = isInDialog ? exchange.dialogId : '';
    const local = isInDialog ? '' : `${flow.localAddress}|${flow.localPort}|`;
    const text = request.toString();
    connection.send(`${this.#leader(text, flow, exchange.id, dialogId)}${local}\r\n${text}`);
    if (isInDialog && request.method === 'BYE') this.#cdr.stop(request, 'network', 'normal-release');
    else if (!isInDialog && request.method === 'INVITE') this.#cdr.attempt(request, 'network');
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
    const namesDialog = exchange.sentIn !== undefined || method === 'INVITE' || method === 'SUBSCRIBE';
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
