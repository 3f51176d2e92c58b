// Where a response goes: RFC 3261 18.2.2, RFC 3581 4.
import type { Via } from '../message/via.js';
import { defaultPort } from '../transport/transport.js';
import type { Flow, Target } from '../transport/transport.js';

/**
 * The target of the responses to a request.
 * @param via its topmost Via, in which the transport has noted `received` and `rport`
 * @param flow where it came from; over TCP its connection is used again while it is open
 */
export function responseTarget(via: Via, flow: Flow): Target {
  const sentByPort = via.port ?? defaultPort(flow.protocol);
  if (flow.protocol !== 'udp') {
    return { protocol: flow.protocol, address: flow.remoteAddress, port: sentByPort, flow };
  }
  const rport = via.param('rport');
  const port = typeof rport === 'string' && rport !== '' ? flow.remotePort : sentByPort;
  // Deviation: `maddr` (18.2.2) is not followed; it would let anyone aim our responses at a third party.
  return { protocol: 'udp', address: flow.remoteAddress, port, flow };
}
