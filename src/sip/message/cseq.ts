// CSeq: 1*DIGIT LWS Method (RFC 3261 20.16).
import { allOf, isDigit, parseDigits, skipBlanks, TOKEN, trimBlanks } from './characters.js';

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** Null when malformed or when the number does not fit 32 bits. */
export function parseCSeq(text: string): CSeq | null {
  const end = trimBlanks(text, 0, text.length);
  let i = 0;
  while (i < end && isDigit(text.charCodeAt(i))) i++;
  const number = parseDigits(text, 0, i, 0xffff_ffff);
  const methodStart = skipBlanks(text, i, end);
  if (number === -1 || methodStart === i || methodStart === end) return null;
  return allOf(TOKEN, text, methodStart, end) ? { number, method: text.slice(methodStart, end) } : null;
}
