// The copy of a request that goes to one target: RFC 3261 16.6 steps 1 to 6.
//
// Deviation from drachtio-server, which replaces the Request-URI only when it is local and no tel: URI: here the target always
// becomes the Request-URI (16.6 step 2), so that a queue chosen by its URI is reached whatever the caller had dialled.
import { isToken } from '../message/characters.js';
import { canonicalHeaderName } from '../message/header-names.js';
import { breaksLine } from '../message/header-value.js';
import type { SipMessage } from '../message/sip-message.js';
import { splitUriHeaders } from '../message/uri-headers.js';
import type { HeaderField } from '../transaction/generated-requests.js';

/** Owned by the proxy and the transactions; an application cannot set them. */
const owned = new Set([
  'via',
  'v',
  'route',
  'record-route',
  'path',
  'call-id',
  'i',
  'cseq',
  'rseq',
  'content-length',
  'l',
]);

export interface ForwardedParts {
  /** The target; a header part (`?X-Offer-ID=1`) becomes headers of this copy alone: RFC 3261 19.1.1, 19.1.5. */
  readonly uri: string;
  readonly headers: readonly HeaderField[];
  /** Values for Record-Route, topmost last; none: we do not stay in the way. */
  readonly routes: readonly string[];
}

export function forwardedRequest(request: SipMessage, { uri, headers, routes }: ForwardedParts): SipMessage {
  const copy = request.clone();
  const target = splitUriHeaders(uri);
  copy.requestUri = target.uri;
  decrementMaxForwards(copy);
  // 16.4 takes our own Route off. Deviation: as drachtio-server does, the rest of a preloaded one goes too; the application has
  // said where the request is to go.
  copy.remove('route');
  const routeHeader = copy.method === 'REGISTER' ? 'path' : 'record-route';
  for (const route of routes) copy.prepend(routeHeader, route);
  if (routes.length > 0 && copy.method === 'REGISTER') requirePath(copy);
  replaceHeaders(copy, headers);
  const own = target.headers.filter(isSafe).map(([name, value]) => ({ name, value }));
  if (own.length > 0) replaceHeaders(copy, own);
  return copy;
}

/** 19.1.5 lets us leave out what is dangerous: here, what would break out of its line, and the body. */
function isSafe([name, value]: readonly [string, string]): boolean {
  return isToken(name) && !breaksLine(value) && name.toLowerCase() !== 'body';
}

/** 16.6 step 3. */
export function decrementMaxForwards(message: SipMessage): void {
  const value = message.get('max-forwards');
  message.set('max-forwards', value === undefined ? '70' : String(Math.max(0, Number(value) - 1)));
}

/** RFC 3327 5.2: the registrar must know Path. */
function requirePath(message: SipMessage): void {
  if (!message.list('require').includes('path')) message.append('require', 'path');
}

function replaceHeaders(message: SipMessage, headers: readonly HeaderField[]): void {
  const replaced = new Set<string>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    if (owned.has(key)) continue;
    if (value === '') message.remove(canonicalHeaderName(name));
    else if (key === 'from' || key === 'f') message.set('from', withTag(value, message.from()?.tag));
    else if (key === 'to' || key === 't') message.set('to', withTag(value, message.to()?.tag));
    else if (replaced.has(key)) message.append(name, value);
    else message.set(name, value);
    replaced.add(key);
  }
}

/** An address header with this tag in place of its own: the tag belongs to the dialog. */
function withTag(value: string, tag: string | undefined): string {
  const bare = value.replace(/;\s*tag\s*=[^;>]*(?=[^>]*$)/i, '');
  return tag === undefined ? bare : `${bare};tag=${tag}`;
}
