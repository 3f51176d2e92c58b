// The parts of a SIP address that a caller's number is taken from: name-addr and addr-spec (RFC 3261 20.10, 25.1), sip, sips
// and tel URIs (RFC 3261 19.1, RFC 3966). Written for what carriers send, so a value that breaks the grammar gives undefined.

export interface SipAddress {
  readonly displayName: string;
  readonly scheme: 'sip' | 'sips' | 'tel';
  /** User part or telephone number without its parameters, unescaped; '' when there is none. */
  readonly user: string;
  /** `phone-context` of the user part or of the tel URI. */
  readonly phoneContext: string | undefined;
  /** Host in lower case without port; '' for a tel URI. */
  readonly host: string;
  /** Parameters of the URI and of its user part, in lower case, values as sent. */
  readonly params: ReadonlyMap<string, string>;
}

/** First address of a header value such as From, To or P-Asserted-Identity, or of a bare URI. */
export function parseAddress(value: string): SipAddress | undefined {
  const text = value.trim();
  let displayName = '';
  let rest = text;
  if (text.startsWith('"')) {
    const end = closingQuote(text);
    if (end === -1) return undefined;
    displayName = text.slice(1, end).replace(/\\(.)/g, '$1');
    rest = text.slice(end + 1).trimStart();
  }
  const open = rest.indexOf('<');
  if (open === -1) {
    // RFC 3261 20: without angle brackets, parameters after the URI belong to the header.
    return displayName === '' ? parseUri(rest.split(/[;,?\s]/, 1)[0] ?? '', '') : undefined;
  }
  const close = rest.indexOf('>', open);
  if (close === -1) return undefined;
  if (displayName === '') displayName = rest.slice(0, open).trim();
  return parseUri(rest.slice(open + 1, close).trim(), displayName);
}

/** Splits the values of a header that may hold several addresses; quotes and angle brackets are respected. */
export function splitAddresses(value: string): readonly string[] {
  if (!value.includes(',')) return [value];
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  let isBracketed = false;
  for (let at = 0; at < value.length; at++) {
    const char = value[at];
    if (isQuoted) {
      if (char === '\\') at++;
      else if (char === '"') isQuoted = false;
    } else if (char === '"') isQuoted = true;
    else if (char === '<') isBracketed = true;
    else if (char === '>') isBracketed = false;
    else if (char === ',' && !isBracketed) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(value.slice(start));
  return parts;
}

function closingQuote(text: string): number {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function parseUri(uri: string, displayName: string): SipAddress | undefined {
  const colon = uri.indexOf(':');
  const scheme = uri.slice(0, colon).toLowerCase();
  const rest = uri.slice(colon + 1);
  if (scheme === 'tel') return telAddress(rest, displayName);
  if (scheme !== 'sip' && scheme !== 'sips') return undefined;
  const withoutHeaders = before(rest, '?');
  const at = withoutHeaders.lastIndexOf('@');
  const hostAndParams = withoutHeaders.slice(at + 1);
  const userAndParams = at === -1 ? '' : before(withoutHeaders.slice(0, at), ':');
  const params = withoutHeaders.includes(';') ? paramsOf(hostAndParams, userAndParams) : noParams;
  const hostPort = before(hostAndParams, ';');
  const host = hostPort.startsWith('[')
    ? hostPort.slice(0, hostPort.indexOf(']') + 1)
    : before(hostPort, ':');
  if (host === '') return undefined;
  return {
    displayName,
    scheme,
    user: unescapePart(before(userAndParams, ';')),
    phoneContext: params.get('phone-context'),
    host: host.toLowerCase(),
    params,
  };
}

const noParams: ReadonlyMap<string, string> = new Map();

/** Those of both texts; of one that stands twice the later. */
function paramsOf(...texts: readonly string[]): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const text of texts) addParams(params, text.split(';').slice(1));
  return params;
}

/** The text up to the first `mark`, or all of it. */
function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at === -1 ? text : text.slice(0, at);
}

function telAddress(rest: string, displayName: string): SipAddress {
  const [number = '', ...telParams] = rest.split(';');
  const params = new Map<string, string>();
  addParams(params, telParams);
  return {
    displayName,
    scheme: 'tel',
    user: unescapePart(number),
    phoneContext: params.get('phone-context'),
    host: '',
    params,
  };
}

function addParams(params: Map<string, string>, parts: readonly string[]): void {
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name !== '') params.set(name, equals === -1 ? '' : unescapePart(part.slice(equals + 1).trim()));
  }
}

/** `%2B` to `+`; a broken escape stays as it is (RFC 3261 19.1.2). */
function unescapePart(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
