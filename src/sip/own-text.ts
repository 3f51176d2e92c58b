// A part of a message's text that outlives the message. V8 keeps a long substring as a view of the whole text, so that a
// dialog with one header of an INVITE would hold all of it for hours.

/** A copy that holds nothing else. */
export function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Copies of several single lines at the price of one. */
export function ownTexts(lines: readonly string[]): string[] {
  return ownText(lines.join('\n')).split('\n');
}
