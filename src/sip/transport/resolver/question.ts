// What a URI asks of the resolver: RFC 3263 section 4, the terms of RFC 3261 19.1.
import { isIP } from 'node:net';
import { SipTargetError } from '../../errors.js';
import { bareHost } from '../../message/host-port.js';
import { parseSipUri } from '../../message/sip-uri.js';
import type { SipUri } from '../../message/sip-uri.js';
import type { Protocol } from '../transport.js';

/** `any`: the URI leaves it open. */
export type AskedProtocol = Protocol | 'any';

export interface Question {
  /** TARGET of RFC 3263: `maddr`, else the host; lower case, without brackets. */
  readonly host: string;
  readonly isAddress: boolean;
  readonly port: number | undefined;
  readonly protocol: AskedProtocol;
  /** A `sips:` URI: TLS only. */
  readonly isSecure: boolean;
  /** Host of the URI, for TLS. */
  readonly serverName: string;
}

/** The protocol that a URI asks for; undefined for one that the engine does not speak. */
export function askedProtocol(uri: SipUri): AskedProtocol | undefined {
  if (uri.scheme === 'tel') return undefined;
  const param = uri.params.get('transport');
  const isSecure = uri.scheme === 'sips';
  if (typeof param !== 'string') return isSecure ? 'tls' : 'any';
  switch (param.toLowerCase()) {
    case 'udp':
      // RFC 3261 26.2.2: sips: never goes over UDP.
      return isSecure ? undefined : 'udp';
    case 'tcp':
      return isSecure ? 'tls' : 'tcp';
    case 'tls':
      return 'tls';
    default:
      return undefined;
  }
}

/** @throws SipTargetError SIP_TARGET_UNSUPPORTED */
export function questionOf(uri: SipUri | string): Question {
  const parsed = typeof uri === 'string' ? parseSipUri(uri) : uri;
  if (parsed === null) throw unsupported('no SIP URI');
  if (parsed.scheme === 'tel') throw unsupported('scheme tel leads to no address');
  const protocol = askedProtocol(parsed);
  if (protocol === undefined) {
    const asked = String(parsed.params.get('transport'));
    throw unsupported(`transport ${asked} is not supported for ${parsed.scheme}`);
  }
  const maddr = parsed.params.get('maddr');
  const host = bareHost(typeof maddr === 'string' ? maddr : parsed.host).toLowerCase();
  return {
    host,
    isAddress: isIP(host) !== 0,
    port: parsed.port,
    protocol,
    isSecure: parsed.scheme === 'sips',
    serverName: bareHost(parsed.host).toLowerCase(),
  };
}

const unsupported = (why: string): SipTargetError => new SipTargetError('SIP_TARGET_UNSUPPORTED', why);
