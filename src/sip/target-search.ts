// One request over the targets of its URI: RFC 3263 4.3. The next is tried when one cannot be sent to, stays silent until
// timer B or F, or says 503; each gets a transaction of its own and the same request.
import type { EngineContext } from './engine-context.js';
import type { SipMessage } from './message/sip-message.js';
import { heeding } from './next-hop.js';
import type { NextHop } from './next-hop.js';
import type { ClientHandlers, ClientTransaction } from './transaction/client-transaction.js';
import type { Flow, Target } from './transport/transport.js';
import { retryAfterMs } from './transport/resolver/index.js';

export interface SearchUser {
  /** Whether a further target may be tried. */
  isWanted(): boolean;
  /** It is on its way to another target. */
  onSent(transaction: ClientTransaction): void;
  onResponse(response: SipMessage, flow: Flow): void;
  /** No target is left: 408 when the last one was silent, 503 when it could not be sent to. */
  onFailure(status: 408 | 503): void;
  /** No transaction of it is left. */
  onTerminated(): void;
}

export class TargetSearch implements ClientHandlers {
  readonly #context: EngineContext;
  readonly #request: SipMessage;
  readonly #user: SearchUser;
  #targets: readonly Target[] = [];
  #next = 0;
  #hasAnswered = false;
  #open = 0;

  constructor(context: EngineContext, request: SipMessage, user: SearchUser) {
    this.#context = context;
    this.#request = request;
    this.#user = user;
  }

  /** @param targets at least one, best first */
  start(targets: readonly Target[]): void {
    this.#targets = targets;
    this.#send();
  }

  onResponse(response: SipMessage, flow: Flow): void {
    const { statusCode } = response;
    if (statusCode === 503 && this.#goOn(retryAfterMs(response.get('retry-after')))) return;
    if (!this.#hasAnswered && statusCode !== 503) this.#noteAnswer();
    this.#user.onResponse(response, flow);
  }

  onTimeout(): void {
    if (this.#hasAnswered || !this.#goOn()) this.#user.onFailure(408);
  }

  onTransportError(): void {
    if (!this.#goOn()) this.#user.onFailure(503);
  }

  onTerminated(): void {
    this.#open--;
    if (this.#open === 0) this.#user.onTerminated();
  }

  /** Goes on to the next target, if there is one. */
  #goOn(avoidMs?: number): boolean {
    const failed = this.#targets[this.#next - 1];
    if (failed !== undefined && this.#targets.length > 1) this.#context.resolver.failed.add(failed, avoidMs);
    if (this.#next >= this.#targets.length || !this.#user.isWanted()) return false;
    this.#send();
    return true;
  }

  #noteAnswer(): void {
    this.#hasAnswered = true;
    const target = this.#targets[this.#next - 1];
    if (target !== undefined && this.#targets.length > 1) this.#context.resolver.failed.remove(target);
  }

  #send(): void {
    const target = this.#targets[this.#next++];
    if (target === undefined) return;
    this.#hasAnswered = false;
    this.#open++;
    const request = this.#targets.length === 1 ? this.#request : this.#request.clone();
    this.#user.onSent(this.#context.transactions.request(request, target, this));
  }
}

/** The targets of a hop that was not known at once; none when it leads nowhere, or took too long. Never rejects. */
export async function lookUp(
  context: EngineContext,
  hop: NextHop,
  callId: string,
): Promise<readonly Target[]> {
  try {
    const targets = await context.resolver.resolve(hop.uri);
    return heeding(targets, context.transport, hop.options);
  } catch (error) {
    context.log.debug({ err: error, callId }, 'target not resolved');
    return [];
  }
}
