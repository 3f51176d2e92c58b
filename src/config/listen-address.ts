// An address the embedded engine listens on: sip:host[:port][;transport=udp,tcp], the form of drachtio-server's --contact.
import { isIP } from 'node:net';

export interface ListenAddress {
  /** A host name or an address; an IPv6 address without its brackets. */
  readonly host: string;
  /** 0 takes any free port. Default 5060. */
  readonly port: number;
  readonly transports: readonly ('udp' | 'tcp')[];
}

const form = /^sip:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?(?:;transport=([a-z,]+))?$/;

/** The parts of a listen address, or what is wrong with it, as the rest of a sentence. */
export function parseListenAddress(text: string): ListenAddress | string {
  const match = form.exec(text);
  if (match === null) return 'is not an address to listen on, such as sip:0.0.0.0:5060;transport=udp,tcp';
  const [, hostText = '', portText = '5060', transportText = 'udp,tcp'] = match;
  const host = hostText.startsWith('[') ? hostText.slice(1, -1) : hostText;
  if (hostText.startsWith('[') && isIP(host) !== 6) return `has no valid IPv6 address in its brackets`;
  const port = Number(portText);
  if (port > 65535) return `has port ${port}; ports end at 65535`;
  const transports: ('udp' | 'tcp')[] = [];
  for (const transport of transportText.split(',')) {
    if (transport !== 'udp' && transport !== 'tcp') {
      return `has the transport "${transport}"; the embedded engine speaks udp and tcp`;
    }
    if (transports.includes(transport)) return `has the transport ${transport} twice`;
    transports.push(transport);
  }
  return { host, port, transports };
}

/** The text that `parseListenAddress` reads. */
export function formatListenAddress(address: ListenAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `sip:${host}:${address.port};transport=${address.transports.join(',')}`;
}
