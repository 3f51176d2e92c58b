// The transport layer over real sockets: RFC 3261 section 18, RFC 3581.
import type { RemoteInfo } from 'node:dgram';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { errorCode, systemClock } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { SipTransportError } from '../errors.js';
import type { SourceGuard } from '../guard/source-guard.js';
import { parseMessage } from '../message/parse-message.js';
import type { ParseResult, Refused } from '../message/parse-result.js';
import type { SipMessage } from '../message/sip-message.js';
import { defaultTransportLimits } from './limits.js';
import type { TransportLimits } from './limits.js';
import { Listener } from './listener.js';
import { noteSource } from './note-source.js';
import type { RportPolicy } from './note-source.js';
import { listenError, listenOn } from './open-listener.js';
import { pickListener } from './pick-listener.js';
import { RouteSource } from './route-source.js';
import { StreamConnection } from './stream-connection.js';
import { StreamConnections } from './stream-connections.js';
import type { TlsFiles } from './tls-files.js';
import { TlsSide } from './tls-side.js';
import { TransportCounters } from './transport-counters.js';
import type { Flow, ListenAddress, LocalAddress, Protocol, Target, Transport, WireTap } from './transport.js';
import { UdpEndpoint } from './udp-endpoint.js';

export interface TransportLayerOptions {
  readonly log: Logger;
  readonly limits?: Partial<TransportLimits>;
  readonly clock?: Clock;
  /** Asked before anything is read, and before a response goes to a source that nobody has let in. Default: none. */
  readonly guard?: SourceGuard;
  /** What TLS works with; without it no TLS, neither way. */
  readonly tls?: TlsFiles;
  /** Default `asked`. */
  readonly rport?: RportPolicy;
  /** A message that parsed and has what every message must have; of a request `received` and `rport` are noted. */
  readonly onMessage: (message: SipMessage, flow: Flow) => void;
  /**
   * One that was refused; a response formed from `partial` may be sent at once, to the flow's remote address when its
   * Via does not parse. A connection whose framing is lost is closed when this returns, after what was sent.
   */
  readonly onBadMessage: (result: Refused, flow: Flow) => void;
  /** A connection is gone; `error` says why unless it was closed in order. */
  readonly onFlowClosed?: (flow: Flow, error: Error | null) => void;
  readonly tap?: WireTap;
}

interface OpenUdp {
  readonly listener: Listener;
  readonly endpoint: UdpEndpoint;
}
interface OpenStream {
  readonly listener: Listener;
  readonly server: Server;
}

interface Opened {
  readonly udp: OpenUdp[];
  readonly streams: OpenStream[];
}

/** Rounds of looking for a port that is free on both protocols, when port 0 was asked for. */
const FREE_PORT_ROUNDS = 20;
const WARN_EVERY_MS = 10_000;

export class TransportLayer implements Transport {
  readonly counters = new TransportCounters();
  readonly #options: TransportLayerOptions;
  readonly #limits: TransportLimits;
  readonly #clock: Clock;
  readonly #routes: RouteSource;
  readonly #connections: StreamConnections;
  readonly #tls: TlsSide | undefined;
  readonly #tap: WireTap | undefined;
  #udp: OpenUdp[] = [];
  #streams: OpenStream[] = [];
  #addresses: readonly ListenAddress[] = [];
  #isClosed = false;
  #refusedConnections = 0;
  #warnedAt = -Infinity;

