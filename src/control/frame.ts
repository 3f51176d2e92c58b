// Framing of the drachtio control protocol: `<decimal length>#<payload>`, the length in bytes, no terminator.
// Everything here is a byte string (one char, one byte), so lengths are `length` and UTF-8 passes untouched.

/** Greatest number of digits of a length specifier; leading zeros are allowed. */
const MAX_LENGTH_DIGITS = 9;

export type FrameFault = 'bad-length' | 'too-large';

/** Puts the length in front of a payload. */
export function encodeFrame(payload: string): string {
  return `${payload.length}#${payload}`;
}

/** Cuts a stream of byte strings into payloads, however the sender split or joined them. */
export class FrameReader {
  readonly #maxFrameBytes: number;
  /** What is buffered, in pieces: joined only when a whole frame is there. */
  #pieces: string[] = [];
  #buffered = 0;
  /** Bytes that must be buffered before it is worth looking again. */
  #needed = 1;

  /** @param maxFrameBytes greatest payload, in bytes */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /**
   * Takes what was received and calls `onPayload` for each frame that is complete.
   * @returns why the stream cannot be read on, or undefined; after a fault the reader must not be used again
   */
  push(chunk: string, onPayload: (payload: string) => void): FrameFault | undefined {
    this.#pieces.push(chunk);
    this.#buffered += chunk.length;
    if (this.#buffered < this.#needed) return undefined;
    const text = this.#pieces.length === 1 ? chunk : this.#pieces.join('');
    let at = 0;
    while (at < text.length) {
      const hash = text.indexOf('#', at);
      const digitsEnd = hash === -1 ? text.length : hash;
      const length = parseLength(text, at, digitsEnd);
      if (length === undefined || (hash !== -1 && digitsEnd === at)) return 'bad-length';
      if (length > this.#maxFrameBytes) return 'too-large';
      if (hash === -1) {
        this.#keep(text.slice(at), text.length - at + 1);
        return undefined;
      }
      const end = hash + 1 + length;
      if (end > text.length) {
        this.#keep(text.slice(at), end - at);
        return undefined;
      }
      onPayload(text.slice(hash + 1, end));
      at = end;
    }
    this.#keep('', 1);
    return undefined;
  }

  #keep(rest: string, needed: number): void {
    this.#pieces = rest === '' ? [] : [rest];
    this.#buffered = rest.length;
    this.#needed = needed;
  }
}

/** The number in `text[start, end)`; undefined when it holds anything but a few digits. */
function parseLength(text: string, start: number, end: number): number | undefined {
  if (end - start > MAX_LENGTH_DIGITS) return undefined;
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
