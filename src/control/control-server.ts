// The server side of the drachtio control protocol on top of one engine: applications connect over TCP or in process.
import { silentLogger, systemClock } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import type { LocalAddress, ServerExchange, SipEngine } from '../sip/index.js';
import type { RequestHandler } from './outbound/request-handler.js';
import { RequestHandlers } from './outbound/request-handlers.js';
import { Applications } from './applications.js';
import { CdrReporter } from './cdr.js';
import type { ConnectionOwner, ControlConnection } from './connection.js';
import { createLink } from './in-process-link.js';
import type { InProcessLink, InProcessLinkOptions } from './in-process-link.js';
import { NetworkEvents } from './network-events.js';
import { ProxyCommand } from './proxy-command.js';
import { SipCommands } from './sip-commands.js';
import type { FrontRules } from './front-rules.js';
import { TcpListener } from './tcp-listener.js';
import type { ControlTls } from './tcp-listener.js';
import { readControlTls } from './tls-files.js';
import type { ControlTlsFiles } from './tls-files.js';

export interface ControlServerOptions {
  readonly secret: string;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Greatest frame from an application, in bytes. Default 1 MiB. */
  readonly maxFrameBytes?: number;
  /** Bytes that may wait for an application that does not read. Default 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** Time an application has to authenticate. Default 5,000 ms. */
  readonly authenticateTimeoutMs?: number;
  /** Connections of applications, of each port. Default 1,000. */
  readonly maxConnections?: number;
  /** For `listenTls`, and for applications that we connect to over TLS. */
  readonly tls?: ControlTlsFiles;
  /** Who says what becomes of new requests; methods without one go to applications that are connected. */
  readonly handlers?: readonly RequestHandler[];
  /** What is answered without an application. */
  readonly rules?: FrontRules;
  /** Next hop of new requests of applications that name none. */
  readonly outboundProxy?: string | undefined;
  /** Header names that go out in the spelling of the application. */
  readonly preservedHeaderNames?: readonly string[];
  /** Applications that ask for CDRs get them. Default true. */
  readonly hasCdrs?: boolean;
}

export class ControlServer {
  readonly #engine: SipEngine;
  readonly #options: ControlServerOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #owner: ConnectionOwner;
  readonly #applications = new Applications();
  readonly #events: NetworkEvents;
  readonly #secondChances = new WeakSet<ServerExchange>();
  readonly #handlers: RequestHandlers | undefined;
  readonly #listeners: TcpListener[] = [];

  /** Becomes the engine's user. */
  constructor(engine: SipEngine, options: ControlServerOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    const { handlers = [], rules, tls } = options;
    const cdr = new CdrReporter(this.#applications, this.#clock, options.hasCdrs);
    const preserved = preservedNames(options.preservedHeaderNames ?? []);
    const sip = new SipCommands({
      engine,
      cdr,
      clock: this.#clock,
      preserved,
      outboundProxy: options.outboundProxy,
    });
    const proxy = new ProxyCommand({ engine, cdr, clock: this.#clock, preserved });
    this.#events = new NetworkEvents({
      applications: this.#applications,
      cdr,
      clock: this.#clock,
      engine,
      rules,
      handlers: () => this.#handlers,
    });
    engine.use(this.#events);
    this.#owner = {
      log: this.#log,
      secret: options.secret,
      hostports: () => this.#hostports(),
      onReady: (connection) => this.#applications.add(connection),
      onSip: (connection, rid, tokens, text) => sip.run(connection, rid, tokens, text),
      onProxy: (connection, rid, tokens, text) => proxy.run(connection, rid, tokens, text),
      onClosed: (connection) => this.#release(connection),
    };
    this.#handlers =
      handlers.length === 0
        ? undefined
        : new RequestHandlers({
            handlers,
            engine,
            owner: this.#owner,
            cdr,
            clock: this.#clock,
            log: this.#log,
            authorities: () => (tls?.authorities === undefined ? undefined : readControlTls(tls).ca),
            tagged: (tag) => this.#applications.tagged(tag),
            deliver: (exchange, connection) => this.#events.deliver(exchange, connection),
          });
  }

  /** Applications that are connected and authenticated. */
  get applications(): number {
    return this.#applications.size;
  }

  /**
   * Opens the control port.
   * @param host default loopback only: whoever knows the secret may place calls
   * @returns the port, that was chosen when 0 was asked for
   * @throws ControlListenError
   */
  async listen(port: number, host = '127.0.0.1'): Promise<number> {
    return this.#open(port, host);
  }

  /**
   * Opens the control port over TLS, as well or instead.
   * @throws ControlListenError also for files that cannot be read
   */
  async listenTls(port: number, host = '127.0.0.1'): Promise<number> {
    return this.#open(port, host, readControlTls(this.#options.tls));
  }

  /** Reads the certificates anew, for connections to come. @throws ControlListenError */
  async reloadCertificates(): Promise<void> {
    if (this.#options.tls === undefined) return;
    await Promise.resolve();
    const tls = readControlTls(this.#options.tls);
    for (const listener of this.#listeners) listener.renew(tls);
  }

  async #open(port: number, host: string, tls?: ControlTls): Promise<number> {
    const { maxFrameBytes = 1024 * 1024, maxQueuedBytes = 64 * 1024 * 1024 } = this.#options;
    const listener = new TcpListener({
      owner: this.#owner,
      clock: this.#clock,
      log: this.#log,
      maxFrameBytes,
      maxQueuedBytes,
      authenticateTimeoutMs: this.#options.authenticateTimeoutMs ?? 5000,
      maxConnections: this.#options.maxConnections ?? 1000,
      ...(tls === undefined ? {} : { tls }),
    });
    const opened = await listener.listen(host, port);
    this.#listeners.push(listener);
    return opened.port;
  }

  /** A connection for an application of this process. */
  link(options: InProcessLinkOptions): InProcessLink {
    return createLink(this.#owner, this.#log, options);
  }

  /** Closes the control ports and every TCP connection. */
  async close(): Promise<void> {
    this.#handlers?.close();
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
  }

  /**
   * New requests that it said nothing about go to another application, once: one that ends every application it is given to must not
   * go round. Its calls are ended at once: drachtio-srf cannot take a dialog over to a new connection, so a grace period would
   * only keep callers in silence.
   */
  #release(connection: ControlConnection): void {
    const wasConnected = this.#applications.delete(connection);
    if (!wasConnected && this.#handlers?.delete(connection) !== true) return;
    if (wasConnected) this.#log.info({ applications: this.#applications.size }, 'application gone');
    for (const exchange of this.#engine.untouched(connection)) {
      const other = this.#applications.next(exchange.request.method.toLowerCase());
      if (other === undefined || this.#secondChances.has(exchange)) continue;
      this.#secondChances.add(exchange);
      this.#events.deliver(exchange, other);
    }
    this.#engine.releaseOwner(connection);
  }

  #hostports(): { readonly advertised: string; readonly local: string } {
    const own = [...this.#engine.localAddresses].sort((a, b) => (a.protocol < b.protocol ? -1 : 1));
    const join = (text: (one: LocalAddress) => string): string =>
      own.map((one) => `${one.protocol}/${text(one)}`).join(',');
    return {
      advertised: join((one) => one.hostPort),
      local: join((one) => `${one.address.includes(':') ? `[${one.address}]` : one.address}:${one.port}`),
    };
  }
}

function preservedNames(names: readonly string[]): ReadonlySet<string> | undefined {
  return names.length === 0 ? undefined : new Set(names.map((name) => name.toLowerCase()));
}
