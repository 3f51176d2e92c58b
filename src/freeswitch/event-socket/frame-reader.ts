// Frames of the FreeSWITCH event socket out of a stream of bytes: a block of headers ended by an empty line, and a body when there
// is a Content-Length (FreeSWITCH, mod_event_socket.c). Written here because the parser of drachtio-modesl (lib/esl/Parser.js)
// calls decodeURIComponent in its data handler, so that one malformed escape ends the process, has no bound on headers or body,
// and copies and scans its whole buffer anew for each chunk.
import { JsonEventHeaders, PlainEventHeaders } from './event-headers.js';
import type { EventHeaders } from './event-headers.js';

export type Frame =
  | { readonly kind: 'auth-request' }
  /** command/reply: the Reply-Text. */
  | { readonly kind: 'reply'; readonly text: string }
  /** api/response */
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'event'; readonly headers: EventHeaders }
  | { readonly kind: 'disconnect-notice' }
  /** The address of this machine is not in the access list. */
  | { readonly kind: 'rude-rejection' }
  /** A frame of another type, or an event that cannot be read. */
  | { readonly kind: 'unusable' };

/** After one of these the stream cannot be read on. */
export type FrameFault = 'header-too-long' | 'body-too-long' | 'length-malformed';

export interface FrameLimits {
  /** Bytes of a header block; default 64 KB. */
  readonly maxHeaderBytes?: number;
  /** Bytes of a body; default 2 MB. */
  readonly maxBodyBytes?: number;
}

const emptyBody = Buffer.alloc(0);
const lineFeed = 10;
const headerEnd = Buffer.from('\n\n');
const contentLength = /^content-length:[ \t]*(.*)$/im;
const contentType = /^content-type:[ \t]*(\S*)/im;
const replyText = /^reply-text:[ \t]*(.*)$/im;

/** Reads frames from chunks cut anywhere. Holds at most one header block and one body; looks at each byte once. */
export class FrameReader {
  readonly #maxHeaderBytes: number;
  readonly #maxBodyBytes: number;
  /** Begin of the header block or body that is not complete; the first `#heldBytes` of a buffer that grows. */
  #held: Buffer = emptyBody;
  #heldBytes = 0;
  /** The header block whose body is being read. */
  #header: string | undefined;
  #bodyBytes = 0;
  #fault: FrameFault | undefined;

  constructor(limits: FrameLimits = {}) {
    this.#maxHeaderBytes = limits.maxHeaderBytes ?? 65_536;
    this.#maxBodyBytes = limits.maxBodyBytes ?? 2_097_152;
  }

  /** Bytes that wait for the rest of their frame. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * Hands every frame that `chunk` completes to `take`. A body is only valid during the call.
   * @returns why the stream cannot be read on; then and from then on nothing is handed over
   */
  push(chunk: Buffer, take: (frame: Frame) => void): FrameFault | undefined {
    let rest = chunk;
    while (rest.length > 0 && this.#fault === undefined) {
      rest = this.#header === undefined ? this.#readHeader(rest, take) : this.#readBody(rest, take);
    }
    return this.#fault;
  }

  #readHeader(chunk: Buffer, take: (frame: Frame) => void): Buffer {
    let start = 0;
    if (this.#heldBytes === 0) while (chunk[start] === lineFeed) start++;
    const end = this.#headerEndIn(chunk, start);
    const piece = chunk.subarray(start, end === -1 ? chunk.length : end);
    if (this.#heldBytes + piece.length > this.#maxHeaderBytes) return this.#fail('header-too-long');
    if (end === -1) {
      this.#keep(piece);
      return chunk.subarray(chunk.length);
    }
    this.#startBody(this.#join(piece).toString('latin1'), take);
    return chunk.subarray(end);
  }

  /** Index after the empty line that ends the block; it may have begun in the chunk before. */
  #headerEndIn(chunk: Buffer, start: number): number {
    const isCut = this.#heldBytes > 0 && this.#held[this.#heldBytes - 1] === lineFeed;
    if (isCut && chunk[start] === lineFeed) return start + 1;
    const at = chunk.indexOf(headerEnd, start);
    return at === -1 ? -1 : at + 2;
  }

  #startBody(header: string, take: (frame: Frame) => void): void {
    const length = contentLength.exec(header)?.[1]?.trim();
    if (length === undefined) {
      take(frameOf(header, emptyBody));
      return;
    }
    if (!/^\d{1,10}$/.test(length)) {
      this.#fail('length-malformed');
      return;
    }
    this.#bodyBytes = Number(length);
    if (this.#bodyBytes > this.#maxBodyBytes) this.#fail('body-too-long');
    else if (this.#bodyBytes === 0) take(frameOf(header, emptyBody));
    else this.#header = header;
  }

  #readBody(chunk: Buffer, take: (frame: Frame) => void): Buffer {
    const missing = this.#bodyBytes - this.#heldBytes;
    if (chunk.length < missing) {
      this.#keep(chunk);
      return chunk.subarray(chunk.length);
    }
    const header = this.#header ?? '';
    this.#header = undefined;
    take(frameOf(header, this.#join(chunk.subarray(0, missing))));
    return chunk.subarray(missing);
  }

  #keep(piece: Buffer): void {
    const bytes = this.#heldBytes + piece.length;
    if (bytes > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#held.length));
      this.#held.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    piece.copy(this.#held, this.#heldBytes);
    this.#heldBytes = bytes;
  }

  #join(last: Buffer): Buffer {
    if (this.#heldBytes === 0) return last;
    this.#keep(last);
    const whole = this.#held.subarray(0, this.#heldBytes);
    this.#release();
    return whole;
  }

  #release(): void {
    this.#held = emptyBody;
    this.#heldBytes = 0;
  }

  #fail(fault: FrameFault): Buffer {
    this.#fault = fault;
    this.#release();
    return emptyBody;
  }
}

function frameOf(header: string, body: Buffer): Frame {
  const type = contentType.exec(header)?.[1] ?? '';
  switch (type.toLowerCase()) {
    case 'text/event-plain':
      return { kind: 'event', headers: new PlainEventHeaders(body) };
    case 'text/event-json': {
      const headers = JsonEventHeaders.parse(body);
      return headers === undefined ? { kind: 'unusable' } : { kind: 'event', headers };
    }
    case 'api/response':
      return { kind: 'answer', text: body.toString() };
    case 'command/reply':
      return { kind: 'reply', text: replyText.exec(header)?.[1]?.trim() ?? '' };
    case 'auth/request':
      return { kind: 'auth-request' };
    case 'text/disconnect-notice':
      return { kind: 'disconnect-notice' };
    case 'text/rude-rejection':
      return { kind: 'rude-rejection' };
    default:
      return { kind: 'unusable' };
  }
}
