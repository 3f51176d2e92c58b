// The transaction layer: RFC 3261 17. Finds the transaction of every message, makes new ones and bounds their number.
import { AppError } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type { SourceGuard } from '../guard/source-guard.js';
import type { SipMessage } from '../message/sip-message.js';
import { parseVia } from '../message/via.js';
import type { Via } from '../message/via.js';
import { ownText } from '../own-text.js';
import type { LargeRequests } from '../transport/large-requests.js';
import type { Flow, Target } from '../transport/transport.js';
import { BranchMaker, viaText } from './branch.js';
import type { ClientHandlers, ClientTransaction } from './client-transaction.js';
import { InviteClientTransaction } from './invite-client-transaction.js';
import type { InviteClientParts } from './invite-client-transaction.js';
import { InviteServerTransaction } from './invite-server-transaction.js';
import type { InviteServerParts } from './invite-server-transaction.js';
import { hasMatchingToTag, isRfc2543, mergeKey, serverKey } from './matching.js';
import { NonInviteClientTransaction } from './non-invite-client-transaction.js';
import { NonInviteServerTransaction } from './non-invite-server-transaction.js';
import type { ServerPlace, ServerTransaction } from './server-transaction.js';
import { SettledQueue } from './settled-queue.js';
import { sendOnce } from './send-once.js';
import { respondStatelessly } from './stateless-response.js';
import type { BaseTimers } from './timer-values.js';
import { defaultBaseTimers, timerValues } from './timer-values.js';
import type { Backup, TransactionContext, TransactionTransport } from './transaction-context.js';
import { invite, otherRequest, refused, TransactionOutcomes } from './transaction-outcomes.js';

/** The layer above. Every call is synchronous; one that throws is logged and changes nothing here. */
export interface TransactionUser {
  /** A new request. A CANCEL has `server.cancels`; the user answers it. */
  onRequest(request: SipMessage, server: ServerTransaction, flow: Flow): void;
  /** An ACK that no transaction absorbs: one to a 2xx, or a stray one. */
  onAck(request: SipMessage, flow: Flow): void;
  /** A response that matches no client transaction. */
  onStrayResponse(response: SipMessage, flow: Flow): void;
  /**
   * Asked about every new request but ACK before a transaction is made for it; true: the user has forwarded it statelessly
   * (RFC 3261 16.11).
   */
  takeStateless?(request: SipMessage, flow: Flow): boolean;
}

export interface TransactionLimits {
  /**
   * Open transactions above which a new request outside a dialog is answered 503. One inside a dialog, and a CANCEL, are
   * taken up to twice as many, for they end calls. Default 100,000.
   */
  readonly maxTransactions: number;
  /** Retry-After of that 503, in seconds. Default 5. */
  readonly retryAfterSeconds: number;
}

export const defaultTransactionLimits: TransactionLimits = { maxTransactions: 100_000, retryAfterSeconds: 5 };

/** What the layer asks and tells the guard of sources. */
export type TransactionGuard = Pick<SourceGuard, 'enter' | 'leave' | 'needsProof' | 'prove' | 'answered'>;

export interface TransactionLayerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly transport: TransactionTransport;
  readonly user: TransactionUser;
  readonly timers?: Partial<BaseTimers>;
  readonly limits?: Partial<TransactionLimits>;
  /** Default: none, every source may do as all of them may. */
  readonly guard?: TransactionGuard;
  /** RFC 3263 5. Default: a response whose connection cannot be made again is lost. */
  readonly backup?: Backup;
  /** Moves requests that are too large for UDP to TCP; default: nothing is moved. */
  readonly largeRequests?: LargeRequests;
}

/** Counts since the start, for metrics. */
export interface TransactionCounters {
  retransmissionsAbsorbed: number;
  merged: number;
  overloaded: number;
  strayResponses: number;
}

/** The request could not be given a transaction: too many are open. Reported to `onTransportError`. */
export class TransactionLimitError extends AppError {
  constructor(open: number) {
    super('SIP_TRANSACTION_LIMIT', `${open} transactions are open already`, { fields: { open } });
  }
}

/** Places in `transactionKinds`. */
const inviteServer = 2;
const nonInviteServer = 3;

type ServerEntry = InviteServerTransaction | NonInviteServerTransaction;
type ClientEntry = InviteClientTransaction | NonInviteClientTransaction;

export class TransactionLayer {
  readonly counters: TransactionCounters = {
    retransmissionsAbsorbed: 0,
    merged: 0,
    overloaded: 0,
    strayResponses: 0,
  };
  readonly outcomes = new TransactionOutcomes();
  readonly branches = new BranchMaker();
  readonly #context: TransactionContext;
  readonly #user: TransactionUser;
  readonly #limits: TransactionLimits;
  readonly #guard: TransactionGuard | undefined;
  readonly #servers = new Map<string, ServerEntry>();
  /** Server transactions by what merged requests have in common. */
  readonly #merges = new Map<string, ServerEntry>();
  /** By branch, without the transactions of CANCELs, which have the branch of their INVITE. */
  readonly #clients = new Map<string, ClientEntry>();
  readonly #cancels = new Map<string, NonInviteClientTransaction>();

