// The engine as a user agent client: RFC 3261 8.1, 9.1, 12.2.1, 13.2, 14.1, 15.1.1.
import { randomHex } from '../kernel/index.js';
import { ClientExchange } from './client-exchange.js';
import { Dialog } from './dialog/dialog.js';
import type { DialogEndings } from './dialog-endings.js';
import { endsSubscription, meansGone } from './dialog-requests.js';
import { count } from './engine-counters.js';
import type { EngineContext } from './engine-context.js';
import { createResponse } from './message/create-message.js';
import type { SipMessage } from './message/sip-message.js';
import type { NextHop } from './next-hop.js';
import { ownText } from './own-text.js';
import type { OwedAcks } from './owed-acks.js';
import { isKnownMethod } from './request-rules.js';
import type { SessionTimers } from './session-timers.js';
import { secondsOf } from './subscriptions.js';
import type { Subscriptions } from './subscriptions.js';
import type { HeaderField } from './transaction/generated-requests.js';
import { lookUp, TargetSearch } from './target-search.js';
import type { Flow, Target } from './transport/transport.js';

export interface UacParts {
  readonly acks: OwedAcks;
  readonly endings: DialogEndings;
  readonly sessions: SessionTimers;
  readonly subscriptions: Subscriptions;
}

export class UacCore {
  readonly #context: EngineContext;
  readonly #acks: OwedAcks;
  readonly #endings: DialogEndings;
  readonly #sessions: SessionTimers;
  readonly #subscriptions: Subscriptions;
  readonly #exchanges = new Map<string, ClientExchange>();

  constructor(context: EngineContext, parts: UacParts) {
    this.#context = context;
    this.#acks = parts.acks;
    this.#endings = parts.endings;
    this.#sessions = parts.sessions;
    this.#subscriptions = parts.subscriptions;
  }

  /** A request that has no final response yet. */
  exchange(id: string): ClientExchange | undefined {
    return this.#exchanges.get(id);
  }

  exchanges(): Iterable<ClientExchange> {
    return this.#exchanges.values();
  }

  get openExchanges(): number {
    return this.#exchanges.size + this.#acks.size;
  }

  /** Sends a request. Nothing is reported before this has returned. */
  send(request: SipMessage, hop: NextHop, owner: unknown, dialog?: Dialog): ClientExchange {
    const exchange = new ClientExchange(request, dialog, owner);
    this.#exchanges.set(exchange.id, exchange);
    count(this.#context.counters.requestsOut, isKnownMethod(request.method) ? request.method : 'OTHER');
    this.#sessions.offer(request, dialog);
    this.#subscriptions.requested(exchange);
    if (dialog !== undefined) this.#mark(dialog, request.method, true);
    if (hop.target !== undefined) this.#start(exchange, [hop.target, ...hop.others]);
    else void this.#lookUp(exchange, hop);
    return exchange;
  }

  /** 9.1: held until a provisional response came. @returns false when there is nothing to cancel */
  cancel(exchange: ClientExchange, headers: readonly HeaderField[]): boolean {
    if (exchange.finalStatus !== 0 || exchange.isCancelled) return false;
    exchange.isCancelled = true;
    exchange.transaction?.cancel(headers);
    return true;
  }

  /** The user's ACK to a 2xx (13.2.2.4); sent again when the 2xx comes again. */
  ack(dialog: Dialog, ack: SipMessage, hop: NextHop): void {
    const exchange = this.#acks.send(dialog, ack, hop);
    // A late offer was answered.
    if (dialog.session !== undefined && ack.body !== '') dialog.session.sdp = ownText(ack.body);
    // After the user has heard that its ACK was sent.
    if (exchange?.isCancelled === true) queueMicrotask(() => this.#endings.end(dialog, 'cancel-race'));
  }

  /** A response that no transaction takes: a 2xx that came again after timer M gets its ACK again. */
  stray(response: SipMessage): void {
    count(this.#context.counters.responsesIn, response.statusCode);
    if (response.method !== 'INVITE' || response.statusCode < 200 || response.statusCode > 299) return;
    const dialog = this.#context.dialogs.ofResponse(response);
    if (dialog?.lastAck?.cseq === response.cseq()?.number) dialog?.lastAck?.send();
  }

  async #lookUp(exchange: ClientExchange, hop: NextHop): Promise<void> {
    const targets = await lookUp(this.#context, hop, exchange.request.callId);
    if (targets.length === 0) this.#makeUp(exchange, 503, 'DNS Error');
    else if (exchange.isCancelled) this.#makeUp(exchange, 487, 'Request Terminated');
    else this.#start(exchange, targets);
  }

  #start(exchange: ClientExchange, targets: readonly Target[]): void {
    const search = new TargetSearch(this.#context, exchange.request, {
      // Whoever rings has been told of: another target would be another call.
      isWanted: () => !exchange.isCancelled && exchange.earlyDialogs.length === 0,
      onSent: (transaction) => (exchange.transaction = transaction),
      onResponse: (response, flow) => this.#receive(exchange, response, flow),
      onFailure: (status) => this.#makeUp(exchange, status),
      onTerminated: () => this.#forget(exchange),
    });
    search.start(targets);
  }

  /** 8.1.3.1: a timeout counts as 408, a transport error as 503. */
  #makeUp(exchange: ClientExchange, status: number, reason?: string): void {
    if (exchange.finalStatus !== 0) return;
    this.#receive(exchange, createResponse(exchange.request, status, reason, randomHex(8)), undefined);
    if (exchange.transaction === undefined) this.#forget(exchange);
  }

