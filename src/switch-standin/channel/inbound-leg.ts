// The SIP side of a call that came in: RFC 3261 13.3, with the CTI data of the INVITE echoed in the 200.
import type { ServerExchange, SipMessage } from '../../sip/index.js';
import { statusOfCause, reasonHeader } from './hangup-cause.js';
import { answerInDialog } from './in-dialog.js';
import type { Leg, LegListener } from './leg.js';
import type { ProfileLeg, SofiaProfile } from './sofia-profile.js';

/** CTI data of the call, sent back in the 200 so that a test call can show where it landed (design, section 5 step 8). */
const echoed = ['x-decision-id', 'x-offer-id', 'x-offer-url', 'user-to-user'] as const;

export class InboundLeg implements Leg, ProfileLeg {
  readonly exchange: ServerExchange;
  readonly profile: SofiaProfile;
  #listener: LegListener | undefined;
  #state: 'new' | 'answered' | 'ended' = 'new';
  #isRinging = false;
  #isAcknowledged = false;
  /** Set when the BYE has to wait for the ACK. */
  #byeReason: string | undefined;
  /** No SDP came with the INVITE: the answer comes with the ACK. */
  readonly #expectsAnswer: boolean;

  constructor(profile: SofiaProfile, exchange: ServerExchange) {
    this.profile = profile;
    this.exchange = exchange;
    this.#expectsAnswer = exchange.request.body === '';
    exchange.owner = this;
  }

  /** Cancelled or ended. */
  hasEnded(): boolean {
    return this.#state === 'ended';
  }

  listen(listener: LegListener): void {
    this.#listener = listener;
  }

  ring(): void {
    if (this.#state !== 'new' || this.#isRinging) return;
    this.#isRinging = true;
    this.profile.respond(this.exchange, 180);
  }

  answer(sdp: string): void {
    if (this.#state !== 'new') return;
    this.#state = 'answered';
    const { request } = this.exchange;
    const response = this.profile.response(this.exchange, 200);
    response.append('content-type', 'application/sdp');
    for (const name of echoed) {
      const value = request.get(name);
      if (value !== undefined) response.append(name, value);
    }
    response.body = sdp;
    this.profile.engine.respond(this.exchange, response);
  }

  /** Refuses it before there is a channel. */
  refuse(status: number): void {
    if (this.#state !== 'new') return;
    this.#state = 'ended';
    this.profile.respond(this.exchange, status);
  }

  end(cause: string): string {
    if (this.#state === 'ended') return '';
    const wasAnswered = this.#state === 'answered';
    this.#state = 'ended';
    this.#listener = undefined;
    if (!wasAnswered) {
      const response = this.profile.response(this.exchange, statusOfCause(cause));
      response.append('reason', reasonHeader(cause));
      this.profile.engine.respond(this.exchange, response);
      return 'send_refuse';
    }
    // RFC 3261 15: not before the ACK.
    if (this.#isAcknowledged) this.#bye(reasonHeader(cause));
    else this.#byeReason = reasonHeader(cause);
    return 'send_bye';
  }

  onRequest(exchange: ServerExchange): void {
    const listener = this.#listener;
    if (exchange.request.method === 'BYE') this.#over();
    answerInDialog(this.profile, exchange, listener);
  }

  onCancel(): void {
    const listener = this.#listener;
    this.#over();
    listener?.onEnded('ORIGINATOR_CANCEL', { disposition: 'recv_cancel', status: 487 });
  }

  onAck(ack: SipMessage): void {
    if (!this.#isAcknowledged && this.#expectsAnswer) this.#listener?.onAnswer(ack.body);
    this.#isAcknowledged = true;
    if (this.#byeReason !== undefined) this.#bye(this.#byeReason);
  }

  onResponse(): void {
    // We send nothing inside the call whose response matters.
  }

  onDialogEnded(): void {
    const listener = this.#listener;
    this.#over();
    listener?.onEnded('NORMAL_TEMPORARY_FAILURE', { disposition: 'send_bye' });
  }

  #bye(reason: string): void {
    const { dialog } = this.exchange;
    this.#byeReason = undefined;
    if (dialog !== undefined) this.profile.engine.endDialog(dialog, reason);
  }

  #over(): void {
    this.#state = 'ended';
    this.#listener = undefined;
    this.#byeReason = undefined;
  }
}
