// The proxy: RFC 3261 section 16. Stateful for what an application proxies, stateless for what follows in the dialog.
import type { Clock, Logger } from '../../kernel/index.js';
import { createResponse } from '../message/create-message.js';
import type { SipMessage } from '../message/sip-message.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { TransactionLayer } from '../transaction/transaction-layer.js';
import type { FailedTargets } from '../transport/resolver/index.js';
import type { Flow, Transport } from '../transport/transport.js';
import { routingHash } from './loop-detection.js';
import { OwnAddresses } from './own-addresses.js';
import type { ProxyContext, ProxyOptions } from './proxy-options.js';
import type { ProxyParts, Resolve } from './proxy-parts.js';
import { refusalOf } from './request-validation.js';
import { ResponseContext } from './response-context.js';
import { RouteCookies } from './route-cookies.js';
import { StatelessForwarding } from './stateless-forwarding.js';

export interface StatefulProxyOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly layer: TransactionLayer;
  readonly transport: Transport;
  readonly resolve: Resolve;
  /** Key of the mark in our Record-Route. Default: none, and whoever names our address in a Route is believed. */
  readonly routeKey?: string;
  /** A request inside a dialog other than ACK went on; none that was refused. */
  readonly onForwarded?: (request: SipMessage) => void;
  /** Where targets are noted that failed. */
  readonly failed?: FailedTargets;
  /** Longer than three minutes (RFC 3261 16.6 step 11). Milliseconds; default 185,000. */
  readonly timerCMs?: number;
  /** Targets of one request, those of redirections included. Default 32. */
  readonly maxTargets?: number;
}

export class StatefulProxy {
  readonly #parts: ProxyParts;
  readonly #stateless: StatelessForwarding;
  readonly #open = new Set<ResponseContext>();

  constructor(options: StatefulProxyOptions) {
    this.#parts = {
      ...options,
      own: new OwnAddresses(options.transport),
      cookies: options.routeKey === undefined ? undefined : new RouteCookies(options.routeKey),
      timerCMs: options.timerCMs ?? 185_000,
      maxTargets: options.maxTargets ?? 32,
    };
    this.#stateless = new StatelessForwarding(this.#parts);
  }

  /** Requests inside dialogs that named our address in their Route and had not got it from us. */
  get refusedRoutes(): number {
    return this.#stateless.refused;
  }

  /** Proxied requests whose outcome is open. */
  get openContexts(): number {
    return this.#open.size;
  }

  /**
   * Proxies a request and sees to its final response, whatever happens. The 100 to an INVITE is the caller's business, as is the
   * 200 to a CANCEL, which is passed on by `ProxyContext.cancel`.
   */
  proxy(server: ServerTransaction, options: ProxyOptions): ProxyContext {
    const { layer } = this.#parts;
    const hash = routingHash(server.request, layer.branches);
    const refusal = refusalOf(server.request, hash, layer.branches);
    if (refusal !== undefined) {
      const response = createResponse(server.request, refusal.status, undefined, server.toTag);
      for (const { name, value } of refusal.headers) response.append(name, value);
      server.respond(response);
      options.onDone({ kind: 'refused', status: refusal.status, reason: refusal.reason });
      return refusedContext;
    }
    const context = new ResponseContext({
      server,
      options,
      parts: this.#parts,
      hash,
      forget: () => this.#open.delete(context),
    });
    this.#open.add(context);
    context.start();
    return context;
  }

  /**
   * Ends every search: CANCEL to what rings, 503 to the callers. Calls that are up are not touched.
   * @param retryAfter value of the header
   */
  close(retryAfter: string): void {
    for (const context of [...this.#open]) context.close(retryAfter);
  }

  /**
   * Forwards a request inside a dialog (an ACK to a 2xx too) that has our Route on top; give it every new request before a
   * transaction is made (`TransactionUser.takeStateless`) and every ACK that the layer hands up.
   * @returns false when it is none of the proxy's
   */
  forwardInDialog(request: SipMessage, flow: Flow): boolean {
    return this.#stateless.forward(request, flow);
  }

  /** Passes on the response to a request forwarded so; false when it is not one (drop it: RFC 6026 8.1). */
  forwardResponse(response: SipMessage): boolean {
    return this.#stateless.forwardResponse(response);
  }
}

const refusedContext: ProxyContext = { cancel: () => undefined, isDone: true };
