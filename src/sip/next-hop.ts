// Where a request of ours goes next: a URI to targets. Numeric addresses need no look-up and are known at once.
import { bareHost } from './message/host-port.js';
import { parseSipUri } from './message/sip-uri.js';
import type { SipUri } from './message/sip-uri.js';
import { literalTarget } from './transport/resolve-target.js';
import { defaultPort } from './transport/transport.js';
import type {
  Flow,
  ListenAddress,
  LocalAddress,
  Protocol,
  Target,
  Transport,
} from './transport/transport.js';

export interface NextHop {
  /** The address of ours that it leaves from; before a look-up the likely one. */
  readonly local: LocalAddress;
  /** Known at once, or undefined: look the name up. */
  readonly target: Target | undefined;
  readonly uri: SipUri;
}

/** `unavailable`: we have no socket for it. `myself`: it leads to one of our own addresses. */
export type NextHopFault = 'invalid' | 'unavailable' | 'myself';

export interface NextHopOptions {
  /** The peer's flow; over TCP its connection is used again when the address is the same. */
  readonly flow?: Flow;
  /** Out-of-dialog requests must not go to ourselves. */
  readonly refuseMyself?: boolean;
}

export function nextHop(
  uriText: string,
  transport: Transport,
  options: NextHopOptions = {},
): NextHop | NextHopFault {
  const uri = parseSipUri(uriText);
  if (uri === null || uri.scheme === 'tel') return 'invalid';
  const protocol = protocolOf(uri);
  if (protocol === undefined) return 'unavailable';
  const own = transport.listenAddresses.filter((one) => one.protocol === protocol);
  if (own.length === 0) return 'unavailable';
  if (options.refuseMyself === true && isMyself(bareHost(uri.host), uri.port ?? defaultPort(protocol), own))
    return 'myself';
  const literal = literalTarget(uri);
  if (literal === null) {
    const anywhere = {
      protocol,
      address: own[0]?.address.includes(':') === true ? '::1' : '127.0.0.1',
      port: 5060,
    };
    return { uri, target: undefined, local: transport.localFor(anywhere) };
  }
  const isV6 = literal.address.includes(':');
  if (!own.some((one) => one.address.includes(':') === isV6)) return 'unavailable';
  const { flow } = options;
  const isSamePeer =
    protocol !== 'udp' && flow?.protocol === protocol && flow.remoteAddress === literal.address;
  const target: Target = isSamePeer ? { ...literal, flow } : literal;
  return { uri, target, local: transport.localFor(target) };
}

/** The protocol that a URI asks for; undefined for one that the engine does not speak. */
function protocolOf(uri: SipUri): Protocol | undefined {
  const param = uri.params.get('transport');
  const name = typeof param === 'string' ? param.toLowerCase() : 'udp';
  // RFC 5630 3.1.4: sips is TLS, whether or not it says so in the transport (tcp says it too).
  if (uri.scheme === 'sips')
    return param === undefined || name === 'tcp' || name === 'tls' ? 'tls' : undefined;
  return name === 'udp' || name === 'tcp' || name === 'tls' ? name : undefined;
}

function isMyself(host: string, port: number, own: readonly ListenAddress[]): boolean {
  const address = host.toLowerCase() === 'localhost' ? '127.0.0.1' : host;
  return own.some((one) => {
    if (one.advertised === `${host}:${port}`) return true;
    if (one.port !== port) return false;
    const isAny = one.address === '0.0.0.0' || one.address === '::';
    if (isAny && (address === '127.0.0.1' || address === '::1')) return true;
    return one.address === address || one.advertised === host;
  });
}
