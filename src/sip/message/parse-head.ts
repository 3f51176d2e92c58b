// Start line and headers of one message: RFC 3261 section 7 and 25.1. One pass, no regular expression.
import { allOf, parseDigits, skipBlanks, TOKEN, trimBlanks } from './characters.js';
import { headerNameOf, ONCE_CONTENT_LENGTH } from './header-names.js';
import { hasBareNul } from './header-value.js';
import type { MessageLimits } from './limits.js';
import { refusal } from './parse-result.js';
import type { Refusal } from './parse-result.js';
import type { HeaderLine, StartLine } from './sip-message.js';

export interface Head {
  readonly start: StartLine;
  readonly lines: HeaderLine[];
  /** Position after the empty line; the end of the text when there is none. */
  readonly bodyStart: number;
  /** -1 when absent. */
  readonly contentLength: number;
  /** The first fault found, or null. */
  readonly fault: Refusal | null;
}

const CR = 0x0d;
const LF = 0x0a;
const MAX_LENGTH = 0xffff_ffff;

/** Reads on past faults, so that a response can be formed; the first fault is kept. Never throws. */
export function parseHead(text: string, begin: number, limits: MessageLimits): Head {
  const textEnd = text.length;
  const lines: HeaderLine[] = [];
  let fault: Refusal | null = null;
  let contentLength = -1;
  let seenOnce = 0;
  let start: StartLine | null = null;
  let bodyStart = textEnd;
  const nul = text.indexOf('\0', begin);
  let pos = begin;
  let isComplete = false;

  while (pos < textEnd) {
    const cr = text.indexOf('\r', pos);
    const lf = text.indexOf('\n', pos);
    let end = cr;
    if (cr === -1 || lf !== cr + 1) {
      // A bare CR or LF, or no line end at all: nobody shall read two lines where we read one.
      fault ??= refusal(400, cr === -1 && lf === -1 ? 'Incomplete Message' : 'Bare CR or LF');
      const crlf = text.indexOf('\r\n', pos);
      end = crlf === -1 ? textEnd : crlf;
      if (end > pos && start === null) start = startLineOf(text, pos, firstBreak(cr, lf, end), limits).start;
      pos = end + 2;
      continue;
    }
    if (end === pos && start !== null) {
      bodyStart = pos + 2;
      isComplete = true;
      break;
    }
    if (start === null) {
      const read = startLineOf(text, pos, end, limits);
      start = read.start;
      fault ??= read.fault;
      pos = end + 2;
      continue;
    }
    const lineStart = pos;
    pos = end + 2;
    const next = text.charCodeAt(pos);
    let value: string | null = null;
    let colon = text.indexOf(':', lineStart);
    if (next === 0x20 || next === 0x09) {
      const folded = unfold(text, lineStart, textEnd);
      pos = folded.next;
      end = folded.lastEnd;
      if (folded.isBroken) {
        fault ??= refusal(400, 'Bare CR or LF');
        continue;
      }
      value = folded.text;
      colon = value.indexOf(':');
    }
    if (end - lineStart > limits.headerLine) {
      fault ??= refusal(400, 'Header Too Long');
      continue;
    }
    if (lines.length >= limits.headerCount) {
      fault ??= refusal(400, 'Too Many Headers');
      break;
    }
    const source = value ?? text;
    const from = value === null ? lineStart : 0;
    const to = value === null ? end : value.length;
    const name =
      colon <= from || colon >= to ? null : headerNameOf(source.slice(from, trimBlanks(source, from, colon)));
    if (name === null) {
      fault ??= refusal(400, 'Malformed Header');
      continue;
    }
    const valueStart = skipBlanks(source, colon + 1, to);
    const line = {
      name: name.name,
      spelled: name.spelled,
      value: source.slice(valueStart, trimBlanks(source, valueStart, to)),
    };
    if (nul !== -1 && nul < end && hasBareNul(line.value)) {
      fault ??= refusal(400, 'NUL in Header');
      continue;
    }
    if (name.once !== 0) {
      if ((seenOnce & name.once) !== 0) fault ??= refusal(400, `Repeated ${name.spelled}`);
      seenOnce |= name.once;
      if (name.once === ONCE_CONTENT_LENGTH && contentLength === -1) {
        contentLength = parseDigits(line.value, 0, line.value.length, MAX_LENGTH);
        if (contentLength === -1) fault ??= refusal(400, 'Malformed Content-Length');
      }
    }
    lines.push(line);
  }
  if (!isComplete) fault ??= refusal(400, 'Incomplete Message');
  return { start: start ?? unknownStart, lines, bodyStart, contentLength, fault };
}

const unknownStart: StartLine = { method: '', requestUri: '', statusCode: 0, reasonPhrase: '' };

const firstBreak = (cr: number, lf: number, end: number): number =>
  Math.min(cr === -1 ? end : cr, lf === -1 ? end : lf, end);

