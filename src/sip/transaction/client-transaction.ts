// What client transactions share: RFC 3261 17.1.
import { randomUuid } from '../../kernel/index.js';
import type { SipMessage } from '../message/sip-message.js';
import type { Flow, Target } from '../transport/transport.js';
import { viaText } from './branch.js';
import type { HeaderField } from './generated-requests.js';
import type { Machine } from './machine.js';
import { MachineRunner } from './machine-runner.js';
import { fromOutline, outlineOf } from './outline.js';
import type { TimerValues } from './timer-values.js';
import type { TransactionContext } from './transaction-context.js';
import { invite, otherRequest, outcomeOf, refused, transportFailed } from './transaction-outcomes.js';

/** What the transaction user wants to hear. None is called before `request` has returned. */
export interface ClientHandlers {
  /** Every provisional, the final, and of an INVITE every further 2xx until timer M. */
  onResponse(response: SipMessage, flow: Flow): void;
  /** Timer B or F, or no final response 64*T1 after a CANCEL. Treat as 408 (RFC 3261 8.1.3.1). */
  onTimeout(): void;
  /** The request could not be sent. Treat as 503 (RFC 3261 8.1.3.1). */
  onTransportError(error: Error): void;
  onTerminated?(): void;
}

export interface ClientTransaction {
  /** UUID, the handle for the transaction user. */
  readonly id: string;
  readonly request: SipMessage;
  readonly target: Target;
  readonly branch: string;
  readonly state: string;
  /**
   * Cancels an INVITE that has no final response: RFC 3261 9.1. Held until a provisional response came.
   * Does nothing for another method, or the second time.
   */
  cancel(extraHeaders?: readonly HeaderField[]): void;
}

export interface ClientParts {
  readonly context: TransactionContext;
  readonly request: SipMessage;
  readonly branch: string;
  readonly target: Target;
  readonly handlers: ClientHandlers;
  /** Takes the transaction out of the layer's maps; called once. */
  readonly forget: (transaction: ClientTransaction) => void;
  /** The text to send, when it is not that of `request`. */
  readonly wire?: string;
}

export interface ReceivedResponse {
  readonly response: SipMessage;
  readonly flow: Flow;
}

export abstract class ClientRunner<S extends string, E extends string, A extends string>
  extends MachineRunner<S, E | 'transport-error', A, ReceivedResponse | Error>
  implements ClientTransaction
{
  readonly branch: string;
  /** Of the request. */
  readonly method: string;
  #target: Target;
  protected timers: TimerValues;
  protected readonly handlers: ClientHandlers;
  /** The request, or once it is slim its outline. */
  #request: SipMessage | string;
  #id: string | undefined;
  #wire: string | undefined;
  /** Where the request goes if the TCP connection that its size asks for does not come about. */
  #smaller: Target | undefined;
  #hasSent = false;
  #isRefused = false;
  readonly #forget: ClientParts['forget'];

  constructor(machine: Machine<S, E | 'transport-error', A>, parts: ClientParts) {
    super(machine, parts.context);
    this.#forget = parts.forget;
    this.#request = parts.request;
    this.method = parts.request.method;
    this.branch = parts.branch;
    this.#target = parts.target;
    this.handlers = parts.handlers;
    this.#wire = parts.wire;
    this.timers = parts.target.protocol === 'udp' ? parts.context.unreliable : parts.context.reliable;
  }

  get request(): SipMessage {
    return typeof this.#request === 'string' ? fromOutline(this.#request) : this.#request;
  }

  get id(): string {
    return (this.#id ??= randomUuid());
  }

  /** Where it is sent. Changes from UDP to TCP when it begins, for its size (RFC 3261 18.1.1), and back when it must. */
  get target(): Target {
    return this.#target;
  }

  /** Sends the request for the first time. */
  begin(): void {
    // A CANCEL, whose text is given, goes where its INVITE went.
    if (this.#wire === undefined) this.#chooseBySize();
    this.start();
  }

  /** Ends in a transport error, without sending anything, once the transaction user has the transaction in hand. */
  refuse(error: Error): void {
    this.#isRefused = true;
    this.startLife(1, 'transport-error', error);
  }

  abstract receive(response: SipMessage, flow: Flow): void;

  abstract cancel(extraHeaders?: readonly HeaderField[]): void;

  slim(): void {
    if (this.isTerminated || typeof this.#request === 'string') return;
    this.#request = outlineOf(this.#request);
  }

  retire(): void {
    // Responses that come late are still reported.
  }

  /** Sends the request; retransmissions reuse the text of the first time. */
  protected sendRequest(): void {
    if (this.#hasSent) this.context.outcomes.sentAgain(this.method === 'INVITE' ? invite : otherRequest);
    this.#hasSent = true;
    this.#wire ??= this.request.toString();
    this.context.transport.send(this.#wire, this.#target, this.onSendError);
  }

  #chooseBySize(): void {
    const { largeRequests } = this.context;
    if (largeRequests === undefined || this.#target.protocol !== 'udp') return;
    this.#wire = this.request.toString();
    const tcp = largeRequests.targetFor(this.#target, this.#wire.length);
    if (tcp === undefined) return;
    this.#smaller = this.#target;
    this.#moveTo(tcp);
  }

  #moveTo(target: Target): void {
    const { transport, reliable, unreliable } = this.context;
    this.#target = target;
    this.timers = target.protocol === 'udp' ? unreliable : reliable;
    this.request.setTopVia(viaText(transport.localFor(target), this.branch));
    this.#wire = undefined;
  }

  /** No further retransmission will come: lets go of the text. */
  protected dropWire(): void {
    this.#wire = undefined;
  }

  /** The place of a final response among the outcomes. */
  protected finalOutcome(status: number): number {
    return outcomeOf(status);
  }

  protected readonly onSendError = (error: Error): void => {
    const smaller = this.#smaller;
    if (smaller !== undefined && this.context.largeRequests?.fallsBack(smaller, error) === true) {
      this.#smaller = undefined;
      if (this.isTerminated) return;
      this.#moveTo(smaller);
      this.start();
      return;
    }
    this.context.outcomes.notSent(error);
    this.fire('transport-error', error);
  };

  protected report(data: ReceivedResponse | Error | undefined): void {
    if (data === undefined || !('response' in data)) return;
    const { statusCode } = data.response;
    if (statusCode >= 200) this.count(this.finalOutcome(statusCode));
    this.handlers.onResponse(data.response, data.flow);
  }

  protected reportTransportError(data: ReceivedResponse | Error | undefined): void {
    this.count(this.#isRefused ? refused : transportFailed);
    if (data instanceof Error) this.handlers.onTransportError(data);
  }

  protected forget(): void {
    this.#forget(this);
  }

  protected ended(): void {
    this.handlers.onTerminated?.();
  }
}
