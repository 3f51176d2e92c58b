// When two URIs are the same resource: RFC 3261 19.1.4 for sip and sips, RFC 3966 section 4 for tel.
import type { SipUri } from './sip-uri.js';
import type { Params } from './parameters.js';
import { unescapeUri } from './uri-escape.js';

/** Parameters that must be in both URIs or in neither; others count only when both have them. */
const neverIgnored = ['user', 'ttl', 'method', 'maddr', 'transport'] as const;

const plain = (text: string | true | undefined): string | true | undefined =>
  typeof text === 'string' ? unescapeUri(text) : text;
const folded = (text: string | true | undefined): string | true | undefined =>
  typeof text === 'string' ? unescapeUri(text).toLowerCase() : text;

export function sipUriEquals(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme) return false;
  if (a.scheme === 'tel') return telEquals(a, b);
  return (
    plain(a.user) === plain(b.user) &&
    plain(a.password) === plain(b.password) &&
    a.host.toLowerCase() === b.host.toLowerCase() &&
    a.port === b.port &&
    neverIgnored.every((name) => folded(a.params.get(name)) === folded(b.params.get(name))) &&
    sharedParamsAgree(a.params, b.params) &&
    headersEqual(a.headers, b.headers)
  );
}

function sharedParamsAgree(a: Params, b: Params): boolean {
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other !== undefined && folded(other) !== folded(value)) return false;
  }
  return true;
}

function headersEqual(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false;
  const others = new Map(
    Array.from(b, ([name, value]) => [unescapeUri(name).toLowerCase(), unescapeUri(value)]),
  );
  for (const [name, value] of a) {
    if (others.get(unescapeUri(name).toLowerCase()) !== unescapeUri(value)) return false;
  }
  return true;
}

function telEquals(a: SipUri, b: SipUri): boolean {
  const digits = (uri: SipUri): string => (uri.user ?? '').replace(/[-.()]/g, '').toLowerCase();
  if (digits(a) !== digits(b) || a.params.size !== b.params.size) return false;
  for (const [name, value] of a.params) if (folded(b.params.get(name)) !== folded(value)) return false;
  return true;
}
