// A message for eyes that need not see everything in it. Credentials and keys are hidden always, what tells who somebody is
// unless it is asked for: numbers in URIs, display names, bodies that are neither SDP nor a part of a message.
import { mask } from '../../kernel/index.js';
import { canonicalHeaderName } from '../message/header-names.js';
import { headerOf, parted } from './message-words.js';

export interface MaskOptions {
  /** Shows numbers, names and bodies. */
  readonly isPersonalShown: boolean;
  /** Headers whose values tell of a person, in lower case. */
  readonly personalHeaders?: ReadonlySet<string>;
}

const secretHeaders = new Set(['authorization', 'proxy-authorization']);
/** A signed copy of the numbers (RFC 8224), words of the caller's own. */
const personalHeaders = new Set(['identity', 'subject', 'p-access-network-info', 'geolocation']);
const addressHeaders = new Set([
  'from',
  'to',
  'contact',
  'reply-to',
  'refer-to',
  'referred-by',
  'p-asserted-identity',
  'p-preferred-identity',
  'p-called-party-id',
  'p-associated-uri',
  'remote-party-id',
  'diversion',
  'history-info',
]);
/** Of these nothing is masked: they hold together what belongs together. */
const plainHeaders = new Set(['call-id', 'cseq', 'via', 'date', 'content-length', 'user-to-user']);

const hidden = '***';

/** The text of the message, still a byte string, its line breaks as they were. */
export function maskedMessage(text: string, options: MaskOptions): string {
  const { head, body } = parted(text);
  const lines = head.split('\n');
  let name = '';
  const shown = lines.map((line, i) => {
    const isFirst = i === 0;
    const isFolded = !isFirst && /^[ \t]/.test(line);
    const colon = isFirst ? -1 : line.indexOf(':');
    if (!isFolded) name = colon > 0 ? canonicalHeaderName(line.slice(0, colon).trim()) : '';
    return maskedLine(line, { name, start: isFolded ? 0 : colon + 1 }, options);
  });
  const between = text.slice(head.length, text.length - body.length);
  return shown.join('\n') + between + maskedBody(head, body, options);
}

interface LinePlace {
  readonly name: string;
  /** Where the value begins. */
  readonly start: number;
}

function maskedLine(line: string, { name, start }: LinePlace, options: MaskOptions): string {
  const isHiddenWhole =
    secretHeaders.has(name) ||
    (!options.isPersonalShown && (personalHeaders.has(name) || options.personalHeaders?.has(name) === true));
  if (isHiddenWhole) {
    const scheme = secretHeaders.has(name) ? (/^\s*\w{1,20} /.exec(line.slice(start))?.[0].trim() ?? '') : '';
    const end = line.endsWith('\r') ? '\r' : '';
    return `${line.slice(0, start)} ${scheme === '' ? '' : `${scheme} `}${hidden}${end}`;
  }
  if (options.isPersonalShown || plainHeaders.has(name)) return line;
  const value = line.slice(start);
  return line.slice(0, start) + maskedNumbers(addressHeaders.has(name) ? maskedNames(value) : value);
}

/** Display names, quoted or not (RFC 3261 25.1, name-addr). */
function maskedNames(value: string): string {
  return value
    .replace(/"(?:[^"\\]|\\.)*"(?=\s*<)/g, `"${hidden}"`)
    .replace(/(^|,)([^"<,;]+)(?=<)/g, (all, before: string, name: string) =>
      name.trim() === '' ? all : `${before} ${hidden} `,
    );
}

const userPart = /\b(sips?:)([^@\s<>"]{1,256})@/gi;
const telNumber = /\b(tel:)([^;>\s,"?]{1,256})/gi;
const escapedUri = /((?:sips?|tel)%3A)([^\s<>"&;,]{1,256})/gi;
const plainNumber = /(?:\+|%2B)\d[\d\-.() ]{4,40}\d/gi;
const phoneLike = /\d[\d\-.()]{3,}\d/g;

/** Phone numbers in URIs, and others that begin with a plus. */
function maskedNumbers(text: string): string {
  const inUri = (_all: string, scheme: string, user: string): string => scheme + maskedUser(user);
  return text
    .replace(userPart, (all, scheme: string, user: string) => `${inUri(all, scheme, user)}@`)
    .replace(telNumber, inUri)
    .replace(escapedUri, inUri)
    .replace(plainNumber, (number) => mask(number));
}

function maskedUser(user: string): string {
  // Digits that are written as escapes would not be seen as digits.
  if (/%3\d/i.test(user)) return hidden;
  const [name = '', password] = user.split(':', 2);
  const shown = name.replace(phoneLike, (number) => mask(number));
  return password === undefined ? shown : `${shown}:${hidden}`;
}

function maskedBody(head: string, body: string, options: MaskOptions): string {
  if (body === '') return '';
  const keyless = body.replace(
    /^(a=crypto:|a=ice-pwd:|a=key-mgmt:|k=).*?(?=\r?$)/gm,
    (_all, name: string) => name + hidden,
  );
  if (options.isPersonalShown) return keyless;
  const type = (headerOf(head, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  switch (type) {
    case 'application/sdp':
      return maskedNumbers(keyless)
        .replace(/^(o=)(\S+)/gm, (_all, name: string, user: string) => name + maskedUser(user))
        .replace(/^([siep]=)(?!-?\s*$).*?(?=\r?$)/gm, (_all, name: string) => name + hidden);
    case 'message/sipfrag':
    case 'message/sip':
      return maskedMessage(keyless, options);
    default:
      return `[${body.length} bytes of ${type === '' ? 'no known type' : type} are hidden]`;
  }
}
