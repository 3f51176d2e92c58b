// What becomes of a message before a transaction is made for it: strangers, scanners, what cannot be read, what is only forwarded.
import { randomHex } from '../kernel/index.js';
import type { Logger } from '../kernel/index.js';
import { count } from './engine-counters.js';
import type { EngineCounters } from './engine-counters.js';
import type { SipEngineOptions } from './engine-options.js';
import type { SpamFilter } from './guard/spam-filter.js';
import { createResponse } from './message/create-message.js';
import type { Refused } from './message/parse-result.js';
import type { SipMessage } from './message/sip-message.js';
import type { StatefulProxy } from './proxy/stateful-proxy.js';
import { isKnownMethod } from './request-rules.js';
import { responseTarget } from './transaction/response-target.js';
import type { TransactionLayer } from './transaction/transaction-layer.js';
import type { Flow, Transport } from './transport/transport.js';

export interface IntakeParts {
  readonly screen: SipEngineOptions['screen'] | undefined;
  readonly isTrusted: SipEngineOptions['isTrusted'] | undefined;
  readonly log: Logger;
  readonly counters: EngineCounters;
  readonly spam: SpamFilter;
  readonly transport: Pick<Transport, 'send'>;
  readonly transactions: Pick<TransactionLayer, 'respondStatelessly'>;
  readonly proxy: Pick<StatefulProxy, 'forwardInDialog'>;
}

export class Intake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** @returns whether it needs no transaction: it is dropped, answered or forwarded */
  takeStateless(request: SipMessage, flow: Flow): boolean {
    if (request.to()?.tag === undefined && this.#parts.screen?.(flow) === false) {
      this.#parts.counters.screened += 1;
      return true;
    }
    if (this.#isSpam(request, flow)) return true;
    if (!this.#parts.proxy.forwardInDialog(request, flow)) return false;
    count(this.#parts.counters.requestsIn, isKnownMethod(request.method) ? request.method : 'OTHER');
    return true;
  }

  /** Only of new requests: a call that is up stays up whatever its user agent calls itself. */
  #isSpam(request: SipMessage, flow: Flow): boolean {
    if (request.to()?.tag !== undefined || this.#parts.isTrusted?.(flow) === true) return false;
    const action = this.#parts.spam.judge(request, flow.protocol !== 'udp');
    if (action === undefined) return false;
    this.#parts.counters.spam += 1;
    this.#parts.log.debug({ peer: flow.remoteAddress, action }, 'request of a scanner');
    if (action === 'reject') this.#parts.transactions.respondStatelessly(request, flow, 603);
    return true;
  }

  /** 400, or what the fault deserves, where a response can be formed. */
  badMessage(result: Refused, flow: Flow): void {
    this.#parts.counters.malformed += 1;
    const { partial, status, reason } = result;
    this.#parts.log.debug({ reason, peer: flow.remoteAddress }, 'malformed message');
    if (partial === null || partial.method === 'ACK' || this.#parts.screen?.(flow) === false) return;
    const via = partial.topVia();
    const { protocol, remoteAddress, remotePort } = flow;
    // A Via that cannot be read leaves only the way that the request came.
    const target =
      via === null ? { protocol, address: remoteAddress, port: remotePort, flow } : responseTarget(via, flow);
    const response = createResponse(partial, status, reason, randomHex(8));
    this.#parts.transport.send(response, target, (error) => {
      this.#parts.log.debug({ err: error }, 'response to malformed request not sent');
    });
  }
}
