// The engine as a user agent server: RFC 3261 8.2, 9.2, 12.2.2, 13.3, 14.2, 15.1.2.
import { randomHex } from '../kernel/index.js';
import type { Dialog } from './dialog/dialog.js';
import { isPlausibleSource } from './dialog/plausible-source.js';
import { ReliableProvisionals, requiresReliable } from './dialog/reliable-provisionals.js';
import type { HeldOutcome } from './dialog/reliable-provisionals.js';
import { count } from './engine-counters.js';
import type { EngineContext } from './engine-context.js';
import { createResponse } from './message/create-message.js';
import type { SipMessage } from './message/sip-message.js';
import { isDialogMethod, isKnownMethod, refusalOf } from './request-rules.js';
import type { ServerDialogs } from './server-dialogs.js';
import { ServerExchange } from './server-exchange.js';
import type { SessionTimers } from './session-timers.js';
import type { Subscriptions } from './subscriptions.js';
import type { HeaderField } from './transaction/generated-requests.js';
import type { ServerTransaction } from './transaction/server-transaction.js';
import type { Flow } from './transport/transport.js';

/**
 * What became of a response: sent; held, until the PRACK of the one before (RFC 3262 3); ignored, because a final one went
 * out; gone: the engine ended the request.
 */
export type RespondResult = 'sent' | 'held' | 'ignored' | 'gone';

export interface UasParts {
  readonly dialogs: ServerDialogs;
  readonly sessions: SessionTimers;
  readonly subscriptions: Subscriptions;
}

export class UasCore {
  readonly #context: EngineContext;
  readonly #dialogs: ServerDialogs;
  readonly #sessions: SessionTimers;
  readonly #subscriptions: Subscriptions;
  readonly #exchanges = new Map<string, ServerExchange>();

  constructor(context: EngineContext, parts: UasParts) {
    this.#context = context;
    this.#dialogs = parts.dialogs;
    this.#sessions = parts.sessions;
    this.#subscriptions = parts.subscriptions;
  }

  /** The request with that id, while its transaction lives. */
  exchange(id: string): ServerExchange | undefined {
    return this.#exchanges.get(id);
  }

  exchanges(): Iterable<ServerExchange> {
    return this.#exchanges.values();
  }

  get openExchanges(): number {
    return this.#exchanges.size + this.#dialogs.earlyDialogs;
  }

