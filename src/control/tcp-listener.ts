// The control port: applications connect here over TCP.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { AppError, errorCode, errorMessage } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { ControlConnection } from './connection.js';
import type { ConnectionOwner, FrameSink } from './connection.js';
import { FrameReader } from './frame.js';

/** Thrown when the control port cannot be listened on. Codes: CONTROL_PORT_IN_USE, CONTROL_LISTEN. */
export class ControlListenError extends AppError {}

export interface TcpListenerOptions {
  readonly owner: ConnectionOwner;
  readonly clock: Clock;
  readonly log: Logger;
  /** Greatest payload from an application, in bytes. */
  readonly maxFrameBytes: number;
  /** Bytes waiting for an application that does not read; above it the connection is ended. */
  readonly maxQueuedBytes: number;
  /** Time an application has to authenticate. */
  readonly authenticateTimeoutMs: number;
}

/** Frames of one turn of the event loop go out in one write. */
class TcpSink implements FrameSink {
  readonly #socket: Socket;
  readonly #maxQueuedBytes: number;
  #queued = '';

  constructor(socket: Socket, maxQueuedBytes: number) {
    this.#socket = socket;
    this.#maxQueuedBytes = maxQueuedBytes;
  }

  send(frame: string): void {
    if (this.#queued === '') process.nextTick(this.#flush);
    this.#queued += frame;
  }

  end(): void {
    this.#flush();
    this.#socket.end();
  }

  readonly #flush = (): void => {
    if (this.#queued === '') return;
    const text = this.#queued;
    this.#queued = '';
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength > this.#maxQueuedBytes) this.#socket.destroy();
    else this.#socket.write(text, 'latin1');
  };
}

export class TcpListener {
  readonly #options: TcpListenerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(options: TcpListenerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket));
  }

  /** @throws ControlListenError */
  async listen(host: string, port: number): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => reject(listenError(host, port, error));
      this.#server.once('error', fail);
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.off('error', fail);
        this.#server.on('error', (error) => {
          this.#options.log.error({ error: errorMessage(error) }, 'control listener failed');
        });
        resolve();
      });
    });
    return this.#server.address() as AddressInfo;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const { owner, clock, log, maxFrameBytes, maxQueuedBytes, authenticateTimeoutMs } = this.#options;
    const connection = new ControlConnection(owner, new TcpSink(socket, maxQueuedBytes));
    const reader = new FrameReader(maxFrameBytes);
    const timer = clock.after(authenticateTimeoutMs, 'authenticate', () => {
      if (!connection.isAuthenticated) socket.destroy();
    });
    this.#sockets.add(socket);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: Buffer | string) => {
      if (!connection.isOpen) return;
      const fault = reader.push(String(chunk), (payload) => connection.receive(payload));
      if (fault !== undefined) connection.fault(fault);
    });
    socket.on('error', (error) => log.debug({ error: errorMessage(error) }, 'application connection failed'));
    socket.on('close', () => {
      timer.cancel();
      this.#sockets.delete(socket);
      connection.closed();
    });
  }
}

function listenError(host: string, port: number, cause: Error): ControlListenError {
  return errorCode(cause) === 'EADDRINUSE'
    ? new ControlListenError('CONTROL_PORT_IN_USE', `control port ${host}:${port} is already in use`, {
        cause,
      })
    : new ControlListenError(
        'CONTROL_LISTEN',
        `cannot listen for applications on ${host}:${port}: ${cause.message}`,
        { cause },
      );
}
