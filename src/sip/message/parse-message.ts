// One whole message, from a datagram or as the stream framer cut it.
import { parseCSeq } from './cseq.js';
import { defaultMessageLimits } from './limits.js';
import type { MessageLimits } from './limits.js';
import { parseHead, skipLeadingBreaks } from './parse-head.js';
import type { Head } from './parse-head.js';
import { refusal } from './parse-result.js';
import type { ParseResult, Refusal } from './parse-result.js';
import { SipMessage } from './sip-message.js';
import { validateRequest, validateResponse } from './validate.js';

export type Framing = 'datagram' | 'stream';

/**
 * Reads and checks one message. `datagram`: bytes after the body that Content-Length announces are dropped, without
 * Content-Length the body goes to the end (RFC 3261 18.3). `stream`: Content-Length must be there and fit exactly.
 * A message that is `ok` has a topmost Via, From, To, Call-ID and CSeq that parse. Never throws.
 */
export function parseMessage(
  input: Buffer | string,
  framing: Framing,
  limits: MessageLimits = defaultMessageLimits,
): ParseResult {
  const text = typeof input === 'string' ? input : input.toString('latin1');
  const head = parseHead(text, skipLeadingBreaks(text, 0), limits);
  const available = text.length - head.bodyStart;
  const length = head.contentLength === -1 ? available : head.contentLength;
  let fault = head.fault;
  if (head.bodyStart > limits.head) fault ??= refusal(400, 'Header Too Long');
  if (fault === null && head.contentLength === -1 && framing === 'stream') {
    fault = refusal(400, 'Missing Content-Length');
  }
  if (length > limits.body) fault ??= refusal(513, 'Message Too Large');
  if (length > available) fault ??= refusal(400, 'Content-Length Too Large');
  if (framing === 'stream' && length < available) fault ??= refusal(400, 'Content-Length Mismatch');
  return messageOf(head, fault === null ? text.slice(head.bodyStart, head.bodyStart + length) : '', fault);
}

/** Makes the message of a head and its body and checks it. */
export function messageOf(head: Head, body: string, fault: Refusal | null): ParseResult {
  const message = new SipMessage(head.start, head.lines, body);
  if (!message.isRequest) message.method = message.cseq()?.method ?? '';
  const found = fault ?? (message.isRequest ? validateRequest(message) : validateResponse(message));
  if (found === null) return { ok: true, message };
  return {
    ok: false,
    status: found.status,
    reason: found.reason,
    partial: isAnswerable(message) ? message : null,
  };
}

/** A response needs a Via to go by. Nothing answers a response or an ACK (RFC 3261 17.1.1.3, 18.1.2). */
function isAnswerable(message: SipMessage): boolean {
  if (!message.isRequest || message.method === '' || !message.has('via')) return false;
  return message.method !== 'ACK' && parseCSeq(message.get('cseq') ?? '')?.method !== 'ACK';
}
