// The engine as a user agent client: RFC 3261 8.1, 9.1, 12.2.1, 13.2, 14.1, 15.1.1.
import { randomHex } from '../kernel/index.js';
import { ClientExchange } from './client-exchange.js';
import { ComposedMessage } from './composed-message.js';
import { Dialog } from './dialog/dialog.js';
import { routeTo } from './dialog/route-set.js';
import { count } from './engine-counters.js';
import type { EngineContext } from './engine-context.js';
import { createResponse } from './message/create-message.js';
import { makeLine } from './message/sip-message.js';
import type { HeaderLine, SipMessage } from './message/sip-message.js';
import { nextHop } from './next-hop.js';
import type { NextHop, NextHopFault } from './next-hop.js';
import type { HeaderField } from './transaction/generated-requests.js';
import { resolveTarget } from './transport/resolve-target.js';
import type { Flow, Target } from './transport/transport.js';
import { endsSubscription } from './uas-core.js';

/** What a request inside a dialog starts from; the caller adds what it wants to say. */
export interface DialogRoute {
  readonly requestUri: string;
  readonly routes: readonly string[];
  readonly hop: NextHop;
}

const cancelRace = 'SIP;cause=200;text="ACK-BYE due to cancel race condition"';
const ackTimeout = 'SIP;cause=200;text="ACK timeout"';

export class UacCore {
  readonly #context: EngineContext;
  readonly #exchanges = new Map<string, ClientExchange>();

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** A request that has no final response yet. */
  exchange(id: string): ClientExchange | undefined {
    return this.#exchanges.get(id);
  }

  exchanges(): Iterable<ClientExchange> {
    return this.#exchanges.values();
  }

