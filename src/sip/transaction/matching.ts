// Which transaction a request belongs to: RFC 3261 17.2.3, 9.2 and 8.2.2.2. Keys for one look-up a message.
import type { SipMessage } from '../message/sip-message.js';
import type { Via } from '../message/via.js';

/** What the branch of every transaction made by RFC 3261 rules starts with (8.1.1.7). */
export const magicCookie = 'z9hG4bK';

/**
 * The key of the server transaction of a request.
 * With the magic cookie: branch, sent-by and method, ACK standing for INVITE. Without (RFC 2543): Request-URI, From tag,
 * Call-ID, CSeq number, method and the whole topmost Via; the To tag is left to `hasMatchingToTag`.
 * @param method in place of the request's own: `INVITE` to find what a CANCEL cancels
 */
export function serverKey(request: SipMessage, via: Via, method = request.method): string {
  const matched = method === 'ACK' ? 'INVITE' : method;
  const { branch } = via;
  if (branch?.startsWith(magicCookie) === true) {
    return `${matched} ${via.host.toLowerCase()}:${via.port ?? 5060} ${branch}`;
  }
  const fromTag = request.from()?.tag ?? '';
  const number = request.cseq()?.number ?? -1;
  return `${matched} ${request.requestUri} ${fromTag} ${request.callId} ${number} ${via.toString()}`;
}

/** True when the transaction of this request was made by RFC 2543 rules, where the To tag takes part in matching. */
export function isRfc2543(via: Via): boolean {
  return via.branch?.startsWith(magicCookie) !== true;
}

/**
 * RFC 3261 17.2.3, RFC 2543 part: a retransmission has the To tag of the request; an ACK has that of our response.
 * @param responseTag the tag of the final response that was sent
 */
export function hasMatchingToTag(
  message: SipMessage,
  original: SipMessage,
  responseTag: string | undefined,
): boolean {
  const tag = message.to()?.tag;
  if (message.method === 'ACK') return tag === responseTag;
  return tag === original.to()?.tag;
}

/**
 * What the copies of one request that came by different paths have in common: RFC 3261 8.2.2.2.
 * Undefined for a request with a To tag, an ACK and a CANCEL, which are never merged.
 */
export function mergeKey(request: SipMessage): string | undefined {
  const { method } = request;
  if (method === 'ACK' || method === 'CANCEL' || request.to()?.tag !== undefined) return undefined;
  return `${request.callId} ${request.from()?.tag ?? ''} ${request.cseq()?.number ?? -1} ${method}`;
}
