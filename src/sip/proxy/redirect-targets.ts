// The Contacts of a 3xx as targets: RFC 3261 16.5, 8.1.3.4.
import { parseNameAddr } from '../message/name-addr.js';
import { parseSipUri } from '../message/sip-uri.js';
import type { SipMessage } from '../message/sip-message.js';

/** SIP URIs without header parts, by falling q (default 1), those of the same q in their order. */
export function redirectTargets(response: SipMessage): string[] {
  const found: { uri: string; q: number }[] = [];
  for (const contact of response.list('contact')) {
    const address = parseNameAddr(contact);
    const uri = address === null ? null : parseSipUri(address.uri);
    if (address === null || uri?.scheme !== 'sip') continue;
    const q = Number(address.params.get('q') ?? 1);
    // Deviation from 19.1.5: the headers that a Contact asks for are not added; a stranger does not write ours.
    found.push({ uri: address.uri.replace(/\?.*$/, ''), q: Number.isNaN(q) ? 1 : q });
  }
  return found.sort((a, b) => b.q - a.q).map(({ uri }) => uri);
}
