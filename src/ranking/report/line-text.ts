// Text from data on a terminal's line: nothing in it moves the cursor or starts a line of its own.
import { printable } from './html.js';

/** Without control characters, line breaks and tabs included. */
export function oneLine(text: string): string {
  return printable(text).replace(/[\t\n\r\u2028\u2029]/g, ' ');
}

/** At most so many characters, cut with an ellipsis. */
export function fitted(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
