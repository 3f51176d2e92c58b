// What is kept of a message whose transaction only waits for copies of it: the lines that responses and acknowledgements are
// made from (RFC 3261 8.2.6.2, 12.1.1, 17.1.1.3), as one flat text, which is read again in the rare case that somebody asks.
import { defaultMessageLimits } from '../message/limits.js';
import { parseHead } from '../message/parse-head.js';
import { SipMessage } from '../message/sip-message.js';
import { ownText } from '../own-text.js';

const kept: ReadonlySet<string> = new Set([
  'via',
  'record-route',
  'route',
  'from',
  'to',
  'call-id',
  'cseq',
  'max-forwards',
]);

/** The limits that it was read with, and more: nothing that was taken once may be refused now. */
const limits = { ...defaultMessageLimits, startLine: Infinity, headerLine: Infinity, headerCount: Infinity };

/** The start line of a request and the lines of `kept`, without any tie to the text that they came in. */
export function outlineOf(request: SipMessage): string {
  let text = `${request.method} ${request.requestUri} SIP/2.0\r\n`;
  for (const line of request.headerLines()) {
    if (kept.has(line.name)) text += `${line.spelled}: ${line.value}\r\n`;
  }
  return ownText(`${text}\r\n`);
}

export function fromOutline(outline: string): SipMessage {
  const { start, lines } = parseHead(outline, 0, limits);
  return new SipMessage(start, lines, '');
}
