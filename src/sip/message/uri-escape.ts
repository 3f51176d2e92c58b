// %-escapes in URIs (RFC 3261 19.1.2). Text is a byte string, so an escape is one character.
import { HEX, isOf } from './characters.js';

/** True when every `%` begins an escape. */
export function hasSoundEscapes(text: string): boolean {
  for (let i = text.indexOf('%'); i !== -1; i = text.indexOf('%', i + 3)) {
    if (i + 2 >= text.length || !isOf(HEX, text.charCodeAt(i + 1)) || !isOf(HEX, text.charCodeAt(i + 2)))
      return false;
  }
  return true;
}

/** Undoes every escape; a `%` that begins none stays as it is. */
export function unescapeUri(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

const escapeWith = (allowed: RegExp) => (text: string) =>
  Array.from(text, (one) =>
    allowed.test(one) ? one : `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');

/** A byte string as the user of a SIP URI: what may not stand there is escaped. */
export const escapeUser = escapeWith(/^[A-Za-z0-9\-_.!~*'()&=+$,;?/]$/);

/** A byte string as a name or value of a URI parameter. */
export const escapeUriParam = escapeWith(/^[A-Za-z0-9\-_.!~*'()[\]/:&+$]$/);

/** A byte string as a name or value of a URI header. */
export const escapeUriHeader = escapeWith(/^[A-Za-z0-9\-_.!~*'()[\]/?:+$]$/);
