// The server side of the drachtio control protocol on top of one engine: applications connect over TCP or in process.
import { silentLogger, systemClock } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import type { LocalAddress, SipEngine } from '../sip/index.js';
import { Applications } from './applications.js';
import { CdrReporter } from './cdr.js';
import type { ConnectionOwner, ControlConnection } from './connection.js';
import { createLink } from './in-process-link.js';
import type { InProcessLink, InProcessLinkOptions } from './in-process-link.js';
import { NetworkEvents } from './network-events.js';
import { ProxyCommand } from './proxy-command.js';
import { SipCommands } from './sip-commands.js';
import { TcpListener } from './tcp-listener.js';

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
}

export class ControlServer {
  readonly #engine: SipEngine;
  readonly #options: ControlServerOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #owner: ConnectionOwner;
  readonly #applications = new Applications();
  #listener: TcpListener | undefined;

  /** Becomes the engine's user. */
  constructor(engine: SipEngine, options: ControlServerOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    const cdr = new CdrReporter(this.#applications, this.#clock);
    const sip = new SipCommands(engine, cdr, this.#clock);
    const proxy = new ProxyCommand(engine, cdr, this.#clock);
    engine.use(
      new NetworkEvents({
        applications: this.#applications,
        cdr,
        clock: this.#clock,
        abandon: (exchange) => engine.abandon(exchange),
      }),
    );
    this.#owner = {
      log: this.#log,
      secret: options.secret,
      hostports: () => this.#hostports(),
      onReady: (connection) => this.#applications.add(connection),
      onSip: (connection, rid, tokens, text) => sip.run(connection, rid, tokens, text),
      onProxy: (connection, rid, tokens, text) => proxy.run(connection, rid, tokens, text),
      onClosed: (connection) => this.#release(connection),
    };
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
    const { maxFrameBytes = 1024 * 1024, maxQueuedBytes = 64 * 1024 * 1024 } = this.#options;
    this.#listener = new TcpListener({
      owner: this.#owner,
      clock: this.#clock,
      log: this.#log,
      maxFrameBytes,
      maxQueuedBytes,
      authenticateTimeoutMs: this.#options.authenticateTimeoutMs ?? 5000,
    });
    return (await this.#listener.listen(host, port)).port;
  }

  /** A connection for an application of this process. */
  link(options: InProcessLinkOptions): InProcessLink {
    return createLink(this.#owner, this.#log, options);
  }

  /** Closes the control port and every TCP connection. */
  async close(): Promise<void> {
    await this.#listener?.close();
  }

  /**
   * Its calls are ended at once: drachtio-srf cannot take a dialog over to a new connection, so a grace period would
   * only keep callers in silence.
   */
  #release(connection: ControlConnection): void {
    if (!this.#applications.delete(connection)) return;
    this.#log.info({ applications: this.#applications.size }, 'application gone');
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
