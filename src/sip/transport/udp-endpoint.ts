// One UDP socket (RFC 3261 section 18, unreliable transport).
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { BytePool } from '../../kernel/index.js';
import type { Logger } from '../../kernel/index.js';
import { SipTransportError } from '../errors.js';
import type { TransportLimits } from './limits.js';
import { literalLookup } from './route-source.js';
import type { ListenAddress } from './transport.js';

/** The most that one IPv4 datagram carries. */
const MAX_DATAGRAM = 65_507;

export interface UdpEndpointOptions {
  readonly address: ListenAddress;
  readonly limits: TransportLimits;
  readonly log: Logger;
  readonly onDatagram: (data: Buffer, from: RemoteInfo) => void;
}

export class UdpEndpoint {
  readonly #socket: Socket;
  readonly #options: UdpEndpointOptions;
  readonly #pool = new BytePool();

  constructor(options: UdpEndpointOptions) {
    this.#options = options;
    const isV6 = options.address.address.includes(':');
    this.#socket = createSocket({
      type: isV6 ? 'udp6' : 'udp4',
      ipv6Only: isV6,
      recvBufferSize: options.limits.udpReceiveBuffer,
      sendBufferSize: options.limits.udpSendBuffer,
      // Targets are addresses: answering at once saves a turn of the event loop for each message.
      lookup: literalLookup,
    });
  }

  /** Binds and begins to receive; resolves with the real port. Rejects with the system's error. */
  async open(): Promise<number> {
    const { address, port } = this.#options.address;
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind({ address, port, exclusive: true }, () => {
        this.#socket.off('error', reject);
        resolve();
      });
    });
    this.#socket.on('error', (error) =>
      this.#options.log.warn({ err: error, address, port }, 'udp socket error'),
    );
    this.#socket.on('message', this.#options.onDatagram);
    return this.#socket.address().port;
  }

  send(text: string, address: string, port: number, onError: (error: SipTransportError) => void): void {
    const data = this.#pool.bytesOf(text);
    if (data.length > MAX_DATAGRAM) {
      const message = `${data.length} bytes do not fit a datagram`;
      process.nextTick(onError, new SipTransportError('SIP_MESSAGE_TOO_LARGE', message));
      return;
    }
    this.#socket.send(data, port, address, (error) => {
      if (error === null) return;
      const message = `cannot send to ${address}:${port}/udp: ${error.message}`;
      onError(new SipTransportError('SIP_SEND_FAILED', message, { cause: error }));
    });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}
