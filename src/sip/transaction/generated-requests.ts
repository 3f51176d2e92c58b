// The two requests that a client transaction makes by itself: ACK to a non-2xx (RFC 3261 17.1.1.3) and CANCEL (9.1).
import type { SipMessage } from '../message/sip-message.js';

/** A header to add, by its name on the wire. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

// RFC 3261 8.1.1.6. Both requests go one hop only, so the value of the INVITE means nothing to them.
const maxForwards = 'Max-Forwards: 70\r\n';

function build(
  invite: SipMessage,
  method: 'ACK' | 'CANCEL',
  to: string,
  extra: readonly HeaderField[],
): string {
  // A single Via, the topmost of the INVITE, branch and all; and its Route, so that it takes the same way.
  let text = `${method} ${invite.requestUri} SIP/2.0\r\nVia: ${invite.list('via')[0] ?? ''}\r\n${maxForwards}`;
  for (const route of invite.getAll('route')) text += `Route: ${route}\r\n`;
  text += `From: ${invite.get('from') ?? ''}\r\nTo: ${to}\r\nCall-ID: ${invite.callId}\r\n`;
  text += `CSeq: ${invite.cseq()?.number ?? 1} ${method}\r\n`;
  for (const { name, value } of extra) text += `${name}: ${value}\r\n`;
  return `${text}Content-Length: 0\r\n\r\n`;
}

/** The ACK for a final response above 299, as wire text. */
export function ackForFailure(invite: SipMessage, response: SipMessage): string {
  return build(invite, 'ACK', response.get('to') ?? '', []);
}

/** The CANCEL of an INVITE, as wire text. */
export function cancelFor(invite: SipMessage, extra: readonly HeaderField[]): string {
  return build(invite, 'CANCEL', invite.get('to') ?? '', extra);
}
