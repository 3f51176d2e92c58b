// Where the engine listens for SIP: `--contact` with what follows it, else the contacts of the file.
import { asElements } from './xml-file.js';
import type { XmlElement } from './xml-file.js';

export interface EngineContact {
  /** Such as `sip:10.0.0.1:5060;transport=udp,tcp`. */
  readonly uri: string;
  /** By which peers reach it. */
  readonly externalIp: string | undefined;
}

/** Contacts of the command line, in order. */
export type ContactFlags = readonly { uri: string; externalIp?: string }[];

export interface ReadContacts {
  readonly contacts: readonly EngineContact[];
  readonly warnings: readonly string[];
}

const defaultContact = 'sip:127.0.0.1:5060;transport=udp,tcp';
/** Protocols that drachtio-server has and this engine has not. */
const unsupported: ReadonlySet<string> = new Set(['ws', 'wss', 'sctp']);

export function readContacts(flags: ContactFlags, elements: readonly XmlElement[]): ReadContacts {
  const given =
    flags.length > 0
      ? flags.map(({ uri, externalIp }) => ({ uri, externalIp, where: '--contact' }))
      : elements
          .filter(({ path }) => path === 'sip/contacts/contact' || path === 'sip/contact')
          .map(({ path, text, attributes }) => ({
            uri: text,
            externalIp: attributes['external-ip'],
            where: asElements(path),
          }));
  const warnings: string[] = [];
  const contacts: EngineContact[] = [];
  for (const { uri, externalIp, where } of given) {
    const { supported, dropped } = withoutUnsupported(uri);
    if (dropped.length > 0) warnings.push(`${where} ${uri}: ${dropped.join(', ')} is not spoken here`);
    if (supported !== undefined)
      contacts.push({ uri: supported, externalIp: externalIp === '' ? undefined : externalIp });
  }
  return {
    contacts: given.length === 0 ? [{ uri: defaultContact, externalIp: undefined }] : contacts,
    warnings,
  };
}

/** The contact with the protocols that are spoken here; undefined when none is left. */
function withoutUnsupported(uri: string): { supported: string | undefined; dropped: readonly string[] } {
  const match = /;transport=([A-Za-z,]+)/.exec(uri);
  const named = (match?.[1] ?? '').toLowerCase().split(',');
  const dropped = named.filter((one) => unsupported.has(one));
  if (match === null || dropped.length === 0) return { supported: uri, dropped };
  const kept = named.filter((one) => !unsupported.has(one));
  const supported = kept.length === 0 ? undefined : uri.replace(match[0], `;transport=${kept.join(',')}`);
  return { supported, dropped };
}
