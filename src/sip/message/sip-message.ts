// A SIP message: RFC 3261 section 7. Its text is a byte string (every character one byte), headers in order.
import { SipHeaderError } from '../errors.js';
import { parseCSeq } from './cseq.js';
import type { CSeq } from './cseq.js';
import { firstOfList, restOfList, splitList } from './header-list.js';
import { canonicalHeaderName, headerNameToWrite } from './header-names.js';
import { hasBareNul } from './header-value.js';
import { parseNameAddr } from './name-addr.js';
import type { NameAddr } from './name-addr.js';
import { parseSipUri } from './sip-uri.js';
import type { SipUri } from './sip-uri.js';
import { parseVia } from './via.js';
import type { Via } from './via.js';

/** One header line, unfolded. Never changed: a message replaces the line. */
export interface HeaderLine {
  /** Lower-case long form. */
  readonly name: string;
  /** As received, or as we write it. */
  readonly spelled: string;
  readonly value: string;
}

export interface StartLine {
  readonly method: string;
  /** '' in a response. */
  readonly requestUri: string;
  /** 0 in a request. */
  readonly statusCode: number;
  readonly reasonPhrase: string;
}

const noValues: readonly string[] = [];

/**
 * A request or response that may be changed. Header names are given in lower-case long form (`via`, `call-id`); other
 * forms are understood and cost a little more.
 */
export class SipMessage {
  readonly isRequest: boolean;
  /** In a response the method of its CSeq. */
  method: string;
  requestUri: string;
  statusCode: number;
  reasonPhrase: string;
  /** Every byte after the empty line; Content-Length follows it. */
  body: string;
  #lines: HeaderLine[];
  // Parsed views: undefined before the first use, null when absent or malformed.
  #topVia: Via | null | undefined;
  #from: NameAddr | null | undefined;
  #to: NameAddr | null | undefined;
  #cseq: CSeq | null | undefined;
  #uri: SipUri | null = null;
  #uriText = '';

  constructor(start: StartLine, lines: HeaderLine[], body: string) {
    this.isRequest = start.statusCode === 0;
    this.method = start.method;
    this.requestUri = start.requestUri;
    this.statusCode = start.statusCode;
    this.reasonPhrase = start.reasonPhrase;
    this.#lines = lines;
    this.body = body;
  }

  /** Value of the first line of that name. */
  get(name: string): string | undefined {
    const at = this.#find(name);
    return at === -1 ? undefined : this.#lines[at]?.value;
  }

  /** Value of every line of that name, in order. */
  getAll(name: string): readonly string[] {
    const first = this.#find(name);
    if (first === -1) return noValues;
    const values: string[] = [];
    const canonical = this.#lines[first]?.name;
    for (let i = first; i < this.#lines.length; i++) {
      const line = this.#lines[i];
      if (line?.name === canonical) values.push(line?.value ?? '');
    }
    return values;
  }

  has(name: string): boolean {
    return this.#find(name) !== -1;
  }

  /** Replaces all lines of that name by one at the place of the first, or adds one at the end. @throws SipHeaderError */
  set(name: string, value: string): void {
    const line = makeLine(name, value);
    const at = this.#find(line.name);
    if (at === -1) {
      this.#lines.push(line);
    } else {
      this.#dropFrom(at + 1, line.name);
      this.#lines[at] = line;
    }
    this.#changed(line.name);
  }

  /** Adds a line at the end. @throws SipHeaderError */
  append(name: string, value: string): void {
    const line = makeLine(name, value);
    this.#lines.push(line);
    this.#changed(line.name);
  }

  /** Adds a line before the first of that name, or at the top. @throws SipHeaderError */
  prepend(name: string, value: string): void {
    const line = makeLine(name, value);
    this.#lines.splice(Math.max(0, this.#find(line.name)), 0, line);
    this.#changed(line.name);
  }

  /** Removes every line of that name. */
  remove(name: string): void {
    const at = this.#find(name);
    if (at === -1) return;
    const canonical = this.#lines[at]?.name ?? name;
    this.#dropFrom(at, canonical);
    this.#changed(canonical);
  }

  /** The lines in order; of Content-Length the one received, which output does not use. */
  headerLines(): readonly HeaderLine[] {
    return this.#lines;
  }

  /** The topmost element of Via. */
  topVia(): Via | null {
    if (this.#topVia === undefined) {
      const line = this.get('via');
      this.#topVia = line === undefined ? null : parseVia(firstOfList(line));
    }
    return this.#topVia;
  }

