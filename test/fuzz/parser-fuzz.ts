// The parser and the framer against damaged messages: nothing throws, and their laws hold.
import { createResponse, parseMessage } from '../../src/sip/index.js';
import type { ParseResult } from '../../src/sip/index.js';
import { StreamFramer } from '../../src/sip/message/stream-framer.js';
import type { Random } from '../support/random.js';
import { damaged } from './mutations.js';

export interface ParserFigures {
  messages: number;
  accepted: number;
  refused: number;
  dropped: number;
  frames: number;
}

/** Thrown when a law is broken, with the message that broke it. */
export class FuzzFailure extends Error {
  constructor(law: string, text: string, cause?: unknown) {
    super(`${law}: ${JSON.stringify(text.slice(0, 4000))}`, { cause });
  }
}

/** @throws FuzzFailure */
export function fuzzParser(count: number, random: Random, seeds: readonly string[]): ParserFigures {
  const figures: ParserFigures = { messages: 0, accepted: 0, refused: 0, dropped: 0, frames: 0 };
  let framer = new StreamFramer();
  for (let i = 0; i < count; i++) {
    const text = damaged(random.of(seeds), random, random.of(seeds));
    figures.messages++;
    try {
      checkMessage(parseMessage(Buffer.from(text, 'latin1'), 'datagram'), figures);
      if (framer.isBroken || i % 50 === 0) framer = new StreamFramer();
      figures.frames += cut(framer, text, random);
    } catch (error) {
      throw error instanceof FuzzFailure ? error : new FuzzFailure('threw', text, error);
    }
  }
  return figures;
}

function checkMessage(result: ParseResult, figures: ParserFigures): void {
  if (result.ok) {
    figures.accepted++;
    const { message } = result;
    for (const name of ['contact', 'route', 'record-route', 'require']) message.list(name);
    message.uri();
    message.from();
    message.to();
    const written = message.toString();
    const again = parseMessage(written, 'stream');
    if (!again.ok) throw new FuzzFailure(`what is written is refused (${again.reason})`, written);
    if (again.message.toString() !== written)
      throw new FuzzFailure('what is written is read otherwise', written);
    if (message.isRequest) checkResponse(createResponse(message, 200, undefined, 'tag').toString());
    return;
  }
  if (result.partial === null) {
    figures.dropped++;
    return;
  }
  figures.refused++;
  checkResponse(createResponse(result.partial, result.status, result.reason, 'tag').toString());
}

/** Nothing of what a peer wrote makes a line of its own. */
function checkResponse(text: string): void {
  const head = text.slice(0, text.indexOf('\r\n\r\n'));
  if (/\r(?!\n)|(?<!\r)\n|\r\n[ \t]/.test(head)) throw new FuzzFailure('a response has a broken line', text);
}

function cut(framer: StreamFramer, text: string, random: Random): number {
  const bytes = Buffer.from(text, 'latin1');
  let frames = 0;
  for (let at = 0; at < bytes.length;) {
    const length = random.below(4) === 0 ? 1 + random.below(40) : bytes.length;
    frames += framer.push(Buffer.from(bytes.subarray(at, at + length))).length;
    at += length;
  }
  return frames;
}
