// A part of a message's text that outlives the message. V8 keeps a long substring as a view of the whole text, so that a
// dialog with one header of an INVITE would hold all of it for hours.

/** Most of what is copied fits into this one. */
const scratch = Buffer.alloc(8192);

/** A copy that holds nothing else: neither the message nor the pieces that the text was put together from. */
export function ownText(text: string): string {
  if (text.length > scratch.length) return Buffer.from(text, 'latin1').toString('latin1');
  return scratch.toString('latin1', 0, scratch.write(text, 'latin1'));
}

/** Copies of several single lines at the price of one. */
export function ownTexts(lines: readonly string[]): string[] {
  return ownText(lines.join('\n')).split('\n');
}
