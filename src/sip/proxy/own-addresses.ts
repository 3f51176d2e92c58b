// Is this URI one of ours? For our own Route entries (RFC 3261 16.4).
import { hostInUri } from '../message/host-port.js';
import { parseNameAddr } from '../message/name-addr.js';
import { parseSipUri } from '../message/sip-uri.js';
import type { SipUri } from '../message/sip-uri.js';
import { defaultPort, transportParam } from '../transport/transport.js';
import type { Flow, LocalAddress, Transport } from '../transport/transport.js';

export class OwnAddresses {
  readonly #transport: Transport;
  /** `host:port` that we have written into a Record-Route. */
  readonly #written = new Set<string>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * The text of a Record-Route or Path value for this address of ours.
   * @param cookie URI parameter that shows that we wrote it
   */
  routeFor(local: LocalAddress, cookie = ''): string {
    this.#written.add(local.hostPort.toLowerCase());
    return `<sip:${local.hostPort}${transportParam(local.protocol)};lr${cookie}>`;
  }

  /** @param flow where the message came in; its own side is ours too */
  isOurs(uri: SipUri, flow: Flow): boolean {
    if (uri.scheme === 'tel') return false;
    const host = uri.host.toLowerCase();
    const port = uri.port ?? defaultPort(isTls(uri) ? 'tls' : 'udp');
    const hostPort = `${host}:${port}`;
    if (this.#written.has(hostPort)) return true;
    const address = host.startsWith('[') ? host.slice(1, -1) : host;
    if (address === flow.localAddress && port === flow.localPort) return true;
    return this.#transport.listenAddresses.some(
      (listen) =>
        (listen.advertised !== undefined && withPort(listen.advertised, listen.port) === hostPort) ||
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

function isTls({ scheme, params }: SipUri): boolean {
  return scheme === 'sips' || String(params.get('transport')).toLowerCase() === 'tls';
}

/** An advertised address without a port has that of the socket. */
function withPort(advertised: string, port: number): string {
  const lower = advertised.toLowerCase();
  return /(\]|^[^:]*):\d+$/.test(lower) ? lower : `${hostInUri(lower)}:${port}`;
}