  /** Sends a request. Nothing is reported before this has returned. */
  send(request: SipMessage, hop: NextHop, owner: unknown, dialog?: Dialog): ClientExchange {
    const exchange = new ClientExchange(request, dialog, owner);
    this.#exchanges.set(exchange.id, exchange);
    count(this.#context.counters.requestsOut, request.method);
    if (dialog !== undefined) this.#mark(dialog, request.method, true);
    if (hop.target !== undefined) this.#start(exchange, [hop.target]);
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

  /** Where a request inside the dialog goes (12.2.1.1). */
  route(dialog: Dialog): DialogRoute | NextHopFault {
    if (dialog.remoteTarget === undefined) return 'invalid';
    const { requestUri, routes, nextHop: uri } = routeTo(dialog.remoteTarget, dialog.routeSet);
    const hop = nextHop(uri, this.#context.transport, { flow: dialog.flow });
    return typeof hop === 'string' ? hop : { requestUri, routes, hop };
  }

  /** The user's ACK to a 2xx (13.2.2.4); sent again when the 2xx comes again. */
  ack(dialog: Dialog, ack: SipMessage, hop: NextHop): void {
    dialog.unacknowledged = undefined;
    const exchange = this.#acknowledgedBy(dialog);
    exchange?.ackTimer?.cancel();
    // 13.2.2.4: the credentials of the INVITE.
    for (const name of ['authorization', 'proxy-authorization']) {
      const value = exchange?.request.get(name);
      if (value !== undefined && !ack.has(name)) ack.append(name, value);
    }
    count(this.#context.counters.requestsOut, 'ACK');
    dialog.lastAck = this.#sendAck(ack, hop);
    // After the user has heard that its ACK was sent.
    if (exchange?.isCancelled === true) queueMicrotask(() => this.endDialog(dialog, cancelRace));
  }

  /** Ends a dialog with a BYE of our own, whose outcome does not matter (15.1.1), and tells the user. */
  endDialog(dialog: Dialog, reason: string): void {
    if (!dialog.isLive) return;
    const { user, log } = this.#context;
    const bye = this.#bye(dialog, reason);
    if (bye === undefined) {
      log.warn({ callId: dialog.callId }, 'dialog ended without a bye: its target cannot be reached');
      this.#remove(dialog);
      return;
    }
    user.onDialogEnded(dialog, bye);
  }

  /** Whoever owned the dialog is gone: BYE, after the ACK that is owed. */
  release(dialog: Dialog): void {
    dialog.owner = undefined;
    if (dialog.state !== 'confirmed') return;
    const cseq = dialog.unacknowledged;
    if (cseq !== undefined) {
      this.#acknowledgedBy(dialog)?.ackTimer?.cancel();
      dialog.unacknowledged = undefined;
      this.#ackByEngine(dialog, cseq);
    }
    this.endDialog(dialog, 'SIP;cause=503;text="application lost"');
  }

  /** A response that no transaction takes: a 2xx that came again after timer M gets its ACK again. */
  stray(response: SipMessage): void {
    count(this.#context.counters.responsesIn, response.statusCode);
    if (response.method !== 'INVITE' || response.statusCode < 200 || response.statusCode > 299) return;
    const dialog = this.#context.dialogs.ofResponse(response);
    if (dialog?.lastAck?.cseq === response.cseq()?.number) dialog?.lastAck?.send();
  }

  async #lookUp(exchange: ClientExchange, hop: NextHop): Promise<void> {
    let targets: readonly Target[] = [];
    try {
      targets = await resolveTarget(hop.uri);
    } catch (error) {
      this.#context.log.debug({ err: error, callId: exchange.request.callId }, 'target not resolved');
    }
    if (targets.length === 0) this.#makeUp(exchange, 503, 'DNS Error');
    else if (exchange.isCancelled) this.#makeUp(exchange, 487, 'Request Terminated');
    else this.#start(exchange, targets);
  }

  #start(exchange: ClientExchange, targets: readonly Target[]): void {
    const [target, ...others] = targets;
    if (target === undefined) return;
    const request = others.length === 0 ? exchange.request : exchange.request.clone();
    exchange.transaction = this.#context.transactions.request(request, target, {
      onResponse: (response, flow) => this.#receive(exchange, response, flow),
      onTimeout: () => this.#makeUp(exchange, 408),
      onTransportError: () => {
        // RFC 3263 4.3: the next address of the name.
        if (others.length > 0 && !exchange.isCancelled) this.#start(exchange, others);
        else this.#makeUp(exchange, 503);
      },
      onTerminated: () => this.#forget(exchange),
    });
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

  #provisional(exchange: ClientExchange, response: SipMessage, flow: Flow | undefined): void {
    if (exchange.sentIn === undefined && exchange.request.method === 'INVITE' && flow !== undefined) {
      const tag = response.to()?.tag;
      if (tag !== undefined) this.#early(exchange, response, tag, flow);
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
    if (exchange.dialog !== undefined) this.#awaitAck(exchange, exchange.dialog, cseq);
    user.onResponse(exchange, response, flow);
    if (exchange.owner === undefined && exchange.formed !== undefined) this.release(exchange.formed);
  }

  #confirm(dialog: Dialog, response: SipMessage): void {
    const { clock, dialogs, limits } = this.#context;
    dialog.confirm(response);
    dialogs.add(dialog);
    dialog.ageTimer = clock.after(limits.maxDialogAgeMs, 'dialog-age', () => {
      this.endDialog(dialog, 'SIP;cause=200;text="maximal duration reached"');
    });
  }

  #awaitAck(exchange: ClientExchange, dialog: Dialog, cseq: number): void {
    const { clock, timers, counters } = this.#context;
    dialog.unacknowledged = cseq;
    this.#awaiting.set(dialog, exchange);
    exchange.ackTimer = clock.after(64 * timers.t1, 'user-ack', () => {
      this.#awaiting.delete(dialog);
      if (dialog.unacknowledged !== cseq || !dialog.isLive) return;
      counters.ackTimeouts += 1;
      dialog.unacknowledged = undefined;
      this.#ackByEngine(dialog, cseq);
      this.endDialog(dialog, ackTimeout);
    });
  }

  readonly #awaiting = new Map<Dialog, ClientExchange>();

