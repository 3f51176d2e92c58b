// Comma lists: header fields whose grammar is #(element) may be one line or many (RFC 3261 7.3.1).
import { endOfQuoted, skipBlanks, trimBlanks } from './characters.js';

/**
 * Position of the first comma at or after `start` that stands neither in a quoted string nor between `<` and `>`;
 * -1 when there is none. A quote or `<` that never closes takes the rest with it.
 */
export function topLevelComma(text: string, start: number): number {
  if (text.indexOf(',', start) === -1) return -1;
  const end = text.length;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2c) return i;
    if (code === 0x22) {
      i = endOfQuoted(text, i, end) - 1;
      if (i < 0) return -1;
    } else if (code === 0x3c) {
      i = text.indexOf('>', i);
      if (i === -1) return -1;
    }
  }
  return -1;
}

/** The elements of one line, trimmed; empty elements are left out. */
export function splitList(line: string): string[] {
  const elements: string[] = [];
  let start = 0;
  for (;;) {
    const comma = topLevelComma(line, start);
    const end = comma === -1 ? line.length : comma;
    const first = skipBlanks(line, start, end);
    const last = trimBlanks(line, first, end);
    if (last > first) elements.push(line.slice(first, last));
    if (comma === -1) return elements;
    start = comma + 1;
  }
}

/** The first element of one line, trimmed; '' when there is none. */
export function firstOfList(line: string): string {
  const comma = topLevelComma(line, 0);
  return comma === -1 ? line : line.slice(0, trimBlanks(line, 0, comma));
}

/** What is left of one line without its first element; '' when there was no other. */
export function restOfList(line: string): string {
  const comma = topLevelComma(line, 0);
  return comma === -1 ? '' : line.slice(skipBlanks(line, comma + 1, line.length));
}