  constructor(options: TransportLayerOptions) {
    this.#options = options;
    this.#limits = { ...defaultTransportLimits, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#routes = new RouteSource(this.#clock);
    this.#tap = options.tap;
    this.#tls = options.tls === undefined ? undefined : new TlsSide(options.tls, this.#limits);
    this.#connections = new StreamConnections({
      limits: this.#limits,
      clock: this.#clock,
      tls: this.#tls,
      onMessage: (result, flow, text) => this.#receiveFromStream(result, flow, text),
      onClose: (flow, error) => {
        this.counters.connectionClosed(error);
        options.log.debug({ err: error, peer: flow.remoteAddress }, `${flow.protocol} connection closed`);
        if (errorCode(error) === 'SIP_TLS_PEER') this.#warn({ reason: error?.message }, 'tls peer refused');
        this.#guard(() => options.onFlowClosed?.(flow, error));
      },
    });
  }

  get listenAddresses(): readonly ListenAddress[] {
    return this.#addresses;
  }

  /** TCP and TLS connections that are open now, those whose handshake is under way among them. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Connections that were there since the start, either direction. */
  get openedConnections(): number {
    return this.#connections.opened;
  }

  /** Connections refused because of the limits since the start. */
  get refusedConnections(): number {
    return this.#refusedConnections;
  }

  /**
   * Opens all of `addresses` or none. Addresses with port 0 and the same host get one port for UDP and TCP.
   * @throws SipTransportError SIP_PORT_IN_USE, SIP_LISTEN_ADDRESS, SIP_TLS_CERTIFICATE
   */
  async listen(addresses: readonly ListenAddress[]): Promise<void> {
    await this.#tls?.load();
    const before = this.#opened();
    try {
      await this.#openEach(addresses.filter((one) => one.port !== 0));
      const free = addresses.filter((one) => one.port === 0);
      for (const host of new Set(free.map((one) => one.address))) {
        const ofHost = free.filter((one) => one.address === host);
        await this.#openOnFreePort(ofHost.filter((one) => one.protocol !== 'tls'));
        await this.#openEach(ofHost.filter((one) => one.protocol === 'tls'));
      }
    } catch (error) {
      await this.#closeSince(before);
      throw error;
    }
    this.#addresses = [...this.#udp, ...this.#streams].map(({ listener }) => listener.address);
  }

  /**
   * Reads the files of TLS again, for connections from now on. Those that are open live on; on an error the old ones stay.
   * @throws SipTransportError SIP_TLS_CERTIFICATE
   */
  async reloadCertificates(): Promise<void> {
    await this.#tls?.load();
  }

  /** When our certificate ends; undefined without TLS. */
  get certificateEnd(): Date | undefined {
    return this.#tls?.validTo;
  }

  localFor(target: Target): LocalAddress {
    const listener = this.#listenerFor(target) ?? this.#udp[0]?.listener ?? this.#streams[0]?.listener;
    if (listener !== undefined) return listener.toward(target.address);
    // Nothing is open: `send` will say so.
    return { protocol: target.protocol, address: '127.0.0.1', port: 0, hostPort: '127.0.0.1:0' };
  }

  send(message: SipMessage | string, target: Target, onError: (error: SipTransportError) => void): void {
    const text = typeof message === 'string' ? message : message.toString();
    if (this.#isClosed) {
      process.nextTick(onError, new SipTransportError('SIP_TRANSPORT_CLOSED', 'the transport is closed'));
    } else if (target.protocol === 'udp') {
      const open = pickListener(this.#udp, target, this.#routes);
      if (open === undefined) this.#noRoute(target, onError);
      else this.#sendDatagram(text, target, open, onError);
    } else {
      const open = pickListener(this.#streams, target, this.#routes);
      if (open === undefined) this.#noRoute(target, onError);
      else this.#sendStream(text, target, open.listener, onError);
    }
  }

  /** Opens a connection, if there is none, with a ping on it (RFC 5626 3.5.1). `onError` as in `send`. */
  ask(target: Target, onError: (error: SipTransportError) => void): void {
    const open = pickListener(this.#streams, target, this.#routes);
    if (open === undefined) {
      this.#noRoute(target, onError);
      return;
    }
    const connection = this.#connections.toward(target, open.listener);
    if (connection instanceof StreamConnection) connection.send('\r\n\r\n', onError);
    else process.nextTick(onError, connection);
  }

  /** Closes every socket; what waits to be sent is lost. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connections.destroyAll();
    const open = [
      ...this.#udp.map(({ endpoint }) => endpoint.close()),
      ...this.#streams.map(({ server }) => closed(server)),
    ];
    this.#udp = [];
    this.#streams = [];
    this.#addresses = [];
    await Promise.all(open);
  }

  #sendDatagram(
    text: string,
    target: Target,
    { endpoint, listener }: OpenUdp,
    onError: (error: SipTransportError) => void,
  ): void {
    const { guard } = this.#options;
    const isMetered = guard !== undefined && target.isLetIn !== true && text.startsWith('SIP/2.0 ');
    const allowed = isMetered ? guard.fit(text, target.address) : text;
    if (allowed === undefined) return;
    this.#noteSent(allowed, target, listener);
    endpoint.send(allowed, target.address, target.port, onError);
  }

  #sendStream(
    text: string,
    target: Target,
    listener: Listener,
    onError: (error: SipTransportError) => void,
  ): void {
    const connection = this.#connections.toward(target, listener);
    if (connection instanceof StreamConnection) {
      this.#noteSent(text, target, listener);
      connection.send(text, onError);
    } else process.nextTick(onError, connection);
  }

  #noteSent(text: string, target: Target, listener: Listener): void {
    this.counters.messagesOut[target.protocol] += 1;
    this.counters.bytesOut[target.protocol] += text.length;
    this.#tap?.sent(text, target, listener.toward(target.address));
  }

  #noRoute(target: Target, onError: (error: SipTransportError) => void): void {
    const family = target.address.includes(':') ? 'IPv6' : 'IPv4';
    const message = `no ${family} ${target.protocol} listen address to send to ${target.address}:${target.port} from`;
    process.nextTick(onError, new SipTransportError('SIP_NO_ROUTE', message));
  }

  #listenerFor(target: Target): Listener | undefined {
    return (
      target.protocol === 'udp'
        ? pickListener(this.#udp, target, this.#routes)
        : pickListener(this.#streams, target, this.#routes)
    )?.listener;
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
      return address.protocol === 'udp' ? await this.#openUdp(address) : await this.#openStream(address);
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

  async #openStream(address: ListenAddress): Promise<number> {
    let listener: Listener | null = null;
    const onConnection = (socket: Socket): void => {
      if (listener === null || this.#isClosed || !this.#admitsConnection(socket, address.protocol))
        socket.destroy();
      else if (this.#connections.accept(socket, listener)) this.counters.accepted += 1;
      else this.#noteRefused(socket.remoteAddress);
    };
    const server = address.protocol === 'tls' ? this.#tlsServer(onConnection) : createServer(onConnection);
    const port = await listenOn(server, address);
    server.on('error', (error) => this.#options.log.warn({ err: error, port }, 'listen socket error'));
    listener = new Listener({ ...address, port }, this.#routes);
    this.#streams.push({ listener, server });
    return port;
  }

  #tlsServer(onConnection: (socket: Socket) => void): Server {
    if (this.#tls === undefined) {
      throw new SipTransportError('SIP_LISTEN_ADDRESS', 'TLS needs a certificate: name its files');
    }
    const server = this.#tls.createServer(onConnection);
    server.on('connection', (socket: Socket) => {
      if (!this.#admitsConnection(socket, 'tls')) socket.destroy();
      else if (!this.#connections.beginHandshake(socket)) this.#noteRefused(socket.remoteAddress);
    });
    server.on('tlsClientError', (error, socket) => {
      this.#options.log.debug({ err: error, peer: socket.remoteAddress }, 'tls handshake failed');
      socket.destroy();
    });
    return server;
  }

  #opened(): Opened {
    return { udp: [...this.#udp], streams: [...this.#streams] };
  }

  async #closeSince(before: Opened): Promise<void> {
    const udp = this.#udp.filter((one) => !before.udp.includes(one));
    const streams = this.#streams.filter((one) => !before.streams.includes(one));
    this.#udp = before.udp;
    this.#streams = before.streams;
    await Promise.all([
      ...udp.map(({ endpoint }) => endpoint.close()),
      ...streams.map(({ server }) => closed(server)),
    ]);
  }

  #receiveDatagram(data: Buffer, from: RemoteInfo, listener: Listener): void {
    if (this.#options.guard?.admits(from.address, 'udp', data.length) === false) return;
    // A keep-alive (RFC 5626 3.5.1), or nothing at all; port 0 cannot be answered.
    if (from.port === 0 || isBlank(data)) {
      this.counters.keepAlives += 1;
      return;
    }
    const flow: Flow = {
      protocol: 'udp',
      localAddress: listener.toward(from.address).address,
      localPort: listener.address.port,
      remoteAddress: from.address,
      remotePort: from.port,
    };
    const text = data.toString('latin1');
    this.#deliver(parseMessage(text, 'datagram', this.#limits.message), flow, text);
  }

  #admitsConnection({ remoteAddress }: Socket, protocol: Protocol): boolean {
    const { guard } = this.#options;
    return (
      guard === undefined || remoteAddress === undefined || guard.admitsConnection(remoteAddress, protocol)
    );
  }

  /** A stream of a source that sends too much is ended: to cut it into messages only to drop them would be work for the flood. */
  #receiveFromStream(result: ParseResult, flow: Flow, text: string): void {
    const { guard } = this.#options;
    if (guard === undefined || guard.admits(flow.remoteAddress, flow.protocol, 0))
      this.#deliver(result, flow, text);
    else if (flow.connectionId !== undefined) this.#connections.destroy(flow.connectionId);
  }

  #deliver(result: ParseResult, flow: Flow, text: string): void {
    try {
      this.counters.messagesIn[flow.protocol] += 1;
      this.counters.bytesIn[flow.protocol] += text.length;
      if (!result.ok) this.counters.unreadable(result.reason);
      this.#tap?.received(text, flow);
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
    this.#warn({ peer, refused: this.#refusedConnections }, 'connections at their limit');
  }

  /** At most every so often, whatever it is: peers can cause it. */
  #warn(fields: object, message: string): void {
    if (this.#clock.now() - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = this.#clock.now();
    this.#options.log.warn(fields, message);
  }
}

/** Nothing but CR, LF and NUL, as keep-alives are. */
function isBlank(data: Buffer): boolean {
  if (data.length > 4) return false;
  return data.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
