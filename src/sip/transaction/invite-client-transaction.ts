// INVITE client transaction, the shell of invite-client-machine: RFC 3261 17.1.1, RFC 6026 8.4, CANCEL by 9.1.
import type { SipMessage } from '../message/sip-message.js';
import type { Flow } from '../transport/transport.js';
import type { ClientParts, ClientTransaction, ReceivedResponse } from './client-transaction.js';
import { ClientRunner } from './client-transaction.js';
import type { HeaderField } from './generated-requests.js';
import { ackForFailure, cancelFor } from './generated-requests.js';
import type { InviteClientAction, InviteClientEvent, InviteClientState } from './invite-client-machine.js';
import { inviteClientMachine } from './invite-client-machine.js';
import { ack, anyResponse, cancelled, timedOut } from './transaction-outcomes.js';

export interface InviteClientParts extends ClientParts {
  /** Starts the transaction of the CANCEL, whose text is given. */
  readonly sendCancel: (invite: ClientTransaction, wire: string) => void;
}

export class InviteClientTransaction extends ClientRunner<
  InviteClientState,
  InviteClientEvent,
  InviteClientAction
> {
  readonly #sendCancel: InviteClientParts['sendCancel'];
  #retransmitMs: number;
  #ack: string | undefined;
  #cancelHeaders: readonly HeaderField[] | undefined;
  #isCancelHeld = false;

  constructor(parts: InviteClientParts) {
    super(inviteClientMachine, parts);
    this.#sendCancel = parts.sendCancel;
    this.#retransmitMs = this.timers.t1;
  }

  receive(response: SipMessage, flow: Flow): void {
    const { statusCode } = response;
    const event = statusCode < 200 ? '1xx' : statusCode < 300 ? '2xx' : '300-699';
    this.fire(event, { response, flow });
  }

  cancel(extraHeaders: readonly HeaderField[] = []): void {
    if (this.#cancelHeaders !== undefined) return;
    this.#cancelHeaders = extraHeaders;
    this.fire('tu-cancel');
  }

  protected perform(action: InviteClientAction, data: ReceivedResponse | Error | undefined): void {
    switch (action) {
      case 'send-request':
        this.sendRequest();
        return;
      case 'send-ack':
        this.#acknowledge(data);
        return;
      case 'send-cancel':
        this.#sendCancel(this, cancelFor(this.request, this.#cancelHeaders ?? []));
        return;
      case 'hold-cancel':
        this.#isCancelHeld = true;
        return;
      case 'release-cancel':
        if (this.#isCancelHeld) this.fire('tu-cancel');
        return;
      case 'start-timer-a':
        this.#startTimerA();
        return;
      case 'stop-timer-a':
        this.dropWire();
        this.stopRepeat();
        return;
      case 'start-timer-b':
        this.startLife(this.timers.patience, 'timer-b');
        return;
      case 'start-timer-d':
        this.settle();
        this.startLife(this.timers.d, 'timer-d');
        return;
      case 'start-timer-m':
        this.settle();
        this.startLife(this.timers.m, 'timer-m');
        return;
      case 'start-timer-cancel':
        this.startLife(this.timers.patience, 'timer-cancel');
        return;
      case 'stop-timer-b':
      case 'stop-timer-cancel':
        this.stopLife();
        return;
      case 'report-response':
        this.report(data);
        return;
      case 'report-timeout':
        this.count(this.#cancelHeaders === undefined ? timedOut : cancelled);
        this.handlers.onTimeout();
        return;
      case 'report-transport-error':
        this.reportTransportError(data);
        return;
    }
  }

  /** 487 is what a CANCEL makes of it (RFC 3261 9.2). */
  protected override finalOutcome(status: number): number {
    return status === 487 && this.#cancelHeaders !== undefined ? cancelled : super.finalOutcome(status);
  }

  /** Timer A doubles from T1 without bound; timer B ends it. Not over TCP (17.1.1.2). */
  #startTimerA(): void {
    if (this.timers.isReliable) return;
    this.startRepeat(this.#retransmitMs, 'timer-a');
    this.#retransmitMs *= 2;
  }

  #acknowledge(data: ReceivedResponse | Error | undefined): void {
    if (this.#ack !== undefined) {
      this.context.outcomes.absorbed(anyResponse);
      this.context.outcomes.sentAgain(ack);
    }
    if (data !== undefined && 'response' in data) this.#ack ??= ackForFailure(this.request, data.response);
    if (this.#ack !== undefined) this.context.transport.send(this.#ack, this.target, this.onSendError);
  }
}
