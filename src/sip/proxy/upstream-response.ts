// A response on its way from a target to the caller: RFC 3261 16.7 step 3.
import type { SipMessage } from '../message/sip-message.js';

/**
 * A copy without our Via, and with From and To as the caller wrote them, whatever the application has replaced; the To tag is
 * the callee's.
 * @param request of the caller
 */
export function upstreamResponse(response: SipMessage, request: SipMessage): SipMessage {
  const copy = response.clone();
  copy.popFirst('via');
  if (!copy.has('via')) {
    // The callee has lost the rest; without it the caller would not know the response.
    for (const via of request.getAll('via')) copy.append('via', via);
  }
  const from = request.get('from') ?? '';
  if (copy.get('from') !== from) copy.set('from', from);
  const to = request.get('to') ?? '';
  const tag = request.to()?.tag === undefined ? response.to()?.tag : undefined;
  const tagged = tag === undefined ? to : `${to};tag=${tag}`;
  if (copy.get('to') !== tagged) copy.set('to', tagged);
  return copy;
}
