// Loops and spirals: RFC 3261 16.3 item 4, 16.6 step 8.
import type { SipMessage } from '../message/sip-message.js';
import { parseVia } from '../message/via.js';
import type { BranchMaker } from '../transaction/branch.js';
import { textHash } from '../transaction/text-hash.js';

/**
 * A hash of everything in a request that has a say in where it goes. It stands in the branches of its copies; a request that
 * comes back with the same one has looped, one with another has spiralled.
 */
export function routingHash(request: SipMessage, branches: BranchMaker): string {
  const text =
    `${request.requestUri}\n${request.callId}\n${request.cseq()?.number ?? -1}\n` +
    `${request.from()?.tag ?? ''}\n${request.to()?.tag ?? ''}\n` +
    `${request.get('route') ?? ''}\n${request.get('proxy-require') ?? ''}\n${request.get('proxy-authorization') ?? ''}`;
  return textHash(text, branches.seed);
}

/** True when a copy of this request, with the same hash, has gone out from us. */
export function hasLooped(request: SipMessage, hash: string, branches: BranchMaker): boolean {
  return request
    .list('via')
    .some((via) => via.includes(branches.prefix) && branches.suffixOf(parseVia(via)?.branch) === hash);
}
