// Which of our sockets a message leaves by: that of its flow, else the one that the peer can answer to.
import type { Listener } from './listener.js';
import type { RouteSource } from './route-source.js';
import type { Target } from './transport.js';

/**
 * The socket that the target's flow came in by. Of several others of its protocol and address family the one on the address that
 * the kernel would send from; of these, for a public peer one with an advertised address, for a private peer one without.
 */
export function pickListener<T extends { readonly listener: Listener }>(
  open: readonly T[],
  target: Target,
  routes: RouteSource,
): T | undefined {
  const isV6 = target.address.includes(':');
  const { flow } = target;
  let found: T | undefined;
  let isOnlyOne = true;
  for (const one of open) {
    if (one.listener.isV6 !== isV6 || one.listener.address.protocol !== target.protocol) continue;
    if (flow !== undefined && isOf(one.listener, flow.localAddress, flow.localPort)) return one;
    isOnlyOne = found === undefined;
    found ??= one;
  }
  return isOnlyOne ? found : nearest(open, target, routes);
}

function isOf(listener: Listener, address: string, port: number): boolean {
  return listener.address.port === port && (listener.isWildcard || listener.address.address === address);
}

function nearest<T extends { readonly listener: Listener }>(
  open: readonly T[],
  target: Target,
  routes: RouteSource,
): T | undefined {
  const source = routes.toward(target.address);
  const isPublic = !isPrivate(target.address);
  const isV6 = target.address.includes(':');
  let found: T | undefined;
  let best = -1;
  for (const one of open) {
    const { address, isWildcard } = one.listener;
    if (one.listener.isV6 !== isV6 || address.protocol !== target.protocol) continue;
    const rank =
      (isWildcard || address.address === source ? 2 : 0) +
      ((address.advertised !== undefined) === isPublic ? 1 : 0);
    if (rank <= best) continue;
    best = rank;
    found = one;
  }
  return found;
}

/** Loopback, RFC 1918, RFC 6598, link-local and RFC 4193: a peer that sees our own address, not the advertised one. */
const privateAddress =
  /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd]|fe[89ab])/i;

function isPrivate(address: string): boolean {
  return privateAddress.test(address);
}
