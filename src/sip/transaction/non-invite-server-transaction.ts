// Non-INVITE server transaction, the shell of non-invite-server-machine: RFC 3261 17.2.2.
import type { SipMessage } from '../message/sip-message.js';
import type {
  NonInviteServerAction,
  NonInviteServerEvent,
  NonInviteServerState,
} from './non-invite-server-machine.js';
import { nonInviteServerMachine } from './non-invite-server-machine.js';
import type { ServerEventData, ServerParts } from './server-transaction.js';
import { ServerRunner } from './server-transaction.js';

export class NonInviteServerTransaction extends ServerRunner<
  NonInviteServerState,
  NonInviteServerEvent,
  NonInviteServerAction
> {
  readonly isInvite = false;

  constructor(parts: ServerParts) {
    super(nonInviteServerMachine, parts);
  }

  get hasFinal(): boolean {
    return this.state === 'completed' || this.state === 'terminated';
  }

  respond(response: SipMessage): boolean {
    return this.fire(response.statusCode < 200 ? 'tu-1xx' : 'tu-200-699', response);
  }

  repeated(): void {
    this.fire('request');
  }

  acknowledged(): void {
    // Only an INVITE is acknowledged; the layer matches an ACK with INVITE transactions alone.
  }

  protected perform(action: NonInviteServerAction, data: ServerEventData | undefined): void {
    switch (action) {
      case 'send-response':
        this.send(data);
        return;
      case 'resend-response':
        this.resend();
        return;
      case 'start-timer-j':
        this.settle();
        this.startLife(this.timers.j, 'timer-j');
        return;
      case 'report-transport-error':
        this.reportTransportError(data);
        return;
    }
  }
}
