// The control port: applications connect here over TCP, or over TLS.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
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
  /** Connections above which further ones are closed at once. */
  readonly maxConnections: number;
  /** Over TLS, with these; else plain. */
  readonly tls?: ControlTls;
}

/** Certificate, key and what else `tls.createServer` takes of them, read. */
export interface ControlTls extends SecureContextOptions {
  /** Applications must show a certificate of `ca`. */
  readonly requestCert: boolean;
}

/** Frames of one turn of the event loop go out in one write. */
export class TcpSink implements FrameSink {
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
    const settings = { noDelay: true, keepAlive: true };
    const accept = (socket: Socket): void => this.#accept(socket);
    this.#server =
      options.tls === undefined
        ? createServer(settings, accept)
        : createTlsServer(
            { ...settings, ...options.tls, handshakeTimeout: options.authenticateTimeoutMs },
            accept,
          );
    this.#server.maxConnections = options.maxConnections;
    // The sockets below TLS, so that those in their handshake are ended too.
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('tlsClientError', (error: Error) => {
      options.log.debug({ error: errorMessage(error) }, 'application failed its TLS handshake');
    });
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

  /** New connections get these certificates; those that are there keep theirs. */
  renew(tls: ControlTls): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(tls);
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
    socket.setEncoding('latin1');
    socket.on('data', (chunk: Buffer | string) => {
      if (!connection.isOpen) return;
      const fault = reader.push(String(chunk), (payload) => connection.receive(payload));
      if (fault !== undefined) connection.fault(fault);
    });
    socket.on('error', (error) => log.debug({ error: errorMessage(error) }, 'application connection failed'));
    socket.on('close', () => {
      timer.cancel();
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
