// `received` and `rport` of the topmost Via of a request that came in: RFC 3261 18.2.1, RFC 3581 section 4.
import { bareHost } from '../message/host-port.js';
import type { SipMessage } from '../message/sip-message.js';
import type { Flow } from './transport.js';

/** `asked`: rport is filled in when the peer put it there (RFC 3581); `always`: whether or not. */
export type RportPolicy = 'asked' | 'always';

/** Writes where the request came from; what the peer itself wrote there is replaced. */
export function noteSource(request: SipMessage, flow: Flow, policy: RportPolicy): void {
  const via = request.topVia();
  if (via === null) return;
  const asked = via.param('rport') !== undefined || policy === 'always';
  const differs = bareHost(via.host) !== flow.remoteAddress;
  // RFC 3581 section 4: with rport, received is added even when it is the same as the sent-by.
  if (!asked && !differs && via.param('received') === undefined) return;
  request.setTopVia(via.withSource(flow.remoteAddress, asked ? String(flow.remotePort) : undefined));
}
