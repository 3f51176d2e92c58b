// An address the embedded engine listens on: sip:host[:port][;transport=udp,tcp], the form of drachtio-server's --contact, or
// sips:host[:port] for TLS.
import { isIP } from 'node:net';

export type ListenTransport = 'udp' | 'tcp' | 'tls';

export interface ListenAddress {
  /** A host name or an address; an IPv6 address without its brackets. */
  readonly host: string;
  /** 0 takes any free port. Default 5060, and 5061 of TLS. */
  readonly port: number;
  /** UDP, TCP or both, or TLS alone, which cannot share the port of TCP. */
  readonly transports: readonly ListenTransport[];
}

/** An entry of sip.listen. */
export type ListenEntry = string | { readonly uri: string; readonly advertised: string };

const form = /^(sips?):(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?(?:;transport=([a-z,]+))?$/;

/** The parts of a listen address, or what is wrong with it, as the rest of a sentence. */
export function parseListenAddress(text: string): ListenAddress | string {
  const match = form.exec(text);
  if (match === null) return 'is not an address to listen on, such as sip:0.0.0.0:5060;transport=udp,tcp';
  const [, scheme = '', hostText = '', portText, transportText] = match;
  const host = hostText.startsWith('[') ? hostText.slice(1, -1) : hostText;
  if (hostText.startsWith('[') && isIP(host) !== 6) return `has no valid IPv6 address in its brackets`;
  const transports = transportsOf(transportText ?? (scheme === 'sips' ? 'tls' : 'udp,tcp'));
  if (typeof transports === 'string') return transports;
  const isTls = transports.includes('tls');
  if (scheme === 'sips' && !isTls) return 'has sips:, which is TLS; leave out its transport';
  const port = Number(portText ?? (isTls ? 5061 : 5060));
  if (port > 65535) return `has port ${port}; ports end at 65535`;
  return { host, port, transports };
}

function transportsOf(text: string): readonly ListenTransport[] | string {
  const transports: ListenTransport[] = [];
  for (const transport of text.split(',')) {
    if (transport !== 'udp' && transport !== 'tcp' && transport !== 'tls') {
      return `has the transport "${transport}"; the embedded engine speaks udp, tcp and tls`;
    }
    if (transports.includes(transport)) return `has the transport ${transport} twice`;
    transports.push(transport);
  }
  return transports.length > 1 && transports.includes('tls')
    ? 'has tls beside others; TLS is an address of its own, such as sips:0.0.0.0:5061'
    : transports;
}

/** The text that `parseListenAddress` reads. */
export function formatListenAddress(address: ListenAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `sip:${host}:${address.port};transport=${address.transports.join(',')}`;
}

/** The address of an entry, without what it is advertised as. */
export function listenUri(entry: ListenEntry): string {
  return typeof entry === 'string' ? entry : entry.uri;
}
