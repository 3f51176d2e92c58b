// INVITE server transaction, the shell of invite-server-machine: RFC 3261 17.2.1, RFC 6026 8.5.
import type { SipMessage } from '../message/sip-message.js';
import type { Flow } from '../transport/transport.js';
import type { InviteServerAction, InviteServerEvent, InviteServerState } from './invite-server-machine.js';
import { inviteServerMachine } from './invite-server-machine.js';
import type { ServerEventData, ServerParts } from './server-transaction.js';
import { ServerRunner } from './server-transaction.js';
import { ack as ackKind } from './transaction-outcomes.js';

export interface InviteServerParts extends ServerParts {
  /** Hands up an ACK that came with the branch of an INVITE answered with 2xx. */
  readonly passAck: (ack: SipMessage, flow: Flow) => void;
}

export class InviteServerTransaction extends ServerRunner<
  InviteServerState,
  InviteServerEvent,
  InviteServerAction
> {
  readonly isInvite = true;
  readonly #passAck: (ack: SipMessage, flow: Flow) => void;
  #retransmitMs: number;

  constructor(parts: InviteServerParts) {
    super(inviteServerMachine, parts);
    this.#passAck = parts.passAck;
    this.#retransmitMs = this.timers.t1;
  }

  get hasFinal(): boolean {
    return this.state !== 'proceeding';
  }

  respond(response: SipMessage): boolean {
    const { statusCode } = response;
    return this.fire(statusCode < 200 ? 'tu-1xx' : statusCode < 300 ? 'tu-2xx' : 'tu-300-699', response);
  }

  repeated(): void {
    this.fire('request');
  }

  acknowledged(ack: SipMessage, flow: Flow): void {
    if (this.state === 'confirmed') this.context.outcomes.absorbed(ackKind);
    this.fire('ack', { ack, flow });
  }

  protected perform(action: InviteServerAction, data: ServerEventData | undefined): void {
    switch (action) {
      case 'send-response':
        this.send(data);
        return;
      case 'resend-response':
        this.resend();
        return;
      case 'start-timer-g':
        this.#startTimerG();
        return;
      case 'stop-timer-g':
        this.dropWire();
        this.stopRepeat();
        return;
      case 'start-timer-h':
        this.startLife(this.timers.patience, 'timer-h');
        return;
      case 'stop-timer-h':
        this.stopLife();
        return;
      case 'start-timer-i':
        this.settle();
        this.startLife(this.timers.i, 'timer-i');
        return;
      case 'start-timer-l':
        this.dropWire();
        this.settle();
        this.startLife(this.timers.l, 'timer-l');
        return;
      case 'report-ack':
        if (data !== undefined && 'ack' in data) this.#passAck(data.ack, data.flow);
        return;
      case 'report-ack-timeout':
        this.context.outcomes.ackTimeouts += 1;
        return this.onAckTimeout?.();
      case 'report-transport-error':
        this.reportTransportError(data);
        return;
    }
  }

  /** Timer G doubles from T1 up to T2. Not over TCP (17.2.1). */
  #startTimerG(): void {
    if (this.timers.isReliable) return;
    this.startRepeat(this.#retransmitMs, 'timer-g');
    this.#retransmitMs = Math.min(2 * this.#retransmitMs, this.timers.t2);
  }
}
