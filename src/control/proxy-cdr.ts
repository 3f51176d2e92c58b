// CDRs of one proxied INVITE: the leg to the caller and those to the targets.
import type { ProxyOutcome, ServerExchange, SipMessage } from '../sip/index.js';
import type { CdrReporter } from './cdr.js';

export class ProxyCdr {
  readonly #cdr: CdrReporter;
  /** The last final response that came, as the caller gets it; the request when none came. */
  #last: SipMessage;

  constructor(cdr: CdrReporter, exchange: ServerExchange) {
    this.#cdr = cdr;
    this.#last = exchange.request;
  }

  /** @returns undefined when nobody wants to know */
  static of(cdr: CdrReporter, exchange: ServerExchange): ProxyCdr | undefined {
    return exchange.server.isInvite && cdr.isWanted ? new ProxyCdr(cdr, exchange) : undefined;
  }

  seen(response: SipMessage): void {
    if (response.statusCode < 300) this.#cdr.start(response, 'network', 'proxy-uac');
    this.#last = response.clone();
    this.#last.popFirst('via');
  }

  done(outcome: ProxyOutcome): void {
    if (outcome.kind === 'answered') this.#cdr.start(this.#last, 'application', 'proxy-uas');
    else if (outcome.kind === 'cancelled') this.#cdr.stop(this.#last, 'network', 'call-canceled');
    else this.#cdr.stop(this.#last, 'application', 'call-rejected');
  }
}
