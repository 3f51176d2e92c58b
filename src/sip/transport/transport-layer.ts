// The transport layer over real sockets: RFC 3261 section 18, RFC 3581.
import type { RemoteInfo } from 'node:dgram';
import type { Server } from 'node:net';
import { errorCode, systemClock } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { SipTransportError } from '../errors.js';
import { parseMessage } from '../message/parse-message.js';
import type { ParseResult, Refused } from '../message/parse-result.js';
import type { SipMessage } from '../message/sip-message.js';
import { defaultTransportLimits } from './limits.js';
import type { TransportLimits } from './limits.js';
import { Listener } from './listener.js';
import { noteSource } from './note-source.js';
import type { RportPolicy } from './note-source.js';
import { listenError, openTcpServer } from './open-listener.js';
import { RouteSource } from './route-source.js';
import { TcpConnection } from './tcp-connection.js';
import { TcpConnections } from './tcp-connections.js';
import type { Flow, ListenAddress, LocalAddress, Target, Transport } from './transport.js';
import { UdpEndpoint } from './udp-endpoint.js';

export interface TransportLayerOptions {
  readonly log: Logger;
  readonly limits?: Partial<TransportLimits>;
  readonly clock?: Clock;
  /** Default `asked`. */
  readonly rport?: RportPolicy;
  /** A message that parsed and has what every message must have; of a request `received` and `rport` are noted. */
  readonly onMessage: (message: SipMessage, flow: Flow) => void;
  /**
   * One that was refused; a response formed from `partial` may be sent at once, to the flow's remote address when its
   * Via does not parse. A TCP connection whose framing is lost is closed when this returns, after what was sent.
   */
  readonly onBadMessage: (result: Refused, flow: Flow) => void;
  /** A TCP connection is gone; `error` says why unless it was closed in order. */
  readonly onFlowClosed?: (flow: Flow, error: Error | null) => void;
}

interface OpenUdp {
  readonly listener: Listener;
  readonly endpoint: UdpEndpoint;
}
interface OpenTcp {
  readonly listener: Listener;
  readonly server: Server;
}

interface Opened {
  readonly udp: OpenUdp[];
  readonly tcp: OpenTcp[];
}

/** Rounds of looking for a port that is free on both protocols, when port 0 was asked for. */
const FREE_PORT_ROUNDS = 20;
const WARN_EVERY_MS = 10_000;

export class TransportLayer implements Transport {
  readonly #options: TransportLayerOptions;
  readonly #limits: TransportLimits;
  readonly #clock: Clock;
  readonly #routes: RouteSource;
  readonly #connections: TcpConnections;
  #udp: OpenUdp[] = [];
  #tcp: OpenTcp[] = [];
  #addresses: readonly ListenAddress[] = [];
  #isClosed = false;
  #refusedConnections = 0;
  #warnedAt = -Infinity;

