// Character classes of RFC 3261 section 25.1 as one table over the 256 bytes.

/** `token`. */
export const TOKEN = 1;
/** The characters of `userinfo`: unreserved, escaped, user-unreserved (and the password's, which are among them). */
export const USER = 2;
/** `hostname` and `IPv4address`, and the underscore that container networks put in names. */
export const HOST = 4;
/** `paramchar` of a URI parameter. */
export const URI_PARAM = 8;
/** `hname` and `hvalue` of a URI header, with the `&` and `=` that join them. */
export const URI_HEADER = 16;
/** The unquoted value of a header parameter. More than `token`, so that IPv6 addresses and odd tags pass. */
export const PARAM_VALUE = 32;
/** Anything that a URI of any scheme may hold (RFC 3986). */
export const ANY_URI = 64;
/** `HEXDIG`, either case. */
export const HEX = 128;
/** `DIGIT`. */
export const DIGIT = 256;
/** `*` and `#` of a local telephone number (RFC 3966). */
export const TEL_SIGN = 512;
/** Visual separators of a telephone number (RFC 3966). */
export const TEL_SEPARATOR = 1024;

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const unreserved = alphanumeric + "-_.!~*'()";

const classes = new Uint16Array(256);
const add = (mask: number, characters: string): void => {
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i);
    classes[code] = (classes[code] ?? 0) | mask;
  }
};
add(TOKEN, alphanumeric + "-.!%*_+`'~");
add(USER, unreserved + '%&=+$,;?/');
add(HOST, alphanumeric + '-._');
add(URI_PARAM, unreserved + '%[]/:&+$');
add(URI_HEADER, unreserved + '%[]/?:+$&=');
add(ANY_URI, unreserved + '%;/?:@&=+$,#[]');
add(HEX, '0123456789ABCDEFabcdef');
add(DIGIT, '0123456789');
add(TEL_SIGN, '*#');
add(TEL_SEPARATOR, '-.()');
for (let code = 0x21; code < 0x7f; code++) {
  if (!'",;<>='.includes(String.fromCharCode(code))) classes[code] = (classes[code] ?? 0) | PARAM_VALUE;
}

/** True when `code` is of one of the classes in `mask`. */
export function isOf(mask: number, code: number): boolean {
  return ((classes[code] ?? 0) & mask) !== 0;
}

/** True when every character in [start, end) is of `mask`; true for an empty range. */
export function allOf(mask: number, text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (((classes[text.charCodeAt(i)] ?? 0) & mask) === 0) return false;
  }
  return true;
}

export const isToken = (text: string): boolean => text.length > 0 && allOf(TOKEN, text, 0, text.length);

export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** First position at or after `start` that holds no space or tab, at most `end`. */
export function skipBlanks(text: string, start: number, end: number): number {
  let i = start;
  while (i < end) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x09) break;
    i++;
  }
  return i;
}

/** Position after the last character in [start, end) that is no space or tab. */
export function trimBlanks(text: string, start: number, end: number): number {
  let i = end;
  while (i > start) {
    const code = text.charCodeAt(i - 1);
    if (code !== 0x20 && code !== 0x09) break;
    i--;
  }
  return i;
}

/** The digits in [start, end) as a number, or -1 when there are none, other characters, or more than `max`. */
export function parseDigits(text: string, start: number, end: number, max: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return -1;
    value = value * 10 + (code - 0x30);
    if (value > max) return -1;
  }
  return value;
}

/**
 * Position after the closing quote of the quoted string that opens at `start`, or -1 when it never closes.
 * A backslash takes the next character with it (RFC 3261 25.1, quoted-pair).
 */
export function endOfQuoted(text: string, start: number, end: number): number {
  for (let i = start + 1; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i + 1;
    if (code === 0x5c) i++;
  }
  return -1;
}

/** The text inside a quoted string with its quoted-pairs undone; other text as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text.charCodeAt(0) !== 0x22) return text;
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}

/** `text` as a quoted string. CR and LF, which no quoted string can hold, become spaces. */
export function quote(text: string): string {
  return `"${text.replace(/[\r\n]+/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}