  from(): NameAddr | null {
    return (this.#from ??= this.#from === undefined ? this.#address('from') : null);
  }

  to(): NameAddr | null {
    return (this.#to ??= this.#to === undefined ? this.#address('to') : null);
  }

  cseq(): CSeq | null {
    return (this.#cseq ??= this.#cseq === undefined ? parseCSeq(this.get('cseq') ?? '') : null);
  }

  /** '' when absent. */
  get callId(): string {
    return this.get('call-id') ?? '';
  }

  /** The Request-URI parsed; null when malformed or of a scheme that is not SIP, SIPS or tel. */
  uri(): SipUri | null {
    if (this.#uriText !== this.requestUri) {
      this.#uriText = this.requestUri;
      this.#uri = parseSipUri(this.requestUri);
    }
    return this.#uri;
  }

  /** The elements of a list header over all its lines, split at commas outside quotes and `<>`. */
  list(name: string): readonly string[] {
    const lines = this.getAll(name);
    const only = lines[0];
    if (only === undefined) return noValues;
    if (lines.length === 1) return only.includes(',') || only === '' ? splitList(only) : lines;
    return lines.flatMap(splitList);
  }

  /** Removes the first element of a list header (topmost Via, first Route). */
  popFirst(name: string): void {
    const at = this.#find(name);
    const line = this.#lines[at];
    if (line === undefined) return;
    const rest = restOfList(line.value);
    if (rest === '') this.#lines.splice(at, 1);
    else this.#lines[at] = { name: line.name, spelled: line.spelled, value: rest };
    this.#changed(line.name);
  }

  /** Replaces the topmost element of Via and nothing else. @throws SipHeaderError */
  setTopVia(via: Via | string): void {
    const text = via.toString();
    const at = this.#find('via');
    const line = this.#lines[at];
    if (line === undefined) {
      this.prepend('via', text);
      return;
    }
    const rest = restOfList(line.value);
    const value = checkedValue('via', rest === '' ? text : `${text}, ${rest}`);
    this.#lines[at] = { name: 'via', spelled: line.spelled, value };
    // What we have made ourselves need not be read again.
    this.#topVia = typeof via === 'string' ? undefined : via;
  }

  clone(): SipMessage {
    const copy = new SipMessage(this, this.#lines.slice(), this.body);
    copy.#topVia = this.#topVia;
    copy.#from = this.#from;
    copy.#to = this.#to;
    copy.#cseq = this.#cseq;
    copy.#uri = this.#uri;
    copy.#uriText = this.#uriText;
    return copy;
  }

  /** Wire text, a byte string. Content-Length says what the body has, and comes last unless it stood elsewhere. */
  toString(): string {
    let text = this.isRequest
      ? `${this.method} ${this.requestUri} SIP/2.0\r\n`
      : `SIP/2.0 ${this.statusCode} ${this.reasonPhrase}\r\n`;
    const lines = this.#lines;
    let hasLength = false;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i] as HeaderLine;
      if (line.name !== 'content-length') {
        text += line.spelled + ': ' + line.value + '\r\n';
      } else if (!hasLength) {
        hasLength = true;
        text += `${line.spelled}: ${this.body.length}\r\n`;
      }
    }
    return hasLength
      ? `${text}\r\n${this.body}`
      : `${text}Content-Length: ${this.body.length}\r\n\r\n${this.body}`;
  }

  #address(name: 'from' | 'to'): NameAddr | null {
    const value = this.get(name);
    return value === undefined ? null : parseNameAddr(value);
  }

  #find(name: string): number {
    const lines = this.#lines;
    for (let i = 0; i < lines.length; i++) if (lines[i]?.name === name) return i;
    const canonical = canonicalHeaderName(name);
    if (canonical === name) return -1;
    return lines.findIndex((line) => line.name === canonical);
  }

  #dropFrom(start: number, name: string): void {
    let kept = start;
    for (let i = start; i < this.#lines.length; i++) {
      const line = this.#lines[i];
      if (line !== undefined && line.name !== name) this.#lines[kept++] = line;
    }
    this.#lines.length = kept;
  }

  #changed(name: string): void {
    if (name === 'via') this.#topVia = undefined;
    else if (name === 'from') this.#from = undefined;
    else if (name === 'to') this.#to = undefined;
    else if (name === 'cseq') this.#cseq = undefined;
  }
}

/** A line to put into a message. @throws SipHeaderError when name or value could forge another header. */
export function makeLine(name: string, value: string): HeaderLine {
  const written = headerNameToWrite(name);
  if (written === null) throw new SipHeaderError(name, 'is no header name');
  return { name: written.name, spelled: written.spelled, value: checkedValue(name, value) };
}

function checkedValue(name: string, value: string): string {
  if (value.includes('\n') || value.includes('\r'))
    throw new SipHeaderError(name, 'has a line break in its value');
  if (hasBareNul(value)) throw new SipHeaderError(name, 'has a NUL in its value');
  return value;
}
