// Messages that tests begin from: Alice calls Bob.
import { parseMessage } from '../../../src/sip/index.js';
import type { Refused, SipMessage } from '../../../src/sip/index.js';

export const usual: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bK776asdhds',
  'Max-Forwards': '70',
  To: 'Bob <sip:bob@biloxi.example.com>',
  From: 'Alice <sip:alice@atlanta.example.com>;tag=1928301774',
  'Call-ID': 'a84b4c76e66710@pc33.atlanta.example.com',
  CSeq: '314159 INVITE',
  Contact: '<sip:alice@pc33.atlanta.example.com>',
};

export interface Wanted {
  readonly startLine?: string;
  /** Replaces a usual header, or takes it away when null. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Lines added as they are, each ending with CRLF. */
  readonly lines?: string;
  readonly body?: string;
}

/** The text of a message. Content-Length is not added. */
export function textOf(wanted: Wanted = {}): string {
  const headers = { ...usual, ...wanted.headers };
  let text = `${wanted.startLine ?? 'INVITE sip:bob@biloxi.example.com SIP/2.0'}\r\n`;
  for (const [name, value] of Object.entries(headers)) if (value !== null) text += `${name}: ${value}\r\n`;
  return `${text}${wanted.lines ?? ''}\r\n${wanted.body ?? ''}`;
}

/** Parses as a datagram; throws when refused. */
export function accepted(text: string): SipMessage {
  const result = parseMessage(Buffer.from(text, 'latin1'), 'datagram');
  if (!result.ok) throw new Error(`${result.status} ${result.reason}`);
  return result.message;
}

/** Parses as a datagram; throws when accepted. */
export function refused(text: string): Refused {
  const result = parseMessage(Buffer.from(text, 'latin1'), 'datagram');
  if (result.ok) throw new Error('accepted');
  return result;
}
