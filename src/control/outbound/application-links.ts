// Connections that we open to applications (`srf.listen`), one for each request, as drachtio-server does: the application
// authenticates, gets its request, and keeps the connection until it ends it (`srf.endSession`).
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { errorMessage } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { ControlConnection } from '../connection.js';
import type { ConnectionOwner } from '../connection.js';
import { FrameReader } from '../frame.js';
import { TcpSink } from '../tcp-listener.js';
import type { ApplicationAddress } from './request-handler.js';

/** Time to connect and to hear the application's secret. */
const connectMs = 4000;
const maxFrameBytes = 1024 * 1024;
const maxQueuedBytes = 16 * 1024 * 1024;

export interface LinkTrust {
  readonly mustVerifyPeer: boolean;
  readonly authorities: string | Buffer | (string | Buffer)[] | undefined;
}

export class ApplicationLinks {
  readonly #owner: ConnectionOwner;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #sockets = new Map<ControlConnection, Socket>();

  constructor(owner: ConnectionOwner, clock: Clock, log: Logger) {
    this.#owner = owner;
    this.#clock = clock;
    this.#log = log;
  }

  get size(): number {
    return this.#sockets.size;
  }

  connections(): Iterable<ControlConnection> {
    return this.#sockets.keys();
  }

  has(connection: ControlConnection): boolean {
    return this.#sockets.has(connection);
  }

  /** @param onReady called once: with a connection that has authenticated, or undefined when there is none in time */
  open(
    address: ApplicationAddress,
    trust: LinkTrust,
    onReady: (connection: ControlConnection | undefined) => void,
  ): void {
    const socket = dial(address, trust);
    let isSettled = false;
    const settle = (ready: ControlConnection | undefined): void => {
      if (isSettled) return;
      isSettled = true;
      timer.cancel();
      if (ready === undefined) socket.destroy();
      onReady(ready);
    };
    const timer = this.#clock.after(connectMs, 'application-connect', () => settle(undefined));
    const owner: ConnectionOwner = { ...this.#owner, onReady: (ready) => settle(ready) };
    const connection = new ControlConnection(owner, new TcpSink(socket, maxQueuedBytes));
    const reader = new FrameReader(maxFrameBytes);
    this.#sockets.set(connection, socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: Buffer | string) => {
      if (!connection.isOpen) return;
      const fault = reader.push(String(chunk), (payload) => connection.receive(payload));
      if (fault !== undefined) connection.fault(fault);
    });
    socket.on('error', (error) => {
      const { host, port } = address;
      this.#log.warn({ host, port, error: errorMessage(error) }, 'application cannot be reached');
    });
    socket.on('close', () => {
      settle(undefined);
      connection.closed();
      this.#sockets.delete(connection);
    });
  }

  end(connection: ControlConnection): void {
    this.#sockets.get(connection)?.destroy();
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }
}

function dial({ host, port, isTls }: ApplicationAddress, { mustVerifyPeer, authorities }: LinkTrust): Socket {
  if (!isTls) return connectTcp({ host, port });
  return connectTls({
    host,
    port,
    rejectUnauthorized: mustVerifyPeer,
    ...(authorities === undefined ? {} : { ca: authorities }),
  });
}
