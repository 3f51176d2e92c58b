// Whom a certificate speaks for: RFC 5922 7.1 (identities of a certificate) and 7.3 (is it the one we called?).
import { isIP, SocketAddress } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { bareHost } from '../message/host-port.js';
import { parseSipUri } from '../message/sip-uri.js';

/**
 * Is this the certificate of `name`, the host of the URI that we called, or its address? A SIP URI of the certificate that is
 * the domain counts, and what HTTPS accepts: DNS names and addresses. Deviation from RFC 5922 7.2: a wildcard stands for
 * the leftmost label, because carriers have such certificates.
 * @returns why not, or undefined
 */
export function identityFault(name: string, certificate: PeerCertificate): Error | undefined {
  const wanted = name.toLowerCase();
  if (sipDomains(certificate).includes(wanted)) return undefined;
  return checkServerIdentity(name, certificate);
}

/** The identities of the peer's certificate, when it showed one that we trust: SIP domains, DNS names and addresses, else its CN. */
export function peerIdentities(socket: TLSSocket): readonly string[] | undefined {
  if (!socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate() as Partial<PeerCertificate>;
  const names = altNames(certificate.subjectaltname);
  const found = [
    ...sipDomains(certificate),
    ...names.filter(({ kind }) => kind === 'DNS').map(({ value }) => value.toLowerCase()),
    ...names.filter(({ kind }) => kind === 'IP Address').map(({ value }) => shortAddress(value)),
  ];
  if (found.length > 0) return [...new Set(found)];
  const cn = certificate.subject?.CN;
  const all = typeof cn === 'string' ? [cn] : (cn ?? []);
  return names.length === 0 && all.length > 0 ? all.map((one) => one.toLowerCase()) : undefined;
}

interface AltName {
  readonly kind: string;
  readonly value: string;
}

/** Hosts of the `sip:` URIs without a user part (RFC 5922 7.1). */
function sipDomains(certificate: Partial<PeerCertificate>): string[] {
  return altNames(certificate.subjectaltname).flatMap(({ kind, value }) => {
    const uri = kind === 'URI' ? parseSipUri(value) : null;
    if (uri?.scheme !== 'sip' || uri.user !== undefined) return [];
    return [bareHost(uri.host).toLowerCase()];
  });
}

/** Node.js writes `DNS:a, URI:sip:b, IP Address:192.0.2.1`, with what is odd in it quoted as in JSON. */
function altNames(text: string | undefined): AltName[] {
  return [...(text ?? '').matchAll(/([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)].map((match) => ({
    kind: (match[1] ?? '').trim(),
    value: unquoted(match[2] ?? ''),
  }));
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return '';
  }
}

/** Node.js writes all eight groups of an IPv6 address. */
function shortAddress(text: string): string {
  return isIP(text) === 6 ? new SocketAddress({ address: text, family: 'ipv6' }).address : text;
}

/** The name to send as SNI: never an address (RFC 6066 3). */
export function sniOf(serverName: string | undefined): string | undefined {
  return serverName === undefined || isIP(serverName) !== 0 ? undefined : serverName;
}
