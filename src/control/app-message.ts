// The SIP text of a frame from the application: start line, the headers it wants, the body. It is not a complete
// SIP message (no Via, often no From), so the network's parser does not fit. Nothing in it may become a header of its
// own by a line break inside a value: the real server lets that through, we refuse the frame.
import { breaksLine, headerNameToWrite } from '../sip/index.js';

export interface AppHeader {
  /** Lower-case, long form. */
  readonly name: string;
  /** As it goes on the wire. */
  readonly spelled: string;
  readonly value: string;
}

export interface AppRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly startLine: string;
  readonly headers: readonly AppHeader[];
  readonly body: string;
}

export interface AppResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly AppHeader[];
  readonly body: string;
}

export type AppMessage = AppRequest | AppResponse;
export type AppMessageResult =
  { readonly ok: true; readonly message: AppMessage } | { readonly ok: false; readonly reason: string };

const spellings = new Map<string, readonly [name: string, spelled: string]>();
const MAX_SPELLINGS = 1000;

/** Canonical name and spelling on the wire: `user-agent` -> `User-Agent`; `x-...` stays as it is. */
function spell(given: string): readonly [name: string, spelled: string] | undefined {
  const known = spellings.get(given);
  if (known !== undefined) return known;
  const written = headerNameToWrite(given);
  if (written === null) return undefined;
  const result = [written.name, written.name.startsWith('x-') ? given : written.spelled] as const;
  if (spellings.size < MAX_SPELLINGS) spellings.set(given, result);
  return result;
}

/** @param preserved names, in lower case, that keep the spelling of the application */
export function parseAppMessage(text: string, preserved?: ReadonlySet<string>): AppMessageResult {
  const blank = text.indexOf('\r\n\r\n');
  const head = blank === -1 ? text : text.slice(0, blank);
  const body = blank === -1 ? '' : text.slice(blank + 4);
  const firstEnd = head.indexOf('\r\n');
  const startLine = firstEnd === -1 ? head : head.slice(0, firstEnd);
  const headers: AppHeader[] = [];
  let at = firstEnd === -1 ? head.length : firstEnd + 2;
  while (at < head.length) {
    const found = head.indexOf('\r\n', at);
    const end = found === -1 ? head.length : found;
    const line = head.slice(at, end);
    at = end + 2;
    if (line === '') continue;
    const colon = line.indexOf(':');
    const given = colon === -1 ? '' : line.slice(0, colon).trimEnd();
    const names = colon === -1 ? undefined : spell(given);
    if (names === undefined || breaksLine(line)) {
      return { ok: false, reason: `invalid header line: ${printable(line)}` };
    }
    const spelled = preserved?.has(given.toLowerCase()) === true ? given : names[1];
    headers.push({ name: names[0], spelled, value: line.slice(colon + 1).trim() });
  }
  if (breaksLine(startLine)) return { ok: false, reason: 'invalid start line' };
  const message = parseStartLine(startLine, headers, body);
  return message === undefined
    ? { ok: false, reason: `invalid request-uri: ${printable(startLine)}` }
    : { ok: true, message };
}

function parseStartLine(
  startLine: string,
  headers: readonly AppHeader[],
  body: string,
): AppMessage | undefined {
  if (startLine.startsWith('SIP/2.0 ')) {
    const status = Number(startLine.slice(8, 11));
    if (!Number.isInteger(status) || (startLine.length > 11 && startLine[11] !== ' ')) return undefined;
    return { kind: 'response', status, reason: startLine.slice(12), headers, body };
  }
  const first = startLine.indexOf(' ');
  const last = startLine.lastIndexOf(' ');
  const uri = startLine.slice(first + 1, last);
  if (first <= 0 || last <= first || uri.includes(' ') || startLine.slice(last + 1) !== 'SIP/2.0') {
    return undefined;
  }
  return { kind: 'request', method: startLine.slice(0, first), uri, startLine, headers, body };
}

/** Text of the application in a leader: no `|`, no line break, bounded. */
export function printable(text: string): string {
  return text.replace(/[^ -{}~]/g, '?').slice(0, 200);
}

/** The value of the first header of that name. */
export function appHeader(message: AppMessage, name: string): string | undefined {
  for (const header of message.headers) if (header.name === name) return header.value;
  return undefined;
}
