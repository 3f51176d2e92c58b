// Listen addresses as people write them: sip:0.0.0.0:5060;transport=udp,tcp
import { isIP } from 'node:net';
import { SipTransportError } from '../errors.js';
import { bareHost } from '../message/host-port.js';
import type { ListenAddress, Protocol } from './transport.js';

const form = /^sip:(\[[^\]]*\]|[^:;@[\]]+)(?::(\d{1,5}))?(?:;transport=([a-z,]+))?$/i;
const hostNames: Readonly<Record<string, string>> = { '*': '0.0.0.0', localhost: '127.0.0.1' };

/**
 * One address for each protocol named. Without `transport` both, UDP and TCP (RFC 3261 18); without a port 5060; port 0
 * is any that is free. The host is an IP address, `localhost`, or `*` for all IPv4 addresses.
 * @param advertised `host` or `host:port` to be written to Via and Contact instead.
 * @throws SipTransportError SIP_LISTEN_ADDRESS
 */
export function parseListenAddress(text: string, advertised?: string): ListenAddress[] {
  const match = form.exec(text.trim());
  if (match === null) throw refused(text, 'it must look like sip:0.0.0.0:5060;transport=udp,tcp');
  const host = bareHost(match[1] ?? '');
  const address = hostNames[host.toLowerCase()] ?? host;
  const port = match[2] === undefined ? 5060 : Number(match[2]);
  if (isIP(address) === 0) throw refused(text, `${host} is no IP address`);
  if (port > 65535) throw refused(text, `${port} is no port`);
  const protocols = (match[3] ?? 'udp,tcp')
    .toLowerCase()
    .split(',')
    .map((one) => protocolOf(text, one));
  return [...new Set(protocols)].map((protocol) => ({
    protocol,
    address,
    port,
    ...(advertised === undefined ? {} : { advertised }),
  }));
}

function protocolOf(text: string, name: string): Protocol {
  if (name === 'udp' || name === 'tcp') return name;
  throw refused(text, `transport ${name || '(empty)'} is not supported, udp and tcp are`);
}

const refused = (text: string, why: string): SipTransportError =>
  new SipTransportError('SIP_LISTEN_ADDRESS', `cannot listen on ${JSON.stringify(text)}: ${why}`);
