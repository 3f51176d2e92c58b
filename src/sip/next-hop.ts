// Where a request of ours goes next: a URI to targets. Numeric addresses need no look-up and are known at once.
import { bareHost } from './message/host-port.js';
import { parseSipUri } from './message/sip-uri.js';
import type { SipUri } from './message/sip-uri.js';
import { defaultPort } from './transport/transport.js';
import { askedProtocol } from './transport/resolver/index.js';
import type { SipResolver } from './transport/resolver/index.js';
import type { Flow, ListenAddress, LocalAddress, Target, Transport } from './transport/transport.js';

export interface NextHop {
  /** The address of ours that it leaves from; before a look-up the likely one. */
  readonly local: LocalAddress;
  /** Known at once, or undefined: look the name up. */
  readonly target: Target | undefined;
  /** To be tried when that one fails (RFC 3263 4.3). */
  readonly others: readonly Target[];
  readonly uri: SipUri;
  /** What the look-up is to heed. */
  readonly options: NextHopOptions;
}

/** What it takes to find a hop. */
export interface Reach {
  readonly transport: Transport;
  readonly resolver: SipResolver;
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
  { transport, resolver }: Reach,
  options: NextHopOptions = {},
): NextHop | NextHopFault {
  const uri = parseSipUri(uriText);
  if (uri === null || uri.scheme === 'tel') return 'invalid';
  const asked = askedProtocol(uri);
  if (asked === undefined) return 'unavailable';
  const { listenAddresses } = transport;
  const protocol = asked === 'any' ? (uri.scheme === 'sips' ? 'tls' : undefined) : asked;
  const own =
    protocol === undefined ? listenAddresses : listenAddresses.filter((one) => one.protocol === protocol);
  const likely = own[0];
  if (likely === undefined) return 'unavailable';
  const port = uri.port ?? defaultPort(likely.protocol);
  if (options.refuseMyself === true && isMyself(bareHost(uri.host), port, own)) return 'myself';
  const { flow } = options;
  const literal = resolver.literal(uri);
  if (literal !== null) {
    if (!own.some((one) => isSameSide(one, literal))) return 'unavailable';
    const target = sameConnection(literal, flow);
    return { uri, target, others: none, local: transport.localFor(target), options };
  }
  const known = resolver.known(uri);
  const [target, ...others] = known === undefined ? none : heeding(known, transport, options);
  if (target !== undefined) return { uri, target, others, local: transport.localFor(target), options };
  if (known !== undefined) return 'myself';
  const address = likely.address.includes(':') ? '::1' : '127.0.0.1';
  const local = transport.localFor({ protocol: likely.protocol, address, port: 5060 });
  return { uri, target: undefined, others: none, local, options };
}

const none: readonly Target[] = [];

function isSameSide(own: ListenAddress, { protocol, address }: Target): boolean {
  return own.protocol === protocol && own.address.includes(':') === address.includes(':');
}

/** Over a connection the one that the peer has is used again. */
function sameConnection(target: Target, flow: Flow | undefined): Target {
  return target.protocol !== 'udp' && flow !== undefined && isPeer(target, flow)
    ? { ...target, flow }
    : target;
}

function isPeer({ protocol, address, port }: Target, flow: Flow): boolean {
  if (protocol !== flow.protocol || address !== flow.remoteAddress) return false;
  // The peer may have connected to us, from any port.
  return protocol !== 'udp' || port === flow.remotePort;
}

/**
 * What a name led to, without ourselves where that is refused, and the peer that we talk with first, so that what follows in a
 * dialog reaches the server that has it.
 */
export function heeding(
  targets: readonly Target[],
  transport: Transport,
  { flow, refuseMyself }: NextHopOptions,
): readonly Target[] {
  if (refuseMyself === true) {
    const { listenAddresses } = transport;
    return targets.filter(({ protocol, address, port }) => {
      const own = listenAddresses.filter((one) => one.protocol === protocol);
      return !isMyself(address, port, own);
    });
  }
  const peer = flow === undefined ? undefined : targets.find((one) => isPeer(one, flow));
  if (peer === undefined) return targets;
  return [sameConnection(peer, flow), ...targets.filter((one) => one !== peer)];
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
