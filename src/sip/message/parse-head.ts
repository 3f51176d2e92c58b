// Start line and headers of one message: RFC 3261 section 7 and 25.1. One pass, no regular expression.
import { parseDigits, skipBlanks, trimBlanks } from './characters.js';
import { headerNameOf, headerNameToWrite, ONCE_CONTENT_LENGTH } from './header-names.js';
import { hasBareNul } from './header-value.js';
import type { MessageLimits } from './limits.js';
import { refusal } from './parse-result.js';
import type { Refusal } from './parse-result.js';
import type { HeaderLine, StartLine } from './sip-message.js';
import { readStartLine } from './start-line.js';

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
const unknownStart: StartLine = { method: '', requestUri: '', statusCode: 0, reasonPhrase: '' };

/** Reads on past faults, so that a response can be formed; the first fault is kept. Never throws. */
export function parseHead(text: string, begin: number, limits: MessageLimits): Head {
  return new HeadReader(text, begin, limits).read();
}

class HeadReader implements Head {
  start = unknownStart;
  readonly lines: HeaderLine[] = [];
  bodyStart: number;
  contentLength = -1;
  fault: Refusal | null = null;
  readonly #text: string;
  readonly #limits: MessageLimits;
  readonly #nul: number;
  #pos: number;
  #lineCount = 0;
  #seenOnce = 0;

  constructor(text: string, begin: number, limits: MessageLimits) {
    this.#text = text;
    this.#limits = limits;
    this.#pos = begin;
    this.#nul = text.indexOf('\0', begin);
    this.bodyStart = text.length;
  }

  read(): this {
    const begin = this.#pos;
    const firstEnd = this.#lineEnd();
    const read = readStartLine(
      this.#text,
      begin,
      firstEnd === -1 ? this.#text.length : firstEnd,
      this.#limits,
    );
    this.start = read.start;
    this.fault ??= read.fault;
    if (firstEnd === -1) return this;
    for (;;) {
      const start = this.#pos;
      const end = this.#lineEnd();
      if (end === -1) return this;
      if (end === start) {
        this.bodyStart = this.#pos;
        return this;
      }
      if (++this.#lineCount > this.#limits.headerCount) {
        this.#fail('Too Many Headers');
        return this;
      }
      this.#readHeader(start, end);
    }
  }

  #fail(reason: string): void {
    this.fault ??= refusal(400, reason);
  }

  /**
   * End of the line at the present position, which moves on to the next line; -1 when no line end is left. A bare CR or
   * LF on the way is a fault: nobody shall read two lines where we read one.
   */
  #lineEnd(): number {
    const text = this.#text;
    const cr = text.indexOf('\r', this.#pos);
    const lf = text.indexOf('\n', this.#pos);
    if (cr !== -1 && lf === cr + 1) {
      this.#pos = cr + 2;
      return cr;
    }
    this.#fail(cr === -1 && lf === -1 ? 'Incomplete Message' : 'Bare CR or LF');
    const crlf = text.indexOf('\r\n', this.#pos);
    if (crlf === -1) return -1;
    this.#pos = crlf + 2;
    return crlf;
  }

  #readHeader(start: number, end: number): void {
    const next = this.#text.charCodeAt(this.#pos);
    if (next !== 0x20 && next !== 0x09) this.#addLine(this.#text, start, end);
    else this.#readFolded(start, end);
  }

  /** A header and its continuation lines as one: each CRLF with the blanks around it becomes one space (7.3.1). */
  #readFolded(start: number, firstEnd: number): void {
    const text = this.#text;
    let joined = text.slice(start, trimBlanks(text, start, firstEnd));
    for (;;) {
      const next = text.charCodeAt(this.#pos);
      if (next !== 0x20 && next !== 0x09) break;
      const pieceStart = this.#pos;
      const end = this.#lineEnd();
      if (end === -1) return;
      const from = skipBlanks(text, pieceStart, end);
      if (from < end) joined += ` ${text.slice(from, trimBlanks(text, from, end))}`;
    }
    this.#addLine(joined, 0, joined.length);
  }

  #addLine(source: string, start: number, end: number): void {
    if (end - start > this.#limits.headerLine) {
      this.#fail('Header Too Long');
      return;
    }
    const colon = source.indexOf(':', start);
    const name =
      colon <= start || colon >= end
        ? null
        : headerNameOf(source.slice(start, trimBlanks(source, start, colon)));
    if (name === null) {
      this.#fail('Malformed Header');
      return;
    }
    const valueStart = skipBlanks(source, colon + 1, end);
    const value = source.slice(valueStart, trimBlanks(source, valueStart, end));
    if (this.fault !== null && hasBreak(value)) return;
    if (this.#nul !== -1 && hasBareNul(value)) {
      this.#fail('NUL in Header');
      return;
    }
    this.lines.push({ name: name.name, spelled: name.spelled, value });
    if (name.once !== 0) this.#noteOnce(name.once, name.name, value);
  }

  #noteOnce(bit: number, name: string, value: string): void {
    if ((this.#seenOnce & bit) !== 0) this.#fail(`Repeated ${headerNameToWrite(name)?.spelled ?? name}`);
    this.#seenOnce |= bit;
    if (bit !== ONCE_CONTENT_LENGTH || this.contentLength !== -1) return;
    this.contentLength = parseDigits(value, 0, value.length, MAX_LENGTH);
    if (this.contentLength === -1) this.#fail('Malformed Content-Length');
  }
}

/** A line of a faulty head with a bare CR or LF in it goes into no response. */
const hasBreak = (value: string): boolean => value.includes('\n') || value.includes('\r');

/** Position of the first character after any CRLFs that precede a start line (RFC 3261 7.5). */
export function skipLeadingBreaks(text: string, start: number): number {
  let i = start;
  while (text.charCodeAt(i) === CR && text.charCodeAt(i + 1) === LF) i += 2;
  return i;
}
