// SIP, SIPS and tel URIs: RFC 3261 19.1 and RFC 3966.
import {
  allOf,
  ANY_URI,
  DIGIT,
  HEX,
  isOf,
  TEL_SEPARATOR,
  TEL_SIGN,
  URI_HEADER,
  URI_PARAM,
  USER,
} from './characters.js';
import { endOfDigits, endOfHost, parsePort } from './host-port.js';
import { noParams } from './parameters.js';
import type { Params, ParamValue } from './parameters.js';
import { escapeUriParam, hasSoundEscapes, unescapeUri } from './uri-escape.js';

export type SipScheme = 'sip' | 'sips' | 'tel';

export interface SipUri {
  readonly scheme: SipScheme;
  /** As spelled, escapes included (`unescapeUri` undoes them); of a tel URI the number. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** As spelled; an IPv6 reference with its brackets. '' in a tel URI. */
  readonly host: string;
  readonly port: number | undefined;
  /** Lower-case names; values as spelled. */
  readonly params: Params;
  /** Names and values as spelled. */
  readonly headers: ReadonlyMap<string, string>;
}

const noHeaders: ReadonlyMap<string, string> = new Map();

class ParsedUri implements SipUri {
  readonly scheme: SipScheme;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly #paramsText: string;
  readonly #headersText: string;
  #params: Params | undefined;
  #headers: ReadonlyMap<string, string> | undefined;

  constructor(parts: {
    scheme: SipScheme;
    user: string | undefined;
    password: string | undefined;
    host: string;
    port: number | undefined;
    paramsText: string;
    headersText: string;
  }) {
    this.scheme = parts.scheme;
    this.user = parts.user;
    this.password = parts.password;
    this.host = parts.host;
    this.port = parts.port;
    this.#paramsText = parts.paramsText;
    this.#headersText = parts.headersText;
  }

