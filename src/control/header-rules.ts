// What the application's headers become on the wire: drachtio-protocol "Header rules".
import { parseNameAddr, splitList, transportParam } from '../sip/index.js';
import type { HeaderLine, LocalAddress } from '../sip/index.js';
import { appHeader } from './app-message.js';
import type { AppHeader, AppMessage } from './app-message.js';

/** Headers that are the engine's own, whatever the application says. */
const engineOwned: ReadonlySet<string> = new Set(['via', 'route', 'record-route', 'rseq', 'content-length']);
/** Headers in which the host `localhost` stands for our address. */
const localised: ReadonlySet<string> = new Set(['from', 'to', 'contact', 'p-asserted-identity']);
const localhost = /(sips?:(?:[^@<>;\s]*@)?)localhost(?::\d+)?(?=[\s;>?,]|$)/gi;

/** Our Contact as the peer reaches it. */
export function ownContact(local: LocalAddress): string {
  return `<sip:${local.hostPort}${transportParam(local.protocol)}>`;
}

/** `sip:a@localhost` -> `sip:a@host:port`; a Contact also says by which transport. */
export function localise(name: string, value: string, local: LocalAddress): string {
  if (!value.includes('localhost')) return value;
  const suffix = name === 'contact' ? transportParam(local.protocol) : '';
  return value.replace(localhost, (_match, before: string) => `${before}${local.hostPort}${suffix}`);
}

/** An address in angle brackets, so that parameters of the header and of the URI cannot be confused. */
export function bracketed(value: string): string {
  if (value.includes('<') || value === '*') return value;
  const end = value.indexOf(';');
  return end === -1 ? `<${value}>` : `<${value.slice(0, end)}>${value.slice(end)}`;
}

/** The application's lines but those in `without`, with our address filled in; undefined when one is malformed. */
export function appLines(
  headers: readonly AppHeader[],
  without: ReadonlySet<string>,
  local: LocalAddress,
): HeaderLine[] | undefined {
  const lines: HeaderLine[] = [];
  for (const header of headers) {
    const { name } = header;
    if (engineOwned.has(name) || without.has(name)) continue;
    // An empty value takes the header off a proxied request.
    if (!localised.has(name) || (header.value === '' && name !== 'contact')) {
      lines.push(header);
      continue;
    }
    const value = localise(name, header.value, local);
    const isList = value.includes(',');
    if (name === 'contact' && !isContact(value, isList)) return undefined;
    lines.push({ name, spelled: header.spelled, value: isList ? value : bracketed(value) });
  }
  return lines;
}

function isContact(value: string, isList: boolean): boolean {
  if (value === '*') return true;
  if (!isList) return parseNameAddr(value) !== null;
  return splitList(value).every((one) => parseNameAddr(one) !== null);
}

const contentType: HeaderLine = {
  name: 'content-type',
  spelled: 'Content-Type',
  value: 'application/sdp',
};

/** Content-Type of a body that the application left untyped: SDP shows by its first line. */
export function defaultContentType(message: AppMessage): HeaderLine | undefined {
  if (!message.body.startsWith('v=0') || appHeader(message, 'content-type') !== undefined) return undefined;
  return contentType;
}
