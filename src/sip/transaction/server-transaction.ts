// What server transactions share: RFC 3261 17.2.
import { randomHex, randomUuid } from '../../kernel/index.js';
import { parseMessage } from '../message/parse-message.js';
import type { Source } from '../guard/source-table.js';
import { SipMessage } from '../message/sip-message.js';
import type { Via } from '../message/via.js';
import type { Flow, Target } from '../transport/transport.js';
import type { Machine } from './machine.js';
import { isRfc2543 } from './matching.js';
import { fromOutline, outlineOf } from './outline.js';
import { MachineRunner } from './machine-runner.js';
import { responseTarget } from './response-target.js';
import type { TimerValues } from './timer-values.js';
import type { Backup, TransactionContext } from './transaction-context.js';
import { anyResponse, cancelled, outcomeOf, transportFailed } from './transaction-outcomes.js';

export interface ServerTransaction {
  /** UUID, the handle for the transaction user. */
  readonly id: string;
  readonly request: SipMessage;
  readonly flow: Flow;
  readonly isInvite: boolean;
  /** Of a CANCEL: the INVITE transaction that it matches (RFC 3261 9.2). Undefined: answer 481. */
  readonly cancels: ServerTransaction | undefined;
  readonly state: string;
  /** A final response has been given (not 100 to 199). */
  readonly hasFinal: boolean;
  /** The tag of our responses, made on first use. Set it before the first response to choose it. */
  toTag: string;
  /** The user has taken the request: what answers it is no longer held to the bytes that came in. */
  letIn(): void;
  /** Sends a response; false when the state allows none (a final has been sent; an INVITE may have further 2xx). */
  respond(response: SipMessage): boolean;
  /** Told when it ends. */
  watcher: ServerWatcher | undefined;
  onTransportError: ((error: Error) => void) | undefined;
  /** Of an INVITE: no ACK to a non-2xx final came within timer H. */
  onAckTimeout: (() => void) | undefined;
}

export interface ServerWatcher {
  /**
   * A second or so after the final response (and its ACK to a non-2xx); all that can come now is another copy. The watcher is let go
   * of after that.
   */
  onRetired(): void;
  /** It has ended before that. */
  onTerminated(): void;
}

export interface ServerParts {
  readonly context: TransactionContext;
  readonly request: SipMessage;
  readonly via: Via;
  readonly flow: Flow;
  readonly cancels: ServerTransaction | undefined;
  /** What the layer finds it by. */
  readonly key: string;
  /** What merged requests have in common with it. */
  readonly mergeKey: string | undefined;
  /** Whose open transactions it is counted among. */
  readonly source: Source | undefined;
  /** Takes the transaction out of the layer's maps; called once. */
  readonly forget: (transaction: ServerPlace) => void;
}

/** The place of a transaction in the layer. */
export type ServerPlace = Pick<ServerParts, 'key' | 'mergeKey' | 'source'>;

/** Targets of a sent-by that are tried. */
const MAX_BACKUPS = 3;

export interface ReceivedAck {
  readonly ack: SipMessage;
  readonly flow: Flow;
}

/** What an event carries: a response of the transaction user, an ACK, an error of the transport. */
export type ServerEventData = SipMessage | ReceivedAck | Error;