  receive(request: SipMessage, server: ServerTransaction): void {
    const { counters, drain, user } = this.#context;
    const refusal = refusalOf(request, this.#context.transport.listenAddresses);
    if (request.method === 'CANCEL') {
      this.#cancel(request, server);
    } else if (refusal !== undefined) {
      this.#refuse(server, refusal.status, refusal.headers);
    } else if (request.to()?.tag !== undefined) {
      this.#inDialog(request, server);
    } else if (isDialogMethod(request.method)) {
      this.#refuse(server, 481);
    } else if (drain.hasBegun) {
      this.#refuse(server, 503, [this.#retryAfter()]);
    } else {
      const admission = user.admit(request.method);
      if (admission.kind === 'no-application' || this.#isFull(request)) {
        this.#refuse(server, 503, [this.#retryAfter()]);
      } else if (admission.kind === 'method-not-served') {
        this.#refuse(server, 405, [{ name: 'Allow', value: admission.allow.join(', ') }]);
      } else {
        this.#open(new ServerExchange(server, undefined));
      }
    }
    count(counters.requestsIn, isKnownMethod(request.method) ? request.method : 'OTHER');
  }

  /** @returns whether the ACK was for a dialog of ours; `proof`: and came from where its tag had been sent */
  acknowledge(ack: SipMessage, flow: Flow): 'unknown' | 'known' | 'proof' {
    const dialog = this.#context.dialogs.ofRequest(ack);
    if (dialog === undefined) return 'unknown';
    if (!this.#isPlausible(dialog, flow)) return 'known';
    const isProof = dialog.flow.remoteAddress === flow.remoteAddress;
    const { accepted } = dialog;
    if (accepted !== undefined && accepted.cseq === ack.cseq()?.number && accepted.acknowledge()) {
      dialog.reliable = undefined;
      dialog.flow = flow;
      this.#context.user.onAck(dialog, accepted.inviteId, ack, flow);
    }
    return isProof ? 'proof' : 'known';
  }

  /**
   * Sends the user's response, and does what follows from it for the dialog.
   * @param onHeld told what became of it, when it is held
   */
  respond(exchange: ServerExchange, response: SipMessage, onHeld: HeldOutcome = ignore): RespondResult {
    if (exchange.phase !== 'open') return exchange.phase === 'answered' ? 'ignored' : 'gone';
    const { statusCode } = response;
    if (exchange.reliable?.hasFinal === true) return 'ignored';
    const isReliable = isProvisional(exchange, statusCode) && wantsReliable(exchange.request, response);
    if (isReliable) (exchange.reliable ??= this.#reliable(exchange)).number(response);
    const { reliable } = exchange;
    const mustWait = isReliable ? reliable?.isBusy : isSuccess(statusCode) && reliable?.holdsAnswer;
    if (reliable !== undefined && mustWait === true) {
      reliable.hold(response, onHeld);
      return 'held';
    }
    this.#respondNow(exchange, response);
    return 'sent';
  }

  #respondNow(exchange: ServerExchange, response: SipMessage): void {
    const { reliable } = exchange;
    const { statusCode } = response;
    if (statusCode >= 200) exchange.settle('answered');
    else if (exchange.server.isInvite) this.#expectAnswer(exchange, this.#context.limits.ringingMs, 480);
    if (statusCode > 100) exchange.hasResponded = true;
    // Whoever is rung, answered or served by the user is let in; one who is refused or sent elsewhere is not.
    if (statusCode > 100 && statusCode < 300) exchange.server.letIn();
    exchange.dropTrying();
    if (isSuccess(statusCode)) this.#sessions.answer(exchange.request, response, exchange.dialog);
    this.#send(exchange.server, response);
    if (statusCode > 100) this.#dialogs.follow(exchange, response);
    if (reliable === undefined) return;
    if (statusCode >= 300) {
      reliable.stop();
    } else if (statusCode >= 200) {
      reliable.finish();
    } else if (response.has('rseq')) {
      if (exchange.dialog !== undefined) exchange.dialog.reliable = reliable;
      reliable.sent(response);
    }
  }

  #reliable(exchange: ServerExchange): ReliableProvisionals {
    const { clock, timers, counters, user } = this.#context;
    return new ReliableProvisionals({
      clock,
      t1: timers.t1,
      cseq: exchange.request.cseq()?.number ?? 0,
      send: (response) => this.#send(exchange.server, response),
      release: (response) => this.#respondNow(exchange, response),
      onTimeout: () => {
        counters.prackTimeouts += 1;
        // 3: the INVITE is to be rejected with a 5xx. To the user it is a cancelled one.
        this.close(exchange, 504);
        const reason = 'SIP;cause=504;text="provisional response not acknowledged"';
        user.onCancel(exchange, cancelOf(exchange.request, reason), exchange.flow);
      },
    });
  }

  /** The user gives the request to the proxy. */
  handOver(exchange: ServerExchange): void {
    exchange.server.letIn();
    // The proxy sends none (16.2: that is the business of the server transaction), and may take its time.
    if (exchange.dropTrying()) this.#send(exchange.server, createResponse(exchange.request, 100));
    exchange.settle('proxied');
    exchange.reliable?.stop();
    this.#dialogs.dropEarly(exchange);
  }

  /** Answers a request in the user's place, because the user cannot any more. */
  close(exchange: ServerExchange, status: number, headers: readonly HeaderField[] = []): void {
    if (exchange.phase !== 'open') return;
    exchange.settle('closed');
    exchange.reliable?.stop();
    const response = this.#response(exchange.server, status, headers);
    this.#send(exchange.server, response);
    this.#dialogs.follow(exchange, response);
    this.#context.user.onClosed?.(exchange, response);
  }

  /** The 503 for a request whose application is gone. */
  abandon(exchange: ServerExchange): void {
    this.close(exchange, 503, [this.#retryAfter()]);
  }

  #inDialog(request: SipMessage, server: ServerTransaction): void {
    const { method } = request;
    const known = this.#context.dialogs.ofRequest(request);
    const dialog = known ?? this.#subscriptions.notified(request, server.flow);
    if (dialog === undefined || !this.#isPlausible(dialog, server.flow)) {
      this.#refuse(server, 481);
    } else if (!dialog.isLive) {
      // A BYE that crosses ours is fine (15.1.2).
      this.#refuse(server, method === 'BYE' ? 200 : 481);
    } else if (!dialog.takeRemoteSeq(request.cseq()?.number ?? 0)) {
      this.#refuse(server, 500);
    } else if (method === 'PRACK' && dialog.reliable?.acknowledge(request) !== true) {
      this.#refuse(server, 481);
    } else {
      const glare = glareOf(method, dialog);
      const refusal = this.#sessions.refusalOf(request);
      if (refusal !== undefined) this.#refuse(server, refusal.status, refusal.headers);
      else if (glare !== undefined) this.#refuse(server, glare, glare === 500 ? [shortWait()] : []);
      else this.#take(request, server, dialog);
    }
  }

  #isPlausible(dialog: Dialog, flow: Flow): boolean {
    const { counters, isTrusted } = this.#context;
    if (isPlausibleSource(dialog, flow.remoteAddress) || isTrusted?.(flow) === true) return true;
    counters.implausible += 1;
    return false;
  }

  #take(request: SipMessage, server: ServerTransaction, dialog: Dialog): void {
    const { method } = request;
    const invite = this.#dialogs.inviteOf(dialog);
    dialog.flow = server.flow;
    if (method === 'BYE' && invite !== undefined) {
      this.#endEarly(request, server, invite);
      return;
    }
    if (method === 'BYE') {
      dialog.state = 'ending';
      dialog.accepted?.stop();
    }
    if (method === 'INVITE') dialog.pending.remoteInvite = true;
    if (method === 'UPDATE') dialog.pending.remoteUpdate = true;
    const sharesId = method === 'UPDATE' && invite !== undefined;
    const exchange = new ServerExchange(server, dialog, sharesId ? invite.id : server.id);
    exchange.owner = dialog.owner;
    if (sharesId) invite.earlyUpdate = exchange;
    this.#open(exchange, !sharesId);
  }

