// May this request be forwarded? RFC 3261 16.3; the syntax has been checked by the parser.
import type { SipMessage } from '../message/sip-message.js';
import type { BranchMaker } from '../transaction/branch.js';
import type { HeaderField } from '../transaction/generated-requests.js';
import { hasLooped } from './loop-detection.js';

export interface ForwardingRefusal {
  readonly status: number;
  readonly reason: string;
  /** For the response. */
  readonly headers: readonly HeaderField[];
}

/**
 * The first reason not to forward, or undefined.
 * @param hash of `routingHash`
 */
export function refusalOf(
  request: SipMessage,
  hash: string,
  branches: BranchMaker,
): ForwardingRefusal | undefined {
  if (request.get('max-forwards')?.trim() === '0') {
    return { status: 483, reason: 'Max-Forwards value of 0', headers: [] };
  }
  if (hasLooped(request, hash, branches)) {
    return { status: 482, reason: 'loop detected', headers: [] };
  }
  const required = request.list('proxy-require');
  if (required.length > 0) {
    // Item 5; we know no extension that a proxy must understand.
    const unsupported = { name: 'Unsupported', value: required.join(', ') };
    return { status: 420, reason: `Proxy-Require of ${required.join(', ')}`, headers: [unsupported] };
  }
  return undefined;
}
