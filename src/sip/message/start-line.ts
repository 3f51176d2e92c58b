// Request-Line and Status-Line: RFC 3261 7.1, 7.2 and 25.1.
import { allOf, parseDigits, TOKEN } from './characters.js';
import type { MessageLimits } from './limits.js';
import { refusal } from './parse-result.js';
import type { Refusal } from './parse-result.js';
import type { StartLine } from './sip-message.js';

export interface StartRead {
  readonly start: StartLine;
  readonly fault: Refusal | null;
}

/** The start line in [start, end). What is known of a faulty one is kept for the response. */
export function readStartLine(text: string, start: number, end: number, limits: MessageLimits): StartRead {
  if (isVersionAt(text, start)) return readStatusLine(text, start, end, limits);
  const space = text.indexOf(' ', start);
  const lastSpace = text.lastIndexOf(' ', end - 1);
  if (
    end - start <= limits.startLine &&
    space > start &&
    lastSpace > space + 1 &&
    isVersionAt(text, lastSpace + 1) &&
    isVersion2(text, lastSpace + 1, end) &&
    allOf(TOKEN, text, start, space)
  ) {
    const requestUri = text.slice(space + 1, lastSpace);
    if (!requestUri.includes(' ') && !requestUri.includes('\0')) {
      return { start: requestStart(text.slice(start, space), requestUri), fault: null };
    }
  }
  return readFaulty(
    text.slice(start, Math.min(end, start + 4 * limits.startLine)),
    end - start > limits.startLine,
  );
}

const requestStart = (method: string, requestUri: string): StartLine => ({
  method,
  requestUri,
  statusCode: 0,
  reasonPhrase: '',
});

function readFaulty(line: string, isTooLong: boolean): StartRead {
  const words = line.split(/[ \t]+/);
  const version = words.findLast((word) => /^SIP\//i.test(word));
  // Without a SIP version it is another protocol's: it gets no method, and so no answer.
  const method = version === undefined && !isTooLong ? '' : (words[0] ?? '');
  const start = requestStart(method, words[1] ?? '');
  if (isTooLong) return { start, fault: refusal(414, 'Request-URI Too Long') };
  // Of another version nothing else is known (RFC 3261 21.5.6).
  const isOtherVersion =
    version !== undefined &&
    words.length === 3 &&
    /^SIP\/\d+\.\d+$/i.test(version) &&
    !version.endsWith('/2.0');
  const fault = isOtherVersion
    ? refusal(505, 'Version Not Supported')
    : refusal(400, 'Malformed Request-Line');
  return { start, fault };
}

/** SIP-Version SP 3DIGIT SP Reason-Phrase. The last space may be missing when there is no phrase. */
function readStatusLine(text: string, start: number, end: number, limits: MessageLimits): StartRead {
  const space = text.indexOf(' ', start);
  const codeEnd = space + 4;
  const statusCode = space === -1 || codeEnd > end ? -1 : parseDigits(text, space + 1, codeEnd, 699);
  const hasPhrase = codeEnd < end && text.charCodeAt(codeEnd) === 0x20;
  const reasonPhrase = hasPhrase ? text.slice(codeEnd + 1, end) : '';
  const isSound =
    statusCode >= 100 &&
    (hasPhrase || codeEnd === end) &&
    end - start <= limits.startLine &&
    !reasonPhrase.includes('\0');
  if (!isSound) {
    const unknown: StartLine = { method: '', requestUri: '', statusCode: 999, reasonPhrase: '' };
    return { start: unknown, fault: refusal(400, 'Malformed Status-Line') };
  }
  const fault = isVersion2(text, start, space) ? null : refusal(505, 'Version Not Supported');
  return { start: { method: '', requestUri: '', statusCode, reasonPhrase }, fault };
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