  #acknowledgedBy(dialog: Dialog): ClientExchange | undefined {
    const exchange = this.#awaiting.get(dialog);
    this.#awaiting.delete(dialog);
    return exchange;
  }

  /** Another branch answered too: acknowledged and ended at once, unknown to the user. */
  #dropFork(exchange: ClientExchange, response: SipMessage, tag: string, flow: Flow | undefined): void {
    const known = exchange.forks.get(tag);
    if (known !== undefined) known.send();
    if (known !== undefined || flow === undefined) return;
    const dialog = this.#form(exchange, response, tag, flow);
    dialog.confirm(response);
    this.#ackByEngine(dialog, exchange.request.cseq()?.number ?? 0);
    if (dialog.lastAck !== undefined) exchange.forks.set(tag, dialog.lastAck);
    this.#bye(dialog, 'SIP;cause=200;text="Call completed elsewhere"');
  }

  #ackByEngine(dialog: Dialog, cseq: number): void {
    const route = this.route(dialog);
    if (typeof route === 'string') return;
    const ack = composeInDialog(dialog, route, { method: 'ACK', cseq, lines: [], body: '' });
    dialog.lastAck = this.#sendAck(ack, route.hop);
  }

  #sendAck(ack: SipMessage, hop: NextHop): Dialog['lastAck'] {
    const { transactions, transport, log } = this.#context;
    const cseq = ack.cseq()?.number ?? 0;
    const send = (target: Target): (() => void) => {
      transactions.sendAck(ack, target);
      const wire = ack.toString();
      return () => {
        transport.send(wire, target, (error) => log.debug({ err: error }, 'ack not sent again'));
      };
    };
    if (hop.target !== undefined) return { cseq, send: send(hop.target) };
    let again = (): void => undefined;
    resolveTarget(hop.uri).then(
      ([target]) => {
        if (target !== undefined) again = send(target);
      },
      (error: unknown) => log.warn({ err: error, callId: ack.callId }, 'target of ack not resolved'),
    );
    return { cseq, send: () => again() };
  }

  #bye(dialog: Dialog, reason: string): { request: SipMessage; local: NextHop['local'] } | undefined {
    const route = this.route(dialog);
    dialog.state = 'ending';
    dialog.accepted?.stop();
    if (typeof route === 'string') return undefined;
    dialog.localSeq += 1;
    const lines = [makeLine('Reason', reason)];
    const request = composeInDialog(dialog, route, { method: 'BYE', cseq: dialog.localSeq, lines, body: '' });
    const { transactions, counters } = this.#context;
    count(counters.requestsOut, 'BYE');
    const finish = (): void => this.#remove(dialog);
    const handlers = {
      onResponse: ignore,
      onTimeout: ignore,
      onTransportError: ignore,
      onTerminated: finish,
    };
    if (route.hop.target !== undefined) {
      transactions.request(request, route.hop.target, handlers);
    } else {
      resolveTarget(route.hop.uri).then(([target]) => {
        if (target === undefined) finish();
        else transactions.request(request, target, handlers);
      }, finish);
    }
    return { request, local: route.hop.local };
  }

  /** A final response other than a 2xx to INVITE. */
  #completed(exchange: ClientExchange, response: SipMessage, flow: Flow | undefined): void {
    const { request, sentIn } = exchange;
    const { statusCode } = response;
    const { user } = this.#context;
    if (sentIn === undefined) {
      this.#dropEarly(exchange);
      if (request.method === 'SUBSCRIBE' && statusCode < 300 && flow !== undefined) {
        exchange.formed = this.#form(exchange, response, response.to()?.tag ?? '', flow);
        this.#confirm(exchange.formed, response);
      }
      user.onResponse(exchange, response, flow);
      return;
    }
    this.#mark(sentIn, request.method, false);
    const isRefresh = request.method === 'UPDATE' || request.method === 'SUBSCRIBE';
    if (isRefresh && statusCode < 300) sentIn.refreshTarget(response);
    user.onResponse(exchange, response, flow);
    if (request.method === 'BYE' || endsSubscription(request, sentIn)) this.#remove(sentIn);
    else if (meansGone(request.method, statusCode)) this.endDialog(sentIn, `SIP;cause=${statusCode}`);
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
    for (const dialog of exchange.earlyDialogs) if (dialog.state === 'early') this.#remove(dialog);
    exchange.earlyDialogs.length = 0;
  }

  #forget(exchange: ClientExchange): void {
    this.#exchanges.delete(exchange.id);
    exchange.forks.clear();
  }

  #remove(dialog: Dialog): void {
    dialog.end();
    this.#awaiting.get(dialog)?.ackTimer?.cancel();
    this.#awaiting.delete(dialog);
    this.#context.dialogs.delete(dialog);
  }
}

/** What a request inside a dialog says beyond what the dialog says. */
export interface DialogRequest {
  readonly method: string;
  readonly cseq: number;
  /** Between CSeq and the body. */
  readonly lines: readonly HeaderLine[];
  readonly body: string;
}

/** A request inside a dialog: RFC 3261 12.2.1.1. */
export function composeInDialog(dialog: Dialog, route: DialogRoute, request: DialogRequest): SipMessage {
  const { method, cseq, lines, body } = request;
  const all: HeaderLine[] = [];
  for (const value of route.routes) all.push({ name: 'route', spelled: 'Route', value });
  all.push(
    { name: 'max-forwards', spelled: 'Max-Forwards', value: '70' },
    { name: 'from', spelled: 'From', value: dialog.localParty },
    { name: 'to', spelled: 'To', value: dialog.remoteParty },
    { name: 'call-id', spelled: 'Call-ID', value: dialog.callId },
    { name: 'cseq', spelled: 'CSeq', value: `${cseq} ${method}` },
    ...lines,
  );
  const start = { method, requestUri: route.requestUri, statusCode: 0, reasonPhrase: '' };
  return new ComposedMessage(start, all, body);
}

/**
 * 12.2.1.2: the peer knows the dialog no more. Deviation: a 408 or timeout means so only for INVITE and UPDATE, which
 * refresh sessions; a peer that is deaf to INFO or OPTIONS keeps its call.
 */
function meansGone(method: string, status: number): boolean {
  return status === 481 || (status === 408 && (method === 'INVITE' || method === 'UPDATE'));
}

const ignore = (): void => undefined;
