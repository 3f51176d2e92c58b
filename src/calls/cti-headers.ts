// CTI data on the wire: the headers that tell a centre which decision and offer a call carries (design, section 5 step 8), and
// the rule that nothing of that name comes in from a trunk.
import type { Decision, OfferOnCall } from '../decision/index.js';
import type { CtiPairs } from '../offers/index.js';

export type Headers = Readonly<Record<string, string>>;

/** The longest header value that is sent; longer ones are cut, since some centres drop longer lines. */
const maxValueLength = 1024;

const breaksLine = /[\r\n\0]/;

const lineBreaks = /[\r\n\0]+[ \t]*/g;

/** What the Call-Info purpose of an offer script is; `info` is the general one (RFC 3261 20.9). */
const callInfoPurpose = 'info';

/**
 * A value that may go into a header: CR, LF and NUL with the white space after them become one space, so that a folded header
 * stays one header (RFC 3261 7.3.1) and nothing that was received becomes a header of its own.
 */
export function cleanValue(text: string): string {
  return breaksLine.test(text) ? text.replace(lineBreaks, ' ').trim() : text;
}

/** A clean value of ours, at most 1,024 characters. */
export function headerValue(text: string): string {
  const clean = cleanValue(text);
  return clean.length > maxValueLength ? clean.slice(0, maxValueLength) : clean;
}

/** Headers of every attempt of a decision: the reference that everything else can be looked up by. */
export function decisionHeaders(decisionId: string): Headers {
  return {
    // RFC 7433 4.1: hexadecimal, with the encoding stated.
    'User-to-User': `${Buffer.from(decisionId, 'utf8').toString('hex')};encoding=hex`,
    'X-Decision-ID': headerValue(decisionId),
  };
}

const headersByOffer = new WeakMap<OfferOnCall, Headers>();

/** Headers of an attempt that presents an offer; one object for each offer of the settings. */
export function offerHeaders(offer: OfferOnCall): Headers {
  let headers = headersByOffer.get(offer);
  if (headers === undefined) {
    headers = {
      'X-Offer-ID': headerValue(offer.offerCode),
      'X-Offer-URL': headerValue(offer.offerUrl),
      'Call-Info': `<${headerValue(offer.offerUrl)}>;purpose=${callInfoPurpose}`,
    };
    headersByOffer.set(offer, headers);
  }
  return headers;
}

/** Takes the offer off a call that has carried one: a centre keeps the headers of a call for its next leg, and '' ends one. */
export const noOfferHeaders: Headers = { 'X-Offer-ID': '', 'X-Offer-URL': '', 'Call-Info': '' };

/** All CTI headers of one step. */
export function stepHeaders(decision: Pick<Decision, 'decisionId'>, offer: OfferOnCall | undefined): Headers {
  const base = decisionHeaders(decision.decisionId);
  return offer === undefined ? base : { ...base, ...offerHeaders(offer) };
}

/** What was presented to the caller before, for the agent who gets the call, oldest first: `ACME-TRAVEL:declined, ACME-SAVER:agent`. */
export function presentedHeaders(presented: readonly string[]): Headers {
  return presented.length === 0 ? {} : { 'X-Offer-Presented': headerValue(presented.join(', ')) };
}

/**
 * What an identification by digits said of the caller, on every leg after it, whichever offer that presents: `X-Offer-ID` is the
 * offer of the leg, these are what the records had for the customer.
 */
export function pairHeaders(pairs: CtiPairs | undefined): Headers {
  if (pairs === undefined) return {};
  const headers: Record<string, string> = {};
  for (const [name, value] of [
    ['X-Sales-Offer-ID', pairs.offerCode],
    ['X-Sales-Offer-URL', pairs.offerUrl],
    ['X-Service-Offer-ID', pairs.serviceOfferCode],
    ['X-Service-Offer-URL', pairs.serviceOfferUrl],
    ['X-Customer-Ref', pairs.customerRef],
  ] as const) {
    if (value !== undefined) headers[name] = headerValue(value);
  }
  return headers;
}

const ctiNames = new Set(['user-to-user', 'x-decision-id', 'call-info', 'x-customer-ref']);
const ctiPrefixes = ['x-offer-', 'x-sales-offer-', 'x-service-offer-'];

/** A name that only we may set: it is taken off what a trunk sent. */
export function isCtiHeader(lowerCaseName: string): boolean {
  return ctiNames.has(lowerCaseName) || ctiPrefixes.some((prefix) => lowerCaseName.startsWith(prefix));
}

/**
 * Names, as received, of the headers of a request that must not go on: the CTI names, and the asserted identity of a trunk that
 * is not trusted (RFC 3325 8).
 */
export function headersToStrip(received: Headers, isTrusted: boolean): readonly string[] {
  let names: string[] | undefined;
  for (const name in received) {
    // Only these begin with c, p, r, u or x: most headers are passed over without a copy of their name.
    const first = name.charCodeAt(0) | 0x20;
    if (first !== 0x63 && first !== 0x70 && first !== 0x72 && first !== 0x75 && first !== 0x78) continue;
    const lower = name.toLowerCase();
    if (isCtiHeader(lower) || (!isTrusted && isAssertedIdentity(lower))) (names ??= []).push(name);
  }
  return names ?? [];
}

/**
 * A name whose value is believed by whoever gets it, because only a trust domain sets it: the P- headers (RFC 3324, RFC 7315)
 * and Remote-Party-ID, which many systems take for an asserted identity.
 */
export function isAssertedIdentity(lowerCaseName: string): boolean {
  return lowerCaseName.startsWith('p-') || lowerCaseName === 'remote-party-id';
}

/** Headers as a part of a URI's headers component (RFC 3261 19.1.1): `User-to-User=...&X-Decision-ID=...`. */
export function uriHeaders(headers: Headers): string {
  let text = '';
  for (const name in headers) {
    text += `${text === '' ? '' : '&'}${name}=${encodeURIComponent(headers[name] ?? '')}`;
  }
  return text;
}

/** The URI with these headers, so that whoever follows it sends them. */
export function withUriHeaders(uri: string, headers: Headers): string {
  return withEncodedHeaders(uri, uriHeaders(headers));
}

/** As `withUriHeaders`, from the text of `uriHeaders`. */
export function withEncodedHeaders(uri: string, encoded: string): string {
  return encoded === '' ? uri : `${uri}${uri.includes('?') ? '&' : '?'}${encoded}`;
}
