// Non-INVITE client transaction, the shell of non-invite-client-machine: RFC 3261 17.1.2.
import type { SipMessage } from '../message/sip-message.js';
import type { Flow } from '../transport/transport.js';
import type { ClientParts, ReceivedResponse } from './client-transaction.js';
import { ClientRunner } from './client-transaction.js';
import type {
  NonInviteClientAction,
  NonInviteClientEvent,
  NonInviteClientState,
} from './non-invite-client-machine.js';
import { nonInviteClientMachine } from './non-invite-client-machine.js';
import { anyResponse, timedOut } from './transaction-outcomes.js';

export class NonInviteClientTransaction extends ClientRunner<
  NonInviteClientState,
  NonInviteClientEvent,
  NonInviteClientAction
> {
  #retransmitMs: number;

  constructor(parts: ClientParts) {
    super(nonInviteClientMachine, parts);
    this.#retransmitMs = this.timers.t1;
  }

  receive(response: SipMessage, flow: Flow): void {
    if (this.state === 'completed') this.context.outcomes.absorbed(anyResponse);
    this.fire(response.statusCode < 200 ? '1xx' : '200-699', { response, flow });
  }

  cancel(): void {
    // RFC 3261 9.1: a request other than INVITE SHOULD NOT be cancelled.
    this.context.log.debug({ method: this.request.method }, 'cancel of a non-invite ignored');
  }

  protected perform(action: NonInviteClientAction, data: ReceivedResponse | Error | undefined): void {
    switch (action) {
      case 'send-request':
        this.sendRequest();
        return;
      case 'start-timer-e':
        this.#startTimerE();
        return;
      case 'start-timer-e-at-t2':
        this.#retransmitMs = this.timers.t2;
        this.#startTimerE();
        return;
      case 'stop-timer-e':
        this.dropWire();
        this.stopRepeat();
        return;
      case 'start-timer-f':
        this.startLife(this.timers.patience, 'timer-f');
        return;
      case 'stop-timer-f':
        this.stopLife();
        return;
      case 'start-timer-k':
        this.settle();
        this.startLife(this.timers.k, 'timer-k');
        return;
      case 'report-response':
        this.report(data);
        return;
      case 'report-timeout':
        this.count(timedOut);
        this.handlers.onTimeout();
        return;
      case 'report-transport-error':
        this.reportTransportError(data);
        return;
    }
  }

  /** Timer E doubles from T1 up to T2. Not over TCP (17.1.2.2). */
  #startTimerE(): void {
    if (this.timers.isReliable) return;
    this.startRepeat(this.#retransmitMs, 'timer-e');
    this.#retransmitMs = Math.min(2 * this.#retransmitMs, this.timers.t2);
  }
}
