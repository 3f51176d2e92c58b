// Values of imported files as PostgreSQL reads them. Each gives undefined for a text that is none of its kind.

export type Convert = (text: string) => string | undefined;

const MAX_REFERENCE_BYTES = 64;
export const MAX_TEXT_LENGTH = 8000;

const yes = new Set(['true', 't', 'yes', 'y', '1']);
const no = new Set(['false', 'f', 'no', 'n', '0']);

export function boolean(text: string): string | undefined {
  const word = text.toLowerCase();
  if (yes.has(word)) return 'true';
  return no.has(word) ? 'false' : undefined;
}

/** A customer, offer or alert: printable, at most 64 bytes. */
export function reference(text: string): string | undefined {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return unusualReference(text);
  }
  return text.length <= MAX_REFERENCE_BYTES ? text : undefined;
}

function unusualReference(text: string): string | undefined {
  return line(text) !== undefined && Buffer.byteLength(text) <= MAX_REFERENCE_BYTES ? text : undefined;
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f\ufffd]/;
const loneSurrogate = /\p{Surrogate}/u;

/** Text of one line. U+FFFD stands for bytes that are no UTF-8. */
export function line(text: string): string | undefined {
  return control.test(text) || loneSurrogate.test(text) ? undefined : text;
}

export function shortLine(text: string): string | undefined {
  return text.length <= 200 ? line(text) : undefined;
}

/** Text of several lines: what PostgreSQL can hold of it, which is all but NUL. */
export function prose(text: string): string | undefined {
  return text.includes('\u0000') || text.includes('\ufffd') || loneSurrogate.test(text) ? undefined : text;
}

export function digits(text: string): string | undefined {
  return /^[0-9]{1,32}$/.test(text) ? text : undefined;
}

/** The digits of a social security number, which people group by dashes, dots and blanks. */
export function socialSecurityNumber(text: string): string | undefined {
  const bare = text.replace(/[-. ]/g, '');
  return /^[0-9]{4,20}$/.test(bare) ? bare : undefined;
}

const dayPattern = /^(\d{4})-(\d\d)-(\d\d)$/;
const timePattern =
  /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?\s?(Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$/i;

/** A day; a time of midnight counts as one, which is how other programs write days. */
export function day(text: string): string | undefined {
  const date = text.length === 10 ? text : text.replace(/[T ]00:00(:00(\.0+)?)?(Z|[+-]00(:?00)?)?$/, '');
  return isDay(date) ? date : undefined;
}

/** A time, in UTC where it says nothing else. */
export function time(text: string): string | undefined {
  const match = timePattern.exec(text);
  if (match === null || !isDay(match[1] ?? '')) return undefined;
  return match[6] === undefined ? `${text}${match[2] === undefined ? ' 00:00' : ''}Z` : text;
}

function isDay(text: string): boolean {
  const match = dayPattern.exec(text);
  if (match === null) return false;
  const [year, month, date] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1800 || year > 9999 || month < 1 || month > 12 || date < 1) return false;
  return date <= 28 || date <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
