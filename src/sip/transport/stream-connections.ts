// The open TCP and TLS connections: found by number or by remote address, bounded in all and for each peer.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Clock } from '../../kernel/index.js';
import { SipTransportError } from '../errors.js';
import { sourceKey } from '../guard/source-key.js';
import type { ParseResult } from '../message/parse-result.js';
import type { TransportLimits } from './limits.js';
import type { Listener } from './listener.js';
import { StreamConnection } from './stream-connection.js';
import type { TlsSide } from './tls-side.js';
import type { Flow, StreamProtocol, Target } from './transport.js';

export interface StreamConnectionsOptions {
  readonly limits: TransportLimits;
  readonly clock: Clock;
  /** Connects over TLS. */
  readonly tls: TlsSide | undefined;
  readonly onMessage: (result: ParseResult, flow: Flow, text: string) => void;
  readonly onClose: (flow: Flow, error: Error | null) => void;
}

export class StreamConnections {
  readonly #options: StreamConnectionsOptions;
  readonly #byId = new Map<number, StreamConnection>();
  /** The newest to each remote `protocol address port name`. */
  readonly #byRemote = new Map<string, StreamConnection>();
  readonly #perPeer = new Map<string, number>();
  /** Peers whose TLS handshake is under way, by `address port`. */
  readonly #handshakes = new Map<string, Socket>();
  #nextId = 1;

  constructor(options: StreamConnectionsOptions) {
    this.#options = options;
  }

  /** Handshakes under way are among them. */
  get size(): number {
    return this.#byId.size + this.#handshakes.size;
  }

  /** Counts a TLS peer from its first packet on; closes it and returns false when the limits are reached. */
  beginHandshake(socket: Socket): boolean {
    const { remoteAddress, remotePort } = socket;
    const { maxTlsHandshakes } = this.#options.limits;
    if (
      remoteAddress === undefined ||
      this.#handshakes.size >= maxTlsHandshakes ||
      !this.#hasRoom(remoteAddress)
    ) {
      socket.destroy();
      return false;
    }
    const key = `${remoteAddress} ${remotePort ?? 0}`;
    this.#handshakes.set(key, socket);
    this.#countPeer(remoteAddress, 1);
    socket.once('close', () => {
      if (this.#handshakes.get(key) === socket) this.#endHandshake(remoteAddress, key);
    });
    return true;
  }

  /** Those that there were since the start. */
  get opened(): number {
    return this.#nextId - 1;
  }

  /** Takes in a connection that a peer made; closes it and returns false when the limits are reached. */
  accept(socket: Socket, listener: Listener): boolean {
    const { remoteAddress, remotePort, localAddress } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return false;
    }
    const handshake = `${remoteAddress} ${remotePort}`;
    if (this.#handshakes.has(handshake)) this.#endHandshake(remoteAddress, handshake);
    if (!this.#hasRoom(remoteAddress)) {
      socket.destroy();
      return false;
    }
    const protocol = streamProtocol(listener);
    this.#add(socket, { protocol, address: remoteAddress, port: remotePort }, localAddress ?? '', listener);
    return true;
  }

  /**
   * The connection to send on: that of the target's flow while it is open, else one to its address and port, else a new
   * one from `listener`'s address. An error when there may be no more.
   */
  toward(target: Target, listener: Listener): StreamConnection | SipTransportError {
    const ofFlow =
      target.flow?.connectionId === undefined ? undefined : this.#byId.get(target.flow.connectionId);
    if (ofFlow?.isUsable === true) return ofFlow;
    const wanted = provable(target);
    const existing = this.#byRemote.get(keyOf(wanted));
    if (existing?.isUsable === true) return existing;
    if (!this.#hasRoom(target.address)) {
      const where = `${target.address}:${target.port}/${target.protocol}`;
      const message = `no room for a connection to ${where} (${this.size} are open)`;
      return new SipTransportError('SIP_TOO_MANY_CONNECTIONS', message);
    }
    return this.#add(
      this.#connect(wanted, listener),
      wanted,
      listener.toward(target.address).address,
      listener,
    );
  }

  /** Closes one at once. */
  destroy(id: number): void {
    this.#byId.get(id)?.destroy();
  }

  /** Closes all at once. */
  destroyAll(): void {
    for (const connection of this.#byId.values()) connection.destroy();
    for (const socket of this.#handshakes.values()) socket.destroy();
  }

  #connect(target: Target, listener: Listener): Socket {
    const localAddress = listener.isWildcard ? undefined : listener.address.address;
    const { tls } = this.#options;
    if (target.protocol === 'tls' && tls !== undefined) return tls.connect(target, localAddress);
    return connect({
      host: target.address,
      port: target.port,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
  }

  #endHandshake(peer: string, key: string): void {
    this.#handshakes.delete(key);
    this.#countPeer(peer, -1);
  }

  #countPeer(address: string, change: 1 | -1): void {
    const peer = sourceKey(address);
    const count = (this.#perPeer.get(peer) ?? 0) + change;
    if (count <= 0) this.#perPeer.delete(peer);
    else this.#perPeer.set(peer, count);
  }

  /** A peer is one source: with a /64 of its own it is still one. */
  #hasRoom(peer: string): boolean {
    const { maxConnections, maxConnectionsPerPeer } = this.#options.limits;
    const ofPeer = this.#perPeer.get(sourceKey(peer)) ?? 0;
    return this.size < maxConnections && ofPeer < maxConnectionsPerPeer;
  }

  #add(socket: Socket, remote: Target, localAddress: string, listener: Listener): StreamConnection {
    const { limits, clock, onMessage } = this.#options;
    const key = keyOf(remote);
    const connection = new StreamConnection({
      id: this.#nextId++,
      protocol: streamProtocol(listener),
      socket,
      remoteAddress: remote.address,
      remotePort: remote.port,
      local: { address: localAddress, port: listener.address.port },
      ...(remote.serverName === undefined ? {} : { serverName: remote.serverName }),
      ...(remote.connectTimeoutMs === undefined ? {} : { connectTimeoutMs: remote.connectTimeoutMs }),
      limits,
      clock,
      onMessage,
      onClose: (closed, error) => this.#remove(closed, key, error),
    });
    this.#byId.set(connection.id, connection);
    this.#byRemote.set(key, connection);
    this.#countPeer(remote.address, 1);
    return connection;
  }

  #remove(connection: StreamConnection, key: string, error: Error | null): void {
    this.#byId.delete(connection.id);
    if (this.#byRemote.get(key) === connection) this.#byRemote.delete(key);
    this.#countPeer(connection.flow.remoteAddress, -1);
    this.#options.onClose(connection.flow, error);
  }
}

function streamProtocol(listener: Listener): StreamProtocol {
  return listener.address.protocol === 'tls' ? 'tls' : 'tcp';
}

/** A connection is shared by what asks for the same peer; over TLS also under the same name, which it has proved. */
function keyOf({ protocol, address, port, serverName }: Target): string {
  return protocol === 'tls' ? `tls ${address} ${port} ${serverName ?? ''}` : `${protocol} ${address} ${port}`;
}

/** A peer that was called by name and is called again by the address of its Contact must prove the same name. */
function provable(target: Target): Target {
  const { flow } = target;
  if (target.serverName !== undefined || flow?.serverName === undefined) return target;
  return flow.remoteAddress === target.address ? { ...target, serverName: flow.serverName } : target;
}