  get params(): Params {
    return (this.#params ??= readParams(this.#paramsText));
  }

  get headers(): ReadonlyMap<string, string> {
    return (this.#headers ??= readHeaders(this.#headersText));
  }
}

function readParams(text: string): Params {
  if (text === '') return noParams;
  const map = new Map<string, ParamValue>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    const name = unescapeUri(equals === -1 ? part : part.slice(0, equals)).toLowerCase();
    if (!map.has(name)) map.set(name, equals === -1 ? true : part.slice(equals + 1));
  }
  return map;
}

function readHeaders(text: string): ReadonlyMap<string, string> {
  if (text === '') return noHeaders;
  const map = new Map<string, string>();
  for (const part of text.split('&')) {
    const equals = part.indexOf('=');
    map.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return map;
}

/** The scheme in lower case, or '' when the text is no absolute URI (characters included). */
export function uriScheme(text: string): string {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1 || !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(text.slice(0, colon)))
    return '';
  return allOf(ANY_URI, text, colon, text.length) ? text.slice(0, colon).toLowerCase() : '';
}

/** A sip:, sips: or tel: URI; null when it is malformed or of another scheme. */
export function parseSipUri(text: string): SipUri | null {
  if (text.startsWith('sip:')) return parseSip('sip', text, 4);
  if (text.startsWith('tel:')) return parseTel(text);
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') return parseSip(scheme, text, colon + 1);
  return scheme === 'tel' ? parseTel(text) : null;
}

function parseSip(scheme: 'sip' | 'sips', text: string, start: number): SipUri | null {
  const end = text.length;
  const at = text.indexOf('@', start);
  let user: string | undefined;
  let password: string | undefined;
  if (at !== -1) {
    const colon = text.indexOf(':', start);
    const userEnd = colon !== -1 && colon < at ? colon : at;
    if (userEnd === start || !allOf(USER, text, start, userEnd)) return null;
    if (!allOf(USER, text, userEnd + 1, at)) return null;
    user = text.slice(start, userEnd);
    if (userEnd < at) password = text.slice(userEnd + 1, at);
  }
  const hostStart = at === -1 ? start : at + 1;
  const hostEnd = endOfHost(text, hostStart, end);
  if (hostEnd === -1) return null;
  let i = hostEnd;
  let port: number | undefined;
  if (text.charCodeAt(i) === 0x3a) {
    const portEnd = endOfDigits(text, i + 1, end);
    port = parsePort(text, i + 1, portEnd);
    if (port === -1) return null;
    i = portEnd;
  }
  const paramsEnd = endOfParams(text, i, end);
  if (paramsEnd === -1 || !areHeaders(text, paramsEnd, end) || !hasSoundEscapes(text)) return null;
  return new ParsedUri({
    scheme,
    user,
    password,
    host: text.slice(hostStart, hostEnd),
    port,
    paramsText: text.slice(i + 1, paramsEnd),
    headersText: text.slice(paramsEnd + 1),
  });
}

/** Position after `*( ";" pname [ "=" pvalue ] )`; -1 when malformed. */
function endOfParams(text: string, start: number, end: number): number {
  let i = start;
  while (i < end && text.charCodeAt(i) === 0x3b) {
    const nameEnd = endOf(URI_PARAM, text, i + 1, end);
    if (nameEnd === i + 1) return -1;
    i = nameEnd;
    if (i < end && text.charCodeAt(i) === 0x3d) {
      const valueEnd = endOf(URI_PARAM, text, i + 1, end);
      if (valueEnd === i + 1) return -1;
      i = valueEnd;
    }
  }
  return i;
}

function endOf(mask: number, text: string, start: number, end: number): number {
  let i = start;
  while (i < end && isOf(mask, text.charCodeAt(i))) i++;
  return i;
}

/** "?" hname "=" [hvalue] *( "&" hname "=" [hvalue] ), or nothing. */
function areHeaders(text: string, start: number, end: number): boolean {
  if (start === end) return true;
  if (text.charCodeAt(start) !== 0x3f || !allOf(URI_HEADER, text, start + 1, end)) return false;
  return text
    .slice(start + 1)
    .split('&')
    .every((part) => part.indexOf('=') > 0 && part.indexOf('=') === part.lastIndexOf('='));
}

/** RFC 3966: digits with visual separators; `*`, `#` and hexadecimal digits in a local number. */
function parseTel(text: string): SipUri | null {
  const semicolon = text.indexOf(';');
  const numberEnd = semicolon === -1 ? text.length : semicolon;
  const isGlobal = text.charCodeAt(4) === 0x2b;
  if (!isTelNumber(text, isGlobal ? 5 : 4, numberEnd, isGlobal ? DIGIT : HEX | TEL_SIGN)) return null;
  const user = text.slice(4, numberEnd);
  if (endOfParams(text, numberEnd, text.length) !== text.length || !hasSoundEscapes(text)) return null;
  return new ParsedUri({
    scheme: 'tel',
    user,
    password: undefined,
    host: '',
    port: undefined,
    paramsText: text.slice(numberEnd + 1),
    headersText: '',
  });
}

/** Digits of the given classes and visual separators, at least one digit. */
function isTelNumber(text: string, start: number, end: number, digits: number): boolean {
  let hasDigit = false;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (isOf(digits, code)) hasDigit = true;
    else if (!isOf(TEL_SEPARATOR, code)) return false;
  }
  return hasDigit;
}

const isAllParam = (text: string): boolean => allOf(URI_PARAM, text, 0, text.length);

/** The URI as text. User, password and values go out as they are: escape them first (`escapeUser`). */
export function formatSipUri(uri: SipUri): string {
  let text = `${uri.scheme}:`;
  if (uri.user !== undefined) text += uri.password === undefined ? uri.user : `${uri.user}:${uri.password}`;
  if (uri.scheme !== 'tel') text += (uri.user === undefined ? '' : '@') + uri.host;
  if (uri.port !== undefined) text += `:${uri.port}`;
  for (const [name, value] of uri.params) {
    const safe = isAllParam(name) ? name : escapeUriParam(name);
    text += value === true ? `;${safe}` : `;${safe}=${value}`;
  }
  let separator = '?';
  for (const [name, value] of uri.headers) {
    text += `${separator}${name}=${value}`;
    separator = '&';
  }
  return text;
}
