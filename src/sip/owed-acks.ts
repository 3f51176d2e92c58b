// ACKs to the 2xx of our own INVITEs: RFC 3261 13.2.2.4. The user owes them; the engine repeats them, and sends one in the
// user's place when the user does not.
import type { ClientExchange } from './client-exchange.js';
import type { Dialog, SentAck } from './dialog/dialog.js';
import { composeInDialog, routeInDialog } from './dialog-requests.js';
import { count } from './engine-counters.js';
import type { EngineContext } from './engine-context.js';
import type { SipMessage } from './message/sip-message.js';
import type { NextHop } from './next-hop.js';
import { lookUp } from './target-search.js';
import type { Target } from './transport/transport.js';

export class OwedAcks {
  readonly #context: EngineContext;
  readonly #exchanges = new Map<Dialog, ClientExchange>();

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** 2xx whose ACK the user owes. */
  get size(): number {
    return this.#exchanges.size;
  }

  /** The user owes an ACK; after 64*T1 without one the engine has sent it, and `onTimeout` is called. */
  await(exchange: ClientExchange, dialog: Dialog, onTimeout: () => void): void {
    const { clock, timers, counters } = this.#context;
    const cseq = exchange.request.cseq()?.number ?? 0;
    dialog.unacknowledged = cseq;
    this.#exchanges.set(dialog, exchange);
    exchange.ackTimer = clock.after(64 * timers.t1, 'user-ack', () => {
      this.#exchanges.delete(dialog);
      if (dialog.unacknowledged !== cseq || !dialog.isLive) return;
      counters.ackTimeouts += 1;
      dialog.unacknowledged = undefined;
      this.sendOwn(dialog, cseq);
      onTimeout();
    });
  }

  /** The user's ACK. @returns the INVITE that it is for */
  send(dialog: Dialog, ack: SipMessage, hop: NextHop): ClientExchange | undefined {
    dialog.unacknowledged = undefined;
    const exchange = this.forget(dialog);
    // 13.2.2.4: the credentials of the INVITE.
    for (const name of ['authorization', 'proxy-authorization']) {
      const value = exchange?.request.get(name);
      if (value !== undefined && !ack.has(name)) ack.append(name, value);
    }
    count(this.#context.counters.requestsOut, 'ACK');
    dialog.lastAck = this.#transmit(ack, hop);
    return exchange;
  }

  /** Pays what the user still owes. */
  settle(dialog: Dialog): void {
    const cseq = dialog.unacknowledged;
    if (cseq === undefined) return;
    this.forget(dialog);
    dialog.unacknowledged = undefined;
    this.sendOwn(dialog, cseq);
  }

  /** An ACK that no user asked for. */
  sendOwn(dialog: Dialog, cseq: number): void {
    const route = routeInDialog(dialog, this.#context);
    if (typeof route === 'string') return;
    const ack = composeInDialog(dialog, route, { method: 'ACK', cseq, lines: [], body: '' });
    dialog.lastAck = this.#transmit(ack, route.hop);
  }

  /** Nothing is owed any more. */
  forget(dialog: Dialog): ClientExchange | undefined {
    const exchange = this.#exchanges.get(dialog);
    exchange?.ackTimer?.cancel();
    this.#exchanges.delete(dialog);
    return exchange;
  }

  #transmit(ack: SipMessage, hop: NextHop): SentAck {
    const sent = new AckOverTargets(this.#context, ack);
    if (hop.target !== undefined) sent.start([hop.target, ...hop.others]);
    else void lookUp(this.#context, hop, ack.callId).then((targets) => sent.start(targets));
    return sent;
  }
}

/** An ACK on its way: to the first target that can be sent to (RFC 3263 4.3). It keeps the text, not the message. */
class AckOverTargets implements SentAck {
  readonly cseq: number;
  readonly #context: EngineContext;
  #ack: SipMessage | undefined;
  #again: (() => void) | undefined;

  constructor(context: EngineContext, ack: SipMessage) {
    this.#context = context;
    this.#ack = ack;
    this.cseq = ack.cseq()?.number ?? 0;
  }

  start(targets: readonly Target[]): void {
    const [target, ...others] = targets;
    const ack = this.#ack;
    if (target === undefined || ack === undefined) return;
    const copy = others.length === 0 ? ack : ack.clone();
    if (others.length === 0) this.#ack = undefined;
    this.#again = this.#context.transactions.sendAck(copy, target, () => {
      if (others.length > 0) this.#context.resolver.failed.add(target);
      this.start(others);
    });
  }

  send(): void {
    this.#again?.();
  }
}
