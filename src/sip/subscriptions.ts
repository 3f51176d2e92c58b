// Subscriptions on either side: RFC 6665 4.1, 4.2, 4.4.1, and those that a REFER outside a dialog makes (RFC 3515 2.4.4).
import type { ClientExchange } from './client-exchange.js';
import { Dialog } from './dialog/dialog.js';
import type { DialogEndings } from './dialog-endings.js';
import type { EngineContext } from './engine-context.js';
import { createResponse } from './message/create-message.js';
import type { SipMessage } from './message/sip-message.js';
import type { Flow } from './transport/transport.js';

/** A NOTIFY that came before the 2xx of its SUBSCRIBE. */
export interface HeldNotify {
  readonly announce: () => void;
  readonly refuse: () => void;
}

const maxHeld = 8;
/** So that the application has the subscription in hand before it hears of its state: drachtio-srf gives it out later. */
const announceAfterMs = 10;
const defaultSeconds = 3600;

export class Subscriptions {
  readonly #context: EngineContext;
  readonly #endings: DialogEndings;
  /** Requests of ours that may make a subscription, until their final response, by dialog id. */
  readonly #requested = new Map<string, ClientExchange>();
  readonly #held = new Map<Dialog, HeldNotify[]>();

  constructor(context: EngineContext, endings: DialogEndings) {
    this.#context = context;
    this.#endings = endings;
  }

  requested(exchange: ClientExchange): void {
    if (exchange.sentIn === undefined && makesSubscription(exchange.request.method)) {
      this.#requested.set(exchange.dialogId, exchange);
    }
  }

  /** A final response: a subscription was made, or none. What was held goes out after the user has heard of it. */
  answered(exchange: ClientExchange, response: SipMessage, flow: Flow | undefined): void {
    const { request } = exchange;
    if (!makesSubscription(request.method)) return;
    if (this.#requested.get(exchange.dialogId) === exchange) this.#requested.delete(exchange.dialogId);
    const { statusCode } = response;
    if (statusCode >= 300 || (request.method === 'REFER' && refusesSubscription(response))) {
      if (exchange.formed !== undefined) this.#abandon(exchange.formed);
      exchange.formed = undefined;
      return;
    }
    if (flow === undefined) return;
    const dialog = (exchange.formed ??= this.#form(exchange, response, response.to()?.tag ?? '', flow));
    dialog.state = 'confirmed';
    this.renew(dialog, secondsOf(response) ?? secondsOf(request));
    const held = this.#held.get(dialog);
    this.#held.delete(dialog);
    if (held === undefined) return;
    this.#context.clock.after(announceAfterMs, 'notify', () => {
      for (const { announce } of held) announce();
    });
  }

  /** 4.4.1: a NOTIFY for a SUBSCRIBE that is not answered yet forms the dialog. Only the first branch of a fork does. */
  notified(notify: SipMessage, flow: Flow): Dialog | undefined {
    if (notify.method !== 'NOTIFY') return undefined;
    const exchange = this.#requested.get(`${notify.callId};from-tag=${notify.to()?.tag ?? ''}`);
    const tag = notify.from()?.tag;
    if (exchange === undefined || exchange.formed !== undefined || tag === undefined) return undefined;
    if (packageOf(notify) !== packageOf(exchange.request)) return undefined;
    // As if its 2xx had come: the peer's Contact, and the way that the NOTIFY came, backwards.
    const response = createResponse(exchange.request, 200, undefined, tag);
    response.remove('record-route');
    for (const contact of notify.getAll('contact')) response.append('contact', contact);
    for (const route of [...notify.list('record-route')].reverse()) response.append('record-route', route);
    exchange.formed = this.#form(exchange, response, tag, flow);
    return exchange.formed;
  }

  /** Keeps a NOTIFY until its SUBSCRIBE is answered. @returns false when it need not wait */
  hold(dialog: Dialog, notify: HeldNotify): boolean {
    if (dialog.state !== 'early' || !makesSubscription(dialog.method)) return false;
    const held = this.#held.get(dialog) ?? [];
    this.#held.set(dialog, held);
    if (held.length < maxHeld) held.push(notify);
    else notify.refuse();
    return true;
  }

  /** The subscription lasts so long from now on. When it is over and nobody said so, it is forgotten. */
  renew(dialog: Dialog, seconds = defaultSeconds): void {
    if (!makesSubscription(dialog.method)) return;
    const { clock, limits, timers } = this.#context;
    const ms = Math.min(seconds * 1000 + 64 * timers.t1, limits.maxDialogAgeMs);
    dialog.ageTimer?.cancel();
    dialog.ageTimer = clock.after(ms, 'subscription', () => this.#endings.remove(dialog));
  }

  #form(exchange: ClientExchange, response: SipMessage, remoteTag: string, flow: Flow): Dialog {
    const { request, owner } = exchange;
    const localTag = request.from()?.tag ?? '';
    const { method } = request;
    const dialog = new Dialog({ role: 'uac', method, request, response, localTag, remoteTag, flow });
    dialog.owner = owner;
    this.#context.dialogs.add(dialog);
    return dialog;
  }

  #abandon(dialog: Dialog): void {
    for (const { refuse } of this.#held.get(dialog) ?? []) refuse();
    this.#held.delete(dialog);
    this.#endings.remove(dialog);
  }
}

export function makesSubscription(method: string): boolean {
  return method === 'SUBSCRIBE' || method === 'REFER';
}

/** RFC 4488: the one that was asked to refer makes no subscription. */
export function refusesSubscription(response: SipMessage): boolean {
  return response.get('refer-sub')?.trim().toLowerCase().startsWith('false') === true;
}

/** Seconds of Expires. */
export function secondsOf(message: SipMessage): number | undefined {
  return seconds(/^\d{1,9}$/.exec(message.get('expires') ?? '')?.[0]);
}

/** Seconds that a NOTIFY gives the subscription. */
export function secondsLeft(notify: SipMessage): number | undefined {
  return seconds(/;\s*expires\s*=\s*(\d{1,9})/i.exec(notify.get('subscription-state') ?? '')?.[1]);
}

function seconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function packageOf(message: SipMessage): string {
  return (message.get('event') ?? 'refer').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
