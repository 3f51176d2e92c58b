// Cuts a TCP stream into messages: RFC 3261 18.3 (Content-Length) and 7.5, keep-alive RFC 5626 3.5.1.
import { defaultMessageLimits } from './limits.js';
import type { MessageLimits } from './limits.js';
import { parseHead } from './parse-head.js';
import type { Head } from './parse-head.js';
import { messageOf } from './parse-message.js';
import { refusal } from './parse-result.js';
import type { ParseResult, Refusal } from './parse-result.js';

/** `ping` is the double CRLF of a keep-alive: answer it with one CRLF. */
export type Frame =
  | { readonly kind: 'message'; readonly result: ParseResult; readonly text: string }
  | { readonly kind: 'ping' };

const noBytes = Buffer.alloc(0);
const headEnd = Buffer.from('\r\n\r\n', 'latin1');

/** Holds at most one unfinished message, within the limits, and copies bytes only for that. */
export class StreamFramer {
  readonly #limits: MessageLimits;
  #held = noBytes;
  #heldLength = 0;
  /** Bytes of the held that are known to hold no end of a head. */
  #searched = 0;
  /** The head of a message whose body has not all come. */
  #head: Head | null = null;
  #headText = '';
  #breaks = 0;
  #isBroken = false;

  constructor(limits: MessageLimits = defaultMessageLimits) {
    this.#limits = limits;
  }

  /** True once the stream can no longer be cut with certainty: answer what was refused, then close it. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** True while part of a message is held. */
  get isWaiting(): boolean {
    return this.#heldLength > 0 || this.#head !== null;
  }

  /** The messages that `chunk` completes, in order. Nothing more comes out of a broken stream. */
  push(chunk: Buffer): Frame[] {
    if (this.#isBroken) return [];
    const frames: Frame[] = [];
    const bytes = this.#heldLength === 0 ? chunk : this.#hold(chunk);
    let pos = 0;
    for (;;) {
      const next =
        this.#head === null ? this.#readHead(bytes, pos, frames) : this.#readBody(bytes, pos, frames);
      if (next === -1) break;
      pos = next;
    }
    return frames;
  }

  /** Reads the next head; -1 when more bytes are needed, which are then held, or when the stream is broken. */
  #readHead(bytes: Buffer, from: number, frames: Frame[]): number {
    const start = this.#skipBreaks(bytes, from, frames);
    if (start === bytes.length) return this.#keep(bytes, start);
    const end = bytes.indexOf(headEnd, Math.max(start, from + this.#searched));
    if (end === -1) {
      if (bytes.length - start > this.#limits.head) return this.#refuseOversize(bytes, start, frames);
      this.#keep(bytes, start);
      this.#searched = Math.max(0, bytes.length - start - 3);
      return -1;
    }
    this.#searched = 0;
    this.#breaks = 0;
    const text = bytes.toString('latin1', start, end + 4);
    const head = parseHead(text, 0, this.#limits);
    const fault = head.fault ?? this.#lengthFault(head, text.length);
    if (fault !== null) return this.#refuse(text, head, fault, frames);
    this.#head = head;
    this.#headText = text;
    return start + head.bodyStart;
  }

  #lengthFault(head: Head, headLength: number): Refusal | null {
    if (headLength > this.#limits.head) return refusal(400, 'Header Too Long');
    if (head.contentLength === -1) return refusal(400, 'Missing Content-Length');
    return head.contentLength > this.#limits.body ? refusal(513, 'Message Too Large') : null;
  }

  #readBody(bytes: Buffer, from: number, frames: Frame[]): number {
    const head = this.#head as Head;
    const end = from + head.contentLength;
    if (end > bytes.length) return this.#keep(bytes, from);
    this.#head = null;
    const body = bytes.toString('latin1', from, end);
    frames.push({ kind: 'message', result: messageOf(head, body, null), text: this.#headText + body });
    this.#headText = '';
    return end;
  }

  /** CRLFs before a start line are ignored (7.5); two in a row are a ping. A lone CR waits for its LF. */
  #skipBreaks(bytes: Buffer, from: number, frames: Frame[]): number {
    let i = from;
    while (bytes[i] === 0x0d && bytes[i + 1] === 0x0a) {
      i += 2;
      this.#searched = 0;
      if (++this.#breaks === 2) {
        this.#breaks = 0;
        // One says it all: a chunk of nothing but breaks would make thousands.
        if (frames.at(-1)?.kind !== 'ping') frames.push({ kind: 'ping' });
      }
    }
    return i;
  }

  #refuseOversize(bytes: Buffer, start: number, frames: Frame[]): number {
    const lastBreak = bytes.lastIndexOf('\r\n', start + this.#limits.head, 'latin1');
    const text = lastBreak <= start ? '' : bytes.toString('latin1', start, lastBreak + 2);
    return this.#refuse(text, parseHead(text, 0, this.#limits), refusal(400, 'Header Too Long'), frames);
  }

  #refuse(text: string, head: Head, fault: Refusal, frames: Frame[]): number {
    this.#isBroken = true;
    this.#held = noBytes;
    this.#heldLength = 0;
    frames.push({ kind: 'message', result: messageOf(head, '', fault), text });
    return -1;
  }

  /** Appends to what is held, growing by doubling so that a slow stream costs no more than its length. */
  #hold(chunk: Buffer): Buffer {
    const length = this.#heldLength + chunk.length;
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#held.length, 4096));
      this.#held.copy(grown, 0, 0, this.#heldLength);
      this.#held = grown;
    }
    chunk.copy(this.#held, this.#heldLength);
    this.#heldLength = length;
    return this.#held.subarray(0, length);
  }

  /** Holds the bytes from `from` on for the next push. */
  #keep(bytes: Buffer, from: number): -1 {
    const rest = bytes.length - from;
    if (rest === 0) {
      this.#held = noBytes;
    } else if (bytes.buffer === this.#held.buffer && this.#held.length > 0) {
      if (from > 0) this.#held.copyWithin(0, from, bytes.length);
    } else {
      this.#held = Buffer.allocUnsafeSlow(Math.max(rest, 1024));
      bytes.copy(this.#held, 0, from);
    }
    this.#heldLength = rest;
    return -1;
  }
}
