// TLS of the transport layer: one certificate for the connections that come and those that go (RFC 3261 26.2.1, RFC 5922).
import { createSecureContext, connect, createServer } from 'node:tls';
import type { SecureContext, SecureContextOptions, Server, TLSSocket } from 'node:tls';
import type { TransportLimits } from './limits.js';
import { loadTlsFiles } from './tls-files.js';
import type { TlsFiles, TlsMaterial } from './tls-files.js';
import { identityFault, sniOf } from './tls-identity.js';
import type { Target } from './transport.js';

/** Sessions to resume, of the peers called last. */
const SESSIONS = 256;

export class TlsSide {
  readonly #files: TlsFiles;
  readonly #limits: TransportLimits;
  readonly #servers = new Set<Server>();
  readonly #sessions = new Map<string, Buffer>();
  #material: TlsMaterial | undefined;
  #context: SecureContext | undefined;

  constructor(files: TlsFiles, limits: TransportLimits) {
    this.#files = files;
    this.#limits = limits;
  }

  /** When our certificate ends; undefined before it is loaded. */
  get validTo(): Date | undefined {
    return this.#material?.validTo;
  }

  /**
   * Reads the files and takes them over whole, for connections from now on; those that are open live on. When they cannot be
   * used the old ones stay.
   * @throws SipTransportError SIP_TLS_CERTIFICATE
   */
  async load(): Promise<void> {
    const material = await loadTlsFiles(this.#files);
    const options = contextOptions(material);
    const context = createSecureContext(options);
    this.#material = material;
    this.#context = context;
    this.#sessions.clear();
    for (const server of this.#servers) server.setSecureContext(options);
  }

  /** A server that is not listening yet. `load` comes first. */
  createServer(onConnection: (socket: TLSSocket) => void): Server {
    const { clientCertificates } = this.#files;
    const server = createServer(
      {
        ...(this.#material === undefined ? {} : contextOptions(this.#material)),
        handshakeTimeout: this.#limits.tlsHandshakeTimeoutMs,
        requestCert: clientCertificates !== 'ignore',
        rejectUnauthorized: clientCertificates === 'require',
      },
      onConnection,
    );
    this.#servers.add(server);
    server.once('close', () => this.#servers.delete(server));
    return server;
  }

  /**
   * Connects, and checks that the certificate is that of the target's server name, or of its address. The socket emits
   * `secureConnect` only for a peer that passed.
   */
  connect(target: Target, localAddress: string | undefined): TLSSocket {
    const name = target.serverName ?? target.address;
    const key = `${target.address} ${target.port} ${name}`;
    const session = this.#sessions.get(key);
    const servername = sniOf(target.serverName);
    const socket = connect({
      host: target.address,
      port: target.port,
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(this.#context === undefined ? {} : { secureContext: this.#context }),
      ...(servername === undefined ? {} : { servername }),
      ...(session === undefined ? {} : { session }),
      rejectUnauthorized: true,
      checkServerIdentity: (_host, certificate) => identityFault(name, certificate),
    });
    // Of TLS 1.3 a ticket comes when the peer has been checked; before that none is kept.
    socket.on('session', (fresh) => {
      if (socket.authorized) this.#keep(key, fresh);
    });
    socket.on('error', () => this.#sessions.delete(key));
    return socket;
  }

  #keep(key: string, session: Buffer): void {
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size > SESSIONS && oldest.done !== true) this.#sessions.delete(oldest.value);
  }
}

function contextOptions({ cert, key, ca }: TlsMaterial): SecureContextOptions {
  return { cert, key, ...(ca === undefined ? {} : { ca }), minVersion: 'TLSv1.2' };
}
