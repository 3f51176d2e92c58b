// name-addr and addr-spec with header parameters, as in From, To, Contact, Route (RFC 3261 20.10 and 25.1).
import { allOf, ANY_URI, endOfQuoted, isOf, skipBlanks, TOKEN, trimBlanks, unquote } from './characters.js';
import { paramMap, paramOf, scanParams } from './parameters.js';
import type { ParamPairs, Params } from './parameters.js';

/** One address of a header field. */
export class NameAddr {
  /** Text of the URI as spelled; its scheme is any. */
  readonly uri: string;
  readonly tag: string | undefined;
  readonly #display: string;
  readonly #pairs: ParamPairs;
  #params: Params | undefined;

  constructor(display: string, uri: string, pairs: ParamPairs) {
    this.#display = display;
    this.uri = uri;
    this.#pairs = pairs;
    const tag = paramOf(pairs, 'tag');
    this.tag = tag === true ? undefined : tag;
  }

  /** Without quotes and backslashes; '' when there is none. */
  get displayName(): string {
    return unquote(this.#display);
  }

  /** Header parameters: lower-case names, values as spelled. */
  get params(): Params {
    return (this.#params ??= paramMap(this.#pairs));
  }
}

/** One element of From, To, Contact, Route and their like; null when malformed (`*` included). */
export function parseNameAddr(text: string): NameAddr | null {
  const end = trimBlanks(text, 0, text.length);
  const start = skipBlanks(text, 0, end);
  if (start >= end) return null;
  const opening = text.charCodeAt(start);
  if (opening === 0x3c) return parseAngle(text, start, end, '');
  if (opening === 0x22) {
    const quoteEnd = endOfQuoted(text, start, end);
    if (quoteEnd === -1) return null;
    const angle = skipBlanks(text, quoteEnd, end);
    return text.charCodeAt(angle) === 0x3c ? parseAngle(text, angle, end, text.slice(start, quoteEnd)) : null;
  }
  const angle = text.indexOf('<', start);
  if (angle === -1 || isInParams(text, start, angle)) return parseBare(text, start, end);
  const displayEnd = trimBlanks(text, start, angle);
  return isDisplayTokens(text, start, displayEnd)
    ? parseAngle(text, angle, end, text.slice(start, displayEnd))
    : null;
}

/** True when a `<` belongs to a quoted parameter of an addr-spec, not to a name-addr. */
function isInParams(text: string, start: number, angle: number): boolean {
  const quoteAt = text.indexOf('"', start);
  return quoteAt !== -1 && quoteAt < angle;
}

/**
 * *(token LWS). Deviation: bytes above 127 pass too; user agents send UTF-8 names without the quotes that the
 * grammar asks for, and a call is worth more.
 */
function isDisplayTokens(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x09 && code < 0x80 && !isOf(TOKEN, code)) return false;
  }
  return true;
}

function parseAngle(text: string, angle: number, end: number, display: string): NameAddr | null {
  const close = text.indexOf('>', angle);
  if (close === -1 || close >= end || !isUri(text, angle + 1, close)) return null;
  const pairs = scanParams(text, close + 1, end);
  return pairs === null ? null : new NameAddr(display, text.slice(angle + 1, close), pairs);
}

/** RFC 3261 20.10: without <>, what follows a semicolon is the header's, and the URI holds no `?` and no comma. */
function parseBare(text: string, start: number, end: number): NameAddr | null {
  const semicolon = text.indexOf(';', start);
  const uriEnd = semicolon === -1 ? end : trimBlanks(text, start, semicolon);
  if (!isUri(text, start, uriEnd)) return null;
  const uri = text.slice(start, uriEnd);
  if (uri.includes('?') || uri.includes(',')) return null;
  const pairs = semicolon === -1 ? scanParams('', 0, 0) : scanParams(text, semicolon, end);
  return pairs === null ? null : new NameAddr('', uri, pairs);
}

/** scheme ":" and at least one character, all of them characters of a URI. */
function isUri(text: string, start: number, end: number): boolean {
  const colon = text.indexOf(':', start);
  if (colon <= start || colon >= end - 1) return false;
  const first = text.charCodeAt(start) | 0x20;
  return (
    first >= 0x61 && first <= 0x7a && allOf(TOKEN, text, start, colon) && allOf(ANY_URI, text, colon, end)
  );
}
