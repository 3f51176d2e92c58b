// Messages of a PostgreSQL client, cut out of a byte stream (PostgreSQL documentation, "Message Formats", protocol 3).
// They are gathered into units that must run in one piece: a simple query, or an extended one from Parse to Sync.

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
const PROTOCOL_MAJOR = 3;
/** Startup packets are small; what claims to be larger is none. */
const MAX_STARTUP_BYTES = 10_000;
/** The memory of the embedded server is bounded, so is what one statement may bring. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

export type Frame =
  | { readonly kind: 'encryption' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'startup' }
  | { readonly kind: 'end' }
  /** `isOpen`: the client waits for an answer before it sends the rest (Flush). */
  | { readonly kind: 'unit'; readonly bytes: Uint8Array; readonly isOpen: boolean }
  | { readonly kind: 'invalid'; readonly reason: string };

const QUERY = 0x51;
const SYNC = 0x53;
const FLUSH = 0x48;
const FUNCTION_CALL = 0x46;
const TERMINATE = 0x58;
/** Parse, Bind, Describe, Execute, Close; CopyData, CopyDone and CopyFail have nowhere to go here. */
const ofUnits = new Set([0x50, 0x42, 0x44, 0x45, 0x43, QUERY, SYNC, FLUSH, FUNCTION_CALL]);
const copying = new Set([0x64, 0x63, 0x66]);

export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;
  #unit: Buffer[] = [];
  #isStarted = false;

  /** The frames that are complete with `chunk`; after an invalid one there is no more. */
  *read(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      const frame = this.#isStarted ? this.#message() : this.#startup();
      if (frame === undefined) return;
      if (frame !== 'part') yield frame;
      if (frame !== 'part' && frame.kind === 'invalid') return;
    }
  }

  #startup(): Frame | undefined {
    const head = this.#peek(8);
    if (head === undefined) return undefined;
    const length = head.readInt32BE(0);
    const code = head.readInt32BE(4);
    if (length < 8 || length > MAX_STARTUP_BYTES) return invalid('no startup packet');
    if (this.#take(length) === undefined) return undefined;
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'encryption' };
    if (code === CANCEL_REQUEST) return { kind: 'cancel' };
    if (code >> 16 !== PROTOCOL_MAJOR) return invalid('unsupported frontend protocol');
    this.#isStarted = true;
    return { kind: 'startup' };
  }

  #message(): Frame | 'part' | undefined {
    const head = this.#peek(5);
    if (head === undefined) return undefined;
    const type = head[0] ?? 0;
    const length = head.readInt32BE(1);
    if (length < 4 || length > MAX_MESSAGE_BYTES) return invalid('invalid message length');
    if (!ofUnits.has(type) && !copying.has(type) && type !== TERMINATE)
      return invalid('invalid message type');
    const message = this.#take(length + 1);
    if (message === undefined) return undefined;
    if (type === TERMINATE) return { kind: 'end' };
    if (copying.has(type)) return 'part';
    this.#unit.push(message);
    const isWhole = type === SYNC || type === QUERY || type === FUNCTION_CALL;
    if (!isWhole && type !== FLUSH) return 'part';
    const bytes = type === QUERY ? executable(message) : new Uint8Array(Buffer.concat(this.#unit));
    this.#unit = [];
    return { kind: 'unit', bytes, isOpen: !isWhole };
  }

  /** The first bytes, without taking them. */
  #peek(bytes: number): Buffer | undefined {
    if (this.#length < bytes) return undefined;
    const [first] = this.#chunks;
    return first !== undefined && first.length >= bytes ? first : this.#joined();
  }

  #take(bytes: number): Buffer | undefined {
    if (this.#length < bytes) return undefined;
    const all = this.#joined();
    this.#chunks = all.length > bytes ? [all.subarray(bytes)] : [];
    this.#length -= bytes;
    return all.subarray(0, bytes);
  }

  /** Joined only when something whole is there: a message of many megabytes is copied once, not with each of its chunks. */
  #joined(): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

/** Deviation: COPY FROM STDIN would end the backend, which cannot wait for data; it is answered with an error. */
function executable(query: Buffer): Uint8Array {
  const isCopy = /^\s*copy\b[^;]*\bfrom\s+stdin\b/i.test(query.toString('latin1', 5, 5 + MAX_COPY_BYTES));
  return isCopy ? queryMessage(refusal) : new Uint8Array(query);
}

const MAX_COPY_BYTES = 2000;
const refusal =
  "DO $$BEGIN RAISE feature_not_supported USING MESSAGE = 'the embedded database knows no COPY FROM STDIN'; END$$";

function invalid(reason: string): Frame {
  return { kind: 'invalid', reason };
}

/** An ErrorResponse with severity FATAL, after which the server hangs up. */
export function fatalResponse(sqlState: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E', 0, 'latin1');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** A simple Query. */
export function queryMessage(text: string): Uint8Array {
  const body = Buffer.from(`${text}\0`);
  const message = Buffer.alloc(5 + body.length);
  message.write('Q', 0, 'latin1');
  message.writeInt32BE(body.length + 4, 1);
  body.copy(message, 5);
  return new Uint8Array(message);
}

/** StartupMessage, protocol 3.0. */
export function startupMessage(user: string, database: string): Uint8Array {
  const body = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const message = Buffer.alloc(8 + body.length);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(PROTOCOL_MAJOR << 16, 4);
  body.copy(message, 8);
  return new Uint8Array(message);
}
