// The open TCP connections: found by number or by remote address, bounded in all and for each peer.
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Clock } from '../../kernel/index.js';
import { SipTransportError } from '../errors.js';
import type { ParseResult } from '../message/parse-result.js';
import type { TransportLimits } from './limits.js';
import type { Listener } from './listener.js';
import { TcpConnection } from './tcp-connection.js';
import type { Flow, Target } from './transport.js';

export interface TcpConnectionsOptions {
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly onMessage: (result: ParseResult, flow: Flow) => void;
  readonly onClose: (flow: Flow, error: Error | null) => void;
}

export class TcpConnections {
  readonly #options: TcpConnectionsOptions;
  readonly #byId = new Map<number, TcpConnection>();
  /** The newest to each remote `address port`. */
  readonly #byRemote = new Map<string, TcpConnection>();
  readonly #perPeer = new Map<string, number>();
  #nextId = 1;

  constructor(options: TcpConnectionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Takes in a connection that a peer made; closes it and returns false when the limits are reached. */
  accept(socket: Socket, listener: Listener): boolean {
    const { remoteAddress, remotePort, localAddress } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return false;
    }
    if (!this.#hasRoom(remoteAddress)) {
      socket.destroy();
      return false;
    }
    this.#add(socket, { address: remoteAddress, port: remotePort }, localAddress ?? '', listener);
    return true;
  }

  /**
   * The connection to send on: that of the target's flow while it is open, else one to its address and port, else a new
   * one from `listener`'s address. An error when there may be no more.
   */
  toward(target: Target, listener: Listener): TcpConnection | SipTransportError {
    const ofFlow =
      target.flow?.connectionId === undefined ? undefined : this.#byId.get(target.flow.connectionId);
    if (ofFlow?.isUsable === true) return ofFlow;
    const existing = this.#byRemote.get(`${target.address} ${target.port}`);
    if (existing?.isUsable === true) return existing;
    if (!this.#hasRoom(target.address)) {
      const message = `no room for a connection to ${target.address}:${target.port}/tcp (${this.size} are open)`;
      return new SipTransportError('SIP_TOO_MANY_CONNECTIONS', message);
    }
    const socket = connect({
      host: target.address,
      port: target.port,
      ...(listener.isWildcard ? {} : { localAddress: listener.address.address }),
    });
    return this.#add(socket, target, listener.toward(target.address).address, listener);
  }

  /** Closes all at once. */
  destroyAll(): void {
    for (const connection of this.#byId.values()) connection.destroy();
  }

  #hasRoom(peer: string): boolean {
    const { maxConnections, maxConnectionsPerPeer } = this.#options.limits;
    return this.#byId.size < maxConnections && (this.#perPeer.get(peer) ?? 0) < maxConnectionsPerPeer;
  }

  #add(
    socket: Socket,
    remote: { readonly address: string; readonly port: number },
    localAddress: string,
    listener: Listener,
  ): TcpConnection {
    const { limits, clock, onMessage } = this.#options;
    const key = `${remote.address} ${remote.port}`;
    const connection = new TcpConnection({
      id: this.#nextId++,
      socket,
      remoteAddress: remote.address,
      remotePort: remote.port,
      local: { address: localAddress, port: listener.address.port },
      limits,
      clock,
      onMessage,
      onClose: (closed, error) => this.#remove(closed, key, error),
    });
    this.#byId.set(connection.id, connection);
    this.#byRemote.set(key, connection);
    this.#perPeer.set(remote.address, (this.#perPeer.get(remote.address) ?? 0) + 1);
    return connection;
  }

  #remove(connection: TcpConnection, key: string, error: Error | null): void {
    this.#byId.delete(connection.id);
    if (this.#byRemote.get(key) === connection) this.#byRemote.delete(key);
    const peer = connection.flow.remoteAddress;
    const left = (this.#perPeer.get(peer) ?? 1) - 1;
    if (left === 0) this.#perPeer.delete(peer);
    else this.#perPeer.set(peer, left);
    this.#options.onClose(connection.flow, error);
  }
}
