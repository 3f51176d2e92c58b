// Header names: compact forms, any case, and the spelling that goes out (RFC 3261 7.3.3 and 20, and the registry).
import { isToken } from './characters.js';

export interface HeaderName {
  /** Lower-case long form. */
  readonly name: string;
  /** How it is written on the wire. */
  readonly spelled: string;
  /** A bit of its own for a header that may appear once only; 0 for the others. */
  readonly once: number;
}

/** Bit of Content-Length in `HeaderName.once`. */
export const ONCE_CONTENT_LENGTH = 1;

const once: Readonly<Record<string, number>> = {
  'content-length': ONCE_CONTENT_LENGTH,
  'call-id': 2,
  from: 4,
  to: 8,
  cseq: 16,
  'max-forwards': 32,
  'content-type': 64,
};

const compact: Readonly<Record<string, string>> = {
  'Accept-Contact': 'a',
  'Referred-By': 'b',
  'Content-Type': 'c',
  'Request-Disposition': 'd',
  'Content-Encoding': 'e',
  From: 'f',
  'Call-ID': 'i',
  'Reject-Contact': 'j',
  Supported: 'k',
  'Content-Length': 'l',
  Contact: 'm',
  'Identity-Info': 'n',
  Event: 'o',
  'Refer-To': 'r',
  Subject: 's',
  To: 't',
  'Allow-Events': 'u',
  Via: 'v',
  'Session-Expires': 'x',
  Identity: 'y',
};

const others =
  'Accept Accept-Encoding Accept-Language Alert-Info Allow Authentication-Info Authorization Call-Info ' +
  'Content-Disposition Content-Language CSeq Date Diversion Error-Info Expires Geolocation History-Info ' +
  'In-Reply-To Join Max-Forwards MIME-Version Min-Expires Min-SE Organization P-Access-Network-Info ' +
  'P-Asserted-Identity P-Called-Party-ID P-Charging-Vector P-Preferred-Identity Path Priority Privacy ' +
  'Proxy-Authenticate Proxy-Authorization Proxy-Require RAck Reason Record-Route Remote-Party-ID Replaces ' +
  'Reply-To Require Retry-After Route RSeq Server Service-Route SIP-ETag SIP-If-Match Subscription-State ' +
  'Target-Dialog Timestamp Unsupported User-Agent User-to-User Warning WWW-Authenticate ' +
  'X-Decision-ID X-Offer-ID X-Offer-URL';

const bySpelling = new Map<string, HeaderName>();
/** The name as we would write it, by lower-case long form. */
const byName = new Map<string, HeaderName>();

const register = (spelled: string, name: string): void => {
  if (!bySpelling.has(spelled)) bySpelling.set(spelled, { name, spelled, once: once[name] ?? 0 });
};
for (const long of [...Object.keys(compact), ...others.split(' ')]) {
  const name = long.toLowerCase();
  register(long, name);
  register(name, name);
  register(long.toUpperCase(), name);
  // Call-Id and Cseq: first letters only, as some user agents write them.
  register(
    name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
    name,
  );
  const letter = compact[long];
  if (letter !== undefined) {
    register(letter, name);
    register(letter.toUpperCase(), name);
  }
  byName.set(name, bySpelling.get(long) ?? { name, spelled: long, once: 0 });
}

/** What a header name on the wire stands for; null when it is no token. */
export function headerNameOf(spelled: string): HeaderName | null {
  const known = bySpelling.get(spelled);
  if (known !== undefined) return known;
  if (!isToken(spelled)) return null;
  const lower = spelled.toLowerCase();
  const other = bySpelling.get(lower);
  return { name: other?.name ?? lower, spelled, once: other?.once ?? 0 };
}

/** Lower-case long form of a name in any form: `v`, `VIA` and `Via` are `via`. */
export function canonicalHeaderName(name: string): string {
  return bySpelling.get(name)?.name ?? bySpelling.get(name.toLowerCase())?.name ?? name.toLowerCase();
}

/**
 * The name of a header that we add: a lower-case name is written in the usual way (`call-id` as `Call-ID`, `x-thing`
 * as `X-Thing`), any other as given. Null when it is no token.
 */
export function headerNameToWrite(name: string): HeaderName | null {
  const usual = byName.get(name);
  if (usual !== undefined) return usual;
  if (name !== name.toLowerCase()) return headerNameOf(name);
  const long = bySpelling.get(name)?.name ?? name;
  return byName.get(long) ?? headerNameOf(name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()));
}