  constructor(options: TransportLayerOptions) {
    this.#options = options;
    this.#limits = { ...defaultTransportLimits, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#routes = new RouteSource(this.#clock);
    this.#connections = new TcpConnections({
      limits: this.#limits,
      clock: this.#clock,
      onMessage: (result, flow) => this.#deliver(result, flow),
      onClose: (flow, error) => {
        options.log.debug({ err: error, peer: flow.remoteAddress }, 'tcp connection closed');
        this.#guard(() => options.onFlowClosed?.(flow, error));
      },
    });
  }

  get listenAddresses(): readonly ListenAddress[] {
    return this.#addresses;
  }

  /** TCP connections that are open now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Connections refused because of the limits since the start. */
  get refusedConnections(): number {
    return this.#refusedConnections;
  }

  /**
   * Opens all of `addresses` or none. Addresses with port 0 and the same host get one port for all their protocols.
   * @throws SipTransportError SIP_PORT_IN_USE, SIP_LISTEN_ADDRESS
   */
  async listen(addresses: readonly ListenAddress[]): Promise<void> {
    const before = this.#opened();
    try {
      for (const host of new Set(addresses.map((one) => one.address))) {
        const ofHost = addresses.filter((one) => one.address === host);
        await this.#openEach(ofHost.filter((one) => one.port !== 0));
        await this.#openOnFreePort(ofHost.filter((one) => one.port === 0));
      }
    } catch (error) {
      await this.#closeSince(before);
      throw error;
    }
    this.#addresses = [...this.#udp, ...this.#tcp].map(({ listener }) => listener.address);
  }

  localFor(target: Target): LocalAddress {
    const listener = this.#listenerFor(target) ?? this.#udp[0]?.listener ?? this.#tcp[0]?.listener;
    if (listener !== undefined) return listener.toward(target.address);
    // Nothing is open: `send` will say so.
    return { protocol: target.protocol, address: '127.0.0.1', port: 0, hostPort: '127.0.0.1:0' };
  }

  send(message: SipMessage | string, target: Target, onError: (error: SipTransportError) => void): void {
    const text = typeof message === 'string' ? message : message.toString();
    if (this.#isClosed) {
      process.nextTick(onError, new SipTransportError('SIP_TRANSPORT_CLOSED', 'the transport is closed'));
    } else if (target.protocol === 'udp') {
      const open = pick(this.#udp, target);
      if (open === undefined) this.#noRoute(target, onError);
      else open.endpoint.send(text, target.address, target.port, onError);
    } else {
      const open = pick(this.#tcp, target);
      if (open === undefined) this.#noRoute(target, onError);
      else this.#sendStream(text, target, open.listener, onError);
    }
  }

  /** Closes every socket; what waits to be sent is lost. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connections.destroyAll();
    const open = [
      ...this.#udp.map(({ endpoint }) => endpoint.close()),
      ...this.#tcp.map(({ server }) => closed(server)),
    ];
    this.#udp = [];
    this.#tcp = [];
    this.#addresses = [];
    await Promise.all(open);
  }

  #sendStream(
    text: string,
    target: Target,
    listener: Listener,
    onError: (error: SipTransportError) => void,
  ): void {
    const connection = this.#connections.toward(target, listener);
    if (connection instanceof TcpConnection) connection.send(text, onError);
    else process.nextTick(onError, connection);
  }

  #noRoute(target: Target, onError: (error: SipTransportError) => void): void {
    const family = target.address.includes(':') ? 'IPv6' : 'IPv4';
    const message = `no ${family} ${target.protocol} listen address to send to ${target.address}:${target.port} from`;
    process.nextTick(onError, new SipTransportError('SIP_NO_ROUTE', message));
  }

  #listenerFor(target: Target): Listener | undefined {
    return (target.protocol === 'udp' ? pick(this.#udp, target) : pick(this.#tcp, target))?.listener;
  }

  async #openOnFreePort(addresses: readonly ListenAddress[]): Promise<void> {
    const [first, ...others] = addresses;
    if (first === undefined) return;
    for (let round = 1; ; round++) {
      const before = this.#opened();
      const port = await this.#open(first);
      try {
        await this.#openEach(others.map((one) => ({ ...one, port })));
        return;
      } catch (error) {
        await this.#closeSince(before);
        if (errorCode(error) !== 'SIP_PORT_IN_USE' || round === FREE_PORT_ROUNDS) throw error;
      }
    }
  }

  async #openEach(addresses: readonly ListenAddress[]): Promise<void> {
    for (const address of addresses) await this.#open(address);
  }

  async #open(address: ListenAddress): Promise<number> {
    try {
      return address.protocol === 'udp' ? await this.#openUdp(address) : await this.#openTcp(address);
    } catch (error) {
      throw listenError(address, error);
    }
  }

  async #openUdp(address: ListenAddress): Promise<number> {
    let listener: Listener | null = null;
    const endpoint = new UdpEndpoint({
      address,
      limits: this.#limits,
      log: this.#options.log,
      onDatagram: (data, from) => {
        if (listener !== null) this.#receiveDatagram(data, from, listener);
      },
    });
    const port = await endpoint.open();
    listener = new Listener({ ...address, port }, this.#routes);
    this.#udp.push({ listener, endpoint });
    return port;
  }

  async #openTcp(address: ListenAddress): Promise<number> {
    let listener: Listener | null = null;
    const { server, port } = await openTcpServer(address, (socket) => {
      if (listener === null || this.#isClosed) socket.destroy();
      else if (!this.#connections.accept(socket, listener)) this.#noteRefused(socket.remoteAddress);
    });
    server.on('error', (error) => this.#options.log.warn({ err: error, port }, 'tcp listen socket error'));
    listener = new Listener({ ...address, port }, this.#routes);
    this.#tcp.push({ listener, server });
    return port;
  }

  #opened(): Opened {
    return { udp: [...this.#udp], tcp: [...this.#tcp] };
  }

  async #closeSince(before: Opened): Promise<void> {
    const udp = this.#udp.filter((one) => !before.udp.includes(one));
    const tcp = this.#tcp.filter((one) => !before.tcp.includes(one));
    this.#udp = before.udp;
    this.#tcp = before.tcp;
    await Promise.all([
      ...udp.map(({ endpoint }) => endpoint.close()),
      ...tcp.map(({ server }) => closed(server)),
    ]);
  }

  #receiveDatagram(data: Buffer, from: RemoteInfo, listener: Listener): void {
    // A keep-alive (RFC 5626 3.5.1), or nothing at all; port 0 cannot be answered.
    if (from.port === 0 || isBlank(data)) return;
    const flow: Flow = {
      protocol: 'udp',
      localAddress: listener.toward(from.address).address,
      localPort: listener.address.port,
      remoteAddress: from.address,
      remotePort: from.port,
    };
    this.#deliver(parseMessage(data, 'datagram', this.#limits.message), flow);
  }

  #deliver(result: ParseResult, flow: Flow): void {
    try {
      const request = result.ok ? result.message : result.partial;
      if (request?.isRequest === true) noteSource(request, flow, this.#options.rport ?? 'asked');
      if (result.ok) this.#options.onMessage(result.message, flow);
      else this.#options.onBadMessage(result, flow);
    } catch (error) {
      this.#options.log.error({ err: error, peer: flow.remoteAddress }, 'message handler failed');
    }
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.log.error({ err: error }, 'transport listener failed');
    }
  }

  #noteRefused(peer: string | undefined): void {
    this.#refusedConnections++;
    if (this.#clock.now() - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = this.#clock.now();
    this.#options.log.warn({ peer, refused: this.#refusedConnections }, 'tcp connections at their limit');
  }
}

/** The socket that the target's flow came in by, else the first of its address family. */
function pick<T extends { readonly listener: Listener }>(open: readonly T[], target: Target): T | undefined {
  const only = open[0];
  const isV6 = target.address.includes(':');
  if (open.length === 1 && only?.listener.isV6 === isV6) return only;
  const { flow } = target;
  let found: T | undefined;
  for (const one of open) {
    const { address, port } = one.listener.address;
    if (one.listener.isV6 !== isV6) continue;
    if (
      flow !== undefined &&
      flow.localPort === port &&
      (flow.localAddress === address || one.listener.isWildcard)
    ) {
      return one;
    }
    found ??= one;
  }
  return found;
}

/** Nothing but CR, LF and NUL, as keep-alives are. */
function isBlank(data: Buffer): boolean {
  if (data.length > 4) return false;
  return data.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
