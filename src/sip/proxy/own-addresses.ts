// Is this URI one of ours? For our own Route entries (RFC 3261 16.4).
import { parseNameAddr } from '../message/name-addr.js';
import { parseSipUri } from '../message/sip-uri.js';
import type { SipUri } from '../message/sip-uri.js';
import { transportParam } from '../transport/transport.js';
import type { Flow, LocalAddress, Transport } from '../transport/transport.js';

export class OwnAddresses {
  readonly #transport: Transport;
  /** `host:port` that we have written into a Record-Route. */
  readonly #written = new Set<string>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The text of a Record-Route or Path value for this address of ours. */
  routeFor(local: LocalAddress): string {
    this.#written.add(withPort(local.hostPort));
    return `<sip:${local.hostPort}${transportParam(local.protocol)};lr>`;
  }

  /** @param flow where the message came in; its own side is ours too */
  isOurs(uri: SipUri, flow: Flow): boolean {
    if (uri.scheme === 'tel') return false;
    const host = uri.host.toLowerCase();
    const port = uri.port ?? 5060;
    const hostPort = `${host}:${port}`;
    if (this.#written.has(hostPort)) return true;
    const address = host.startsWith('[') ? host.slice(1, -1) : host;
    if (address === flow.localAddress && port === flow.localPort) return true;
    return this.#transport.listenAddresses.some(
      (listen) =>
        (listen.advertised !== undefined && withPort(listen.advertised) === hostPort) ||
        (listen.address === address && listen.port === port),
    );
  }

  /** The same for an element of a Route header. */
  isOurRoute(element: string, flow: Flow): boolean {
    const uri = routeUri(element);
    return uri !== null && this.isOurs(uri, flow);
  }
}

/** The URI of a Route element; null when it has none that we can use. */
export function routeUri(element: string): SipUri | null {
  const address = parseNameAddr(element);
  return address === null ? null : parseSipUri(address.uri);
}

function withPort(hostPort: string): string {
  const lower = hostPort.toLowerCase();
  return /:\d+$/.test(lower) ? lower : `${lower}:5060`;
}
