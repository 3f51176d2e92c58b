// Lines as PostgreSQL takes them: UTF-8 without NUL, and JSON whose escapes say no NUL and no half of a surrogate pair (jsonb refuses
// both). Almost every line is so already and is passed on as the bytes that it is; only the others are read here.
import { isUtf8 } from 'node:buffer';

const LINE_FEED = 0x0a;
/** Escapes of NUL and of surrogates; a whole pair is found as well and comes out as the character that it is. */
const suspects = ['\\u0000', '\\ud', '\\uD'].map((text) => Buffer.from(text));
const half = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** @param bytes whole lines */
export function isClean(bytes: Buffer): boolean {
  return !bytes.includes(0) && isUtf8(bytes) && !suspects.some((suspect) => bytes.includes(suspect));
}

/** One line; what PostgreSQL cannot hold becomes U+FFFD. A line that is no JSON stays one that is none. */
export function cleanLine(bytes: Buffer): string {
  const text = withoutUnknown(bytes.toString('utf8'));
  if (!text.includes('\\u')) return text;
  try {
    return JSON.stringify(JSON.parse(text), (key, value: unknown) => cleanValue(key, value));
  } catch {
    return text;
  }
}

function cleanValue(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return withoutUnknown(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [withoutUnknown(name), one as unknown]),
  );
}

function withoutUnknown(text: string): string {
  return text.replaceAll('\0', '\ufffd').replace(half, '\ufffd');
}

/** Where the lines of a chunk begin, up to `maxLines`, and where the last of them ends; no line that has no end yet. */
export function lineStarts(
  chunk: Buffer,
  maxLines: number,
): { readonly starts: readonly number[]; readonly end: number } {
  const starts: number[] = [];
  let end = 0;
  while (starts.length < maxLines) {
    const lineFeed = chunk.indexOf(LINE_FEED, end);
    if (lineFeed === -1) break;
    starts.push(end);
    end = lineFeed + 1;
  }
  return { starts, end };
}
