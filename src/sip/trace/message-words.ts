// What a ladder says of a message, read from its text as far as it can be: malformed ones are shown, too.
import { canonicalHeaderName } from '../message/header-names.js';

export interface MessageWords {
  readonly kind: 'request' | 'response' | 'malformed';
  /** Of a response that of its CSeq; '' where there is none. */
  readonly method: string;
  /** 0 of what is no response. */
  readonly status: number;
  /** Such as `INVITE` or `180 Ringing`; of what is malformed the start of its first line. */
  readonly label: string;
  /** -1 where there is none. */
  readonly cseq: number;
  readonly hasSdp: boolean;
}

const requestLine = /^([A-Za-z0-9\-.!%*_+`'~]{1,40}) \S+ SIP\/\d/;
const statusLine = /^SIP\/\d+\.\d+ (\d{3}) ?(.*)$/;
const longestLabel = 60;

export function wordsOf(text: string): MessageWords {
  const { head, body } = parted(text.replace(/^(?:\r\n)+/, ''));
  const [first = ''] = head.split(/\r?\n/, 1);
  const cseqValue = headerOf(head, 'cseq') ?? '';
  const [, number = '-1', cseqMethod = ''] = /^(\d{1,10})\s+(\S{1,40})$/.exec(cseqValue) ?? [];
  const isSdp = (headerOf(head, 'content-type') ?? '').toLowerCase().includes('application/sdp');
  const isInParts = /\r?\nContent-Type:\s*application\/sdp/i.test(body);
  const rest = { cseq: Number(number), hasSdp: body !== '' && (isSdp || isInParts) };
  const method = requestLine.exec(first)?.[1];
  if (method !== undefined) return { kind: 'request', method, status: 0, label: method, ...rest };
  const [, status, phrase = ''] = statusLine.exec(first) ?? [];
  if (status !== undefined) {
    const label = `${status} ${phrase}`.trim().slice(0, longestLabel);
    return { kind: 'response', method: cseqMethod, status: Number(status), label, ...rest };
  }
  return { kind: 'malformed', method: '', status: 0, label: first.slice(0, longestLabel), ...rest };
}

/** Head and body of a message as it was on the wire, the head without its last line break. */
export function parted(text: string): { readonly head: string; readonly body: string } {
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) return { head: text.replace(/\r?\n$/, ''), body: '' };
  return { head: text.slice(0, end.index), body: text.slice(end.index + end[0].length) };
}

/** Value of the first header of that long, lower-case name. */
export function headerOf(head: string, name: string): string | undefined {
  for (const line of head.split(/\r?\n/).slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0 && canonicalHeaderName(line.slice(0, colon).trim()) === name)
      return line.slice(colon + 1).trim();
  }
  return undefined;
}