  #receive(exchange: ClientExchange, response: SipMessage, flow: Flow | undefined): void {
    const { statusCode } = response;
    if (flow !== undefined) count(this.#context.counters.responsesIn, statusCode);
    this.#watchRinging(exchange, statusCode);
    if (statusCode === 100) return;
    if (statusCode >= 200 && statusCode < 300 && exchange.request.method === 'INVITE') {
      this.#accepted(exchange, response, flow);
      return;
    }
    if (exchange.finalStatus !== 0) return;
    if (statusCode < 200) {
      this.#provisional(exchange, response, flow);
    } else {
      exchange.finalStatus = statusCode;
      this.#exchanges.delete(exchange.id);
      this.#completed(exchange, response, flow);
    }
  }

  /** After a provisional response 17.1.1 waits without end; a callee that is never heard again is given up. */
  #watchRinging(exchange: ClientExchange, statusCode: number): void {
    exchange.ringTimer?.cancel();
    if (statusCode >= 200 || exchange.finalStatus !== 0 || exchange.request.method !== 'INVITE') return;
    const { clock, limits } = this.#context;
    exchange.ringTimer = clock.after(limits.calleeRingingMs, 'callee-rings', () => this.cancel(exchange, []));
  }

  #provisional(exchange: ClientExchange, response: SipMessage, flow: Flow | undefined): void {
    const tag = response.to()?.tag;
    const number = exchange.request.method === 'INVITE' ? response.get('rseq') : undefined;
    if (number !== undefined && !exchange.takeReliable(tag ?? '', Number(number))) return;
    if (exchange.sentIn === undefined && exchange.request.method === 'INVITE' && flow !== undefined) {
      if (tag !== undefined) {
        const dialog = this.#early(exchange, response, tag, flow);
        if (number !== undefined) dialog.rseq = Number(number);
        // What the application says next is about the branch that it heard of last.
        this.#context.dialogs.take(dialog);
      }
    }
    this.#context.user.onResponse(exchange, response, flow);
  }

  /** 12.1.2: one early dialog for each tag that answers. */
  #early(exchange: ClientExchange, response: SipMessage, tag: string, flow: Flow): Dialog {
    const { dialogs } = this.#context;
    const { request } = exchange;
    const known = dialogs.get(request.callId, request.from()?.tag ?? '', tag);
    if (known !== undefined) {
      // A later provisional response may bring the Contact that the first had not.
      known.refreshTarget(response);
      return known;
    }
    const dialog = this.#form(exchange, response, tag, flow);
    exchange.earlyDialogs.push(dialog);
    dialog.forks = exchange.earlyDialogs;
    dialogs.add(dialog);
    return dialog;
  }

  #form(exchange: ClientExchange, response: SipMessage, remoteTag: string, flow: Flow): Dialog {
    const { request } = exchange;
    const localTag = request.from()?.tag ?? '';
    const { method } = request;
    const dialog = new Dialog({ role: 'uac', method, request, response, localTag, remoteTag, flow });
    dialog.owner = exchange.owner;
    return dialog;
  }

  /** A 2xx to INVITE: the first, the same again, or that of another branch of a fork (13.2.2.4). */
  #accepted(exchange: ClientExchange, response: SipMessage, flow: Flow | undefined): void {
    const { user, dialogs } = this.#context;
    const cseq = exchange.request.cseq()?.number ?? 0;
    const tag = response.to()?.tag ?? '';
    const dialog = exchange.dialog;
    if (exchange.finalStatus !== 0) {
      if (dialog?.remoteTag !== tag) this.#dropFork(exchange, response, tag, flow);
      else if (dialog.lastAck?.cseq === cseq) dialog.lastAck.send();
      return;
    }
    exchange.finalStatus = response.statusCode;
    this.#exchanges.delete(exchange.id);
    if (dialog !== undefined) {
      this.#mark(dialog, 'INVITE', false);
      dialog.refreshTarget(response);
    } else if (flow !== undefined) {
      const formed = dialogs.get(exchange.request.callId, exchange.request.from()?.tag ?? '', tag);
      exchange.formed = formed ?? this.#form(exchange, response, tag, flow);
      this.#confirm(exchange.formed, response);
      this.#dropEarly(exchange);
    }
    const { dialog: agreed } = exchange;
    if (agreed !== undefined) {
      this.#sessions.agreed(agreed, 'uac', exchange.request, response);
      this.#acks.await(exchange, agreed, () => this.#endings.end(agreed, 'ack-timeout'));
    }
    user.onResponse(exchange, response, flow);
    if (exchange.owner === undefined && exchange.formed !== undefined) this.#endings.release(exchange.formed);
  }

  #confirm(dialog: Dialog, response: SipMessage): void {
    dialog.confirm(response);
    this.#context.dialogs.add(dialog);
    this.#endings.limitAge(dialog);
  }

  /** Another branch answered too: acknowledged and ended at once, unknown to the user. */
  #dropFork(exchange: ClientExchange, response: SipMessage, tag: string, flow: Flow | undefined): void {
    const known = exchange.forks.get(tag);
    if (known !== undefined) known.send();
    if (known !== undefined || flow === undefined) return;
    const dialog = this.#form(exchange, response, tag, flow);
    dialog.confirm(response);
    this.#acks.sendOwn(dialog, exchange.request.cseq()?.number ?? 0);
    if (dialog.lastAck !== undefined) exchange.forks.set(tag, dialog.lastAck);
    this.#endings.bye(dialog, 'SIP;cause=200;text="Call completed elsewhere"');
  }

  /** A final response other than a 2xx to INVITE. */
  #completed(exchange: ClientExchange, response: SipMessage, flow: Flow | undefined): void {
    const { request, sentIn } = exchange;
    const { statusCode } = response;
    const { user } = this.#context;
    if (sentIn === undefined) {
      this.#dropEarly(exchange);
      this.#subscriptions.answered(exchange, response, flow);
      user.onResponse(exchange, response, flow);
      if (exchange.owner === undefined && exchange.formed !== undefined)
        this.#endings.release(exchange.formed);
      return;
    }
    this.#mark(sentIn, request.method, false);
    const isRefresh = request.method === 'UPDATE' || request.method === 'SUBSCRIBE';
    if (isRefresh && statusCode < 300) {
      sentIn.refreshTarget(response);
      this.#sessions.agreed(sentIn, 'uac', request, response);
      if (request.method === 'SUBSCRIBE') this.#subscriptions.renew(sentIn, secondsOf(response));
    }
    user.onResponse(exchange, response, flow);
    if (request.method === 'BYE' || endsSubscription(request, sentIn)) this.#endings.remove(sentIn);
    else if (meansGone(request.method, statusCode)) {
      this.#endings.end(sentIn, 'peer-gone', `SIP;cause=${statusCode}`);
    }
  }

  #mark(dialog: Dialog, method: string, isPending: boolean): void {
    if (method === 'INVITE') dialog.pending.localInvite = isPending;
    else if (method === 'UPDATE') dialog.pending.localUpdate = isPending;
    else if (method === 'BYE' && isPending) {
      dialog.state = 'ending';
      dialog.accepted?.stop();
    }
  }

  #dropEarly(exchange: ClientExchange): void {
    for (const dialog of exchange.earlyDialogs) {
      if (dialog.state === 'early') this.#endings.remove(dialog);
      dialog.forks = undefined;
    }
    exchange.earlyDialogs.length = 0;
  }

  #forget(exchange: ClientExchange): void {
    exchange.ringTimer?.cancel();
    this.#exchanges.delete(exchange.id);
    exchange.forks.clear();
  }
}
