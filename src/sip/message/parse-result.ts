// What reading a message comes to.
import type { SipMessage } from './sip-message.js';

export interface Refusal {
  /** Status of the response that the fault deserves. */
  readonly status: 400 | 414 | 505 | 513;
  /** What is wrong, in words for a reason phrase and a log. */
  readonly reason: string;
}

export interface Refused extends Refusal {
  readonly ok: false;
  /** The request as far as it was read, when a response to it can be formed and sent; else null: drop it. */
  readonly partial: SipMessage | null;
}

export type ParseResult = { readonly ok: true; readonly message: SipMessage } | Refused;

export const refusal = (status: Refusal['status'], reason: string): Refusal => ({ status, reason });
