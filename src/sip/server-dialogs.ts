// The dialogs of the engine as a user agent server: what responses of ours make of them (RFC 3261 12.1.1, 13.3.1, 14.2).
import { AcceptedInvite } from './dialog/accepted-invite.js';
import { Dialog } from './dialog/dialog.js';
import type { DialogEndings } from './dialog-endings.js';
import { endsSubscription } from './dialog-requests.js';
import type { EngineContext } from './engine-context.js';
import type { SipMessage } from './message/sip-message.js';
import { ownText } from './own-text.js';
import type { ServerExchange } from './server-exchange.js';
import type { SessionTimers } from './session-timers.js';
import { makesSubscription, refusesSubscription, secondsLeft, secondsOf } from './subscriptions.js';
import type { Subscriptions } from './subscriptions.js';

const refreshesTarget: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY']);

export interface ServerDialogsParts {
  readonly endings: DialogEndings;
  readonly sessions: SessionTimers;
  readonly subscriptions: Subscriptions;
}

export class ServerDialogs {
  readonly #context: EngineContext;
  readonly #endings: DialogEndings;
  readonly #sessions: SessionTimers;
  readonly #subscriptions: Subscriptions;
  /** INVITEs with an early dialog, by that dialog. */
  readonly #early = new Map<Dialog, ServerExchange>();

  constructor(context: EngineContext, parts: ServerDialogsParts) {
    this.#context = context;
    this.#endings = parts.endings;
    this.#sessions = parts.sessions;
    this.#subscriptions = parts.subscriptions;
  }

  /** INVITEs that have an early dialog. */
  get earlyDialogs(): number {
    return this.#early.size;
  }

  /** The INVITE that formed an early dialog. */
  inviteOf(dialog: Dialog): ServerExchange | undefined {
    return this.#early.get(dialog);
  }

  /** Somebody else answers the request: what a provisional response of ours formed will not come up. */
  dropEarly(exchange: ServerExchange): void {
    const { dialog } = exchange;
    if (dialog === undefined || exchange.isInDialog) return;
    this.#early.delete(dialog);
    this.#endings.remove(dialog);
  }

  /** What a response above 100, that was sent, means for the dialog. */
  follow(exchange: ServerExchange, response: SipMessage): void {
    const { request, dialog } = exchange;
    const { statusCode } = response;
    const isFinal = statusCode >= 200;
    if (dialog !== undefined && isFinal) {
      if (request.method === 'INVITE') dialog.pending.remoteInvite = false;
      if (request.method === 'UPDATE') dialog.pending.remoteUpdate = false;
      if (request.method === 'PRACK') dialog.reliable?.answered();
      if (exchange.isInDialog && request.method === 'BYE') this.#endings.remove(dialog);
      if (exchange.isInDialog && endsSubscription(request, dialog)) this.#endings.remove(dialog);
    }
    if (statusCode < 300) this.#succeed(exchange, response);
    else if (dialog !== undefined && !exchange.isInDialog) this.#endings.remove(dialog);
    if (isFinal && dialog !== undefined) this.#early.delete(dialog);
  }

  #succeed(exchange: ServerExchange, response: SipMessage): void {
    const { request, server } = exchange;
    const { method } = request;
    const isFinal = response.statusCode >= 200;
    const invite = exchange.dialog === undefined ? undefined : this.#early.get(exchange.dialog);
    if (response.body !== '') (invite ?? exchange).localSdp = response.body;
    if (exchange.isInDialog) {
      if (isFinal && refreshesTarget.has(method)) exchange.dialog?.refreshTarget(request);
    } else if (method === 'INVITE' || (isFinal && formsSubscription(method, response))) {
      exchange.dialog ??= this.#form(exchange, response);
      const { dialog } = exchange;
      if (isFinal) {
        dialog.confirm(response);
        dialog.pending.remoteInvite = false;
        this.#early.delete(dialog);
      } else if (server.isInvite) {
        dialog.pending.remoteInvite = true;
        this.#early.set(dialog, exchange);
      }
    }
    if (isFinal && exchange.dialog !== undefined) {
      this.#sessions.agreed(exchange.dialog, 'uas', request, response);
      const { session } = exchange.dialog;
      if (session?.sdp === '') session.sdp = ownText(exchange.localSdp);
    }
    this.#renew(exchange, response);
    if (server.isInvite && isFinal) this.#awaitAck(exchange, response);
  }

  /** What the 2xx to a SUBSCRIBE or NOTIFY says about how long the subscription lasts. */
  #renew({ request, dialog }: ServerExchange, response: SipMessage): void {
    if (dialog === undefined || response.statusCode < 200) return;
    const { method } = request;
    if (makesSubscription(method))
      this.#subscriptions.renew(dialog, secondsOf(response) ?? secondsOf(request));
    else if (method === 'NOTIFY' && dialog.isLive) {
      const left = secondsLeft(request);
      if (left !== undefined) this.#subscriptions.renew(dialog, left);
    }
  }

  #form(exchange: ServerExchange, response: SipMessage): Dialog {
    const { request, server } = exchange;
    const dialog = new Dialog({
      role: 'uas',
      method: request.method,
      request,
      response,
      localTag: response.to()?.tag ?? server.toTag,
      remoteTag: request.from()?.tag ?? '',
      flow: server.flow,
    });
    dialog.owner = exchange.owner;
    this.#context.dialogs.add(dialog);
    this.#endings.limitAge(dialog);
    return dialog;
  }

  #awaitAck(exchange: ServerExchange, response: SipMessage): void {
    const { clock, timers, counters } = this.#context;
    const { dialog, server } = exchange;
    if (dialog === undefined) return;
    dialog.accepted?.stop();
    dialog.accepted = new AcceptedInvite({
      clock,
      t1: timers.t1,
      t2: timers.t2,
      cseq: exchange.request.cseq()?.number ?? 0,
      inviteId: exchange.id,
      resend: () => server.respond(response),
      onTimeout: () => {
        counters.ackTimeouts += 1;
        // 13.3.1.4: the session is considered established, and is ended.
        if (dialog.isLive) this.#endings.end(dialog, 'ack-timeout');
      },
    });
  }
}

function formsSubscription(method: string, response: SipMessage): boolean {
  return method === 'SUBSCRIBE' || (method === 'REFER' && !refusesSubscription(response));
}