  #open(exchange: ServerExchange, isIndexed = true): void {
    const { limits, user } = this.#context;
    const { server } = exchange;
    exchange.watch(isIndexed ? this.#exchanges : undefined);
    if (server.isInvite) {
      // 17.2.1: before any work of the application, so that the caller stops repeating the INVITE.
      this.#try(exchange);
      this.#expectAnswer(exchange, limits.inviteSilenceMs, 503);
    } else {
      this.#expectAnswer(exchange, limits.answerMs, statusInSilence(server.request));
    }
    if (exchange.dialog !== undefined) this.#announceInDialog(exchange, exchange.dialog);
    else if (exchange.phase === 'open') user.onRequest(exchange);
  }

  #announceInDialog(exchange: ServerExchange, dialog: Dialog): void {
    const announce = (): void => {
      if (exchange.phase === 'open') this.#context.user.onRequest(exchange);
    };
    const refuse = (): void => this.close(exchange, 481);
    if (!this.#subscriptions.hold(dialog, { announce, refuse })) announce();
  }

  #try(exchange: ServerExchange): void {
    const { clock, limits, tryingDelayMs } = this.#context;
    const delayMs = tryingDelayMs === undefined ? limits.tryingDelayMs : tryingDelayMs(exchange.flow);
    if (delayMs <= 0) this.#sendTrying(exchange);
    else exchange.tryAfter(clock, delayMs, this.#sendTrying);
  }

