// A response cut down to what it must have: RFC 3261 8.2.6.2, compact forms of 7.3.3.

/** What every response has, in compact form, and what a response of its status says nothing without. */
const kept: Readonly<Record<string, string>> = {
  via: 'v',
  from: 'f',
  to: 't',
  'call-id': 'i',
  cseq: 'CSeq',
  contact: 'm',
  'retry-after': 'Retry-After',
  'www-authenticate': 'WWW-Authenticate',
  'proxy-authenticate': 'Proxy-Authenticate',
  unsupported: 'Unsupported',
  'min-expires': 'Min-Expires',
  'min-se': 'Min-SE',
  'content-length': 'l',
};

/**
 * The response without its reason phrase, its optional headers and its body. The text is one of our own, so every header is one
 * line.
 */
export function trimmedResponse(text: string): string {
  const headEnd = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, headEnd === -1 ? text.length : headEnd).split('\r\n');
  // "SIP/2.0 SP 3DIGIT SP": an empty phrase is one (RFC 4475 3.1.1.13).
  let trimmed = `${statusLine.slice(0, 11)} \r\n`;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = kept[line.slice(0, colon).trimEnd().toLowerCase()] ?? compactAlready(line, colon);
    if (name === 'l') trimmed += 'l:0\r\n';
    else if (name !== undefined) trimmed += `${name}:${line.slice(colon + 1).trimStart()}\r\n`;
  }
  return `${trimmed}\r\n`;
}

function compactAlready(line: string, colon: number): string | undefined {
  return colon === 1 && 'vftiml'.includes(line.charAt(0).toLowerCase())
    ? line.charAt(0).toLowerCase()
    : undefined;
}
