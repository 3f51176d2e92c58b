// What every message must have before anything looks at it: RFC 3261 8.1.1, 16.3 item 1 and 18.1.2.
import { ANY_URI, allOf, parseDigits } from './characters.js';
import { parseNameAddr } from './name-addr.js';
import { refusal } from './parse-result.js';
import type { Refusal } from './parse-result.js';
import type { SipMessage } from './sip-message.js';
import { uriScheme } from './sip-uri.js';

/** The first fault of a request, or null. A Request-URI of an unknown scheme is none (416 is for the upper layer). */
export function validateRequest(request: SipMessage): Refusal | null {
  return (
    validateRequestUri(request) ??
    validateCommon(request) ??
    validateMaxForwards(request) ??
    validateContact(request)
  );
}

/** The first fault of a response, or null. A response that has one is dropped. */
export function validateResponse(response: SipMessage): Refusal | null {
  return validateCommon(response);
}

function validateCommon(message: SipMessage): Refusal | null {
  const via = message.topVia();
  if (via === null) return fault(message, 'via', 'Via');
  // The magic cookie alone identifies no transaction (RFC 4475 3.3.13).
  if (via.branch?.toLowerCase() === 'z9hg4bk') return refusal(400, 'Malformed Via branch');
  if (message.from() === null) return fault(message, 'from', 'From');
  if (message.to() === null) return fault(message, 'to', 'To');
  if (!isCallId(message.callId)) return fault(message, 'call-id', 'Call-ID');
  const cseq = message.cseq();
  if (cseq === null) return fault(message, 'cseq', 'CSeq');
  if (cseq.method !== message.method) return refusal(400, 'CSeq Method Mismatch');
  return null;
}

const fault = (message: SipMessage, name: string, spelled: string): Refusal =>
  refusal(400, message.has(name) ? `Malformed ${spelled}` : `Missing ${spelled}`);

/** word [ "@" word ]: any printable characters. */
function isCallId(callId: string): boolean {
  for (let i = 0; i < callId.length; i++) {
    const code = callId.charCodeAt(i);
    if (code <= 0x20 || code === 0x7f) return false;
  }
  return callId !== '';
}

function validateRequestUri(request: SipMessage): Refusal | null {
  const uri = request.uri();
  if (uri !== null) {
    // Headers are not allowed in a Request-URI (RFC 3261 19.1.1, table 1).
    return uri.headers.size === 0 ? null : refusal(400, 'Headers in Request-URI');
  }
  const scheme = uriScheme(request.requestUri);
  const isForeign = scheme !== '' && scheme !== 'sip' && scheme !== 'sips' && scheme !== 'tel';
  return isForeign && allOf(ANY_URI, request.requestUri, scheme.length, request.requestUri.length)
    ? null
    : refusal(400, 'Malformed Request-URI');
}

function validateMaxForwards(request: SipMessage): Refusal | null {
  const value = request.get('max-forwards');
  // Absent is allowed: a proxy adds it (RFC 3261 16.3 item 3).
  if (value === undefined || parseDigits(value, 0, value.length, 255) !== -1) return null;
  return refusal(400, 'Malformed Max-Forwards');
}

function validateContact(request: SipMessage): Refusal | null {
  for (const contact of request.list('contact')) {
    if (contact !== '*' && parseNameAddr(contact) === null) return refusal(400, 'Malformed Contact');
  }
  return null;
}
