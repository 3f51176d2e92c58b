// The header part of a SIP URI, which asks for headers of the request that is made from it: RFC 3261 19.1.1.
import { unescapeUri } from './uri-escape.js';

export interface UriWithHeaders {
  /** The URI without its header part: what may stand as Request-URI. */
  readonly uri: string;
  /** Unescaped, as they stand; what may go into a request is for the caller to judge (19.1.5). */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const none: UriWithHeaders['headers'] = [];

/** `sip:queue@host?X-Offer-ID=A%20B` to `sip:queue@host` and `X-Offer-ID: A B`. A `?` in the user part begins no headers. */
export function splitUriHeaders(text: string): UriWithHeaders {
  const question = text.indexOf('?', text.indexOf('@') + 1);
  if (question === -1) return { uri: text, headers: none };
  const headers = text
    .slice(question + 1)
    .split('&')
    .flatMap((pair) => {
      const equals = pair.indexOf('=');
      if (equals <= 0) return [];
      return [[unescapeUri(pair.slice(0, equals)), unescapeUri(pair.slice(equals + 1))] as const];
    });
  return { uri: text.slice(0, question), headers };
}
