// From a SIP URI to addresses: the part of RFC 3263 that needs no SRV and NAPTR records (README.md lists the rest).
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { SipTargetError } from '../errors.js';
import { bareHost } from '../message/host-port.js';
import { parseSipUri } from '../message/sip-uri.js';
import type { SipUri } from '../message/sip-uri.js';
import { defaultPort } from './transport.js';
import type { Protocol, Target } from './transport.js';

export interface Resolver {
  /** Addresses of a host name, best first; empty when it has none. Rejects when it could not be found out. */
  lookup(host: string): Promise<readonly string[]>;
}

/** The system's resolver: /etc/hosts and DNS, A and AAAA. */
export const systemResolver: Resolver = {
  async lookup(host) {
    const found = await lookup(host, { all: true, order: 'ipv4first' });
    return found.map((one) => one.address);
  },
};

interface Endpoint {
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
}

/**
 * The target of a URI whose host is an IP address, at once; null when a name must be looked up.
 * @throws SipTargetError SIP_TARGET_UNSUPPORTED
 */
export function literalTarget(uri: SipUri | string): Target | null {
  const { protocol, host, port } = endpointOf(uri);
  return isIP(host) === 0 ? null : { protocol, address: host, port };
}

/**
 * Where to send a request for `uri`, best first. `maddr` takes the place of the host, UDP is the default, port 5060 too.
 * @throws SipTargetError SIP_TARGET_UNSUPPORTED, SIP_TARGET_UNRESOLVED
 */
export async function resolveTarget(
  uri: SipUri | string,
  resolver: Resolver = systemResolver,
): Promise<Target[]> {
  const { protocol, host, port } = endpointOf(uri);
  if (isIP(host) !== 0) return [{ protocol, address: host, port }];
  let addresses: readonly string[];
  try {
    addresses = await resolver.lookup(host);
  } catch (error) {
    throw new SipTargetError('SIP_TARGET_UNRESOLVED', `no address for ${host}`, { cause: error });
  }
  if (addresses.length === 0) throw new SipTargetError('SIP_TARGET_UNRESOLVED', `no address for ${host}`);
  return addresses.map((address) => ({ protocol, address, port }));
}

function endpointOf(uri: SipUri | string): Endpoint {
  const parsed = typeof uri === 'string' ? parsedUri(uri) : uri;
  if (parsed.scheme === 'tel') {
    throw new SipTargetError('SIP_TARGET_UNSUPPORTED', `scheme ${parsed.scheme} leads to no address`);
  }
  const transport = parsed.params.get('transport');
  const named = typeof transport === 'string' ? transport.toLowerCase() : 'udp';
  // RFC 5630 3.1.4: sips is TLS; udp cannot be, and of tcp it is what runs on it.
  const protocol = parsed.scheme === 'sips' && (named === 'tcp' || transport === undefined) ? 'tls' : named;
  if (parsed.scheme === 'sips' && protocol !== 'tls') {
    throw new SipTargetError('SIP_TARGET_UNSUPPORTED', `sips: is TLS, not ${protocol}`);
  }
  if (protocol !== 'udp' && protocol !== 'tcp' && protocol !== 'tls') {
    throw new SipTargetError(
      'SIP_TARGET_UNSUPPORTED',
      `transport ${protocol} is not supported; udp, tcp and tls are`,
    );
  }
  const maddr = parsed.params.get('maddr');
  const host = bareHost(typeof maddr === 'string' ? maddr : parsed.host);
  return { protocol, host, port: parsed.port ?? defaultPort(protocol) };
}

function parsedUri(text: string): SipUri {
  const uri = parseSipUri(text);
  if (uri === null) throw new SipTargetError('SIP_TARGET_UNSUPPORTED', `no SIP URI: ${text}`);
  return uri;
}
