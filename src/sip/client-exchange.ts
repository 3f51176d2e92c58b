// One request that the user of the engine sent, until its final response.
import type { Timer } from '../kernel/index.js';
import { randomUuid } from '../kernel/index.js';
import { dialogIdOf } from './dialog/dialog.js';
import type { Dialog, SentAck } from './dialog/dialog.js';
import type { SipMessage } from './message/sip-message.js';
import type { ClientTransaction } from './transaction/client-transaction.js';

export class ClientExchange {
  /** Handle for the user. */
  readonly id = randomUuid();
  readonly request: SipMessage;
  /** Set when it was sent inside a dialog. */
  readonly sentIn: Dialog | undefined;
  /** The dialog that its 2xx formed. */
  formed: Dialog | undefined;
  /** Undefined while the name of its target is being looked up. */
  transaction: ClientTransaction | undefined;
  /** Early dialogs that its provisional responses formed. */
  readonly earlyDialogs: Dialog[] = [];
  isCancelled = false;
  /** 0 until the final response. */
  finalStatus = 0;
  /** 2xx of other branches of a fork, by To tag: already acknowledged and ended. */
  readonly forks = new Map<string, SentAck>();
  ackTimer: Timer | undefined;
  /** Gives up a callee that rings and is never heard again. */
  ringTimer: Timer | undefined;
  /** RSeq of the last reliable provisional response, by To tag. */
  #reliable: Map<string, number> | undefined;
  /** Whoever the user says it belongs to. */
  owner: unknown;
  #dialogId: string | undefined;

  constructor(request: SipMessage, sentIn: Dialog | undefined, owner: unknown) {
    this.request = request;
    this.sentIn = sentIn;
    this.owner = owner;
  }

  /** RFC 3262 4: false for a reliable provisional response that came again or out of order; it is to be dropped. */
  takeReliable(tag: string, number: number): boolean {
    const last = this.#reliable?.get(tag);
    if (last !== undefined && number !== last + 1) return false;
    this.#reliable ??= new Map();
    this.#reliable.set(tag, number);
    return true;
  }

  get dialog(): Dialog | undefined {
    return this.sentIn ?? this.formed;
  }

  /** Id of the dialog it belongs to or may form. */
  get dialogId(): string {
    return (this.#dialogId ??= this.sentIn?.id ?? dialogIdOf(this.request));
  }
}