  constructor(options: TransactionLayerOptions) {
    const base = { ...defaultBaseTimers, ...options.timers };
    this.#context = {
      clock: options.clock,
      log: options.log,
      transport: options.transport,
      branches: this.branches,
      backup: options.backup,
      settled: new SettledQueue(),
      reliable: timerValues(base, true),
      unreliable: timerValues(base, false),
      largeRequests: options.largeRequests,
      outcomes: this.outcomes,
    };
    this.#user = options.user;
    this.#limits = { ...defaultTransactionLimits, ...options.limits };
    this.#guard = options.guard;
  }

  /** Transactions that have not terminated. */
  get openTransactions(): number {
    return this.#servers.size + this.#clients.size + this.#cancels.size;
  }

  /** Takes a message from the transport. Never throws. */
  receive(message: SipMessage, flow: Flow): void {
    try {
      this.#context.settled.turn();
      const via = message.topVia();
      if (via === null) {
        this.#context.log.debug({ callId: message.callId }, 'message without a via dropped');
      } else if (message.isRequest) {
        this.#receiveRequest(message, via, flow);
      } else {
        this.#receiveResponse(message, via, flow);
      }
    } catch (error) {
      this.#context.log.error({ err: error, callId: message.callId }, 'message handling failed');
    }
  }

  /**
   * Sends a request in a transaction of its own; a Via with a new branch is put on top of `message`, which the transaction keeps.
   * @param branch in place of a random one; must begin with the magic cookie and be unique
   */
  request(
    message: SipMessage,
    target: Target,
    handlers: ClientHandlers,
    branch = this.branches.next(),
  ): ClientTransaction {
    message.prepend('via', viaText(this.#context.transport.localFor(target), branch));
    const parts: InviteClientParts = {
      sendCancel: this.#sendCancel,
      context: this.#context,
      request: message,
      branch,
      target,
      handlers,
      forget: this.#forgetClient,
    };
    const isFull = this.openTransactions >= 2 * this.#limits.maxTransactions;
    const transaction: ClientEntry =
      message.method === 'INVITE'
        ? new InviteClientTransaction(parts)
        : new NonInviteClientTransaction(parts);
    this.#clients.set(branch, transaction);
    if (isFull) transaction.refuse(new TransactionLimitError(this.openTransactions));
    else transaction.begin();
    return transaction;
  }

  /**
   * Sends the ACK to a 2xx (RFC 3261 13.2.2.4): a Via with a new branch, no transaction.
   * @returns sends it again
   */
  sendAck(message: SipMessage, target: Target, onError?: (error: Error) => void): () => void {
    return this.forward(message, target, this.branches.next(), (error) => {
      this.#context.log.debug({ err: error, callId: message.callId }, 'ack not sent');
      onError?.(error);
    });
  }

  /** Answers a request without a transaction. */
  respondStatelessly(request: SipMessage, flow: Flow, status: number): void {
    const via = request.topVia();
    if (via !== null) respondStatelessly(this.#context, { request, via, flow }, status);
  }

  /** Puts a Via on a request and sends it without a transaction (16.11). @returns sends it again */
  forward(message: SipMessage, target: Target, branch: string, onError: (error: Error) => void): () => void {
    return sendOnce(this.#context, message, { target, branch }, onError);
  }

  /** Ends every transaction without another message. */
  close(): void {
    for (const map of [this.#servers, this.#clients, this.#cancels]) {
      for (const transaction of [...map.values()]) transaction.abandon();
    }
  }

  #receiveResponse(response: SipMessage, via: Via, flow: Flow): void {
    // RFC 3261 17.1.3: by the branch, and by the method in CSeq.
    const isCancel = response.method === 'CANCEL';
    const transaction = (isCancel ? this.#cancels : this.#clients).get(via.branch ?? '');
    if (transaction !== undefined && (isCancel || transaction.method === response.method)) {
      // The branch is a secret between us and whom we asked, who may say that a response of its own comes from elsewhere.
      if (transaction.target.address === flow.remoteAddress) this.#guard?.answered(flow);
      transaction.receive(response, flow);
      return;
    }
    this.counters.strayResponses++;
    this.#user.onStrayResponse(response, flow);
  }

  #receiveRequest(request: SipMessage, via: Via, flow: Flow): void {
    // One from elsewhere matches no INVITE (see #cancelled); it must not stand for that of the caller either.
    const suffix = request.method === 'CANCEL' ? ` ${flow.remoteAddress}` : '';
    // The maps keep their keys for up to 32 s: pieces of the message would keep all of it.
    const key = ownText(serverKey(request, via) + suffix);
    const transaction = this.#servers.get(key);
    if (transaction !== undefined && isOf(transaction, request, via)) {
      if (request.method === 'ACK') {
        // Who got the tag may say that its ACK comes from elsewhere.
        const isSource = transaction.flow.remoteAddress === flow.remoteAddress;
        if (isSource && this.#guard?.needsProof(flow) === true && transaction.hasSentTag(request.to()?.tag)) {
          this.#guard.prove(flow);
        }
        transaction.acknowledged(request, flow);
      } else {
        this.counters.retransmissionsAbsorbed++;
        this.outcomes.absorbed(request.method === 'INVITE' ? invite : otherRequest);
        transaction.repeated();
      }
    } else if (request.method === 'ACK') {
      this.#user.onAck(request, flow);
    } else if (this.#user.takeStateless?.(request, flow) !== true) {
      this.#create(request, via, flow, key);
    }
  }

  #create(request: SipMessage, via: Via, flow: Flow, key: string): void {
    const endsCalls = request.method === 'CANCEL' || request.to()?.tag !== undefined;
    if (this.#isOverloaded(endsCalls)) {
      this.#refuseOverload(request, via, flow);
      return;
    }
    const pieces = mergeKey(request);
    const merge = pieces === undefined ? undefined : ownText(pieces);
    if (merge !== undefined && this.#isMerged(merge, request)) {
      this.counters.merged++;
      respondStatelessly(this.#context, { request, via, flow }, 482, []);
      return;
    }
    const source = this.#guard?.enter(flow, request.method === 'INVITE', endsCalls);
    if (source === 'limited') {
      this.#refuseOverload(request, via, flow);
      return;
    }
    // One literal for both kinds: a spread here costs each request microseconds.
    const parts: InviteServerParts = {
      passAck: this.#passAck,
      context: this.#context,
      request,
      via,
      flow,
      cancels: request.method === 'CANCEL' ? this.#cancelled(request, via, flow) : undefined,
      key,
      mergeKey: merge,
      source,
      forget: this.#forgetServer,
    };
    const transaction =
      request.method === 'INVITE'
        ? new InviteServerTransaction(parts)
        : new NonInviteServerTransaction(parts);
    this.#servers.set(key, transaction);
    if (merge !== undefined) this.#merges.set(merge, transaction);
    this.#user.onRequest(request, transaction, flow);
  }

  readonly #forgetServer = ({ key, mergeKey, source }: ServerPlace): void => {
    this.#servers.delete(key);
    if (mergeKey !== undefined) this.#merges.delete(mergeKey);
    if (source !== undefined) this.#guard?.leave(source);
  };

  #isOverloaded(endsCalls: boolean): boolean {
    const { maxTransactions } = this.#limits;
    const open = this.openTransactions;
    return open >= maxTransactions && (!endsCalls || open >= 2 * maxTransactions);
  }

  /** At once, and forgotten: nothing waits for room. */
  #refuseOverload(request: SipMessage, via: Via, flow: Flow): void {
    this.counters.overloaded++;
    this.outcomes.ended(request.method === 'INVITE' ? inviteServer : nonInviteServer, refused);
    const retryAfter = { name: 'Retry-After', value: String(this.#limits.retryAfterSeconds) };
    respondStatelessly(this.#context, { request, via, flow }, 503, [retryAfter]);
  }

  /** A copy of a request that is being dealt with; but one that went through us is a spiral (16.3), not a copy. */
  #isMerged(merge: string, request: SipMessage): boolean {
    return this.#merges.has(merge) && !this.#wentThroughUs(request);
  }

  #wentThroughUs(request: SipMessage): boolean {
    return request.list('via').some((text) => this.branches.isOurs(parseVia(text)?.branch));
  }

  /**
   * RFC 3261 9.2: the INVITE with the same branch and sent-by. Deviation: it must also come from the same address, so that a
   * guessed branch does not end a call.
   */
  #cancelled(request: SipMessage, via: Via, flow: Flow): ServerTransaction | undefined {
    const transaction = this.#servers.get(serverKey(request, via, 'INVITE'));
    return transaction?.flow.remoteAddress === flow.remoteAddress ? transaction : undefined;
  }

  readonly #passAck = (ack: SipMessage, flow: Flow): void => {
    this.#user.onAck(ack, flow);
  };

  readonly #sendCancel = (invite: ClientTransaction, wire: string): void => {
    const { branch, request, target } = invite;
    const transaction = new NonInviteClientTransaction({
      context: this.#context,
      request,
      branch,
      target,
      // The response to a CANCEL tells nothing (RFC 3261 9.1); what counts is the final response to the INVITE.
      handlers: ignoringHandlers,
      forget: (cancel) => this.#cancels.delete(cancel.branch),
      wire,
    });
    this.#cancels.set(branch, transaction);
    transaction.begin();
  };

  readonly #forgetClient = ({ branch }: ClientTransaction): void => {
    this.#clients.delete(branch);
  };
}

const ignoringHandlers: ClientHandlers = {
  onResponse: () => undefined,
  onTimeout: () => undefined,
  onTransportError: () => undefined,
};

function isOf(transaction: ServerEntry, request: SipMessage, via: Via): boolean {
  if (!isRfc2543(via)) return true;
  return hasMatchingToTag(request, transaction.request, transaction.finalToTag);
}
