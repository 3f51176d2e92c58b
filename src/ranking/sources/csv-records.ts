// CSV as RFC 4180 has it, read text by text as it streams by. A record that is none is told by its line and costs no other: reading
// goes on at the next line, so that a quote which nobody closed does not swallow what comes after it.

export interface CsvRecord {
  /** The line in the file that it begins on, from 1. */
  readonly line: number;
  /** Undefined: no record, for the reason given. */
  readonly fields: readonly string[] | undefined;
  readonly problem: string;
}

/** Characters that one record may have. */
export const MAX_RECORD_LENGTH = 4_194_304;

const tooLong = `is longer than ${MAX_RECORD_LENGTH} characters`;
const unclosed = 'opens a quote that is not closed';
const trailing = 'has text after a closing quote; a quote inside of quotes is written twice';

/** How far one record reaches: where the next begins. */
interface Parsed {
  readonly end: number;
  readonly fields: readonly string[];
  readonly lines: number;
}

type Failure = typeof unclosed | typeof trailing | 'more';

export class CsvRecords {
  readonly #delimiter: string;
  readonly #onRecord: (fields: readonly string[], line: number) => void;
  readonly #onBroken: (problem: string, line: number) => void;
  #text = '';
  #line = 1;
  /** Inside of a line that was given up. */
  #isSkipping = false;

  constructor(
    delimiter: string,
    onRecord: (fields: readonly string[], line: number) => void,
    onBroken: (problem: string, line: number) => void,
  ) {
    this.#delimiter = delimiter;
    this.#onRecord = onRecord;
    this.#onBroken = onBroken;
  }

  /** Reads what is whole; the rest waits for what comes next. */
  add(text: string): void {
    this.#text = this.#text === '' ? text : this.#text + text;
    this.#read(false);
  }

  end(): void {
    if (this.#text !== '') this.#read(true);
  }

  #read(isLast: boolean): void {
    const text = this.#text;
    let at = 0;
    let quote = -2;
    while (at < text.length) {
      let newline = text.indexOf('\n', at);
      if (newline < 0 && (this.#isSkipping || !isLast)) break;
      if (newline < 0) newline = text.length;
      if (this.#isSkipping) {
        this.#isSkipping = false;
        this.#line += 1;
        at = newline + 1;
        continue;
      }
      if (quote !== -1 && quote < at) quote = text.indexOf('"', at);
      if (quote < 0 || quote > newline) {
        this.#plainLine(text, at, newline);
        at = newline + 1;
        continue;
      }
      const parsed = this.#quoted(text, at, isLast);
      if (typeof parsed !== 'string') {
        this.#onRecord(parsed.fields, this.#line);
        this.#line += parsed.lines;
        at = parsed.end;
        continue;
      }
      if (parsed === 'more' && text.length - at <= MAX_RECORD_LENGTH) break;
      this.#onBroken(parsed === 'more' ? unclosed : parsed, this.#line);
      this.#line += 1;
      at = newline + 1;
    }
    this.#keep(text, at);
  }

  /** What is left of `text` waits, but for a line that is too long to be one. */
  #keep(text: string, at: number): void {
    const left = text.length - at;
    if (this.#isSkipping) this.#text = '';
    else if (left > MAX_RECORD_LENGTH) {
      this.#onBroken(tooLong, this.#line);
      this.#isSkipping = true;
      this.#text = '';
    } else this.#text = left <= 0 ? '' : text.slice(at);
  }

  #plainLine(text: string, at: number, newline: number): void {
    const end = newline > at && text.charCodeAt(newline - 1) === 0x0d ? newline - 1 : newline;
    if (end - at > MAX_RECORD_LENGTH) this.#onBroken(tooLong, this.#line);
    else if (end > at) this.#onRecord(text.slice(at, end).split(this.#delimiter), this.#line);
    this.#line += 1;
  }

  /** A record with quotes in its first line. */
  #quoted(text: string, start: number, isLast: boolean): Parsed | Failure {
    const delimiter = this.#delimiter;
    const fields: string[] = [];
    let lines = 1;
    let at = start;
    for (;;) {
      if (text[at] === '"') {
        const close = closingQuote(text, at + 1);
        // At the very end of what there is, the next character may be a second quote.
        if (close < 0 || (close === text.length - 1 && !isLast)) return isLast ? unclosed : 'more';
        const value = text.slice(at + 1, close);
        fields.push(value.includes('""') ? value.replaceAll('""', '"') : value);
        lines += newlines(value);
        at = close + 1;
      } else {
        const end = fieldEnd(text, at, delimiter);
        if (end === text.length && !isLast) return 'more';
        const isBeforeNewline = end < text.length && text[end] === '\n';
        const trimmed = (isBeforeNewline || end === text.length) && text[end - 1] === '\r' ? end - 1 : end;
        fields.push(text.slice(at, Math.max(at, trimmed)));
        at = end;
      }
      const next = text[at];
      if (next === delimiter) at += 1;
      else if (next === undefined) return isLast ? { end: at, fields, lines } : 'more';
      else if (next === '\n') return { end: at + 1, fields, lines };
      else if (next === '\r' && text[at + 1] === '\n') return { end: at + 2, fields, lines };
      else if (next === '\r' && at + 1 === text.length)
        return isLast ? { end: at + 1, fields, lines } : 'more';
      else return trailing;
    }
  }
}

/** Where the quotes that were opened before `at` end; -1: not in what there is. */
function closingQuote(text: string, at: number): number {
  let quote = text.indexOf('"', at);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote;
}

function fieldEnd(text: string, at: number, delimiter: string): number {
  let end = at;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end += 1;
  return end;
}

function newlines(value: string): number {
  let count = 0;
  for (let at = value.indexOf('\n'); at >= 0; at = value.indexOf('\n', at + 1)) count += 1;
  return count;
}