interface Folded {
  readonly text: string;
  /** Position of the line after the last continuation. */
  readonly next: number;
  readonly lastEnd: number;
  readonly isBroken: boolean;
}

/** A header and its continuation lines as one: each CRLF with the blanks around it becomes one space (7.3.1). */
function unfold(text: string, start: number, textEnd: number): Folded {
  let joined = '';
  let pos = start;
  for (;;) {
    const cr = text.indexOf('\r', pos);
    if (cr === -1 || text.charCodeAt(cr + 1) !== LF) {
      const crlf = text.indexOf('\r\n', pos);
      const end = crlf === -1 ? textEnd : crlf;
      return { text: '', next: end + 2, lastEnd: end, isBroken: true };
    }
    const lf = text.indexOf('\n', pos);
    const first = pos === start ? pos : skipBlanks(text, pos, cr);
    const piece = text.slice(first, trimBlanks(text, first, cr));
    joined = pos === start ? piece : piece === '' ? joined : `${joined} ${piece}`;
    if (lf !== cr + 1) return { text: '', next: cr + 2, lastEnd: cr, isBroken: true };
    pos = cr + 2;
    const next = text.charCodeAt(pos);
    if (next !== 0x20 && next !== 0x09) return { text: joined, next: pos, lastEnd: cr, isBroken: false };
  }
}

interface StartRead {
  readonly start: StartLine;
  readonly fault: Refusal | null;
}

function startLineOf(text: string, start: number, end: number, limits: MessageLimits): StartRead {
  if (isVersionAt(text, start)) return statusLine(text, start, end, limits);
  const space = text.indexOf(' ', start);
  const methodEnd = space === -1 || space > end ? end : space;
  const method = text.slice(start, Math.min(methodEnd, start + limits.startLine));
  const lastSpace = text.lastIndexOf(' ', end - 1);
  const fail = (fault: Refusal, requestUri = ''): StartRead => ({
    start: { method, requestUri, statusCode: 0, reasonPhrase: '' },
    fault,
  });
  if (end - start > limits.startLine) return fail(refusal(414, 'Request-URI Too Long'));
  if (methodEnd === start || lastSpace <= methodEnd || !allOf(TOKEN, text, start, methodEnd)) {
    return fail(refusal(400, 'Malformed Request-Line'));
  }
  const requestUri = text.slice(methodEnd + 1, lastSpace);
  if (!isVersionAt(text, lastSpace + 1)) return fail(refusal(400, 'Malformed Request-Line'), requestUri);
  // Of another version nothing else is known (RFC 3261 21.5.6).
  if (!isVersion2(text, lastSpace + 1, end)) return fail(refusal(505, 'Version Not Supported'), requestUri);
  if (requestUri === '' || requestUri.includes(' ') || requestUri.includes('\0')) {
    return fail(refusal(400, 'Malformed Request-Line'));
  }
  return { start: { method, requestUri, statusCode: 0, reasonPhrase: '' }, fault: null };
}

/** Status-Line: SIP-Version SP 3DIGIT SP Reason-Phrase. The last space may be missing when there is no phrase. */
function statusLine(text: string, start: number, end: number, limits: MessageLimits): StartRead {
  const space = text.indexOf(' ', start);
  const statusCode = parseDigits(text, space + 1, Math.min(space + 4, end), 699);
  const hasPhrase = text.charCodeAt(space + 4) === 0x20;
  const reasonPhrase = hasPhrase ? text.slice(Math.min(space + 5, end), end) : '';
  const isSound =
    space > start &&
    space < end &&
    statusCode >= 100 &&
    (hasPhrase || space + 4 === end) &&
    !reasonPhrase.includes('\0');
  const sound: StartLine = {
    method: '',
    requestUri: '',
    statusCode: isSound ? statusCode : 999,
    reasonPhrase,
  };
  if (!isSound || end - start > limits.startLine)
    return { start: sound, fault: refusal(400, 'Malformed Status-Line') };
  const fault = isVersion2(text, start, space) ? null : refusal(505, 'Version Not Supported');
  return { start: sound, fault };
}

/** "SIP/", any case. */
function isVersionAt(text: string, at: number): boolean {
  return (
    (text.charCodeAt(at) | 0x20) === 0x73 &&
    (text.charCodeAt(at + 1) | 0x20) === 0x69 &&
    (text.charCodeAt(at + 2) | 0x20) === 0x70 &&
    text.charCodeAt(at + 3) === 0x2f
  );
}

function isVersion2(text: string, at: number, end: number): boolean {
  return end === at + 7 && text.startsWith('2.0', at + 4);
}

/** Position of the first character after any CRLFs that precede a start line (RFC 3261 7.5). */
export function skipLeadingBreaks(text: string, start: number): number {
  let i = start;
  while (text.charCodeAt(i) === CR && text.charCodeAt(i + 1) === LF) i += 2;
  return i;
}
