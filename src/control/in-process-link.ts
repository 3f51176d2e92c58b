// A control connection inside one process, for the router and its own engine. drachtio-srf's listen mode takes a
// net.Server; this one never listens and is handed sockets that are no sockets: a write is a call into the control
// connection, and frames go back as 'data' events, all those of one turn of the event loop together.
import { Server, Socket } from 'node:net';
import { BytePool } from '../kernel/index.js';
import type { Logger } from '../kernel/index.js';
import { ControlConnection } from './connection.js';
import type { ConnectionOwner, FrameSink } from './connection.js';
import { FrameReader } from './frame.js';

type WriteCallback = (error?: Error | null) => void;

const ADDRESS = '127.0.0.1';
/** Frames come from our own process and may be as large as a SIP message over TCP. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** The application's end. */
class LinkSocket extends Socket {
  readonly #reader = new FrameReader(MAX_FRAME_BYTES);
  readonly #connection: ControlConnection;
  readonly #pool = new BytePool();
  #outgoing = '';
  #isOpen = true;

  constructor(owner: ConnectionOwner, options: InProcessLinkOptions, port: number) {
    super();
    // net.Socket reads these from its handle, and this one has none.
    for (const name of ['remoteAddress', 'localAddress'])
      Object.defineProperty(this, name, { value: ADDRESS });
    Object.defineProperty(this, 'remotePort', { value: port });
    Object.defineProperty(this, 'localPort', { value: 0 });
    const sink: FrameSink = { send: (frame) => this.#deliver(frame), end: () => this.#endSoon() };
    const routes = options.methods.map((method) => method.toLowerCase());
    this.#connection = new ControlConnection(owner, sink, routes);
    this.#connection.isBrief = options.isBrief === true;
  }

  /** The application has authenticated. */
  get wasServed(): boolean {
    return this.#connection.isAuthenticated;
  }

  /** A frame from the application. Its consequences reach the application after this call has returned. */
  override write(chunk: Uint8Array | string, ...rest: unknown[]): boolean {
    if (!this.#isOpen) return false;
    const bytes = typeof chunk === 'string' ? byteString(chunk) : Buffer.from(chunk).toString('latin1');
    const fault = this.#reader.push(bytes, (payload) => this.#connection.receive(payload));
    if (fault !== undefined) this.#connection.fault(fault);
    const callback = rest.at(-1);
    if (typeof callback === 'function') (callback as WriteCallback)();
    return true;
  }

  /** The application lets go of the connection. */
  override end(): this {
    this.#endSoon();
    return this;
  }

  override setKeepAlive(): this {
    return this;
  }

  override setNoDelay(): this {
    return this;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#isOpen = false;
    this.#connection.closed();
    // Emits 'close', which net.Socket does by itself.
    super._destroy(error, callback);
  }

  #deliver(frame: string): void {
    if (this.#outgoing === '') process.nextTick(this.#flush);
    this.#outgoing += frame;
  }

  readonly #flush = (): void => {
    const frames = this.#outgoing;
    this.#outgoing = '';
    if (frames !== '' && this.#isOpen) this.emit('data', this.#pool.bytesOf(frames));
  };

  #endSoon(): void {
    process.nextTick(() => {
      this.#flush();
      this.destroy();
    });
  }
}

/** UTF-8 bytes of a frame as a byte string. Its own length says whether there is anything to convert. */
function byteString(frame: string): string {
  const hash = frame.indexOf('#');
  const isAscii = hash > 0 && Number(frame.slice(0, hash)) === frame.length - hash - 1;
  return isAscii ? frame : Buffer.from(frame, 'utf8').toString('latin1');
}

export interface InProcessLinkOptions {
  /** Methods, and `cdr:...`, that the application takes: in listen mode drachtio-srf never says. */
  readonly methods: readonly string[];
  /** Leaves the text of its responses out of the answers to them; drachtio-srf reads it for PRACK and for callers of `send`. */
  readonly isBrief?: boolean;
}

export interface InProcessLink {
  /** For `srf.listen({ server, secret })`. */
  readonly server: Server;
  /** Connects the application; call it after `srf.listen`. Throws when it is connected already. */
  connect(): void;
  /** Ends the connection and stays closed. */
  close(): void;
}

let links = 0;

/**
 * The link between a control server and a drachtio-srf application of the same process.
 *
 * drachtio-srf ends a connection of this kind when a request reaches the end of its middleware unanswered. The link
 * then connects anew, but calls in progress are lost: let the last middleware of the application answer everything.
 */
export function createLink(
  owner: ConnectionOwner,
  log: Logger,
  options: InProcessLinkOptions,
): InProcessLink {
  const server = new Server();
  let socket: LinkSocket | undefined;
  let isClosed = false;
  const connect = (): void => {
    links += 1;
    const opened = new LinkSocket(owner, options, links);
    socket = opened;
    opened.once('close', () => {
      socket = undefined;
      if (isClosed) return;
      if (!opened.wasServed) {
        log.error('in-process connection refused: the application has another secret');
        return;
      }
      log.warn('the application ended its in-process connection, connecting it again');
      connect();
    });
    server.emit('connection', socket);
  };
  return {
    server,
    connect: () => {
      if (socket !== undefined) throw new Error('in-process link connected twice');
      isClosed = false;
      connect();
    },
    close: () => {
      isClosed = true;
      socket?.destroy();
    },
  };
}