  readonly #sendTrying = ({ server, request }: ServerExchange): void => {
    this.#send(server, createResponse(request, 100));
  };

  #expectAnswer(exchange: ServerExchange, ms: number, status: number): void {
    exchange.expireAfter(this.#context.clock, ms, () => {
      this.#context.counters.unanswered += 1;
      this.#context.log.warn({ callId: exchange.request.callId, status }, 'application did not answer');
      this.close(exchange, status);
    });
  }

  /** 9.2. The application's own 487, which createB2BUA sends, finds the request closed. */
  #cancel(cancel: SipMessage, server: ServerTransaction): void {
    const { cancels } = server;
    if (cancels === undefined) {
      this.#refuse(server, 481);
      return;
    }
    server.toTag = cancels.toTag;
    this.#send(server, this.#response(server, 200));
    const exchange = this.#exchanges.get(cancels.id);
    const reason = cancel.get('reason');
    exchange?.proxying?.cancel(reason === undefined ? [] : [{ name: 'Reason', value: reason }]);
    if (exchange?.phase !== 'open') return;
    this.close(exchange, 487);
    this.#context.user.onCancel(exchange, cancel, server.flow);
  }

  /** 15.1.2: a BYE in an early dialog ends the INVITE too. To the user it is a cancelled INVITE. */
  #endEarly(bye: SipMessage, server: ServerTransaction, invite: ServerExchange): void {
    this.#send(server, this.#response(server, 200));
    this.close(invite, 487);
    this.#context.user.onCancel(invite, cancelOf(invite.request, bye.get('reason')), server.flow);
  }

  #isFull(request: SipMessage): boolean {
    const formsDialog = request.method === 'INVITE' || request.method === 'SUBSCRIBE';
    return formsDialog && this.#context.dialogs.size >= this.#context.limits.maxDialogs;
  }

  #retryAfter(): HeaderField {
    return { name: 'Retry-After', value: String(this.#context.limits.retryAfterSeconds) };
  }

  #refuse(server: ServerTransaction, status: number, headers: readonly HeaderField[] = []): void {
    if (status >= 300) count(this.#context.counters.refused, status);
    this.#send(server, this.#response(server, status, headers));
  }

  #response(server: ServerTransaction, status: number, headers: readonly HeaderField[] = []): SipMessage {
    const response = createResponse(server.request, status, undefined, server.toTag);
    for (const { name, value } of headers) response.append(name, value);
    return response;
  }

  #send(server: ServerTransaction, response: SipMessage): void {
    count(this.#context.counters.responsesOut, response.statusCode);
    server.respond(response);
  }
}

/** A CANCEL that never was on the wire: users know no other way in which an INVITE ends. */
function cancelOf(invite: SipMessage, reason: string | undefined): SipMessage {
  const cancel = invite.clone();
  cancel.method = 'CANCEL';
  cancel.body = '';
  cancel.remove('content-type');
  cancel.set('cseq', `${invite.cseq()?.number ?? 1} CANCEL`);
  if (reason !== undefined) cancel.set('reason', reason);
  return cancel;
}

function isProvisional(exchange: ServerExchange, status: number): boolean {
  return exchange.server.isInvite && status > 100 && status < 200;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The user asks for a reliable response, or the peer takes no other (RFC 3262 3). */
function wantsReliable(request: SipMessage, response: SipMessage): boolean {
  return requiresReliable(response) || requiresReliable(request);
}

/** What a request other than INVITE is answered when the user says nothing. RFC 3262 3: a PRACK gets a 2xx. */
function statusInSilence({ method, body }: SipMessage): number {
  return method === 'BYE' || (method === 'PRACK' && body === '') ? 200 : 500;
}

/** RFC 3261 14.2, RFC 3311 5.2: the status for a request that crosses another of its kind. */
function glareOf(method: string, dialog: Dialog): 491 | 500 | undefined {
  const { pending } = dialog;
  if (method === 'INVITE') return pending.localInvite ? 491 : pending.remoteInvite ? 500 : undefined;
  if (method === 'UPDATE') return pending.localUpdate ? 491 : pending.remoteUpdate ? 500 : undefined;
  return undefined;
}

/** RFC 3261 14.2: a random wait of up to ten seconds. */
function shortWait(): HeaderField {
  return { name: 'Retry-After', value: String(Number.parseInt(randomHex(1), 16) % 11) };
}

const ignore = (): void => undefined;
