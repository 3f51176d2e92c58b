// What no header value may carry, so that nothing is smuggled into the next element's reading of it.
import { endOfQuoted } from './characters.js';

const lineBreak = /[\r\n\0]/;

/** True when the text would break out of the line that it is written to. */
export function breaksLine(text: string): boolean {
  return lineBreak.test(text);
}

/** True when a NUL stands anywhere but behind a backslash in a quoted string, the one place the grammar has for it. */
export function hasBareNul(value: string): boolean {
  let nul = value.indexOf('\0');
  if (nul === -1) return false;
  let quoteAt = value.indexOf('"');
  while (nul !== -1) {
    let close = -1;
    while (quoteAt !== -1 && quoteAt < nul) {
      close = endOfQuoted(value, quoteAt, value.length);
      if (close === -1 || close > nul) break;
      quoteAt = value.indexOf('"', close);
    }
    if (close <= nul || !isEscaped(value, nul)) return true;
    nul = value.indexOf('\0', nul + 1);
  }
  return false;
}

/** True when an odd number of backslashes stands before `at`. */
function isEscaped(value: string, at: number): boolean {
  let i = at;
  while (i > 0 && value.charCodeAt(i - 1) === 0x5c) i--;
  return (at - i) % 2 === 1;
}
