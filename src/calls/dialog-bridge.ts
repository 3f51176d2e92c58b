// The two dialogs of an answered b2bua call: what comes in on one goes out on the other, and both end together.
import type { Clock } from '../kernel/index.js';
import type { DialogRequest, DialogResponse, SipDialog } from './gateway.js';
import { dialogHeaders } from './leg-headers.js';

export interface DialogBridgeOptions {
  /** The answered leg of ours. */
  readonly callee: SipDialog;
  readonly clock: Clock;
  /** Delayed offer: our ACK to the callee waits for the answer in the caller's ACK. */
  readonly ackCallee: ((body?: string) => void) | undefined;
  /** Both legs are gone, or on their way. Called once. */
  readonly onEnded: (reason: string) => void;
}

type Side = 'caller' | 'callee';

/** A request that the far end never answers is given up after this; RFC 3261 16.6 step 11 (timer C) has the reason for 3 minutes. */
const forwardLimitMs = 185_000;

export class DialogBridge {
  readonly #options: DialogBridgeOptions;
  readonly #pendingAck = new Map<Side, (body?: string) => void>();
  #caller: SipDialog | undefined;
  #isOver = false;

  constructor(options: DialogBridgeOptions) {
    this.#options = options;
    if (options.ackCallee !== undefined) this.#pendingAck.set('caller', options.ackCallee);
    this.#listen('callee', options.callee);
  }

  /** The caller's dialog is there. */
  attach(caller: SipDialog): void {
    this.#caller = caller;
    if (this.#isOver) {
      caller.bye();
      return;
    }
    this.#listen('caller', caller);
  }

  /** Ends what there is of both legs. */
  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // RFC 3261 15: a BYE needs the ACK before it.
    for (const ack of this.#pendingAck.values()) ack();
    this.#pendingAck.clear();
    this.#caller?.bye();
    this.#options.callee.bye();
    this.#options.onEnded(reason);
  }

  #listen(side: Side, dialog: SipDialog): void {
    dialog.listen({
      onRequest: (request) => this.#forward(side, request),
      onAck: (body) => {
        const ack = this.#pendingAck.get(side);
        this.#pendingAck.delete(side);
        ack?.(body === '' ? undefined : body);
      },
      onEnded: (reason) => this.end(`${side}-${reason}`),
    });
  }

  #forward(from: Side, request: DialogRequest): void {
    const other = from === 'caller' ? this.#options.callee : this.#caller;
    if (other === undefined || this.#isOver) {
      // RFC 3261 14.2: too early for a request in this direction.
      request.respond(500, { headers: { 'Retry-After': '1' } });
      return;
    }
    let isAnswered = false;
    const guard = this.#options.clock.after(forwardLimitMs, 'b2bua-forward', () => {
      if (isAnswered) return;
      isAnswered = true;
      outgoing.cancel();
      request.respond(408);
    });
    const content = { headers: dialogHeaders(request.headers), body: request.body };
    const outgoing = other.request(request.method, content, (response) => {
      guard.cancel();
      this.#reply(from, request, response, isAnswered);
      isAnswered = true;
    });
    request.onCancel(() => outgoing.cancel());
  }

  #reply(from: Side, request: DialogRequest, response: DialogResponse, isLate: boolean): void {
    const isInviteAnswer = request.method === 'INVITE' && response.status >= 200 && response.status < 300;
    if (isInviteAnswer) {
      // The SDP answer to a re-INVITE without SDP comes in the ACK.
      const isOfferInAnswer = request.body === '' && (response.body ?? '') !== '';
      if (isOfferInAnswer && !isLate && !this.#isOver)
        this.#pendingAck.set(from, (body) => response.ack(body));
      else response.ack();
    }
    if (isLate) return;
    request.respond(response.status, {
      headers: dialogHeaders(response.headers ?? {}),
      ...(response.reason === undefined ? {} : { reason: response.reason }),
      ...(response.body === undefined || response.body === '' ? {} : { body: response.body }),
    });
  }
}