export abstract class ServerRunner<S extends string, E extends string, A extends string>
  extends MachineRunner<S, E | 'transport-error', A, ServerEventData>
  implements ServerTransaction, ServerPlace
{
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly source: Source | undefined;
  readonly flow: Flow;
  readonly cancels: ServerTransaction | undefined;
  abstract readonly isInvite: boolean;
  abstract readonly hasFinal: boolean;
  watcher: ServerWatcher | undefined;
  onTransportError: ((error: Error) => void) | undefined;
  onAckTimeout: (() => void) | undefined;
  protected readonly timers: TimerValues;
  /** The request, or once it is slim its outline. */
  #request: SipMessage | string;
  #via: Via | undefined;
  #target: Target | undefined;
  #isLetIn = false;
  /** Used once: a peer cannot have us look names up and connect for every copy of its request. */
  #backup: Backup | undefined;
  #wire: string | undefined;
  #id: string | undefined;
  #toTag: string | undefined;
  #finalToTag: string | undefined;
  readonly #forget: (transaction: ServerPlace) => void;

  constructor(machine: Machine<S, E | 'transport-error', A>, parts: ServerParts) {
    super(machine, parts.context);
    this.key = parts.key;
    this.mergeKey = parts.mergeKey;
    this.source = parts.source;
    this.#forget = parts.forget;
    this.#request = parts.request;
    this.flow = parts.flow;
    this.cancels = parts.cancels;
    this.#via = parts.via;
    this.#backup = parts.context.backup;
    this.timers = parts.flow.protocol === 'udp' ? parts.context.unreliable : parts.context.reliable;
  }

  get request(): SipMessage {
    return typeof this.#request === 'string' ? fromOutline(this.#request) : this.#request;
  }

  get id(): string {
    return (this.#id ??= randomUuid());
  }

  get toTag(): string {
    return (this.#toTag ??= randomHex(8));
  }

  set toTag(tag: string) {
    this.#toTag = tag;
  }

  /** The To tag of the last response, kept where RFC 2543 matching of the ACK asks for it. */
  get finalToTag(): string | undefined {
    return this.#finalToTag;
  }

  abstract respond(response: SipMessage): boolean;

  letIn(): void {
    this.#isLetIn = true;
    if (this.#target !== undefined) this.#target.isLetIn = true;
  }

  /** True when the last response that was sent has this To tag, and the request had none: whoever knows it has read the response. */
  hasSentTag(tag: string | undefined): boolean {
    if (tag === undefined || this.#wire === undefined || this.request.to()?.tag !== undefined) return false;
    const sent = parseMessage(this.#wire, 'datagram');
    return sent.ok && sent.message.to()?.tag === tag;
  }

  /** A retransmission of the request. */
  abstract repeated(): void;

  /** An ACK with the branch of this transaction. */
  abstract acknowledged(ack: SipMessage, flow: Flow): void;

  protected send(response: ServerEventData | undefined): void {
    if (!(response instanceof SipMessage)) return;
    if (this.#via !== undefined && isRfc2543(this.#via)) this.#finalToTag = response.to()?.tag;
    this.#wire = response.toString();
    const { statusCode } = response;
    if (statusCode >= 200) {
      // RFC 3261 9.2: 487 is what a CANCEL makes of an INVITE.
      const isFirst = this.count(statusCode === 487 && this.isInvite ? cancelled : outcomeOf(statusCode));
      // A 2xx is repeated by the transaction user (RFC 6026 7.1).
      if (!isFirst) this.context.outcomes.sentAgain(anyResponse);
    }
    this.transmit();
  }

  /** The last response again, from the text that was sent. */
  protected resend(): void {
    if (this.#wire !== undefined) this.context.outcomes.sentAgain(anyResponse);
    this.transmit();
  }

  protected transmit(): void {
    if (this.#wire === undefined) return;
    this.#aim();
    if (this.#target === undefined) return;
    const wire = this.#wire;
    // What came over a connection may go back over another one; over UDP no error of the peer is seen here.
    const isBackedUp = this.#backup !== undefined && this.flow.protocol !== 'udp' && this.hasFinal;
    this.context.transport.send(
      wire,
      this.#target,
      isBackedUp ? (error) => void this.#sendByBackup(wire, error) : this.#onSendError,
    );
  }

  /** RFC 3263 5, RFC 3261 18.2.2: neither the connection nor one to its source; so to where the sent-by of the Via leads. */
  async #sendByBackup(wire: string, error: Error): Promise<void> {
    const backup = this.#backup;
    this.#backup = undefined;
    const sentBy = (this.#via ?? this.request.topVia())?.sentBy ?? '';
    const uri = `sip:${sentBy};transport=${this.flow.protocol}`;
    let targets: readonly Target[] = [];
    try {
      targets = (await backup?.(uri)) ?? [];
    } catch (cause) {
      this.context.log.debug({ err: cause, uri }, 'sent-by of a via not resolved');
    }
    this.#sendTo(targets.slice(0, MAX_BACKUPS), wire, error);
  }

  #sendTo([target, ...others]: readonly Target[], wire: string, error: Error): void {
    // Over a connection the transaction may be over already: the response is still owed.
    if (target === undefined) {
      this.fire('transport-error', error);
      return;
    }
    this.#target = target;
    this.context.transport.send(wire, target, (next) => this.#sendTo(others, wire, next));
  }

  /** No retransmission will come any more: lets go of the text. */
  protected dropWire(): void {
    this.#wire = undefined;
  }

  slim(): void {
    if (this.isTerminated || typeof this.#request === 'string') return;
    this.#aim();
    this.#via = undefined;
    this.#request = outlineOf(this.#request);
  }

  retire(): void {
    const { watcher } = this;
    this.watcher = undefined;
    watcher?.onRetired();
  }

  #aim(): void {
    if (this.#target !== undefined || this.#via === undefined) return;
    this.#target = responseTarget(this.#via, this.flow);
    if (this.#isLetIn) this.#target.isLetIn = true;
  }

  protected reportTransportError(error: ServerEventData | undefined): void {
    if (this.isTerminated) this.count(transportFailed);
    if (error instanceof Error) this.onTransportError?.(error);
  }

  protected forget(): void {
    this.#forget(this);
  }

  protected ended(): void {
    const { watcher } = this;
    // The queue of the settled may have it a little longer: not what the user holds by it too.
    this.watcher = undefined;
    this.#wire = undefined;
    watcher?.onTerminated();
  }

  readonly #onSendError = (error: Error): void => {
    this.context.outcomes.notSent(error);
    this.fire('transport-error', error);
  };
}
