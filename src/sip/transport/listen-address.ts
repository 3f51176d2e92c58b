// Listen addresses as people write them: sip:0.0.0.0:5060;transport=udp,tcp or sips:0.0.0.0:5061
import { isIP } from 'node:net';
import { SipTransportError } from '../errors.js';
import { bareHost } from '../message/host-port.js';
import { defaultPort } from './transport.js';
import type { ListenAddress, Protocol } from './transport.js';

const form = /^(sips?):(\[[^\]]*\]|[^:;@[\]]+)(?::(\d{1,5}))?(?:;transport=([a-z,]+))?$/i;
const hostNames: Readonly<Record<string, string>> = { '*': '0.0.0.0', localhost: '127.0.0.1' };

/**
 * One address for each protocol named. Without `transport` both, UDP and TCP (RFC 3261 18), and TLS of `sips:`; without a port
 * 5060, and 5061 of TLS; port 0 is any that is free. The host is an IP address, `localhost`, or `*` for all IPv4 addresses.
 * @param advertised `host` or `host:port` to be written to Via and Contact instead.
 * @throws SipTransportError SIP_LISTEN_ADDRESS
 */
export function parseListenAddress(text: string, advertised?: string): ListenAddress[] {
  const match = form.exec(text.trim());
  if (match === null) throw refused(text, 'it must look like sip:0.0.0.0:5060;transport=udp,tcp');
  const [, scheme = '', hostText = '', portText, transportText] = match;
  const host = bareHost(hostText);
  const address = hostNames[host.toLowerCase()] ?? host;
  const isSips = scheme.toLowerCase() === 'sips';
  if (isIP(address) === 0) throw refused(text, `${host} is no IP address`);
  if (Number(portText ?? 0) > 65535) throw refused(text, `${portText ?? ''} is no port`);
  const protocols = (transportText ?? (isSips ? 'tls' : 'udp,tcp'))
    .toLowerCase()
    .split(',')
    .map((one) => protocolOf(text, one));
  if (isSips && protocols.some((protocol) => protocol !== 'tls')) throw refused(text, 'sips: is TLS alone');
  return [...new Set(protocols)].map((protocol) => ({
    protocol,
    address,
    port: portText === undefined ? defaultPort(protocol) : Number(portText),
    ...(advertised === undefined ? {} : { advertised }),
  }));
}

function protocolOf(text: string, name: string): Protocol {
  if (name === 'udp' || name === 'tcp' || name === 'tls') return name;
  throw refused(text, `transport ${name || '(empty)'} is not supported; udp, tcp and tls are`);
}

const refused = (text: string, why: string): SipTransportError =>
  new SipTransportError('SIP_LISTEN_ADDRESS', `cannot listen on ${JSON.stringify(text)}: ${why}`);
