// Header parameters: *( SEMI generic-param ), RFC 3261 25.1.
import { endOfQuoted, isOf, PARAM_VALUE, skipBlanks, TOKEN } from './characters.js';

/** Value of a parameter as spelled, quotes included; true when it has none. */
export type ParamValue = string | true;
export type Params = ReadonlyMap<string, ParamValue>;

/** Names (lower case) and values in turn, in order. */
export type ParamPairs = readonly ParamValue[];

export const noPairs: ParamPairs = [];
export const noParams: Params = new Map();

/** Reads `;name[=value]...` from `start` to `end`, blanks allowed around each sign; null when malformed. */
export function scanParams(text: string, start: number, end: number): ParamPairs | null {
  let i = skipBlanks(text, start, end);
  if (i >= end) return noPairs;
  const pairs: ParamValue[] = [];
  while (i < end) {
    if (text.charCodeAt(i) !== 0x3b) return null;
    const nameStart = skipBlanks(text, i + 1, end);
    i = nameStart;
    while (i < end && isOf(TOKEN, text.charCodeAt(i))) i++;
    if (i === nameStart) return null;
    const name = text.slice(nameStart, i).toLowerCase();
    i = skipBlanks(text, i, end);
    if (i < end && text.charCodeAt(i) === 0x3d) {
      const valueStart = skipBlanks(text, i + 1, end);
      const valueEnd = endOfValue(text, valueStart, end);
      if (valueEnd <= valueStart) return null;
      pairs.push(name, text.slice(valueStart, valueEnd));
      i = skipBlanks(text, valueEnd, end);
    } else {
      pairs.push(name, true);
    }
  }
  return pairs;
}

function endOfValue(text: string, start: number, end: number): number {
  if (start >= end) return -1;
  if (text.charCodeAt(start) === 0x22) return endOfQuoted(text, start, end);
  let i = start;
  while (i < end && isOf(PARAM_VALUE, text.charCodeAt(i))) i++;
  return i;
}

/** Value of the first parameter of that lower-case name. */
export function paramOf(pairs: ParamPairs, name: string): ParamValue | undefined {
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) return pairs[i + 1];
  return undefined;
}

/** A map of the pairs; the first of a repeated name counts. */
export function paramMap(pairs: ParamPairs): Params {
  if (pairs.length === 0) return noParams;
  const map = new Map<string, ParamValue>();
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i] as string;
    if (!map.has(name)) map.set(name, pairs[i + 1] ?? true);
  }
  return map;
}

/** `;name=value` for each parameter. */
export function formatParams(params: Iterable<readonly [string, ParamValue]>): string {
  let text = '';
  for (const [name, value] of params) text += value === true ? `;${name}` : `;${name}=${value}`;
  return text;
}
