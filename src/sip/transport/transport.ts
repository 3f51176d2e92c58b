// What the layers above need of a transport (RFC 3261 section 18), and the words for where messages come from and go.
import type { SipTransportError } from '../errors.js';
import type { SipMessage } from '../message/sip-message.js';

export type Protocol = 'udp' | 'tcp' | 'tls';

/** The protocols that have connections. */
export type StreamProtocol = Exclude<Protocol, 'udp'>;

/** RFC 3261 19.1.2: what a URI or Via without a port means. */
export function defaultPort(protocol: Protocol): number {
  return protocol === 'tls' ? 5061 : 5060;
}

/** What a URI of ours says about its transport: nothing for UDP, the default of a `sip:` URI (RFC 3261 19.1.2). */
export function transportParam(protocol: Protocol): string {
  return protocol === 'udp' ? '' : `;transport=${protocol}`;
}

/** Where a message came from. Addresses are IP addresses without brackets. */
export interface Flow {
  readonly protocol: Protocol;
  /** A concrete address of ours, even when the socket listens on all of them. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Of a TCP or TLS connection; the same number is never used again. */
  readonly connectionId?: number;
  /** Of TLS: whom the peer's certificate speaks for, when it showed one that we trust; lower case (RFC 5922 7.1). */
  readonly peerIdentities?: readonly string[];
  /** Of a TLS connection of ours: the name that the peer has proved to be. */
  readonly serverName?: string;
}

/** Where a message is to go. */
export interface Target {
  readonly protocol: Protocol;
  /** An IP address without brackets. */
  readonly address: string;
  readonly port: number;
  /** Host of the URI that led here: what the certificate of a TLS peer must be for (RFC 5922 7.3), and the name sent as SNI. */
  readonly serverName?: string;
  /** Time for a new connection to come about, when the usual one is too long. */
  readonly connectTimeoutMs?: number;
  /** The flow that a response belongs to: its connection is used while it is open, and its local socket. */
  readonly flow?: Flow;
  /** Of a response: the request was taken by the user of the engine, so that the response may be as long as it is. */
  isLetIn?: boolean;
}

export interface ListenAddress {
  readonly protocol: Protocol;
  /** IP address without brackets; `0.0.0.0` and `::` are all of ours. */
  readonly address: string;
  readonly port: number;
  /** `host` or `host:port` that others reach this address by, written to Via and Contact instead of our own. */
  readonly advertised?: string;
}

/** One of our addresses as a peer sees it. */
export interface LocalAddress extends ListenAddress {
  /** `host:port` for Via and Contact: the advertised one, else a concrete address with brackets if IPv6. */
  readonly hostPort: string;
}

export interface Transport {
  /** Addresses that are open, with their real ports. */
  readonly listenAddresses: readonly ListenAddress[];
  /** The address of ours that a message to `target` is sent from. */
  localFor(target: Target): LocalAddress;
  /** Sends once; `onError` is called at most once, never before `send` returns. */
  send(message: SipMessage | string, target: Target, onError: (error: SipTransportError) => void): void;
}

/** Sees every message as it came or goes, such as to remember it. Called for each, so it has to be quick; it must not throw. */
export interface WireTap {
  /** A whole message that arrived, well-formed or not. */
  received(text: string, flow: Flow): void;
  /** A message that is handed to a socket now. */
  sent(text: string, target: Target, local: LocalAddress): void;
}
