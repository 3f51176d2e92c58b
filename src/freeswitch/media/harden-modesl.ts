// Makes drachtio-modesl 1.3.1 bear what a broken or hostile FreeSWITCH sends. Methods of its prototypes are replaced at load time.
//
// Deviation from the library as published, and why:
// - Parser: its own throws out of the socket's data handler, and so ends the process, for `%` without two hex digits, buffers without
//   bound, recurses once a message, takes any Content-Length, and looks every header up among all before it while it builds an event.
// - Connection._onEvent: a listener that throws (fsmrf's do, on messages that lack a header) ends the process.
// - Connection.send: writes line by line, which costs 40 ms a command over Nagle's algorithm and delayed acknowledgements, and lets
//   a line break in an argument begin a header of its own.
// - Connection._onConnectionGone: connects again by itself, for ever, after a refused password too; media-link.ts does it instead.
import type { Socket } from 'node:net';
import { errorMessage } from '../../kernel/index.js';

/** Largest head and body of one message. CHANNEL_DATA is a head of about 7 KB; an event with SDP and variables about 16 KB. */
const maxHeadBytes = 128 * 1024;
const maxBodyBytes = 4 * 1024 * 1024;

type Headers = Record<string, string>;

interface EventObject {
  headers: { readonly name: string; readonly value: string }[];
  type: string | undefined;
  subclass: string | undefined;
  body: string;
}

interface ParserObject {
  buffer: Buffer;
  /** Head of the message whose body is awaited. */
  headers: Headers | null;
  bodyLen: number;
  readonly socket: Socket;
  emit(event: string, ...values: unknown[]): unknown;
}

interface ConnectionObject {
  socket: Socket | null;
  emit(event: string, ...values: unknown[]): unknown;
}

export interface HardenedClasses {
  readonly Event: new () => EventObject;
  readonly Parser: { readonly prototype: Record<string, unknown> };
  readonly Connection: { readonly prototype: Record<string, unknown> };
}

/** Replaces what the head of this file names. Faults are told as 'error' of the connection; a stream that cannot be read on is cut. */
export function harden({ Event, Parser, Connection }: HardenedClasses): void {
  Object.assign(Parser.prototype, {
    _onData(this: ParserObject, data: Buffer): void {
      this.buffer = this.buffer.length === 0 ? data : Buffer.concat([this.buffer, data]);
      try {
        while (!this.socket.destroyed && readMessage(this, Event));
      } catch (error) {
        this.buffer = Buffer.alloc(0);
        this.emit('error', error);
        this.socket.destroy();
      }
    },
  });
  const original = Connection.prototype['_onEvent'] as (this: ConnectionObject, ...values: unknown[]) => void;
  Object.assign(Connection.prototype, {
    _onEvent(this: ConnectionObject, ...values: unknown[]): void {
      try {
        original.apply(this, values);
      } catch (error) {
        this.emit('error', new Error(`a message was not understood: ${errorMessage(error)}`));
      }
    },
    send(this: ConnectionObject, command: string, headers: Readonly<Record<string, unknown>> = {}): void {
      if (this.socket === null || !this.socket.writable) return;
      let text = `${oneLine(command)}\n`;
      for (const name in headers) text += `${name}: ${oneLine(String(headers[name]))}\n`;
      this.socket.write(`${text}\n`);
    },
    _onConnectionGone(): void {
      // Who made the connection decides.
    },
  });
}

/** @returns false when more bytes are needed; throws when the stream makes no sense from here on */
function readMessage(parser: ParserObject, Event: HardenedClasses['Event']): boolean {
  if (parser.bodyLen === 0 && !readHead(parser, Event)) return false;
  if (parser.bodyLen === 0) return true;
  if (parser.buffer.length < parser.bodyLen) return false;
  const body = parser.buffer.toString('utf8', 0, parser.bodyLen);
  parser.buffer = parser.buffer.subarray(parser.bodyLen);
  parser.bodyLen = 0;
  emitMessage(parser, Event, body);
  return true;
}

function readHead(parser: ParserObject, Event: HardenedClasses['Event']): boolean {
  let start = 0;
  while (parser.buffer[start] === 0x0a) start += 1;
  const end = parser.buffer.indexOf('\n\n', start);
  if (end > maxHeadBytes || (end === -1 && parser.buffer.length > maxHeadBytes)) {
    throw new Error(`a message head is larger than ${maxHeadBytes} bytes`);
  }
  if (end === -1) return false;
  const headers = parseLines(parser.buffer.toString('utf8', start, end));
  parser.buffer = parser.buffer.subarray(end + 2);
  parser.headers = headers;
  const length = headers['Content-Length'];
  if (length === undefined || length === '0') {
    emitMessage(parser, Event, undefined);
    return true;
  }
  if (!/^\d{1,10}$/.test(length) || Number(length) > maxBodyBytes) {
    throw new Error(`a message has the Content-Length ${length.slice(0, 20)}`);
  }
  parser.bodyLen = Number(length);
  return true;
}

function emitMessage(parser: ParserObject, Event: HardenedClasses['Event'], body: string | undefined): void {
  const head = parser.headers ?? {};
  parser.headers = null;
  const type = head['Content-Type'];
  let headers: Headers | undefined = head;
  let text = body ?? '';
  if (type === 'text/event-json') headers = parseJson(text);
  else if (type === 'text/event-plain') headers = parseLines(text.split('\n\n', 1)[0] ?? '');
  if (headers === undefined) {
    parser.emit('error', new Error('an event is not JSON'));
    return;
  }
  if (headers !== head) text = headers['_body'] ?? '';
  const event = new Event();
  event.headers = Object.entries(headers).map(([name, value]) => ({ name, value }));
  event.type = headers['Event-Name'];
  event.subclass = headers['Event-Subclass'];
  event.body = text;
  const reply = headers['Reply-Text'];
  if (reply?.startsWith('+OK') === true)
    event.headers.push({ name: 'Modesl-Reply-OK', value: reply.slice(4) });
  if (reply?.startsWith('-ERR') === true)
    event.headers.push({ name: 'Modesl-Reply-ERR', value: reply.slice(5) });
  parser.emit('esl::event', event, head, body);
}

function parseLines(text: string): Headers {
  const headers = Object.create(null) as Headers;
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) headers[line.slice(0, colon)] = decoded(line.slice(colon + 2));
  }
  return headers;
}

/** FreeSWITCH escapes values as in a URL; what is not escaped well is taken as it stands. */
function decoded(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function parseJson(text: string): Headers | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const headers = Object.create(null) as Headers;
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value === 'string') headers[name] = value;
    else if (typeof value === 'number' || typeof value === 'boolean') headers[name] = String(value);
  }
  return headers;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]+/g, ' ');
}
